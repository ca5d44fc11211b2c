"""Reads the text of a temperature logger: ``time,celsius`` lines. A line that cannot be read is named, never skipped."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from openinfusion.platform.errors import BadInput

MOST_BYTES = 2_000_000
_NUMBER = re.compile(r"^[+-]?\d{1,3}(?:\.\d{1,6})?$", re.ASCII)
_EXAMPLE = "2026-11-24T10:00:00-06:00,4.5"


def parse_readings(text: str, *, zone: str = "") -> list[tuple[datetime, Decimal]]:
    """The readings in file order. Times without a zone are read on the wall clock of ``zone``, when one is named."""
    if len(text) > MOST_BYTES:
        raise BadInput({"readings": "The text is larger than 2 MB. Send the journey of this box only."})
    rows = [row for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) if any(cell.strip() for cell in row)]
    found = []
    for number, row in enumerate(rows, start=1):
        if number == 1 and _is_heading(row):
            continue
        found.append(_reading(number, row, zone))
    return found


def _is_heading(row: list[str]) -> bool:
    return len(row) >= 2 and not any(character.isdigit() for cell in row[:2] for character in cell)


def _reading(number: int, row: list[str], zone: str) -> tuple[datetime, Decimal]:
    if len(row) != 2:
        raise _problem(number, f"write a time and a temperature, like {_EXAMPLE}")
    at, value = (cell.strip() for cell in row)
    if not _NUMBER.match(value):
        raise _problem(number, "the temperature is no number in Celsius, like 4.5")
    return _moment(number, at, zone), Decimal(value)


def _moment(number: int, text: str, zone: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _problem(number, f"the time cannot be read; write it like {_EXAMPLE.partition(',')[0]}") from error
    if moment.tzinfo is not None:
        return moment
    if not zone:
        raise _problem(number, "the time has no zone; say in which zone the logger wrote its times")
    first, second = (moment.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise _problem(number, "the clock changed at this hour, so the time is not clear; export the log with its zone")
    return first


def _problem(number: int, sentence: str) -> BadInput:
    return BadInput({"readings": f"Line {number}: {sentence}."})
