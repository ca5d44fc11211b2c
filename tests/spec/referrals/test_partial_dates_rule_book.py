"""Rule book of dates from outside: as precise as sent, never filled in (FHIR R4 dateTime, HL7 v3 TS)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from openinfusion.core.referrals.partial_dates import PartialDate, read_fhir_date, read_hl7_date

CENTRAL = timezone(timedelta(hours=-6))

FHIR = [
    ("1961", None, None),
    ("1961-03", None, None),
    ("1961-03-04", date(1961, 3, 4), None),
    ("2026-11-18T06:40:00-06:00", date(2026, 11, 18), datetime(2026, 11, 18, 6, 40, tzinfo=CENTRAL)),
    ("2026-11-18T23:59:59.123Z", date(2026, 11, 18), datetime(2026, 11, 18, 23, 59, 59, tzinfo=UTC)),
    ("1970-06-01T09:12", date(1970, 6, 1), None),
]
NOT_FHIR = [
    "",
    "04.03.1961",
    "1961-3-4",
    "1961-13-01",
    "1961-02-30",
    "0000",
    "1961-03-04T25:00:00Z",
    "19610304",
    "١٩٦١",
]
HL7 = [
    ("1950", None, None),
    ("195012", None, None),
    ("19501219", date(1950, 12, 19), None),
    ("20141003103026-0500", date(2014, 10, 3), datetime(2014, 10, 3, 10, 30, 26, tzinfo=timezone(timedelta(hours=-5)))),
    ("201410031030+0000", date(2014, 10, 3), datetime(2014, 10, 3, 10, 30, tzinfo=UTC)),
    ("20141003103026", date(2014, 10, 3), None),
]
NOT_HL7 = ["", "1950-12-19", "19501319", "1950121", "2014100325", "UNK"]


@pytest.mark.parametrize(("text", "day", "at"), FHIR)
def test_a_fhir_date_keeps_its_precision(text, day, at):
    """A moment without its zone is no moment: only the day is known."""
    assert read_fhir_date(text) == PartialDate(text, day, at)


@pytest.mark.parametrize(("text", "day", "at"), HL7)
def test_an_hl7_date_keeps_its_precision(text, day, at):
    assert read_hl7_date(text) == PartialDate(text, day, at)


@pytest.mark.parametrize("text", NOT_FHIR)
def test_what_is_no_fhir_date_is_none(text):
    assert read_fhir_date(text) is None


@pytest.mark.parametrize("text", NOT_HL7)
def test_what_is_no_hl7_date_is_none(text):
    assert read_hl7_date(text) is None
