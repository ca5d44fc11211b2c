"""Visits from an order's schedule: which moments, in the patient's time zone, across clock changes.

Interval rules (every 8 h, every 48 h) count elapsed time in UTC; calendar rules (daily, Monday-Wednesday-Friday, five
days every 21) mean wall time where the patient is. A wall time that the clocks skip moves to the first valid instant;
one that comes twice happens once, the first time. Every occurrence keeps wall time and zone id beside UTC.
Source: HZ-025 to HZ-027 (FDA MedWatch 2007 alert on daylight saving time).
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.orders.model import Frequency

MOST_OCCURRENCES = 5000
SOURCE = "HZ-025; FDA MedWatch 2007 daylight saving time alert"

Zones = Callable[[str], tzinfo]
"""How a zone id becomes rules: `zoneinfo.ZoneInfo`, or another version of the tz data."""


class InvalidSchedule(ValueError):
    """The schedule makes no sense; the text names the field and the remedy."""


class Adjustment(enum.StrEnum):
    """What a clock change did to a wall time."""

    NONE = "none"
    MOVED_PAST_GAP = "moved-past-gap"
    FIRST_OF_REPEATED = "first-of-repeated"


class Anchor(enum.StrEnum):
    """What stays when the rules of a time zone change: the wall time, or the elapsed time."""

    WALL = "wall"
    ELAPSED = "elapsed"


@dataclass(frozen=True, slots=True)
class Every:
    """Every so much elapsed time: q8h, every 48 h."""

    interval: timedelta

    def __post_init__(self) -> None:
        if self.interval < timedelta(minutes=1):
            raise InvalidSchedule("interval: give at least one minute")


@dataclass(frozen=True, slots=True)
class EveryDays:
    """At these wall times every ``step`` days: daily is 1, every other day 2."""

    times: tuple[time, ...]
    step: int = 1

    def __post_init__(self) -> None:
        _check_times(self.times)
        if self.step < 1:
            raise InvalidSchedule("step: give 1 or more days")


@dataclass(frozen=True, slots=True)
class Weekdays:
    """At these wall times on these weekdays; Monday is 0."""

    days: frozenset[int]
    times: tuple[time, ...]

    def __post_init__(self) -> None:
        _check_times(self.times)
        if not self.days or not self.days <= set(range(7)):
            raise InvalidSchedule("days: give weekdays from 0 (Monday) to 6 (Sunday)")


@dataclass(frozen=True, slots=True)
class Cycle:
    """At these wall times on the first ``days_on`` days of every ``length`` days: five days every 21."""

    days_on: int
    length: int
    times: tuple[time, ...]

    def __post_init__(self) -> None:
        _check_times(self.times)
        if not 1 <= self.days_on <= self.length:
            raise InvalidSchedule("days_on: give 1 up to the length of the cycle")


Rule = Every | EveryDays | Weekdays | Cycle


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a taper: a rule for so many days (calendar rules) or occurrences."""

    rule: Rule
    days: int | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        if (self.days is None) == (self.count is None):
            raise InvalidSchedule("a step needs either days or count")
        if min(value for value in (self.days, self.count) if value is not None) < 1:
            raise InvalidSchedule("a step lasts at least one day or occurrence")
        if self.days is not None and isinstance(self.rule, Every):
            raise InvalidSchedule("a step with an interval is ended by count, not by days")


@dataclass(frozen=True, slots=True)
class Schedule:
    """The order's schedule: steps one after another from a wall time in the patient's zone.

    ``starts`` is the first occurrence of an interval rule; of a calendar rule it gives the first day, and earlier
    times of that day are left out. ``before`` and ``after`` are how far an occurrence may move (every 48 h +- 2 h).
    """

    starts: datetime
    zone: str
    steps: tuple[Step, ...]
    before: timedelta = timedelta()
    after: timedelta = timedelta()

    def __post_init__(self) -> None:
        if self.starts.tzinfo is not None:
            raise InvalidSchedule("starts: give wall time without an offset; the zone says the rest")
        if not self.steps:
            raise InvalidSchedule("steps: give at least one")
        if self.before < timedelta() or self.after < timedelta():
            raise InvalidSchedule("before and after must not be negative")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One due moment: ``at`` in UTC, ``wall`` as the patient's clock in ``zone`` shows it.

    ``planned`` is the wall time the schedule asks for: stored with the zone id, so that UTC can be worked out again.
    """

    number: int
    step: int
    at: datetime
    wall: datetime
    planned: datetime
    zone: str
    anchor: Anchor
    adjustment: Adjustment
    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Expansion:
    """The occurrences of a span and what a person must know about them."""

    occurrences: tuple[Occurrence, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """An occurrence that another version of the time zone rules puts elsewhere."""

    before: Occurrence
    after: Occurrence


def _check_times(times: tuple[time, ...]) -> None:
    if not times or len(set(times)) < len(times):
        raise InvalidSchedule("times: give at least one wall time, none twice")
    if any(one.tzinfo is not None for one in times):
        raise InvalidSchedule("times: give wall times without an offset")


def rule_for(frequency: Frequency, *, times: tuple[time, ...] = (), weekdays: frozenset[int] = frozenset()) -> Rule:
    """The rule of an order's frequency: with wall times a calendar rule, without them elapsed time."""
    if frequency.times is None or frequency.per is None:
        raise InvalidSchedule("frequency: continuous and once have no rhythm; give the bag changes or one date")
    per_hours = frequency.per.amount_in("h")
    if weekdays:
        if per_hours != 168 or len(weekdays) * len(times) != frequency.times:
            raise InvalidSchedule(f"weekdays and times: the order asks for {frequency.times} in its period")
        return Weekdays(weekdays, times)
    if not times:
        return Every(timedelta(hours=float(per_hours / frequency.times)))
    if per_hours % 24 or len(times) != frequency.times:
        raise InvalidSchedule(f"times: the order asks for {frequency.times} in {per_hours} hours")
    return EveryDays(times, int(per_hours // 24))


def rules_of(zone: str, zones: Zones = ZoneInfo) -> tzinfo:
    """The rules of a time zone id, or a clear refusal."""
    try:
        return zones(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidSchedule(f"zone {zone!r} is not a time zone id like America/New_York") from error


def resolve(wall: datetime, zone: str, zones: Zones = ZoneInfo) -> tuple[datetime, Adjustment]:
    """The UTC instant of a wall time; skipped moves on, repeated is the first unless ``fold`` asks for the second."""
    rules = rules_of(zone, zones)
    earlier = wall.replace(tzinfo=rules, fold=0).astimezone(UTC)
    later = wall.replace(tzinfo=rules, fold=1).astimezone(UTC)
    if earlier == later:
        return earlier, Adjustment.NONE
    if not control_is_on("HZ-025"):
        return later, Adjustment.NONE
    if earlier < later:
        return (later, Adjustment.NONE) if wall.fold else (earlier, Adjustment.FIRST_OF_REPEATED)
    return _end_of_gap(later, earlier, rules), Adjustment.MOVED_PAST_GAP


def _end_of_gap(low: datetime, high: datetime, rules: tzinfo) -> datetime:
    """The instant between two UTC instants at which the offset changes."""
    offset = low.astimezone(rules).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
        if middle.astimezone(rules).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def elapsed(start: datetime, end: datetime) -> timedelta:
    """Time that really passed between two aware moments; never the difference of wall clocks."""
    if start.tzinfo is None or end.tzinfo is None:
        raise InvalidSchedule("elapsed time needs aware moments")
    if not control_is_on("HZ-025"):
        return end.replace(tzinfo=None) - start.replace(tzinfo=None)
    return end.astimezone(UTC) - start.astimezone(UTC)


def expand(schedule: Schedule, *, since: datetime, until: datetime, zones: Zones = ZoneInfo) -> Expansion:
    """Every occurrence with ``since <= at < until``, numbered from the start of the schedule."""
    if since.tzinfo is None or until.tzinfo is None:
        raise InvalidSchedule("since and until: give aware moments")
    found: list[Occurrence] = []
    for number, occurrence in enumerate(_all(schedule, zones), start=1):
        if occurrence.at >= until:
            break
        if number > MOST_OCCURRENCES:
            raise InvalidSchedule(f"until: more than {MOST_OCCURRENCES} occurrences, ask for a shorter span")
        found.append(occurrence)
    chosen = tuple(occurrence for occurrence in found if occurrence.at >= since)
    return Expansion(chosen, tuple(_findings(chosen)))


def _all(schedule: Schedule, zones: Zones) -> Iterator[Occurrence]:
    """The occurrences of all steps, one step after another, without end if the schedule has none."""
    wall, number = schedule.starts, 0
    for step_number, step in enumerate(schedule.steps):
        last = None
        for at, planned, adjustment in itertools.islice(_step(step, wall, schedule.zone, zones), step.count):
            number += 1
            anchor = Anchor.ELAPSED if isinstance(step.rule, Every) else Anchor.WALL
            last = at
            yield _occurrence(
                schedule, (number, step_number), (at, planned, adjustment), anchor, rules_of(schedule.zone, zones)
            )
        wall = _next_start(step, wall, last, rules_of(schedule.zone, zones))


def _occurrence(
    schedule: Schedule,
    numbers: tuple[int, int],
    due: tuple[datetime, datetime, Adjustment],
    anchor: Anchor,
    rules: tzinfo,
) -> Occurrence:
    at, planned, adjustment = due
    return Occurrence(
        number=numbers[0],
        step=numbers[1],
        at=at,
        wall=_wall(at, rules),
        planned=planned,
        zone=schedule.zone,
        anchor=anchor,
        adjustment=adjustment,
        earliest=at - schedule.before,
        latest=at + schedule.after,
    )


def _wall(at: datetime, rules: tzinfo) -> datetime:
    """What a clock under these rules shows."""
    return at.astimezone(rules).replace(tzinfo=None)


def _next_start(step: Step, wall: datetime, last: datetime | None, rules: tzinfo) -> datetime:
    """The wall time from which the next step counts; ``last`` is the instant of the last occurrence."""
    if step.days is not None:
        return datetime.combine(wall.date() + timedelta(days=step.days), time())
    if last is None:
        return wall
    if isinstance(step.rule, Every):
        return _wall(last + step.rule.interval, rules)
    return datetime.combine(_wall(last, rules).date() + timedelta(days=1), time())


def _step(step: Step, wall: datetime, zone: str, zones: Zones) -> Iterator[tuple[datetime, datetime, Adjustment]]:
    """UTC instant, planned wall time and adjustment of one step's occurrences."""
    if isinstance(step.rule, Every):
        yield from _intervals(step.rule, wall, zone, zones)
        return
    for day, moment in _calendar(step.rule, wall.date()):
        if step.days is not None and day >= wall.date() + timedelta(days=step.days):
            return
        due = datetime.combine(day, moment)
        if due < wall:
            continue
        at, adjustment = resolve(due, zone, zones)
        yield at, due, adjustment


def _intervals(rule: Every, wall: datetime, zone: str, zones: Zones) -> Iterator[tuple[datetime, datetime, Adjustment]]:
    rules = rules_of(zone, zones)
    first, adjustment = resolve(wall, zone, zones)
    for count in itertools.count():
        if control_is_on("HZ-025"):
            at = first + count * rule.interval
        else:
            at = (first.astimezone(rules) + count * rule.interval).astimezone(UTC)
        yield at, _wall(at, rules), adjustment
        adjustment = Adjustment.NONE


def _calendar(rule: EveryDays | Weekdays | Cycle, first: date) -> Iterator[tuple[date, time]]:
    """Days and wall times of a calendar rule from a day on, without end."""
    for offset in itertools.count():
        day = first + timedelta(days=offset)
        if isinstance(rule, EveryDays):
            is_due = offset % rule.step == 0
        elif isinstance(rule, Weekdays):
            is_due = day.weekday() in rule.days
        else:
            is_due = offset % rule.length < rule.days_on
        if is_due:
            for moment in sorted(rule.times):
                yield day, moment


def _findings(occurrences: Iterable[Occurrence]) -> Iterator[Finding]:
    """Moved times are told; two occurrences at one instant are a person's decision."""
    previous: Occurrence | None = None
    for occurrence in occurrences:
        subject = f"occurrence {occurrence.number}"
        if occurrence.adjustment is not Adjustment.NONE:
            yield Finding(
                rule=f"recurrence.{occurrence.adjustment.value}",
                severity=Severity.INFORM,
                subject=subject,
                detail=f"the clocks change; it is due at {occurrence.wall:%d-%b-%Y %H:%M} {occurrence.zone}",
                source=SOURCE,
            )
        if previous is not None and previous.at >= occurrence.at:
            yield Finding(
                rule="recurrence.collision",
                severity=Severity.BLOCK,
                subject=subject,
                detail="a clock change puts it at the time of the one before: decide which one is given",
                source=SOURCE,
            )
        previous = occurrence


def changed_by_zone_rules(occurrences: Iterable[Occurrence], zones: Zones) -> tuple[ZoneChange, ...]:
    """What another version of the tz data moves (HZ-027): calendar rules keep the wall time, intervals keep UTC."""
    changes = []
    for old in occurrences:
        at, adjustment = old.at, old.adjustment
        if old.anchor is Anchor.WALL and control_is_on("HZ-027"):
            at, adjustment = resolve(old.planned, old.zone, zones)
        wall = _wall(at, rules_of(old.zone, zones))
        if at != old.at or wall != old.wall:
            shift = at - old.at
            new = replace(
                old,
                at=at,
                wall=wall,
                adjustment=adjustment,
                earliest=old.earliest + shift,
                latest=old.latest + shift,
            )
            changes.append(ZoneChange(old, new))
    return tuple(changes)


def patient_time_text(occurrence: Occurrence, *, viewer_zone: str) -> str:
    """The patient's wall time for a screen, with the zone where the viewer's clock shows another time (HZ-026)."""
    text = f"{occurrence.wall:%d-%b-%Y %H:%M}"
    if control_is_on("HZ-026") and _wall(occurrence.at, rules_of(viewer_zone)) != occurrence.wall:
        return f"{text} {occurrence.zone}"
    return text
