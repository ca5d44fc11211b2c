"""Vancomycin exposure from two levels by first-order equations, and whether it lies in the target.

For pharmacists. Method of ``dosing_math.json`` vector AUC1; target 400 to 600 mg.h/L (VANC_JP, verified).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from openinfusion.core.dosing.needs import NeedsInput, asks_when_missing, refusal
from openinfusion.core.dosing.precise import exponential, natural_log, product, quotient, result, wide
from openinfusion.core.units import Quantity

_NAME = "Vancomycin exposure"
TARGET_LOW = Decimal(400)
TARGET_HIGH = Decimal(600)


@dataclass(frozen=True, slots=True)
class VancomycinExposure:
    """Exposure over 24 hours with the numbers it rests on; concentrations in mg/L, times in hours."""

    elimination_per_hour: Decimal
    half_life_hours: Decimal
    peak_mg_l: Decimal
    trough_mg_l: Decimal
    auc_24: Decimal

    @property
    def is_in_target(self) -> bool:
        return TARGET_LOW <= self.auc_24 <= TARGET_HIGH


@asks_when_missing(_NAME)
def exposure_from_two_levels(
    *,
    first_level: Quantity,
    second_level: Quantity,
    first_after_end: Quantity,
    second_after_end: Quantity,
    infusion_time: Quantity,
    interval: Quantity,
) -> VancomycinExposure | NeedsInput:
    """Two levels after the end of one infusion give the slope; peak and trough follow, then the area over a
    day.
    """
    high, low = first_level.amount_in("mg/L"), second_level.amount_in("mg/L")
    early, late = first_after_end.amount_in("h"), second_after_end.amount_in("h")
    running, tau = infusion_time.amount_in("h"), interval.amount_in("h")
    if late <= early or low <= 0 or high <= low:
        return refusal(_NAME, "the second level must be later and lower than the first")
    if running <= 0 or tau <= running:
        return refusal(_NAME, "the dose interval must be longer than the infusion")
    slope = quotient(natural_log(high / low), wide(late - early))
    peak = product(wide(high), exponential(product(slope, wide(early))))
    trough = product(peak, exponential(product(-slope, wide(tau - running))))
    per_dose = product(wide(running), (peak + trough) / 2) + quotient(peak - trough, slope)
    return VancomycinExposure(
        elimination_per_hour=result(slope),
        half_life_hours=result(quotient(Decimal(2).ln(), slope)),
        peak_mg_l=result(peak),
        trough_mg_l=result(trough),
        auc_24=result(product(per_dose, wide(24 / tau))),
    )
