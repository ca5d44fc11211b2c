r"""HL7 v2 escape sequences: ``\F\`` and its kin back to characters and out again (chapter 2, section 2.7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openinfusion.formats.hl7v2.tokens import Delimiters

_LINE_BREAKS = frozenset({".br", ".sp"})
_HIGHLIGHT = frozenset({"H", "N"})
_HEX = re.compile(r"^(?:[0-9A-Fa-f]{2})+$")


def unescape(text: str, delimiters: Delimiters) -> str:
    """The characters meant. An unknown or unfinished sequence stays as it stands."""
    mark = delimiters.escape
    if mark not in text:
        return text
    meant = _meanings(delimiters)
    out: list[str] = []
    position = 0
    while True:
        start = text.find(mark, position)
        if start < 0:
            out.append(text[position:])
            return "".join(out)
        stop = text.find(mark, start + 1)
        if stop < 0:
            out.append(text[position:])
            return "".join(out)
        replacement = _one(text[start + 1 : stop], meant)
        out.append(text[position:start])
        if replacement is None:
            out.append(text[start:stop])
            position = stop
        else:
            out.append(replacement)
            position = stop + 1


def escape(text: str, delimiters: Delimiters) -> str:
    """The text with every delimiter, the escape mark and line ends written as sequences."""
    mark = delimiters.escape
    table = {character: f"{mark}{letter}{mark}" for letter, character in _meanings(delimiters).items()}
    table["\r"] = f"{mark}X0D{mark}"
    table["\n"] = f"{mark}X0A{mark}"
    table["\x0b"] = f"{mark}X0B{mark}"
    table["\x1c"] = f"{mark}X1C{mark}"
    return "".join(table.get(character, character) for character in text)


def _meanings(delimiters: Delimiters) -> dict[str, str]:
    table = {
        "F": delimiters.field,
        "S": delimiters.component,
        "T": delimiters.subcomponent,
        "R": delimiters.repetition,
        "E": delimiters.escape,
    }
    if delimiters.truncation:
        table["P"] = delimiters.truncation
    return table


def _one(sequence: str, meant: dict[str, str]) -> str | None:
    if sequence in meant:
        return meant[sequence]
    if sequence in _LINE_BREAKS:
        return "\n"
    if sequence in _HIGHLIGHT:
        return ""
    if sequence.startswith("X") and _HEX.match(sequence[1:]):
        data = bytes.fromhex(sequence[1:])
        try:
            return data.decode("utf_8")
        except UnicodeDecodeError:
            return data.decode("iso8859_1")
    return None
