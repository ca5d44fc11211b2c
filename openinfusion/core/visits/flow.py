"""Rate steps of the order as a time plan, and how far a running infusion is.

For the nurse's page. The end is computed anew from every rate change and pause (HZ-030); elapsed time is
counted in UTC, volumes are exact fractions and rounded once, to 0.1 mL half up, for display.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.readiness.words import number, require_aware, utc

_SOURCE = "infusion order, rate steps"


@dataclass(frozen=True, slots=True)
class RateStep:
    """A rate for some minutes, or to the end (``minutes`` None, last step only)."""

    rate_ml_h: Decimal | None
    minutes: Decimal | None


@dataclass(frozen=True, slots=True)
class PlannedStep:
    number: int
    rate_ml_h: Decimal
    starts_at: datetime
    ends_at: datetime
    volume_ml: Decimal
    total_ml: Decimal


@dataclass(frozen=True, slots=True)
class FlowPlan:
    """The steps with their times; no steps while a finding blocks."""

    steps: tuple[PlannedStep, ...]
    ends_at: datetime | None
    findings: tuple[Finding, ...]

    def step_at(self, at: datetime) -> PlannedStep | None:
        """The step that runs at a moment; None before the start and after the end."""
        for step in self.steps:
            if utc(step.starts_at) <= utc(at) < utc(step.ends_at):
                return step
        return None


def plan_flow(steps: Sequence[RateStep], *, volume_ml: Decimal, starts_at: datetime) -> FlowPlan:
    """When each rate of the order begins and ends. Steps that do not fit the volume are findings."""
    require_aware(starts_at, field="starts_at")
    problem = _unplannable(steps, volume_ml)
    if problem:
        return FlowPlan((), None, (_finding(Severity.BLOCK, problem),))
    planned: list[PlannedStep] = []
    given, clock = Fraction(0), utc(starts_at)
    for index, step in enumerate(steps, start=1):
        rate = Fraction(step.rate_ml_h or 0)
        left = Fraction(volume_ml) - given
        hours = min(left / rate, Fraction(step.minutes) / 60) if step.minutes is not None else left / rate
        given += rate * hours
        ends = clock + _span(hours)
        zone = starts_at.tzinfo
        planned.append(
            PlannedStep(
                index,
                step.rate_ml_h or Decimal(0),
                clock.astimezone(zone),
                ends.astimezone(zone),
                _shown(rate * hours),
                _shown(given),
            )
        )
        clock = ends
        if given == volume_ml:
            break
    return _judged(planned, steps, given, volume_ml)


def _unplannable(steps: Sequence[RateStep], volume_ml: Decimal) -> str:
    if not steps:
        return "The order has no rate step."
    if volume_ml <= 0:
        return "The volume of the order must be above 0 mL."
    for index, step in enumerate(steps, start=1):
        if step.rate_ml_h is None:
            return f"The rate of step {index} is not known."
        if step.rate_ml_h <= 0:
            return f"The rate of step {index} must be above 0 mL/h."
        if step.minutes is not None and step.minutes <= 0:
            return f"The time of step {index} must be above 0 min."
        if step.minutes is None and index < len(steps):
            return f"The time of step {index} is not known; only the last step may run to the end."
    return ""


def _judged(planned: list[PlannedStep], steps: Sequence[RateStep], given: Fraction, volume_ml: Decimal) -> FlowPlan:
    if given < volume_ml:
        words = f"The rate steps give {number(_shown(given))} of {number(volume_ml)} mL."
        return FlowPlan((), None, (_finding(Severity.BLOCK, words),))
    findings: tuple[Finding, ...] = ()
    if len(planned) < len(steps):
        words = f"Step {len(planned) + 1} is never reached: the volume ends in step {len(planned)}."
        findings = (_finding(Severity.INTERRUPT, words),)
    return FlowPlan(tuple(planned), planned[-1].ends_at, findings)


def refuse_rate_change(plan: FlowPlan, *, step_number: int, vitals_at: Iterable[datetime], at: datetime) -> str:
    """Why step ``step_number`` may not begin now; empty when it may."""
    before = [step for step in plan.steps if step.number == step_number - 1]
    if not before or step_number > len(plan.steps):
        return f"The order has no change to step {step_number}."
    step = before[0]
    runs_on = utc(at) < utc(step.ends_at)
    has_vitals = any(utc(step.starts_at) < utc(taken) <= utc(at) for taken in vitals_at)
    return _not_yet(step, has_vitals=has_vitals) if runs_on or not has_vitals else ""


def _not_yet(step: PlannedStep, *, has_vitals: bool) -> str:
    until = f"{step.ends_at.hour:02d}:{step.ends_at.minute:02d}"
    runs = f"step {step.number} runs to {until}"
    return f"Not yet: {runs}." if has_vitals else f"Not yet: the {until} vital signs are not in, and {runs}."


@dataclass(frozen=True, slots=True)
class RateChange:
    """From this moment the device runs at this rate; 0 is a pause."""

    at: datetime
    rate_ml_h: Decimal


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is. ``ends_at``: when it ends at this rate, or ended; None while paused."""

    given_ml: Decimal
    left_ml: Decimal
    rate_ml_h: Decimal
    ends_at: datetime | None


def progress(changes: Iterable[RateChange], *, volume_ml: Decimal, at: datetime) -> Progress:
    """Integral of the rate up to ``at``, at most the volume; the end follows from the present rate."""
    require_aware(at, field="at")
    ordered = _ordered(changes, at)
    given, volume = Fraction(0), Fraction(volume_ml)
    for change, until in zip(ordered, _ends(ordered, at), strict=True):
        portion = Fraction(change.rate_ml_h) * _hours(utc(until) - utc(change.at))
        if change.rate_ml_h > 0 and given + portion >= volume:
            ended = utc(change.at) + _span((volume - given) / Fraction(change.rate_ml_h))
            return Progress(_shown(volume), _shown(Fraction(0)), Decimal(0), ended.astimezone(at.tzinfo))
        given += portion
    left, running = volume - given, _running_rate(ordered)
    ends = None if running == 0 else (utc(at) + _span(left / Fraction(running))).astimezone(at.tzinfo)
    return Progress(_shown(given), _shown(left), running, ends)


def _ends(ordered: Sequence[RateChange], at: datetime) -> list[datetime]:
    """When each change ends: at the next one, the last at the moment asked about."""
    return [*(later.at for later in ordered[1:]), at] if ordered else []


def _running_rate(ordered: Sequence[RateChange]) -> Decimal:
    """The present rate. HZ-030: the end follows the last change, not the first."""
    if not ordered:
        return Decimal(0)
    return ordered[-1 if control_is_on("HZ-030") else 0].rate_ml_h


def _ordered(changes: Iterable[RateChange], at: datetime) -> list[RateChange]:
    past = []
    for change in changes:
        require_aware(change.at, field="at of a rate change")
        if change.rate_ml_h < 0:
            raise ValueError("a rate cannot be below 0 mL/h")
        if utc(change.at) <= utc(at):
            past.append(change)
    return sorted(past, key=lambda change: utc(change.at))


def _span(hours: Fraction) -> timedelta:
    """Hours as a time span, to the microsecond."""
    return timedelta(microseconds=round(hours * 3_600_000_000))


def _hours(span: timedelta) -> Fraction:
    return Fraction(span // timedelta(microseconds=1), 3_600_000_000)


def _shown(volume: Fraction) -> Decimal:
    exact = Decimal(volume.numerator) / Decimal(volume.denominator)
    return exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _finding(severity: Severity, detail: str) -> Finding:
    return Finding("flow.rate_steps", severity, "rate steps", detail, _SOURCE, "order")
