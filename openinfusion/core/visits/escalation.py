"""Whom to call, how soon: suggestions from the escalation table for what was observed. A person decides.

For nurse and monitoring clinician. Source: escalation.csv, a design proposal a medical director must sign;
each suggestion shows its row's source and status. A trigger without a matching rule here is listed as not
checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from openinfusion.core.controls import control_is_on
from openinfusion.core.readiness.words import Cells, provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What was seen or measured. None: not measured; a sign is True only when somebody saw it."""

    anaphylaxis: bool = False
    crs_grade: int | None = None
    news2: int | None = None
    news2_single_three: bool = False
    chest_pain: bool = False
    stroke_signs: bool = False
    spo2_on_usual_oxygen: int | None = None
    seizure: bool = False
    uncontrolled_bleeding: bool = False
    symptoms: bool = False
    line_lost: bool = False
    therapy: str = ""
    temperature_c: Decimal | None = None
    has_central_line: bool | None = None
    systolic: int | None = None
    systolic_before: int | None = None
    new_reaction: bool = False
    pump_off_minutes: Decimal | None = None
    cpk_units_l: Decimal | None = None
    creatinine_mg_dl: Decimal | None = None
    creatinine_before_mg_dl: Decimal | None = None
    potassium_mmol_l: Decimal | None = None
    anc_per_mcl: Decimal | None = None
    platelets_per_mcl: Decimal | None = None
    platelets_before_per_mcl: Decimal | None = None
    vancomycin_auc: Decimal | None = None
    missed_dose: bool = False
    supply_problem: bool = False
    mild_site_reaction: bool = False
    vip_score: int | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested task with the row it comes from."""

    tier: int
    response: str
    triggers: tuple[str, ...]
    also: str
    source: str
    status: str

    @property
    def title(self) -> str:
        return f"{self.response[0].upper()}{self.response[1:]}: {'; '.join(self.triggers)}"


_INOTROPES = frozenset({"inotrope", "milrinone", "dobutamine"})
_LINE_CRITICAL = _INOTROPES | {"PAH", "prostacyclin", "epoprostenol", "treprostinil", "blinatumomab"}
#: Of "2-3 min" in the table the shorter one counts.
_EPOPROSTENOL_OFF_MINUTES = Decimal(2)


def _at_least(value: Decimal | int | None, limit: str) -> bool:
    return value is not None and value >= Decimal(limit)


def _above(value: Decimal | int | None, limit: str) -> bool:
    return value is not None and value > Decimal(limit)


def _below(value: Decimal | int | None, limit: str) -> bool:
    return value is not None and value < Decimal(limit)


def _creatinine_rose(seen: Observed) -> bool:
    now, before = seen.creatinine_mg_dl, seen.creatinine_before_mg_dl
    if now is None or before is None:
        return False
    return now - before >= Decimal("0.3") or now >= before * Decimal("1.5")


def _platelets_fell(seen: Observed) -> bool:
    now, before = seen.platelets_per_mcl, seen.platelets_before_per_mcl
    return _below(now, "100000") or (now is not None and before is not None and now * 2 <= before)


def _pressure_changed(seen: Observed) -> bool:
    now, before = seen.systolic, seen.systolic_before
    return _below(now, "90") or (now is not None and before is not None and abs(now - before) >= 30)


def _pump_off_too_long(seen: Observed) -> bool:
    if seen.therapy == "epoprostenol":
        return _above(seen.pump_off_minutes, str(_EPOPROSTENOL_OFF_MINUTES))
    return seen.therapy in _INOTROPES and _above(seen.pump_off_minutes, "15")


def _central_fever(seen: Observed) -> bool:
    """A line whose kind is not known counts as central."""
    return seen.has_central_line is not False and _at_least(seen.temperature_c, "38.0")


def _news2_medium(seen: Observed) -> bool:
    return seen.news2 is not None and (5 <= seen.news2 <= 6 or (seen.news2 < 7 and seen.news2_single_three))


#: One rule for each trigger of the table, under the table's own words.
_RULES: Mapping[str, Callable[[Observed], bool]] = {
    "anaphylaxis": lambda seen: seen.anaphylaxis,
    "CRS grade >=2": lambda seen: _at_least(seen.crs_grade, "2"),
    "NEWS2 >=7": lambda seen: _at_least(seen.news2, "7"),
    "chest pain": lambda seen: seen.chest_pain,
    "stroke signs": lambda seen: seen.stroke_signs,
    "SpO2 <90 percent on usual oxygen": lambda seen: _below(seen.spo2_on_usual_oxygen, "90"),
    "seizure": lambda seen: seen.seizure,
    "uncontrolled bleeding": lambda seen: seen.uncontrolled_bleeding,
    "loss of line on inotrope, prostacyclin or blinatumomab with symptoms": lambda seen: (
        seen.line_lost and seen.symptoms and seen.therapy in _LINE_CRITICAL
    ),
    "NEWS2 5-6 or any 3": _news2_medium,
    "temp >=38.0 with central line": _central_fever,
    "SBP <90 or change >=30": _pressure_changed,
    "new infusion reaction": lambda seen: seen.new_reaction,
    "pump off >15 min on inotrope or >2-3 min on epoprostenol": _pump_off_too_long,
    "CPK >1000 with symptoms": lambda seen: seen.symptoms and _above(seen.cpk_units_l, "1000"),
    "SCr rise >=0.3 mg/dL or >=50 percent": _creatinine_rose,
    "K <3.0 or >5.5": lambda seen: _below(seen.potassium_mmol_l, "3.0") or _above(seen.potassium_mmol_l, "5.5"),
    "ANC <1000": lambda seen: _below(seen.anc_per_mcl, "1000"),
    "platelets <100k or halved": _platelets_fell,
    "vancomycin AUC >600": lambda seen: _above(seen.vancomycin_auc, "600"),
    "missed dose": lambda seen: seen.missed_dose,
    "supply problem": lambda seen: seen.supply_problem,
    "mild site reaction": lambda seen: seen.mild_site_reaction,
    "VIP 1-2": lambda seen: seen.vip_score in (1, 2),
}


def triggers_of(row: Cells) -> tuple[str, ...]:
    """The trigger phrases of a row. A comma separates only where both sides are triggers of their own."""
    phrases: list[str] = []
    for part in re.split(r";\s*", row["triggers"]):
        pieces = re.split(r",\s*", part)
        phrases += pieces if all(piece in _RULES for piece in pieces) else [part]
    return tuple(phrases)


def suggest(table: Iterable[Cells], observed: Observed) -> tuple[Suggestion, ...]:
    """Suggested calls, most urgent first. Only triggers the table names can fire (HZ-071)."""
    if not control_is_on("HZ-071"):
        return ()
    suggestions = []
    for row in sorted(table, key=lambda row: int(row["tier"])):
        fired = tuple(phrase for phrase in triggers_of(row) if phrase in _RULES and _RULES[phrase](observed))
        if fired:
            source = f"escalation tier {row['tier']}; {provenance(row)}"
            suggestions.append(
                Suggestion(
                    int(row["tier"]),
                    row["response"],
                    fired,
                    row["also"],
                    source,
                    row["status"],
                )
            )
    return tuple(suggestions)


def not_checked(table: Iterable[Cells]) -> tuple[str, ...]:
    """Triggers of the table that no rule here reads: shown, so that nobody counts on them."""
    return tuple(phrase for row in table for phrase in triggers_of(row) if phrase not in _RULES)
