"""Epinephrine for this weight by the signed protocol, or the table when the weight is not known.

For the nurse on the emergency page. Source: anaphylaxis_protocol.json (AAFP12, EBM): 0.01 mg/kg IM, at most
0.5 mg. Rounding: the volume, to 0.01 mL, half up, once, at the end; never above the ceiling. No default
weight (HZ-011).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from openinfusion.core.controls import control_is_on
from openinfusion.core.emergency.protocol import Approval, EpinephrineRule
from openinfusion.core.readiness.words import counted, day, number

VOLUME_STEP_ML = Decimal("0.01")
ROUNDING = "volume to 0.01 mL, half up, once, at the end"


@dataclass(frozen=True, slots=True)
class Weight:
    """A measured weight as recorded: value, unit as seen, and the day."""

    value: Decimal
    unit: str
    measured_date: date


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose as mg and as mL of the kit's concentration."""

    mg: Decimal
    ml: Decimal

    @property
    def words(self) -> str:
        return f"{number(self.mg)} mg = {number(self.ml)} mL"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line of the weight table, for a weight somebody estimates at the bedside."""

    kg: Decimal
    doses: tuple[Dose, ...]
    autoinjector_mg: Decimal | None


@dataclass(frozen=True, slots=True)
class Advice:
    """One dose; or several and why they differ; or none, the reason and the weight table."""

    dose: Dose | None
    options: tuple[Dose, ...]
    autoinjector_mg: Decimal | None
    sentence: str
    weight_words: str
    route: str
    strength: str
    source: str
    table: tuple[TableRow, ...]


def advise(
    rule: EpinephrineRule,
    *,
    weight: Weight | None,
    is_child: bool | None,
    child_max_mg: Decimal | None,
    approval: Approval | None,
    at: datetime,
) -> Advice:
    """The dose line of the page. What is not known is said, and the table is shown."""
    if approval is None:
        words = _weight_words(weight, at)
        return _without_dose(rule, _NO_PROTOCOL, words, table=())
    ceilings = _ceilings(rule, is_child=is_child, child_max_mg=child_max_mg)
    table = _table(rule, ceilings)
    problem = _why_unusable(weight, rule, at) if control_is_on("HZ-011") else ""
    if weight is None or problem:
        return _without_dose(rule, problem or "Weight not known.", "Weight not known", table=table)
    doses = _doses(rule, weight.value, ceilings)
    injector = _autoinjector(rule, weight.value)
    words = _weight_words(weight, at)
    if len(doses) == 1:
        return Advice(doses[0], doses, injector, _single(doses[0], approval), words, *_labels(rule), table)
    return Advice(None, doses, injector, _choice(doses, is_child), words, *_labels(rule), table)


_NO_PROTOCOL = (
    "This program has no signed protocol here: no dose is shown. Follow the written standing order in "
    "the kit and call 911."
)


def _without_dose(rule: EpinephrineRule, reason: str, words: str, *, table: tuple[TableRow, ...]) -> Advice:
    sentence = f"{reason} Take the line of the table that fits the patient." if table else reason
    return Advice(None, (), None, sentence, words, *_labels(rule), table)


def _labels(rule: EpinephrineRule) -> tuple[str, str, str]:
    strength = f"{number(rule.mg_per_ml)} mg/mL"
    source = f"anaphylaxis_protocol epinephrine; {', '.join(rule.sources)}; rounding: {ROUNDING}"
    return rule.route, strength, source


def _why_unusable(weight: Weight | None, rule: EpinephrineRule, at: datetime) -> str:
    """Why this weight gives no dose; empty when it does."""
    if weight is None:
        return "Weight not known."
    if weight.unit != "kg":
        return "Weight is not recorded in kg: it is not used."
    if not weight.value.is_finite() or weight.value <= 0 or not _volume(rule, weight.value * rule.mg_per_kg):
        return "Recorded weight makes no sense: it is not used."
    if weight.measured_date > at.date():
        return "Weight is dated in the future: it is not used."
    return ""


def _weight_words(weight: Weight | None, at: datetime) -> str:
    if weight is None:
        return "Weight not known"
    age = (at.date() - weight.measured_date).days
    ago = f", {counted(age, 'day')} ago" if age >= 0 else ""
    return f"{number(weight.value)} {weight.unit} on {day(weight.measured_date)}{ago}"


def _ceilings(rule: EpinephrineRule, *, is_child: bool | None, child_max_mg: Decimal | None) -> tuple[Decimal, ...]:
    """The most that may apply. Sources differ for children: without a signed setting all are shown."""
    if child_max_mg is not None and not 0 < child_max_mg <= rule.max_mg:
        raise ValueError("child_max_mg must lie above 0 and not above the general maximum of the protocol")
    if is_child is False:
        return (rule.max_mg,)
    if is_child and child_max_mg is not None:
        return (child_max_mg,)
    local = rule.child_max_mg_options if child_max_mg is None else (child_max_mg,)
    general = () if is_child else (rule.max_mg,)
    return tuple(sorted({*local, *general}))


def _doses(rule: EpinephrineRule, kg: Decimal, ceilings: Iterable[Decimal]) -> tuple[Dose, ...]:
    amounts = {min(kg * rule.mg_per_kg, ceiling) for ceiling in ceilings}
    volumes = sorted({_volume(rule, mg) for mg in amounts})
    return tuple(Dose(mg=ml * rule.mg_per_ml, ml=ml) for ml in volumes)


def _volume(rule: EpinephrineRule, mg: Decimal) -> Decimal:
    return (mg / rule.mg_per_ml).quantize(VOLUME_STEP_ML, rounding=ROUND_HALF_UP)


def _autoinjector(rule: EpinephrineRule, kg: Decimal) -> Decimal | None:
    """The strength of the last band that fits; None when the protocol has none for this weight."""
    fitting = [band.mg for band in rule.autoinjectors if band.fits(kg)]
    return fitting[-1] if fitting else None


def _table(rule: EpinephrineRule, ceilings: tuple[Decimal, ...]) -> tuple[TableRow, ...]:
    """Lines from the lightest autoinjector band to the weight where the ceiling is reached, every 5 kg."""
    lightest = min(band.kg_min for band in rule.autoinjectors)
    top = max(ceilings) / rule.mg_per_kg
    weights = [lightest + 5 * index for index in range(int((top - lightest) / 5) + 1)]
    return tuple(TableRow(kg, _doses(rule, kg, ceilings), _autoinjector(rule, kg)) for kg in weights)


def _single(dose: Dose, approval: Approval) -> str:
    demo = " (demo approval)" if approval.is_demo else ""
    return (
        f"{dose.words} into the outer thigh muscle, from signed protocol {approval.protocol}, "
        f"version {approval.version}{demo}."
    )


def _choice(doses: tuple[Dose, ...], is_child: bool | None) -> str:
    options = " or ".join(dose.words for dose in doses)
    if is_child is None:
        return f"{options}: age not known, and the most for a child is less. Do not wait for the answer."
    return (
        f"{options}: sources differ on the most for a child, and this program has no signed setting. "
        "Do not wait for the answer."
    )
