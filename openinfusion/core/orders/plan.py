"""The infusion plan: dose for this patient, volume, concentration, rates in mL/h and time, derived once
for all.

For the checks and for everything compiled from an order. Exact fractions; what cannot be derived stays
None. Hazard HZ-007: the stated dose, rate, volume and duration must agree with each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from openinfusion.core.dosing import NeedsInput, for_patient, surface_area_mosteller
from openinfusion.core.orders.model import InfusionOrder, RateStep
from openinfusion.core.orders.patient import PatientFacts
from openinfusion.core.units import Quantity, precise_decimal, unit


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A rate in mL/h for so many minutes (exact); minutes None: until the bag is empty."""

    ml_per_hour: Fraction
    minutes: Fraction | None

    @property
    def volume(self) -> Fraction | None:
        return None if self.minutes is None else self.ml_per_hour * self.minutes / 60


@dataclass(frozen=True, slots=True)
class InfusionPlan:
    """Numbers of one order for one patient. ``dose`` is per administration, ``dose_rate`` per time if
    continuous.
    """

    dose: Quantity | None
    dose_rate: Quantity | None
    volume_ml: Fraction | None
    strength: Quantity | None
    steps: tuple[PlannedStep, ...]
    stated_minutes: Fraction | None
    kilograms: Fraction | None
    surface: Quantity | None
    needs: tuple[str, ...]
    is_continuous: bool

    @property
    def run_minutes(self) -> Fraction | None:
        """How long it really runs at the stated rates; None when the rates or the volume are not known."""
        if not self.steps:
            return None
        known = sum((step.minutes for step in self.steps if step.minutes is not None), Fraction(0))
        last = self.steps[-1]
        if last.minutes is not None:
            return known
        if self.volume_ml is None or last.ml_per_hour <= 0:
            return None
        done = sum((step.volume or Fraction(0) for step in self.steps[:-1]), Fraction(0))
        return known + max(Fraction(0), self.volume_ml - done) / last.ml_per_hour * 60

    @property
    def run_volume_ml(self) -> Fraction | None:
        """The volume the stated rates and times deliver; None when a step has no end."""
        if not self.steps or self.steps[-1].minutes is None:
            return None
        return sum((step.volume or Fraction(0) for step in self.steps), Fraction(0))

    @property
    def minutes(self) -> Fraction | None:
        """The time the dose runs: at the stated rates, or as stated."""
        run = self.run_minutes
        return run if run is not None else self.stated_minutes

    @property
    def highest_ml_h(self) -> Fraction | None:
        """The fastest rate of the plan in mL/h."""
        if self.steps:
            return max(step.ml_per_hour for step in self.steps)
        if self.volume_ml is None or not self.stated_minutes:
            return None
        return self.volume_ml / self.stated_minutes * 60

    @property
    def first_ml_h(self) -> Fraction | None:
        return self.steps[0].ml_per_hour if self.steps else self.highest_ml_h


def plan_infusion(order: InfusionOrder, patient: PatientFacts) -> InfusionPlan:
    """Derive what the order means for this patient; unknown weight or surface is named in ``needs``."""
    weight = patient.weight.weight if patient.weight else None
    surface = _surface(patient, weight)
    needs: list[str] = []
    amount = _amount(order.dose, weight, surface, needs)
    rate_dose = amount if amount is not None and amount.unit.is_per_time else None
    dose = amount if amount is not None and not amount.unit.is_per_time else None
    volume = _volume(order, dose)
    strength = order.concentration or _strength(dose, volume)
    steps = _steps(order, strength, weight, needs)
    if not steps:
        steps = _from_dose_rate(rate_dose, strength)
    return InfusionPlan(
        dose=dose,
        dose_rate=rate_dose,
        volume_ml=volume,
        strength=strength,
        steps=steps,
        stated_minutes=order.infuse_over.amount_in("min") if order.infuse_over else None,
        kilograms=weight.amount_in("kg") if weight else None,
        surface=surface,
        needs=tuple(dict.fromkeys(needs)),
        is_continuous=_is_continuous(order),
    )


def _surface(patient: PatientFacts, weight: Quantity | None) -> Quantity | None:
    area = surface_area_mosteller(height=patient.height, weight=weight)
    return None if isinstance(area, NeedsInput) else area


def _amount(
    dose: Quantity | None, weight: Quantity | None, surface: Quantity | None, needs: list[str]
) -> Quantity | None:
    if dose is None:
        return None
    answer = for_patient(dose, weight=weight, surface=surface)
    if isinstance(answer, NeedsInput):
        needs.extend(("weight", "height") if dose.unit.is_per_surface else ("weight",))
        return None
    return answer


def _volume(order: InfusionOrder, dose: Quantity | None) -> Fraction | None:
    if order.volume is not None and order.volume.unit.dimension == ("volume", ()):
        return order.volume.amount_in("mL")
    if dose is not None and dose.unit.dimension == ("volume", ()):
        return dose.amount_in("mL")
    return None


def _strength(dose: Quantity | None, volume: Fraction | None) -> Quantity | None:
    """Amount in one mL, in the base unit of the dose, exact enough for every comparison."""
    names = {"mass": "mg/mL", "activity": "units/mL", "equivalents": "mEq/mL"}
    if dose is None or not volume or dose.unit.dimension[1] or dose.unit.dimension[0] not in names:
        return None
    return Quantity(precise_decimal(dose.exact / volume), unit(names[dose.unit.dimension[0]]))


def _steps(
    order: InfusionOrder, strength: Quantity | None, weight: Quantity | None, needs: list[str]
) -> tuple[PlannedStep, ...]:
    planned = []
    for step in order.rate_steps or ():
        flow = _flow(step, order, strength, weight, needs)
        if flow is None:
            return ()
        planned.append(PlannedStep(flow, step.lasts.amount_in("min") if step.lasts else None))
    return tuple(planned)


def _flow(
    step: RateStep,
    order: InfusionOrder,
    strength: Quantity | None,
    weight: Quantity | None,
    needs: list[str],
) -> Fraction | None:
    """One stated rate as exact mL/h. An amount per time needs the strength: mg/h is never read as mL/h."""
    rate = step.rate
    number = rate.exact
    if rate.unit.is_per_weight:
        if weight is None:
            needs.append("weight")
            return None
        number *= weight.amount_in("kg")
    if "sites" in rate.unit.dimension[1]:
        if order.sites is None:
            needs.append("number of sites")
            return None
        number *= order.sites
    if rate.unit.dimension[0] == "volume":
        return number * 60
    if strength is None or strength.exact <= 0 or strength.unit.dimension[0] != rate.unit.dimension[0]:
        return None
    return number / strength.exact * 60


def _from_dose_rate(rate: Quantity | None, strength: Quantity | None) -> tuple[PlannedStep, ...]:
    """The one rate that a continuous dose rate and a strength give together."""
    if rate is None or strength is None or strength.exact <= 0:
        return ()
    if rate.unit.dimension[0] != strength.unit.dimension[0]:
        return ()
    return (PlannedStep(rate.exact / strength.exact * 60, None),)


def _is_continuous(order: InfusionOrder) -> bool:
    """Ordered as continuous, or each dose runs (nearly) the whole interval."""
    if order.frequency is None:
        return False
    if order.frequency.is_continuous:
        return True
    if order.frequency.per is None or order.frequency.times is None or order.infuse_over is None:
        return False
    interval = order.frequency.per.exact / order.frequency.times
    return order.infuse_over.exact >= interval * Fraction(95, 100)
