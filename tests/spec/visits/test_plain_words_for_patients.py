"""What the portal tells a patient: the next visit and how long the doses last.

Source: design section 6; HZ-061 (below delivery time plus 2 days warns).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from openinfusion.core.visits.plain_words import (
    SupplyVerdict,
    clock,
    judge_supply,
    long_day,
    next_visit,
)
from openinfusion.core.visits.satisfaction import Rating, count, topics
from openinfusion.rulepacks import load_table

CENTRAL = ZoneInfo("America/Chicago")
NOW = datetime(2026, 12, 14, 20, 0, tzinfo=CENTRAL)
VISIT = datetime(2026, 12, 15, 9, 0, tzinfo=CENTRAL)


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [
        (0, 0, "12:00 midnight"),
        (4, 59, "4:59 at night"),
        (5, 0, "5:00 in the morning"),
        (11, 59, "11:59 in the morning"),
        (12, 0, "12:00 noon"),
        (12, 30, "12:30 in the afternoon"),
        (16, 59, "4:59 in the afternoon"),
        (17, 0, "5:00 in the evening"),
        (21, 0, "9:00 at night"),
    ],
)
def test_the_clock_in_words(hour: int, minute: int, words: str) -> None:
    assert clock(VISIT.replace(hour=hour, minute=minute)) == words


@pytest.mark.parametrize(
    ("at", "nurse", "confirmed", "sentence"),
    [
        (NOW, "Tess", True, "Your next visit is tomorrow at 9:00 in the morning. Tess will come."),
        (
            VISIT - timedelta(hours=2),
            "Tess",
            True,
            "Your next visit is today at 9:00 in the morning. Tess will come.",
        ),
        (
            NOW - timedelta(days=1),
            "",
            False,
            "Your next visit is on Tuesday, December 15 at 9:00 in the morning. We will tell you who comes. "
            "The time is not confirmed yet.",
        ),
    ],
)
def test_the_next_visit_in_plain_sentences(at: datetime, nurse: str, confirmed: bool, sentence: str) -> None:
    assert next_visit(VISIT, nurse=nurse, is_confirmed=confirmed, at=at) == sentence


def test_tomorrow_is_the_patients_tomorrow() -> None:
    """At 05:30 UTC it is still the evening before in the patient's home."""
    utc_now = datetime(2026, 12, 15, 5, 30, tzinfo=ZoneInfo("UTC"))
    assert next_visit(VISIT, at=utc_now).startswith("Your next visit is tomorrow")
    assert long_day(VISIT) == "Tuesday, December 15"


def test_no_visit_planned_is_said() -> None:
    assert next_visit(None, at=NOW) == "No visit is planned yet. Call us if you expected one."


PLANNED = [datetime(2026, 12, 15 + day, 9, 0, tzinfo=CENTRAL) for day in range(10)]


@pytest.mark.parametrize(
    ("left", "delivery_days", "verdict", "days", "sentence"),
    [
        (10, 3, SupplyVerdict.ENOUGH, None, "You have 10 doses. This is enough for all planned doses."),
        (6, 3, SupplyVerdict.ENOUGH, 7, "You have 6 doses, until Monday, December 21."),
        (4, 3, SupplyVerdict.ENOUGH, 5, "You have 4 doses, until Saturday, December 19."),
    ],
)
def test_enough_supply(left: int, delivery_days: int, verdict: SupplyVerdict, days: int | None, sentence: str) -> None:
    found = judge_supply(doses_left=left, planned_at=PLANNED, delivery_days=delivery_days, at=NOW)
    assert (found.verdict, found.days_of_supply, found.sentence) == (verdict, days, sentence)


@pytest.mark.hazard("HZ-061")
@pytest.mark.parametrize(
    ("left", "delivery_days", "verdict", "sentence"),
    [
        (3, 3, SupplyVerdict.REORDER,
         "You have 3 doses, until Friday, December 18. It is time to order more."),
        (1, 1, SupplyVerdict.REORDER,
         "You have 1 dose, until Wednesday, December 16. It is time to order more."),
        (0, 3, SupplyVerdict.OUT,
         "You have no dose left. The next dose is planned for Tuesday, December 15. Call us now."),
    ],
)  # fmt: skip
def test_the_warning_comes_while_a_delivery_can_still_come_in_time(
    left: int, delivery_days: int, verdict: SupplyVerdict, sentence: str
) -> None:
    """Below delivery time plus 2 days of supply is too little."""
    found = judge_supply(doses_left=left, planned_at=PLANNED, delivery_days=delivery_days, at=NOW)
    assert (found.verdict, found.sentence) == (verdict, sentence)


def test_doses_in_the_past_need_no_supply_and_long_gaps_count_in_days() -> None:
    weekly = [datetime(2026, 12, day, 9, 0, tzinfo=CENTRAL) for day in (1, 8, 15, 22, 29)]
    found = judge_supply(doses_left=2, planned_at=weekly, delivery_days=5, at=NOW)
    assert (found.verdict, found.days_of_supply, found.runs_out_at) == (SupplyVerdict.ENOUGH, 15, weekly[4])


def test_no_dose_at_home_weeks_before_the_next_one_is_no_alarm() -> None:
    far = [datetime(2027, 1, 12, 9, 0, tzinfo=CENTRAL)]
    found = judge_supply(doses_left=0, planned_at=far, delivery_days=5, at=NOW)
    assert (found.verdict, found.days_of_supply) == (SupplyVerdict.ENOUGH, 29)
    assert found.sentence == "You have no dose left. The next dose is planned for Tuesday, January 12."


@pytest.mark.parametrize("unknown", ["doses_left", "planned_at", "delivery_days"])
def test_an_unknown_count_asks_and_never_says_enough(unknown: str) -> None:
    facts = {"doses_left": 3, "planned_at": PLANNED, "delivery_days": 3} | {unknown: None}
    found = judge_supply(**facts, at=NOW)  # type: ignore[arg-type]
    assert (found.verdict, found.days_of_supply) == (SupplyVerdict.NOT_KNOWN, None)
    assert "Please count" in found.sentence


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be below 0"):
        judge_supply(doses_left=-1, planned_at=PLANNED, delivery_days=3, at=NOW)


TOPICS = topics(load_table("satisfaction_topics"))


def test_the_survey_asks_the_topics_of_the_table() -> None:
    assert len(TOPICS) == 13
    assert TOPICS[2].key == "knows_who_to_call_day_or_night"
    assert TOPICS[0].source == "satisfaction_topics; GK;NHIA_DEF (unverified)"


def test_good_answers_have_those_who_answered_as_denominator() -> None:
    sheets = [
        {"overall": Rating.VERY_GOOD, "nurse_skill": Rating.GOOD},
        {"overall": Rating.FAIR, "nurse_skill": Rating.NOT_ANSWERED},
        {"overall": Rating.POOR},
    ]
    counts = {found.topic.key: (found.good, found.answered) for found in count(TOPICS, sheets)}
    assert counts["overall"] == (1, 3)
    assert counts["nurse_skill"] == (1, 1)
    assert counts["billing_explained"] == (0, 0)
    with pytest.raises(ValueError, match="not asked: parking"):
        count(TOPICS, [{"parking": Rating.GOOD}])
