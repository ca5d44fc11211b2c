"""Weights and heights judged as they arrive: a missing, unknown or contradictory unit stops the number.

For every reader of measurements. The raw value and unit are kept; nothing is converted here. Source: HZ-009.
"""

from __future__ import annotations

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Severity
from openinfusion.core.referrals.body_units import BodyUnit, read_height_unit, read_weight_unit
from openinfusion.core.referrals.clinical import MeasurementKind
from openinfusion.core.referrals.finding_log import FindingLog

_REASONS = {
    "missing": "has no unit",
    "unknown": "has a unit that is no unit of {kind}",
    "contradictory": "has a written unit and a unit code that contradict each other",
}


def body_unit(kind: MeasurementKind, *, text: str, code: str, path: str, log: FindingLog) -> str:
    """The certain unit of a weight or height, or empty with a finding that stops its use."""
    is_weight = kind is MeasurementKind.WEIGHT
    unit = read_weight_unit(text=text, code=code) if is_weight else read_height_unit(text=text, code=code)
    if not control_is_on("HZ-009"):
        return unit.unit or ("kg" if is_weight else "cm")
    if unit.problem:
        log.add(f"referral.{kind}_unit_{unit.problem}", Severity.BLOCK, path, _sentence(kind, unit))
    return unit.unit


def _sentence(kind: MeasurementKind, unit: BodyUnit) -> str:
    reason = _REASONS[unit.problem].format(kind=kind)
    return f"A body {kind} {reason}. It is not used for any dose; ask the sender for the unit."
