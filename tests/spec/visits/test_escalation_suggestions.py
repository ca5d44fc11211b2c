"""Each trigger of the escalation table suggests its call, and says that it is a proposal.

Source: escalation.csv (design proposal: medical director signs); HZ-071.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from openinfusion.core.visits.escalation import Observed, not_checked, suggest, triggers_of
from openinfusion.rulepacks import load_table

TABLE = load_table("escalation")

FIRES: list[tuple[str, int, dict[str, Any]]] = [
    ("anaphylaxis", 1, {"anaphylaxis": True}),
    ("CRS grade >=2", 1, {"crs_grade": 2}),
    ("NEWS2 >=7", 1, {"news2": 7}),
    ("chest pain", 1, {"chest_pain": True}),
    ("stroke signs", 1, {"stroke_signs": True}),
    ("SpO2 <90 percent on usual oxygen", 1, {"spo2_on_usual_oxygen": 89}),
    ("seizure", 1, {"seizure": True}),
    ("uncontrolled bleeding", 1, {"uncontrolled_bleeding": True}),
    ("loss of line on inotrope, prostacyclin or blinatumomab with symptoms", 1,
     {"line_lost": True, "symptoms": True, "therapy": "milrinone"}),
    ("NEWS2 5-6 or any 3", 2, {"news2": 5}),
    ("NEWS2 5-6 or any 3", 2, {"news2": 3, "news2_single_three": True}),
    ("temp >=38.0 with central line", 2, {"temperature_c": Decimal("38.0"), "has_central_line": True}),
    ("temp >=38.0 with central line", 2, {"temperature_c": Decimal("38.0")}),
    ("SBP <90 or change >=30", 2, {"systolic": 89}),
    ("SBP <90 or change >=30", 2, {"systolic": 150, "systolic_before": 120}),
    ("new infusion reaction", 2, {"new_reaction": True}),
    ("pump off >15 min on inotrope or >2-3 min on epoprostenol", 2,
     {"therapy": "inotrope", "pump_off_minutes": Decimal("15.1")}),
    ("pump off >15 min on inotrope or >2-3 min on epoprostenol", 2,
     {"therapy": "epoprostenol", "pump_off_minutes": Decimal("2.1")}),
    ("CPK >1000 with symptoms", 3, {"cpk_units_l": Decimal(1001), "symptoms": True}),
    ("SCr rise >=0.3 mg/dL or >=50 percent", 3,
     {"creatinine_mg_dl": Decimal("1.3"), "creatinine_before_mg_dl": Decimal("1.0")}),
    ("SCr rise >=0.3 mg/dL or >=50 percent", 3,
     {"creatinine_mg_dl": Decimal("0.6"), "creatinine_before_mg_dl": Decimal("0.4")}),
    ("K <3.0 or >5.5", 3, {"potassium_mmol_l": Decimal("2.9")}),
    ("K <3.0 or >5.5", 3, {"potassium_mmol_l": Decimal("5.6")}),
    ("ANC <1000", 3, {"anc_per_mcl": Decimal(999)}),
    ("platelets <100k or halved", 3, {"platelets_per_mcl": Decimal(99999)}),
    ("platelets <100k or halved", 3,
     {"platelets_per_mcl": Decimal(150000), "platelets_before_per_mcl": Decimal(300000)}),
    ("vancomycin AUC >600", 3, {"vancomycin_auc": Decimal(601)}),
    ("missed dose", 4, {"missed_dose": True}),
    ("supply problem", 4, {"supply_problem": True}),
    ("mild site reaction", 4, {"mild_site_reaction": True}),
    ("VIP 1-2", 4, {"vip_score": 1}),
]  # fmt: skip


@pytest.mark.hazard("HZ-071")
@pytest.mark.parametrize(("trigger", "tier", "seen"), FIRES)
def test_each_trigger_of_the_table_suggests_its_call(trigger: str, tier: int, seen: dict[str, Any]) -> None:
    (suggestion,) = suggest(TABLE, Observed(**seen))
    assert (suggestion.tier, suggestion.triggers) == (tier, (trigger,))
    assert suggestion.status == "design proposal from general knowledge: medical director signs"
    assert suggestion.source == f"escalation tier {tier}; GK (unverified)"


@pytest.mark.parametrize(
    "seen",
    [
        {},
        {"crs_grade": 1},
        {"news2": 4},
        {"spo2_on_usual_oxygen": 90},
        {"line_lost": True, "therapy": "milrinone"},
        {"line_lost": True, "symptoms": True, "therapy": "ceftriaxone"},
        {"temperature_c": Decimal("37.9"), "has_central_line": True},
        {"temperature_c": Decimal("39"), "has_central_line": False},
        {"systolic": 90},
        {"systolic": 120, "systolic_before": 149},
        {"therapy": "inotrope", "pump_off_minutes": Decimal(15)},
        {"therapy": "ceftriaxone", "pump_off_minutes": Decimal(60)},
        {"cpk_units_l": Decimal(5000)},
        {"creatinine_mg_dl": Decimal("1.29"), "creatinine_before_mg_dl": Decimal("1.0")},
        {"creatinine_mg_dl": Decimal("3")},
        {"potassium_mmol_l": Decimal("3.0")},
        {"potassium_mmol_l": Decimal("5.5")},
        {"platelets_per_mcl": Decimal(100000), "platelets_before_per_mcl": Decimal(199999)},
        {"vancomycin_auc": Decimal(600)},
        {"vip_score": 0},
    ],
)
def test_just_inside_the_limit_nothing_is_suggested(seen: dict[str, Any]) -> None:
    assert suggest(TABLE, Observed(**seen)) == ()


def test_every_trigger_of_the_table_is_read_by_a_rule() -> None:
    assert not_checked(TABLE) == ()
    assert {trigger for trigger, _, _ in FIRES} == {t for row in TABLE for t in triggers_of(row)}


def test_a_trigger_added_to_the_table_is_listed_as_not_checked() -> None:
    row = {**TABLE[0].fields, "triggers": "anaphylaxis; green spots"}
    assert not_checked([row]) == ("green spots",)
    assert suggest([row], Observed(chest_pain=True)) == (), "a trigger taken out of the table no longer fires"


def test_most_urgent_first_and_all_triggers_of_a_tier_together() -> None:
    found = suggest(TABLE, Observed(missed_dose=True, chest_pain=True, seizure=True, new_reaction=True))
    assert [(s.tier, s.triggers) for s in found] == [
        (1, ("chest pain", "seizure")),
        (2, ("new infusion reaction",)),
        (4, ("missed dose",)),
    ]
    assert found[0].title == "911 now: chest pain; seizure"
    assert found[0].also == "nurse stays; pump to back-up if life-sustaining"
