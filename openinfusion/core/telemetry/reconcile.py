"""Does the pump do what the order says? Drug and concentration at once, rate after fifteen minutes, volume.

Compares only like with like: another unit, or an unknown value, is a finding and never converted or guessed.
Source: HZ-037; Generic Infusion Pump 1.0 requirements 1.2.2 and 1.2.3.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.telemetry.age import is_current, persisted, state_is_current
from openinfusion.core.telemetry.events import Measure
from openinfusion.core.telemetry.state import EMPTY, PumpPhase, PumpState, advance
from openinfusion.core.telemetry.timeline import Timeline

OVER_FACTOR = Decimal("1.10")
UNDER_FACTOR = Decimal("0.90")
PERSISTS_FOR = timedelta(minutes=15)
SOURCE = "GIP 1.0 requirements 1.2.2, 1.2.3; HZ-037"


@dataclass(frozen=True, slots=True)
class OrderedInfusion:
    """The part of the active order a pump can be compared with. None means the order does not say.

    ``drug_names``: every name the pump's library may show for the ordered drug. ``rate_low_ml_h`` and
    ``rate_high_ml_h`` are equal for a fixed rate and span the ordered steps for a ramp.
    """

    order: str
    drug_names: frozenset[str]
    rate_low_ml_h: Decimal | None
    rate_high_ml_h: Decimal | None
    concentration: Measure | None = None
    dose_rate: Measure | None = None


class Deviation(enum.StrEnum):
    """In which way a running pump leaves its order."""

    OVER = "rate over the order"
    UNDER = "rate under the order"
    DRUG = "another drug than ordered"
    CONCENTRATION = "another concentration than ordered"
    DOSE = "another dose rate than ordered"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One disagreement: since when, and whether it lasted long enough to alarm."""

    deviation: Deviation
    since: datetime
    alarms: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The outcome of one comparison: disagreements, and what could not be compared."""

    mismatches: tuple[Mismatch, ...] = ()
    findings: tuple[Finding, ...] = ()


def reconcile(timeline: Timeline, order: OrderedInfusion, *, at: datetime, stale_limit: timedelta) -> Reconciliation:
    """Compare a channel with its order. A silent pump is not compared: silence has its own alarm."""
    state = timeline.state
    if not state_is_current(state, at=at, limit=stale_limit):
        return Reconciliation(findings=(_cannot(order, "the pump's last message is too old to compare"),))
    if state.phase in (PumpPhase.COMPLETE, PumpPhase.IDLE, PumpPhase.UNKNOWN):
        findings = (_cannot(order, "the pump has not said what it does"),)
        return Reconciliation(findings=findings if state.phase is PumpPhase.UNKNOWN else ())
    mismatches: list[Mismatch] = []
    findings_: list[Finding] = []
    _compare_drug(state, order, mismatches, findings_)
    _compare_measure(state, order, mismatches, findings_, Deviation.CONCENTRATION)
    _compare_measure(state, order, mismatches, findings_, Deviation.DOSE)
    _compare_rate(timeline, order, at, stale_limit, mismatches, findings_)
    findings_.extend(volume_findings(state, order=order.order))
    return Reconciliation(tuple(mismatches), tuple(findings_))


def normalise_drug(name: str) -> str:
    """Case and spacing do not make another drug; anything else does."""
    return " ".join(name.casefold().split())


def _compare_drug(
    state: PumpState, order: OrderedInfusion, mismatches: list[Mismatch], findings: list[Finding]
) -> None:
    if state.drug is None:
        findings.append(_cannot(order, "the pump does not say which drug it runs"))
        return
    ordered = {normalise_drug(name) for name in order.drug_names}
    if normalise_drug(state.drug.value) not in ordered and control_is_on("HZ-037"):
        since = state.drug.device_at or state.drug.received_at
        detail = f"The pump runs {state.drug.value}; the order names {', '.join(sorted(order.drug_names))}."
        mismatches.append(Mismatch(Deviation.DRUG, since, True, detail))


def _compare_measure(
    state: PumpState,
    order: OrderedInfusion,
    mismatches: list[Mismatch],
    findings: list[Finding],
    which: Deviation,
) -> None:
    is_dose = which is Deviation.DOSE
    word = "dose rate" if is_dose else "concentration"
    ordered = order.dose_rate if is_dose else order.concentration
    reading = state.dose_rate if is_dose else state.concentration
    if ordered is None or (reading is None and is_dose):
        return
    if reading is None:
        findings.append(_cannot(order, f"the pump does not say its {word}"))
        return
    running = reading.value
    if running.unit != ordered.unit:
        findings.append(
            _cannot(
                order,
                f"the {word} on the pump is in {running.unit}, in the order in {ordered.unit}; "
                "different units are not compared",
            )
        )
        return
    within = (
        ordered.value * UNDER_FACTOR <= running.value <= ordered.value * OVER_FACTOR
        if is_dose
        else running.value == ordered.value
    )
    if not within and control_is_on("HZ-037"):
        since = reading.device_at or reading.received_at
        detail = f"The {word} on the pump is {running.value} {running.unit}; ordered {ordered.value} {ordered.unit}."
        mismatches.append(Mismatch(which, since, True, detail))


def _compare_rate(
    timeline: Timeline,
    order: OrderedInfusion,
    at: datetime,
    stale_limit: timedelta,
    mismatches: list[Mismatch],
    findings: list[Finding],
) -> None:
    low, high = order.rate_low_ml_h, order.rate_high_ml_h
    if low is None or high is None:
        findings.append(_cannot(order, "the order gives no rate in mL/h"))
        return
    state = timeline.state
    if state.phase is PumpPhase.PROGRAMMED:
        return  # not started has its own rule
    if state.phase is PumpPhase.KVO and state.remaining_ml is not None and state.remaining_ml.value == 0:
        return  # the ordered volume is in; keeping the vein open follows
    if state.flow_ml_h is None or not _rate_is_current(state, at, stale_limit):
        findings.append(_cannot(order, "the pump does not say its present rate"))
        return
    side = _side(state.flow_ml_h, low, high)
    if side is None or not control_is_on("HZ-037"):
        return
    since = _since(timeline, side, low, high) or at
    ordered = f"{low} mL/h" if low == high else f"{low} to {high} mL/h"
    detail = f"The pump runs at {state.flow_ml_h} mL/h; ordered {ordered}."
    lasted = persisted(state, since=since, at=at)
    mismatches.append(Mismatch(side, since, lasted >= PERSISTS_FOR, detail))


def _rate_is_current(state: PumpState, at: datetime, limit: timedelta) -> bool:
    reading = state.rate_ml_h or state.programmed_rate_ml_h
    return not state.phase.is_flowing or is_current(reading, at=at, limit=limit)


def _side(rate: Decimal, low: Decimal, high: Decimal) -> Deviation | None:
    if rate > high * OVER_FACTOR:
        return Deviation.OVER
    if rate < low * UNDER_FACTOR:
        return Deviation.UNDER
    return None


def _since(timeline: Timeline, side: Deviation, low: Decimal, high: Decimal) -> datetime | None:
    """When the present deviation began: the first event of the unbroken run that ends now."""
    began: datetime | None = None
    state = timeline.start
    for event in timeline.events:
        state = advance(state, event, longest_gap=timeline.longest_gap)
        running = state.phase.is_flowing or state.phase is PumpPhase.STOPPED
        if running and state.flow_ml_h is not None and _side(state.flow_ml_h, low, high) is side:
            began = began or state.device_at or state.received_at
        else:
            began = None
    return began


def volume_findings(state: PumpState, *, order: str) -> Iterable[Finding]:
    """Integrated volume against the pump's own total: they must agree within ten percent."""
    check = state.volume
    reported = check.reported_ml
    if reported is None or check.has_gap or state is EMPTY:
        return
    low = check.low_ml * UNDER_FACTOR - check.step_ml
    high = check.high_ml * OVER_FACTOR + check.step_ml
    if low <= reported <= high:
        return
    yield Finding(
        rule="TEL-VOLUME",
        severity=Severity.INTERRUPT,
        subject=f"order {order}",
        detail=f"The pump reports {reported} mL since its first message; its rates add up to between "
        f"{_rounded(check.low_ml)} and {_rounded(check.high_ml)} mL. Check bag, pump and line.",
        source=SOURCE,
        category="telemetry",
    )


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"))


def _cannot(order: OrderedInfusion, why: str) -> Finding:
    return Finding(
        rule="TEL-NOT-COMPARED",
        severity=Severity.BLOCK,
        subject=f"order {order.order}",
        detail=f"The pump could not be compared with the order: {why}.",
        source=SOURCE,
        category="telemetry",
    )
