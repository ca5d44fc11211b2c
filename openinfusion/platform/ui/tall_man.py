"""Tall-man spelling of look-alike generic names, for every screen and label that shows a drug (ISMP style).

Names come from ``data/tall_man.csv``; a name not in the list is shown as it was written.
"""

from __future__ import annotations

import csv
import functools
import re
from pathlib import Path

from openinfusion.core.controls import control_is_on

_DATA = Path(__file__).parent / "data" / "tall_man.csv"


@functools.cache
def spellings() -> dict[str, str]:
    """Lower-case generic name to its tall-man spelling."""
    with _DATA.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {row["spelling"].lower(): row["spelling"] for row in rows}


def tall_man(text: str) -> str:
    """``text`` with every listed generic name in its tall-man spelling. Whole words only."""
    if not control_is_on("HZ-005"):
        return text
    return _pattern().sub(lambda match: spellings()[match.group(0).lower()], text)


@functools.cache
def _pattern() -> re.Pattern[str]:
    names = sorted(spellings(), key=len, reverse=True)
    return re.compile(r"(?<![^\W\d_])(?:" + "|".join(map(re.escape, names)) + r")(?![^\W\d_])", re.IGNORECASE)
