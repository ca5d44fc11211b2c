"""Compiling an order: entered once, it becomes label, pump program, flow sheet, patient sheet, visit, kit
and claim.

For every step after verification (design idea 2). One rounding rule for pump rates, stated here; nothing
is retyped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from openinfusion.core.findings import Finding, Severity
from openinfusion.core.orders.compiled import (
    ClaimNeeds,
    Compiled,
    CompileRules,
    FlowSheet,
    FlowStep,
    Label,
    ObservationRule,
    PatientSheet,
    ProgramStep,
    PumpProgram,
    Supply,
    SupplyKit,
    VisitNeeds,
)
from openinfusion.core.orders.frequency import interval_hours, say_frequency
from openinfusion.core.orders.kit import kit_need
from openinfusion.core.orders.model import InfusionOrder, Pca, Pump, PumpType
from openinfusion.core.orders.patient import PatientFacts
from openinfusion.core.orders.plan import InfusionPlan, plan_infusion
from openinfusion.core.orders.therapy import Therapy
from openinfusion.core.orders.writing import content_hash
from openinfusion.core.units import Quantity, UnitError, precise_decimal, round_fraction, say, show, unit

_NEEDS_PROGRAM = (PumpType.AMBULATORY, PumpType.POLE, PumpType.SYRINGE)
_MG_SHOWN_AS_GRAMS = 10_000
_CODE_UNITS = {"mg": "mg", "g": "g", "mcg": "mcg", "unit": "units", "IU": "units", "mL": "mL", "kcal": "kcal"}
_TIME_WORDS = {"h": "hours", "min": "minutes", "d": "days"}
_ROUTE_WORDS = {
    "intravenous": "into your vein line",
    "subcutaneous": "under your skin",
    "enteral": "through your feeding tube",
    "intramuscular": "into a muscle",
    "intrathecal": "into the spinal fluid",
}


@dataclass(frozen=True, slots=True)
class CannotCompile:
    """Why nothing was compiled: each finding names what the order lacks."""

    findings: tuple[Finding, ...]


def compile_order(
    order: InfusionOrder,
    patient: PatientFacts,
    *,
    therapy: Therapy,
    rules: CompileRules,
    is_child: bool = False,
) -> Compiled | CannotCompile:
    """Everything this revision of the order becomes for this patient."""
    plan = plan_infusion(order, patient)
    if lacking := _lacking(order, plan):
        return CannotCompile(lacking)
    numbers = _numbers(order, plan)
    revision = content_hash(order)
    observation = _observation(order, rules)
    return Compiled(
        revision=revision,
        label=_label(order, therapy, numbers, revision),
        program=_program(order, therapy, numbers, revision),
        flow_sheet=_flow_sheet(order, numbers, revision, observation),
        patient_sheet=_patient_sheet(order, therapy, numbers, revision),
        visit=_visit(order, patient, therapy, rules, numbers, revision, observation[0], is_child=is_child),
        supplies=_supplies(order, patient, therapy, rules, revision),
        claim=_claim(order, therapy, numbers, revision, plan),
    )


def _lacking(order: InfusionOrder, plan: InfusionPlan) -> tuple[Finding, ...]:
    lacks = [words for name, words in (("route", "a route"), ("frequency", "how often")) if not getattr(order, name)]
    if plan.dose is None and plan.dose_rate is None:
        lacks.append(f"a dose ({', '.join(plan.needs)} not known)" if plan.needs else "a dose")
    pump = order.pump.type if order.pump else None
    if pump in _NEEDS_PROGRAM and not plan.steps and plan.highest_ml_h is None:
        lacks.append("a rate or time for the pump")
    return tuple(
        Finding("COMPILE.LACKS", Severity.BLOCK, "order", f"The order does not say {lack}.", "HZ-011", "missing_input")
        for lack in lacks
    )


def pump_rate_shown(ml_per_hour: Fraction) -> Quantity:
    """The rate as it is set and printed: to 0.1 mL/h, under 1 mL/h to 0.0001, half up. The one rounding
    rule.
    """
    places = 1 if ml_per_hour >= 1 else 4
    return Quantity(round_fraction(ml_per_hour, places=places, rounding=ROUND_HALF_UP), unit("mL/h"))


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The numbers all outputs state, rounded once."""

    dose: Quantity
    volume: Quantity | None
    strength: Quantity | None
    steps: tuple[ProgramStep, ...]
    duration: Quantity | None

    @property
    def rates(self) -> tuple[Quantity, ...]:
        return tuple(step.rate for step in self.steps)


def _numbers(order: InfusionOrder, plan: InfusionPlan) -> _Numbers:
    steps = tuple(
        ProgramStep(pump_rate_shown(step.ml_per_hour), None if step.minutes is None else _minutes(step.minutes))
        for step in plan.steps
    )
    if not steps and plan.highest_ml_h is not None and plan.stated_minutes is not None:
        steps = (ProgramStep(pump_rate_shown(plan.highest_ml_h), _minutes(plan.stated_minutes)),)
    dose = plan.dose_rate if plan.dose is None else plan.dose
    if dose is None:
        raise ValueError("an order without a dose is not compiled")
    if order.dose is not None and plan.dose is None and order.dose.unit.is_per_time:
        dose = order.dose
    return _Numbers(
        dose=dose_shown(dose, is_calculated=dose is not order.dose),
        volume=None if plan.volume_ml is None else Quantity(round_fraction(plan.volume_ml, places=2), unit("mL")),
        strength=_strength_shown(plan),
        steps=steps,
        duration=None if plan.minutes is None else _minutes(plan.minutes),
    )


def dose_shown(dose: Quantity, *, is_calculated: bool) -> Quantity:
    """A dose as printed: as ordered, or a calculated one rounded half up to a place fit for its size."""
    value = dose.value
    if is_calculated:
        places = next((digits for least, digits in ((100, 0), (10, 1), (1, 2)) if value >= least), 4)
        value = round_fraction(Fraction(value), places=places)
    shown = Quantity(value, dose.unit)
    if dose.unit.symbol == "mg" and value >= _MG_SHOWN_AS_GRAMS:
        return shown.to("g")
    return shown


def _strength_shown(plan: InfusionPlan) -> Quantity | None:
    if plan.strength is None:
        return None
    places = 2 if plan.strength.value >= 1 else 5
    return Quantity(round_fraction(Fraction(plan.strength.value), places=places), plan.strength.unit)


def name_on_label(therapy: Therapy) -> str:
    """The generic name in tall-man letters without the remarks of the therapy table."""
    return therapy.display_name.split(" (")[0]


def _minutes(minutes: Fraction) -> Quantity:
    return Quantity(round_fraction(minutes, places=1), unit("min"))


def duration_shown(duration: Quantity) -> str:
    """Minutes up to three hours, then hours and minutes, so that 46 h never looks like 4.6 h."""
    minutes = int(round_fraction(duration.amount_in("min"), places=0))
    if minutes <= 180:
        return show(duration)
    hours, rest = divmod(minutes, 60)
    words = f"{hours:,} h" + (f" {rest} min" if rest else "")
    return (
        words
        if hours < 48
        else f"{words} ({show(Quantity(round_fraction(Fraction(minutes, 1440), places=1), unit('d')))})"
    )


def duration_said(duration: Quantity) -> str:
    """The same time in words for patients."""
    return re.sub(r"(?<=\d) (h|min|d)\b", lambda match: f" {_TIME_WORDS[match[1]]}", duration_shown(duration))


def _label(order: InfusionOrder, therapy: Therapy, numbers: _Numbers, revision: str) -> Label:
    brand = f" ({order.brand})" if order.brand else ""
    first = f"{name_on_label(therapy)}{brand} {show(numbers.dose)}"
    if numbers.volume is not None:
        first += f" in {show(numbers.volume)}"
        if order.diluent and order.diluent.lower() != "none":
            first += f" {order.diluent}"
    lines = [first]
    if numbers.strength is not None:
        amount = Quantity(numbers.strength.value, unit(numbers.strength.unit.numerator))
        lines.append(f"{show(amount)} in 1 mL")
    lines.append(_rate_line(numbers))
    route = order.route.value if order.route else ""
    often = say_frequency(order.frequency) if order.frequency else ""
    lines.append(f"{route.capitalize()}, {often}")
    if order.filter:
        lines.append(f"Filter: {order.filter}")
    lines.append(f"Order {order.id}, revision {revision[:12]}")
    return Label(revision, tuple(filter(None, lines)), numbers.dose, numbers.volume, numbers.rates, numbers.duration)


def _rate_line(numbers: _Numbers) -> str:
    over = f"Infuse over {duration_shown(numbers.duration)}" if numbers.duration else ""
    if not numbers.steps:
        return over
    rates = ", then ".join(
        show(step.rate) + (f" for {duration_shown(step.minutes)}" if step.minutes and len(numbers.steps) > 1 else "")
        for step in numbers.steps
    )
    return f"{over} ({rates})" if over else f"Rate {rates}"


def _program(order: InfusionOrder, therapy: Therapy, numbers: _Numbers, revision: str) -> PumpProgram:
    pump = order.pump or Pump(None)
    pca = pump.pca or Pca(None, None, None, None)
    return PumpProgram(
        revision=revision,
        type=pump.type,
        drug=name_on_label(therapy),
        dose=numbers.dose,
        concentration=numbers.strength,
        volume=numbers.volume,
        steps=numbers.steps,
        duration=numbers.duration,
        bolus=pca.bolus,
        lockout=pca.lockout,
        hourly_limit=pca.hourly_limit,
        continuous=pca.continuous,
        reservoir=pump.reservoir,
    )


def _observation(order: InfusionOrder, rules: CompileRules) -> tuple[int, str]:
    """Minutes to stay after the end. Unknown whether first: the longer time."""
    found: list[ObservationRule] = [rule for rule in rules.observation if rule.therapy == order.therapy]
    if order.first_dose is False:
        found = [rule for rule in found if not rule.first_only] or found
    longest = max(found, key=lambda rule: rule.minutes, default=None)
    if longest is None:
        return rules.default_observation, rules.default_observation_source
    return longest.minutes, longest.source


def _flow_sheet(order: InfusionOrder, numbers: _Numbers, revision: str, observation: tuple[int, str]) -> FlowSheet:
    steps = [FlowStep(Decimal(0), "Two identifiers, label against order, vital signs, access checked")]
    steps += [FlowStep(Decimal(0), f"Premedication given: {name}") for name in order.premedication or ()]
    clock: Decimal | None = Decimal(0)
    for number, step in enumerate(numbers.steps):
        if clock is None:
            break
        action = "Start" if number == 0 else "Vital signs, then change the rate"
        steps.append(FlowStep(clock, f"{action}: {show(step.rate)}", step.rate))
        clock = None if step.minutes is None else clock + step.minutes.value
    ends = numbers.duration.value if numbers.duration else clock
    minutes, source = observation
    if ends is not None:
        steps.append(FlowStep(ends, "End: flush by order, vital signs"))
        steps.append(FlowStep(ends + minutes, f"Observed for {minutes} min: vital signs, site, teaching"))
    return FlowSheet(revision, numbers.dose, numbers.volume, tuple(steps), ends, minutes, source)


def _patient_sheet(order: InfusionOrder, therapy: Therapy, numbers: _Numbers, revision: str) -> PatientSheet:
    route = _ROUTE_WORDS.get(order.route.value, "") if order.route else ""
    often = say_frequency(order.frequency) if order.frequency else ""
    lines = [f"Your medicine is {therapy.generic.split(' (')[0]}."]
    if order.indication:
        lines.append(f"It is for: {order.indication}.")
    lines.append(f"Your dose is {say(numbers.dose)}.")
    if order.frequency is not None and order.frequency.is_continuous:
        lines.append(f"It runs all the time, {route}.")
    else:
        lines.append(f"You get it {often}, {route}.")
    if numbers.duration is not None:
        bag = "One bag" if order.frequency is not None and order.frequency.is_continuous else "One dose"
        lines.append(f"{bag} takes {duration_said(numbers.duration)}.")
    if order.stop_on is not None:
        lines.append(f"Your last day is {order.stop_on:%d-%b-%Y}.")
    lines += [
        "Do not change the rate yourself.",
        "Call us if the line hurts, leaks or looks red, or if you feel unwell.",
        "Call 911 at once if you cannot breathe well, your face or throat swells, or you faint.",
    ]
    return PatientSheet(revision, tuple(lines), numbers.dose, numbers.duration)


def _keys(order: InfusionOrder, patient: PatientFacts, therapy: Therapy, *, is_child: bool) -> frozenset[str]:
    """The circumstances that the supply and competency tables speak of."""
    access = order.access or (patient.access.type if patient.access else None)
    keys = {"always", f"therapy:{therapy.id}", f"kit:{kit_need(therapy).value}"}
    keys |= {f"type:{part}" for part in therapy.therapy_type.split("/")}
    if order.route:
        keys.add(f"route:{order.route.value}")
    if order.pump and order.pump.type:
        keys.add(f"pump:{order.pump.type.value}")
    if access:
        keys.add(f"access:{access.value}")
    if "vesicant" in therapy.tissue_risk:
        keys.add("tissue:vesicant")
    if is_child:
        keys.add("patient:child")
    return frozenset(keys)


def _visit(
    order: InfusionOrder,
    patient: PatientFacts,
    therapy: Therapy,
    rules: CompileRules,
    numbers: _Numbers,
    revision: str,
    observe_minutes: int,
    *,
    is_child: bool,
) -> VisitNeeds:
    keys = _keys(order, patient, therapy, is_child=is_child)
    needed: Iterable[str] = (name for when, name in rules.competencies if when in keys)
    minutes = numbers.duration.value if numbers.duration else None
    return VisitNeeds(revision, tuple(dict.fromkeys(needed)), minutes, observe_minutes, kit_need(therapy).value)


def planned_doses(order: InfusionOrder) -> int | None:
    """Doses from the start to the stop date; None while either is not known."""
    hours = interval_hours(order.frequency)
    if order.frequency is not None and order.frequency.is_once:
        return 1
    if hours is None or order.start_on is None or order.stop_on is None or order.stop_on < order.start_on:
        return None
    days = (order.stop_on - order.start_on).days + 1
    return -(-(days * 24) // hours)


def _supplies(
    order: InfusionOrder, patient: PatientFacts, therapy: Therapy, rules: CompileRules, revision: str
) -> SupplyKit:
    keys = _keys(order, patient, therapy, is_child=False)
    doses = planned_doses(order)
    weeks = None
    if order.start_on and order.stop_on and order.stop_on >= order.start_on:
        weeks = -(-((order.stop_on - order.start_on).days + 1) // 7)
    times = {"dose": doses, "week": weeks, "course": 1}
    items = [
        Supply(rule.item, rule.count, rule.per, _total(rule.count, times[rule.per]), rule.hcpcs)
        for rule in rules.supplies
        if rule.when in keys
    ]
    return SupplyKit(revision, doses, tuple(items))


def _total(count: int, times: int | None) -> int | None:
    return None if times is None else count * times


def _claim(order: InfusionOrder, therapy: Therapy, numbers: _Numbers, revision: str, plan: InfusionPlan) -> ClaimNeeds:
    unit_of_code = _unit_of_code(therapy)
    hours = interval_hours(order.frequency)
    return ClaimNeeds(
        revision=revision,
        dose=numbers.dose,
        drug_code=therapy.hcpcs,
        unit_of_code=unit_of_code,
        units_per_dose=_units(plan.dose, unit_of_code),
        per_diem_codes=therapy.per_diem,
        interval_hours=None if hours is None else precise_decimal(hours),
        is_continuous=plan.is_continuous,
    )


def _unit_of_code(therapy: Therapy) -> Quantity | None:
    symbol = _CODE_UNITS.get(therapy.hcpcs_unit)
    if symbol is None or therapy.hcpcs_unit_qty is None:
        return None
    return Quantity(therapy.hcpcs_unit_qty, unit(symbol))


def _units(dose: Quantity | None, unit_of_code: Quantity | None) -> int | None:
    """Billing units of one dose, rounded up (CGS_JW); None when the code has no unit we can count."""
    if dose is None or unit_of_code is None:
        return None
    try:
        share = dose.ratio_to(unit_of_code)
    except UnitError:
        return None
    return -(-share.numerator // share.denominator)
