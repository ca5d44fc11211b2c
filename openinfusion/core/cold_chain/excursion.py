"""Was the drug kept as it must be: use, hold for the pharmacist, or discard. Missing data is hold, never
pass.

For pharmacists and delivery. Windows of ``cold_chain.json``; hazard HZ-060; domain guide rule 10: never
average a freeze away, never release a biologic by mean kinetic temperature without the maker's data. The
pharmacist decides.
"""

from __future__ import annotations

import datetime as dt
import enum
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from openinfusion.core.cold_chain.kinetic import damage_rate, from_damage
from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity

FREEZING = Decimal(0)


class Decision(enum.StrEnum):
    """``use``: nothing found. ``hold``: quarantine until a pharmacist decides. ``discard``: not to be
    given.
    """

    USE = "use"
    HOLD = "hold"
    DISCARD = "discard"


@dataclass(frozen=True, slots=True)
class Reading:
    """One logged temperature."""

    at: dt.datetime
    celsius: Decimal


@dataclass(frozen=True, slots=True)
class StorageWindow:
    """A storage condition with what may be left and for how long, and whether those numbers were seen in a
    source.
    """

    name: str
    low: Decimal
    high: Decimal
    excursion_low: Decimal
    excursion_high: Decimal
    spike_high: Decimal | None
    spike_hours: Decimal | None
    kinetic_most: Decimal
    kinetic_hours: int
    excursion_is_verified: bool
    source: str


@dataclass(frozen=True, slots=True)
class MakerStability:
    """What the maker says for this product: up to this temperature, for this long in total, with the
    document.
    """

    up_to_celsius: Decimal
    for_minutes: int
    source: str


@dataclass(frozen=True, slots=True)
class ExcursionVerdict:
    """The decision with the figures it rests on."""

    decision: Decision
    findings: tuple[Finding, ...]
    lowest: Decimal | None
    highest: Decimal | None
    minutes_outside: int
    worst_kinetic: Decimal | None


@dataclass(frozen=True, slots=True)
class Journey:
    """The time that must be covered, and what the product is; None where that is not known."""

    begins_at: dt.datetime
    ends_at: dt.datetime
    longest_gap: dt.timedelta
    is_protein: bool | None
    maker: MakerStability | None = None


def judge(readings: Sequence[Reading], *, window: StorageWindow, journey: Journey) -> ExcursionVerdict:
    """The verdict over a journey. Order of readings does not matter; the gravest reason decides."""
    ordered = sorted(set(readings), key=lambda reading: reading.at)
    inside = [r for r in ordered if journey.begins_at <= r.at <= journey.ends_at]
    reasons: list[tuple[Decision, Finding]] = list(_gaps(inside, journey))
    if not inside:
        return _verdict(reasons, None, None, 0, None)
    lowest = min(reading.celsius for reading in inside)
    highest = max(reading.celsius for reading in inside)
    outside = _seconds_where(inside, lambda celsius: not window.low <= celsius <= window.high)
    kinetic = worst_kinetic(inside, hours=window.kinetic_hours)
    reasons.extend(_cold(lowest, window, journey))
    reasons.extend(_warm(inside, highest, outside, kinetic, window, journey))
    return _verdict(reasons, lowest, highest, outside // 60, kinetic)


def worst_kinetic(ordered: Sequence[Reading], *, hours: int) -> Decimal:
    """The highest mean kinetic temperature over any stretch of that many hours, so that a long log hides
    nothing.
    """
    rates = [damage_rate(reading.celsius) for reading in ordered]
    weights = _held_seconds(ordered)
    span = dt.timedelta(hours=hours)
    worst: Decimal | None = None
    first = 0
    for last, reading in enumerate(ordered):
        while reading.at - ordered[first].at >= span:
            first += 1
        value = from_damage(rates[first : last + 1], weights[first : last + 1])
        worst = value if worst is None or value > worst else worst
    if worst is None:
        raise ValueError("there are no readings")
    return worst


def _held_seconds(ordered: Sequence[Reading]) -> list[int]:
    """How long each reading stands: until the next one; the last as long as the one before it."""
    if len(ordered) == 1:
        return [1]
    gaps = [max(1, int((b.at - a.at).total_seconds())) for a, b in itertools.pairwise(ordered)]
    return [*gaps, gaps[-1]]


def _seconds_where(ordered: Sequence[Reading], is_out: Callable[[Decimal], bool]) -> int:
    held = _held_seconds(ordered)
    return sum(seconds for reading, seconds in zip(ordered, held, strict=True) if is_out(reading.celsius))


def _gaps(inside: Sequence[Reading], journey: Journey) -> list[tuple[Decision, Finding]]:
    if not control_is_on("HZ-060"):
        return []
    moments = [journey.begins_at, *(reading.at for reading in inside), journey.ends_at]
    longest = max(b - a for a, b in itertools.pairwise(moments))
    if not inside:
        return [_hold("COLD.NO_DATA", "There are no temperature readings for this journey.")]
    if longest > journey.longest_gap:
        minutes = int(longest.total_seconds() // 60)
        return [_hold("COLD.GAP", f"No reading for {minutes} minutes. What happened then is not known.")]
    return []


def _cold(lowest: Decimal, window: StorageWindow, journey: Journey) -> list[tuple[Decision, Finding]]:
    if lowest <= FREEZING and control_is_on("HZ-060"):
        if journey.is_protein is False:
            return [_hold("COLD.FROZEN", f"Lowest reading {lowest} °C: it may have frozen.")]
        if journey.is_protein is None:
            return [_hold("COLD.FROZEN", f"Lowest reading {lowest} °C, and whether freezing harms it is not known.")]
        return [
            (
                Decision.DISCARD,
                _finding(
                    "COLD.FROZEN",
                    f"Lowest reading {lowest} °C. A frozen protein is not used, whatever the average.",
                ),
            )
        ]
    if lowest < window.excursion_low or (lowest < window.low and not window.excursion_is_verified):
        return [_hold("COLD.UNDER", f"Lowest reading {lowest} °C is under {window.low} °C.")]
    return []


def _warm(
    inside: Sequence[Reading],
    highest: Decimal,
    outside: int,
    kinetic: Decimal,
    window: StorageWindow,
    journey: Journey,
) -> list[tuple[Decision, Finding]]:
    reasons = []
    if kinetic > window.kinetic_most:
        reasons.append(
            _hold("COLD.KINETIC", f"Mean kinetic temperature {kinetic:.2f} °C is over {window.kinetic_most} °C.")
        )
    if highest <= window.high:
        return reasons
    if journey.maker is not None:
        return reasons + _against_maker(highest, outside, journey.maker)
    if journey.is_protein is not False:
        text = f"Highest reading {highest} °C. A biologic is released only on data of its maker; there is none."
        return [*reasons, _hold("COLD.BIOLOGIC", text)]
    if not window.excursion_is_verified:
        text = f"Highest reading {highest} °C; what may be left is not verified for {window.name}."
        return [*reasons, _hold("COLD.OVER", text)]
    return reasons + _spike(inside, highest, window)


def _against_maker(highest: Decimal, outside: int, maker: MakerStability) -> list[tuple[Decision, Finding]]:
    if highest > maker.up_to_celsius or outside > maker.for_minutes * 60:
        text = f"Up to {highest} °C for {outside // 60} minutes: more than the maker allows ({maker.source})."
        return [_hold("COLD.MAKER", text)]
    return []


def _spike(inside: Sequence[Reading], highest: Decimal, window: StorageWindow) -> list[tuple[Decision, Finding]]:
    if highest <= window.excursion_high:
        return []
    if window.spike_high is None or window.spike_hours is None or highest > window.spike_high:
        return [_hold("COLD.OVER", f"Highest reading {highest} °C is over what {window.name} storage allows.")]
    seconds = _seconds_where(inside, lambda celsius: celsius > window.excursion_high)
    if seconds >= window.spike_hours * 3600:
        return [_hold("COLD.SPIKE", f"Over {window.excursion_high} °C for {seconds // 60} minutes.")]
    return []


def _hold(rule: str, detail: str) -> tuple[Decision, Finding]:
    return Decision.HOLD, _finding(rule, detail)


def _finding(rule: str, detail: str) -> Finding:
    return Finding(rule, Severity.BLOCK, "temperature", detail, "HZ-060; MKT_USP; MKT_STIM; MKT_GMP", "stability")


def _verdict(
    reasons: Sequence[tuple[Decision, Finding]],
    lowest: Decimal | None,
    highest: Decimal | None,
    minutes: int,
    kinetic: Decimal | None,
) -> ExcursionVerdict:
    decisions = {decision for decision, _ in reasons}
    worst = next((d for d in (Decision.DISCARD, Decision.HOLD) if d in decisions), Decision.USE)
    findings = tuple(
        finding for decision in (Decision.DISCARD, Decision.HOLD) for d, finding in reasons if d is decision
    )
    return ExcursionVerdict(worst, findings, lowest, highest, minutes, kinetic)
