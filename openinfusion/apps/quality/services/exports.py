"""Tables for spreadsheets, in which no cell can run as a formula (HZ-100; ASVS 1.2.10)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from openinfusion.core.controls import control_is_on

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def neutral(text: str) -> str:
    """The text with an apostrophe before a character that starts a formula."""
    return f"'{text}" if control_is_on("HZ-100") and text.startswith(DANGEROUS) else text


def restored(text: str) -> str:
    """A neutralised cell as it was, for reading our own tables again."""
    return text[1:] if text.startswith("'") and text[1:].startswith(DANGEROUS) else text


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV table in UTF-8 with every cell neutralised."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    for row in rows:
        writer.writerow(["" if cell is None else neutral(str(cell)) for cell in row])
    return text.getvalue().encode()
