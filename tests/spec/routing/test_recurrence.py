"""Visits from an order's schedule across clock changes (HZ-025, HZ-026, HZ-027).

Expected UTC instants are written out. Clock changes used: New York 08-Mar-2026 02:00 -> 03:00 and 01-Nov-2026
02:00 -> 01:00; 14-Mar-2027 02:00 -> 03:00; Lord Howe (half an hour) 05-Apr-2026 02:00 -> 01:30 and 04-Oct-2026
02:00 -> 02:30; London 29-Mar-2026 and 25-Oct-2026; Kolkata and Phoenix never; Apia skipped 30-Dec-2011 whole.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.orders.frequency import parse_frequency
from openinfusion.core.visits.recurrence import (
    Adjustment,
    Anchor,
    Cycle,
    Every,
    EveryDays,
    InvalidSchedule,
    Occurrence,
    Rule,
    Schedule,
    Step,
    Weekdays,
    changed_by_zone_rules,
    elapsed,
    expand,
    patient_time_text,
    resolve,
    rule_for,
)

NEW_YORK, LORD_HOWE, KOLKATA, PHOENIX = "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Phoenix"
LONDON, APIA, KATHMANDU, CHATHAM = "Europe/London", "Pacific/Apia", "Asia/Kathmandu", "Pacific/Chatham"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def occurrences(rule: Rule, starts: str, zone: str, *, count: int, **step: int) -> tuple[Occurrence, ...]:
    schedule = Schedule(wall(starts), zone, (Step(rule, **(step or {"count": count})),))
    since = utc("2000-01-01T00:00")
    return expand(schedule, since=since, until=utc("2030-01-01T00:00")).occurrences[:count]


WALL_CASES = [
    ("plain", NEW_YORK, "2026-03-07T02:30", "2026-03-07T07:30", Adjustment.NONE),
    ("skipped hour moves to 03:00", NEW_YORK, "2026-03-08T02:30", "2026-03-08T07:00", Adjustment.MOVED_PAST_GAP),
    ("first skipped minute", NEW_YORK, "2026-03-08T02:00", "2026-03-08T07:00", Adjustment.MOVED_PAST_GAP),
    ("last minute before", NEW_YORK, "2026-03-08T01:59", "2026-03-08T06:59", Adjustment.NONE),
    ("first minute after", NEW_YORK, "2026-03-08T03:00", "2026-03-08T07:00", Adjustment.NONE),
    ("next year", NEW_YORK, "2027-03-14T02:15", "2027-03-14T07:00", Adjustment.MOVED_PAST_GAP),
    ("repeated hour is the first", NEW_YORK, "2026-11-01T01:30", "2026-11-01T05:30", Adjustment.FIRST_OF_REPEATED),
    ("after the repeated hour", NEW_YORK, "2026-11-01T02:00", "2026-11-01T07:00", Adjustment.NONE),
    ("half hour skipped", LORD_HOWE, "2026-10-04T02:10", "2026-10-03T15:30", Adjustment.MOVED_PAST_GAP),
    ("after the half hour", LORD_HOWE, "2026-10-04T02:30", "2026-10-03T15:30", Adjustment.NONE),
    ("half hour repeated", LORD_HOWE, "2026-04-05T01:45", "2026-04-04T14:45", Adjustment.FIRST_OF_REPEATED),
    ("London skips", LONDON, "2026-03-29T01:30", "2026-03-29T01:00", Adjustment.MOVED_PAST_GAP),
    ("London repeats", LONDON, "2026-10-25T01:30", "2026-10-25T00:30", Adjustment.FIRST_OF_REPEATED),
    ("Chatham skips", CHATHAM, "2026-09-27T03:00", "2026-09-26T14:00", Adjustment.MOVED_PAST_GAP),
    ("a whole day skipped", APIA, "2011-12-30T12:00", "2011-12-30T10:00", Adjustment.MOVED_PAST_GAP),
    ("never changes", KOLKATA, "2026-03-08T02:30", "2026-03-07T21:00", Adjustment.NONE),
    ("quarter hour offset", KATHMANDU, "2026-03-08T02:30", "2026-03-07T20:45", Adjustment.NONE),
    ("Berlin skips", "Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00", Adjustment.MOVED_PAST_GAP),
    ("half hour offset skips", "America/St_Johns", "2026-03-08T02:30", "2026-03-08T05:30", Adjustment.MOVED_PAST_GAP),
    ("Auckland skips", "Pacific/Auckland", "2026-09-27T02:30", "2026-09-26T14:00", Adjustment.MOVED_PAST_GAP),
    ("Tokyo never changes", "Asia/Tokyo", "2026-03-08T02:30", "2026-03-07T17:30", Adjustment.NONE),
    ("no summer time", PHOENIX, "2026-03-08T02:30", "2026-03-08T09:30", Adjustment.NONE),
]


@pytest.mark.parametrize(
    ("zone", "local", "expected", "adjustment"), [case[1:] for case in WALL_CASES], ids=[case[0] for case in WALL_CASES]
)
def test_a_wall_time_becomes_one_instant(zone: str, local: str, expected: str, adjustment: Adjustment) -> None:
    assert resolve(wall(local), zone) == (utc(expected), adjustment)


@pytest.mark.hazard("HZ-025")
def test_a_skipped_and_a_repeated_dose_are_given_once_and_told() -> None:
    """Daily 02:30 over the spring change and daily 01:30 over the autumn one: one dose a day, people are told."""
    spring = Schedule(wall("2026-03-07T02:30"), NEW_YORK, (Step(EveryDays((time(2, 30),)), days=3),))
    found = expand(spring, since=utc("2026-03-01T00:00"), until=utc("2026-04-01T00:00"))
    assert [one.at for one in found.occurrences] == [
        utc("2026-03-07T07:30"),
        utc("2026-03-08T07:00"),
        utc("2026-03-09T06:30"),
    ]
    assert [one.wall.isoformat() for one in found.occurrences][1] == "2026-03-08T03:00:00"
    assert [(one.rule, one.severity) for one in found.findings] == [("recurrence.moved-past-gap", Severity.INFORM)]
    autumn = occurrences(EveryDays((time(1, 30),)), "2026-10-31T01:30", NEW_YORK, count=3)
    assert [one.at for one in autumn] == [utc("2026-10-31T05:30"), utc("2026-11-01T05:30"), utc("2026-11-02T06:30")]


@pytest.mark.hazard("HZ-025")
@pytest.mark.parametrize(
    ("hours", "starts", "zone", "expected"),
    [
        (8, "2026-03-07T22:00", NEW_YORK, ["2026-03-08T03:00", "2026-03-08T11:00", "2026-03-08T19:00"]),
        (8, "2026-10-31T22:00", NEW_YORK, ["2026-11-01T02:00", "2026-11-01T10:00", "2026-11-01T18:00"]),
        (12, "2026-10-03T20:00", LORD_HOWE, ["2026-10-03T09:30", "2026-10-03T21:30", "2026-10-04T09:30"]),
        (12, "2026-04-04T20:00", LORD_HOWE, ["2026-04-04T09:00", "2026-04-04T21:00", "2026-04-05T09:00"]),
        (48, "2026-03-07T09:00", NEW_YORK, ["2026-03-07T14:00", "2026-03-09T14:00", "2026-03-11T14:00"]),
    ],
)
def test_intervals_count_elapsed_time(hours: int, starts: str, zone: str, expected: list[str]) -> None:
    """Every 8 hours stays 8 hours apart when the wall clock says 7 or 9."""
    found = occurrences(Every(timedelta(hours=hours)), starts, zone, count=3)
    assert [one.at for one in found] == [utc(text) for text in expected]


def test_intervals_where_clocks_never_change() -> None:
    found = occurrences(Every(timedelta(hours=8)), "2026-03-07T22:00", KOLKATA, count=3)
    assert [one.at.isoformat()[11:16] for one in found] == ["16:30", "00:30", "08:30"]


@pytest.mark.hazard("HZ-025")
def test_subtraction_is_elapsed_time() -> None:
    """Python's own subtraction within one zone says 12 h where 11 h passed (measured)."""
    zone = ZoneInfo(NEW_YORK)
    start, end = datetime(2026, 3, 7, 20, 0, tzinfo=zone), datetime(2026, 3, 8, 8, 0, tzinfo=zone)
    assert end - start == timedelta(hours=12)
    assert elapsed(start, end) == timedelta(hours=11)
    with pytest.raises(InvalidSchedule):
        elapsed(wall("2026-03-07T20:00"), end)


def local(found: tuple[Occurrence, ...]) -> list[str]:
    return [one.wall.isoformat()[:16] for one in found]


PATTERNS: list[tuple[str, Rule, str, list[str]]] = [
    (
        "daily at two times, the first day from the start on",
        EveryDays((time(8), time(20))),
        "2026-06-01T12:00",
        ["2026-06-01T20:00", "2026-06-02T08:00", "2026-06-02T20:00", "2026-06-03T08:00"],
    ),
    (
        "every other day",
        EveryDays((time(9),), step=2),
        "2026-06-01T09:00",
        ["2026-06-01T09:00", "2026-06-03T09:00", "2026-06-05T09:00"],
    ),
    (
        "Monday, Wednesday, Friday",
        Weekdays(frozenset({0, 2, 4}), (time(10),)),
        "2026-06-02T00:00",
        ["2026-06-03T10:00", "2026-06-05T10:00", "2026-06-08T10:00", "2026-06-10T10:00"],
    ),
    (
        "two days every four",
        Cycle(2, 4, (time(9),)),
        "2026-06-01T09:00",
        ["2026-06-01T09:00", "2026-06-02T09:00", "2026-06-05T09:00", "2026-06-06T09:00"],
    ),
    (
        "five days every 21",
        Cycle(5, 21, (time(9),)),
        "2026-06-01T09:00",
        [*(f"2026-06-0{day}T09:00" for day in range(1, 6)), "2026-06-22T09:00"],
    ),
]


@pytest.mark.parametrize(
    ("rule", "starts", "expected"), [case[1:] for case in PATTERNS], ids=[case[0] for case in PATTERNS]
)
def test_calendar_patterns(rule: Rule, starts: str, expected: list[str]) -> None:
    assert local(occurrences(rule, starts, NEW_YORK, count=len(expected))) == expected


def test_a_taper_runs_step_after_step() -> None:
    """Daily for two days, then every other day twice, then every 48 hours twice, then the order ends."""
    schedule = Schedule(
        wall("2026-06-01T09:00"),
        NEW_YORK,
        (
            Step(EveryDays((time(9),)), days=2),
            Step(EveryDays((time(9),), step=2), count=2),
            Step(Every(timedelta(hours=48)), count=2),
        ),
    )
    found = expand(schedule, since=utc("2026-01-01T00:00"), until=utc("2027-01-01T00:00")).occurrences
    assert local(found) == [
        "2026-06-01T09:00",
        "2026-06-02T09:00",
        "2026-06-03T09:00",
        "2026-06-05T09:00",
        "2026-06-06T00:00",
        "2026-06-08T00:00",
    ]
    assert [(one.number, one.step) for one in found] == [(1, 0), (2, 0), (3, 1), (4, 1), (5, 2), (6, 2)]


def test_intervals_taper_without_a_jump_in_the_repeated_hour() -> None:
    """The step ends in the second 01:30 of the night; the next one starts eight real hours later."""
    schedule = Schedule(
        wall("2026-10-31T18:30"),
        NEW_YORK,
        (Step(Every(timedelta(hours=8)), count=2), Step(Every(timedelta(hours=12)), count=2)),
    )
    found = expand(schedule, since=utc("2026-01-01T00:00"), until=utc("2027-01-01T00:00")).occurrences
    assert [one.at for one in found] == [
        utc("2026-10-31T22:30"),
        utc("2026-11-01T06:30"),
        utc("2026-11-01T14:30"),
        utc("2026-11-02T02:30"),
    ]


def test_a_span_is_cut_out_without_changing_numbers_and_with_tolerance() -> None:
    every = Every(timedelta(hours=48))
    schedule = Schedule(
        wall("2026-06-01T09:00"), KOLKATA, (Step(every, count=10),), timedelta(hours=2), timedelta(hours=2)
    )
    found = expand(schedule, since=utc("2026-06-03T03:30"), until=utc("2026-06-05T03:30")).occurrences
    assert [(one.number, one.at) for one in found] == [(2, utc("2026-06-03T03:30"))]
    assert (found[0].earliest, found[0].latest) == (utc("2026-06-03T01:30"), utc("2026-06-03T05:30"))


def test_two_doses_pushed_together_ask_a_person() -> None:
    """02:15 and 03:00 both fall on 03:00 in the spring night: neither is dropped silently."""
    schedule = Schedule(wall("2026-03-08T00:00"), NEW_YORK, (Step(EveryDays((time(2, 15), time(3, 0))), days=1),))
    found = expand(schedule, since=utc("2026-03-01T00:00"), until=utc("2026-04-01T00:00"))
    assert len(found.occurrences) == 2
    assert ("recurrence.collision", Severity.BLOCK) in [(one.rule, one.severity) for one in found.findings]


@pytest.mark.hazard("HZ-026")
@pytest.mark.parametrize(
    ("viewer", "text"),
    [
        (NEW_YORK, "15-Jul-2026 09:00"),
        ("America/Toronto", "15-Jul-2026 09:00"),
        (PHOENIX, "15-Jul-2026 09:00 America/New_York"),
        (KOLKATA, "15-Jul-2026 09:00 America/New_York"),
        ("UTC", "15-Jul-2026 09:00 America/New_York"),
    ],
)
def test_the_patients_time_is_shown_with_its_zone_where_clocks_differ(viewer: str, text: str) -> None:
    """All cases in one: a viewer elsewhere must never read the patient's 09:00 as their own."""
    due = occurrences(EveryDays((time(9),)), "2026-07-15T09:00", NEW_YORK, count=1)[0]
    assert (due.wall, due.zone, due.at) == (wall("2026-07-15T09:00"), NEW_YORK, utc("2026-07-15T13:00"))
    assert patient_time_text(due, viewer_zone=viewer) == text
    assert patient_time_text(due, viewer_zone=LORD_HOWE).endswith(NEW_YORK)


def test_a_patient_who_moves_keeps_the_wall_time_or_the_interval() -> None:
    """From New York to Phoenix in mid-therapy: daily stays 09:00 at home; every 24 h stays 24 h apart."""
    daily = EveryDays((time(9),))
    before = occurrences(daily, "2026-07-14T09:00", NEW_YORK, count=1)[0]
    after = occurrences(daily, "2026-07-15T09:00", PHOENIX, count=1)[0]
    assert (before.at, after.at) == (utc("2026-07-14T13:00"), utc("2026-07-15T16:00"))
    every = Every(timedelta(hours=24))
    first = occurrences(every, "2026-07-14T09:00", NEW_YORK, count=1)[0]
    there = (first.at + every.interval).astimezone(ZoneInfo(PHOENIX)).replace(tzinfo=None)
    assert occurrences(every, there.isoformat(), PHOENIX, count=1)[0].at == utc("2026-07-15T13:00")


def without_summer_time(name: str) -> tzinfo:
    """Another version of the tz data: New York stays on standard time."""
    return timezone(timedelta(hours=-5)) if name == NEW_YORK else ZoneInfo(name)


@pytest.mark.hazard("HZ-027")
def test_new_zone_rules_recompute_wall_times_and_list_the_changes() -> None:
    due = occurrences(EveryDays((time(9),)), "2026-07-15T09:00", NEW_YORK, count=2)
    changes = changed_by_zone_rules(due, without_summer_time)
    assert [(one.before.at, one.after.at) for one in changes] == [
        (utc("2026-07-15T13:00"), utc("2026-07-15T14:00")),
        (utc("2026-07-16T13:00"), utc("2026-07-16T14:00")),
    ]
    assert all(one.after.wall == one.before.wall for one in changes)


def test_new_zone_rules_leave_intervals_where_they_are() -> None:
    due = occurrences(Every(timedelta(hours=8)), "2026-07-15T09:00", NEW_YORK, count=1)
    (change,) = changed_by_zone_rules(due, without_summer_time)
    assert (change.after.at, change.after.wall) == (due[0].at, wall("2026-07-15T08:00"))
    assert due[0].anchor is Anchor.ELAPSED
    assert changed_by_zone_rules(due, ZoneInfo) == ()


def test_a_restored_gap_brings_the_planned_time_back() -> None:
    """02:30 was moved to 03:00 by the change of clocks; without the change it is 02:30 again."""
    (due,) = occurrences(EveryDays((time(2, 30),)), "2026-03-08T02:30", NEW_YORK, count=1)
    (change,) = changed_by_zone_rules([due], without_summer_time)
    assert (change.after.wall, change.after.adjustment) == (wall("2026-03-08T02:30"), Adjustment.NONE)


@pytest.mark.parametrize(
    ("text", "times", "weekdays", "rule"),
    [
        ("q8h", (), (), Every(timedelta(hours=8))),
        ("every 48 hours", (), (), Every(timedelta(hours=48))),
        ("daily", (time(9),), (), EveryDays((time(9),))),
        ("twice a day", (time(8), time(20)), (), EveryDays((time(8), time(20)))),
        ("every 2 weeks", (time(9),), (), EveryDays((time(9),), 14)),
        ("3 times a week", (time(10),), (0, 2, 4), Weekdays(frozenset({0, 2, 4}), (time(10),))),
    ],
)
def test_rules_from_the_orders_frequency(
    text: str, times: tuple[time, ...], weekdays: tuple[int, ...], rule: Rule
) -> None:
    assert rule_for(parse_frequency(text), times=times, weekdays=frozenset(weekdays)) == rule


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: rule_for(parse_frequency("continuous")), "frequency"),
    (lambda: rule_for(parse_frequency("daily"), times=(time(8), time(20))), "times"),
    (lambda: rule_for(parse_frequency("3 times a week"), times=(time(8),), weekdays=frozenset({1})), "weekdays"),
    (lambda: Every(timedelta(0)), "interval"),
    (lambda: EveryDays(()), "times"),
    (lambda: EveryDays((time(9), time(9))), "times"),
    (lambda: EveryDays((time(9, tzinfo=UTC),)), "offset"),
    (lambda: EveryDays((time(9),), step=0), "step"),
    (lambda: Weekdays(frozenset({7}), (time(9),)), "days"),
    (lambda: Cycle(6, 5, (time(9),)), "days_on"),
    (lambda: Step(EveryDays((time(9),))), "days or count"),
    (lambda: Step(Every(timedelta(hours=8)), days=2), "count"),
    (lambda: Schedule(utc("2026-01-01T00:00"), NEW_YORK, (Step(EveryDays((time(9),)), days=1),)), "starts"),
    (lambda: Schedule(wall("2026-01-01T00:00"), NEW_YORK, ()), "steps"),
    (lambda: resolve(wall("2026-01-01T00:00"), "Mars/Olympus"), "zone 'Mars/Olympus'"),
    (lambda: resolve(wall("2026-01-01T00:00"), "../etc/passwd"), "zone"),
]


@pytest.mark.parametrize(("make", "text"), REFUSED)
def test_nonsense_schedules_are_refused(make: Callable[[], object], text: str) -> None:
    with pytest.raises(InvalidSchedule, match=text):
        make()


def test_an_endless_schedule_must_be_asked_for_in_pieces() -> None:
    schedule = Schedule(wall("2026-01-01T00:00"), KOLKATA, (Step(Every(timedelta(minutes=1)), count=10**9),))
    with pytest.raises(InvalidSchedule, match="shorter span"):
        expand(schedule, since=utc("2026-01-01T00:00"), until=utc("2036-01-01T00:00"))


def test_days_belong_to_the_patients_zone() -> None:
    """A Monday visit at 01:00 in Kolkata is still Sunday in UTC."""
    found = occurrences(Weekdays(frozenset({0}), (time(1),)), "2026-06-01T00:00", KOLKATA, count=1)[0]
    assert (found.at, found.wall.date()) == (utc("2026-05-31T19:30"), date(2026, 6, 1))
