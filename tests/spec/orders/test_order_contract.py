"""The published order-check contract: strict in, complete out, and a malformed case is answered with its
error.
"""

import json
from typing import Any

import pytest

from openinfusion.core.orders import CATEGORIES, answer_case, case_from_json
from openinfusion.rulepacks import therapies
from openinfusion.rulepacks.examples import example_case
from openinfusion.rulepacks.order_rules import approved_rules, proposed_rules

EXAMPLE = {
    "id": "any string",
    "at": "2026-11-21T10:00:00-05:00",
    "patient": {
        "birth_date": "1961-03-04",
        "sex": "female",
        "weight": {"value": "70", "unit": "kg", "taken_on": "2026-11-01", "method": "measured"},
        "height": {"value": "168", "unit": "cm"},
        "pregnancy": "not_applicable",
        "lactation": "not_applicable",
        "allergies": {"status": "recorded", "items": [{"substance": "penicillin", "reaction": "rash"}]},
        "conditions": ["seizure disorder"],
        "labs": [{"test": "creatinine", "value": "1.1", "unit": "mg/dL", "taken_at": "2026-11-18T08:00:00-05:00"}],
        "access": {"type": "picc", "lumens": 1},
        "other_medications": ["simvastatin"],
        "active_orders": [],
        "lifetime_doses": [{"therapy": "doxorubicin", "total": {"value": "100", "unit": "mg/m2"}}],
        "prior_doses": [{"therapy": "infliximab", "count": 3, "reaction": "none"}],
        "programs": ["TOUCH"],
        "last_doses": [{"therapy": "infliximab", "given_at": "2026-09-18T08:00:00-05:00"}],
        "home": {"anaphylaxis_kit": "present", "caregiver": "competent", "nurse_present": True},
    },
    "order": {
        "id": "o1",
        "therapy": "ceftriaxone",
        "brand": None,
        "indication": "osteomyelitis",
        "route": "intravenous",
        "dose": {"value": "2", "unit": "g"},
        "dose_basis": "absolute",
        "frequency": {"times": 1, "per": {"value": "24", "unit": "h"}},
        "diluent": "sodium chloride 0.9 %",
        "volume": {"value": "50", "unit": "mL"},
        "rate_steps": [{"rate": {"value": "100", "unit": "mL/h"}, "for": {"value": "30", "unit": "min"}}],
        "infuse_over": {"value": "30", "unit": "min"},
        "pump": {
            "type": "gravity",
            "reservoir": {"value": "100", "unit": "mL"},
            "pca": {
                "bolus": {"value": "0.2", "unit": "mg"},
                "lockout": {"value": "10", "unit": "min"},
                "hourly_limit": {"value": "1", "unit": "mg"},
                "continuous": {"value": "0", "unit": "mg/h"},
            },
        },
        "start_on": "2026-11-22",
        "stop_on": "2026-12-19",
        "first_dose": True,
        "premedication": ["acetaminophen"],
        "prepared_at": "2026-11-21T14:00:00-05:00",
        "ordered_by": "prescriber id",
        "verified_by": None,
        "sites": 1,
        "composition": [{"ingredient": "dextrose", "amount": {"value": "250", "unit": "g"}}],
        "line_shared_with": [],
    },
}


def changed(path: str, value: object) -> dict[str, Any]:
    """The example with one field set, or taken out when the value is ``...``."""
    case = json.loads(json.dumps(EXAMPLE))
    *parents, last = path.split(".")
    place = case
    for name in parents:
        place = place[int(name) if name.isdigit() else name]
    key = int(last) if last.isdigit() else last
    if value is ...:
        del place[key]
    else:
        place[key] = value
    return case


def test_the_example_of_the_contract_is_answered_in_its_shape() -> None:
    answer = answer_case(EXAMPLE, proposed_rules())
    assert set(answer) == {"id", "tier", "findings", "checked", "not_checked", "rules_version"}
    assert (answer["id"], answer["tier"]) == ("any string", "inform")
    assert all(
        set(finding) == {"rule", "category", "severity", "subject", "detail", "source"}
        for finding in answer["findings"]
    )
    assert [finding["rule"] for finding in answer["findings"]] == ["ALLERGY.PENICILLIN_CEPHALOSPORIN"]
    assert sorted([*answer["checked"], *answer["not_checked"]]) == sorted(CATEGORIES)
    assert json.loads(json.dumps(answer)) == answer


MALFORMED = [
    ("at", ..., "at"),
    ("at", "2026-11-21T10:00:00", "at"),
    ("at", "yesterday", "at"),
    ("order", ..., "order"),
    ("order", "o1", "order"),
    ("dosee", 1, "dosee"),
    ("order.dosee", 1, "order.dosee"),
    ("order.concentration", {"value": "40", "unit": "mg/mL"}, "order.concentration"),
    ("patient.weigth", 70, "patient.weigth"),
    ("order.therapy", "unobtainium", "order.therapy"),
    ("order.therapy", ..., "order.therapy"),
    ("order.route", "oral", "order.route"),
    ("order.dose", "2 g", "order.dose"),
    ("order.dose.value", 2, "order.dose.value"),
    ("order.dose.value", "2,0", "order.dose.value"),
    ("order.dose.value", "1e3", "order.dose.value"),
    ("order.dose.value", "-2", "order.dose.value"),
    ("order.dose.extra", "x", "order.dose.extra"),
    ("order.dose_basis", "per_kg", "order.dose_basis"),
    ("order.frequency", {"times": 1}, "order.frequency"),
    ("order.frequency", {"continuous": True, "once": True}, "order.frequency"),
    ("order.frequency.times", 0, "order.frequency.times"),
    ("order.frequency.per", {"value": "24", "unit": "mL"}, "order.frequency.per"),
    ("order.rate_steps", {"rate": 1}, "order.rate_steps"),
    ("order.rate_steps.0.rate", {"value": "100", "unit": "mL"}, "order.rate_steps[0].rate"),
    ("order.rate_steps.0.rate", ..., "order.rate_steps[0].rate"),
    ("order.first_dose", "yes", "order.first_dose"),
    ("order.start_on", "22/11/2026", "order.start_on"),
    ("order.sites", True, "order.sites"),
    ("order.diluent", "", "order.diluent"),
    ("order.indication", "bone\u202einfection", "order.indication"),
    ("patient.sex", "f", "patient.sex"),
    ("patient.weight.value", "heavy", "patient.weight.value"),
    ("patient.weight.value", "0", "patient.weight.value"),
    ("patient.weight.unit", "mL", "patient.weight.unit"),
    ("patient.height", {"value": "168", "unit": "kg"}, "patient.height.unit"),
    ("patient.allergies.status", "none_known", "patient.allergies.status"),
    ("patient.allergies.items", [{"reaction": "rash"}], "patient.allergies.items[0].substance"),
    ("patient.labs.0.value", 1.1, "patient.labs[0].value"),
    ("patient.labs.0.taken_at", ..., "patient.labs[0].taken_at"),
    ("patient.access.type", "arm", "patient.access.type"),
    ("patient.active_orders", [{"id": "a"}], "patient.active_orders[0].therapy"),
    ("patient.prior_doses.0.count", "3", "patient.prior_doses[0].count"),
    ("patient.home.anaphylaxis_kit", "with_first_delivery", "patient.home.anaphylaxis_kit"),
    ("patient.birth_date", "1961", "patient.birth_date"),
]


@pytest.mark.parametrize(("path", "value", "field"), MALFORMED, ids=[f"{n}-{m[0]}" for n, m in enumerate(MALFORMED)])
def test_a_malformed_case_is_answered_with_the_field(path: str, value: object, field: str) -> None:
    answer = answer_case(changed(path, value), proposed_rules())
    assert set(answer) == {"id", "error"}
    assert answer["id"] == "any string"
    assert answer["error"].startswith(f"{field}: ")


@pytest.mark.parametrize("case", [None, [], "case", 5, {}, {"id": 5}])
def test_what_is_not_a_case_at_all_is_answered_too(case: object) -> None:
    assert answer_case(case, proposed_rules())["id"] is None


def test_a_unit_that_is_not_understood_is_a_finding_and_the_rest_is_still_checked() -> None:
    answer = answer_case(changed("order.dose", {"value": "2", "unit": "gm."}), proposed_rules())
    units = [finding for finding in answer["findings"] if finding["category"] == "units"]
    assert [(finding["subject"], finding["severity"]) for finding in units] == [("order.dose", "block")]
    assert "allergy" in {finding["category"] for finding in answer["findings"]}


def test_synonyms_of_lab_tests_are_one_test() -> None:
    case = changed("patient.labs.0.test", "Serum Creatinine")
    read, _ = case_from_json(case, therapies=therapies())
    assert read.patient.latest_lab("creatinine") is not None


def test_absent_is_unknown_and_empty_is_none() -> None:
    read, _ = case_from_json(changed("patient.other_medications", ...), therapies=therapies())
    assert read.patient.other_medications is None
    read, _ = case_from_json(changed("patient.other_medications", []), therapies=therapies())
    assert read.patient.other_medications == ()


def test_the_answer_is_the_same_each_time() -> None:
    assert answer_case(EXAMPLE, proposed_rules()) == answer_case(EXAMPLE, proposed_rules())


def test_without_approval_only_the_safety_controls_are_active() -> None:
    """Only rows approved in the tenant count; nobody approves a safety control away (HZ-124)."""
    nothing = approved_rules(())
    tenfold = example_case("cefepime", order={"dose": {"value": "20", "unit": "g"}})
    quiet = answer_case(tenfold, nothing)
    assert (quiet["tier"], "dose_high" in quiet["not_checked"]) == ("quiet", True)
    assert answer_case(tenfold, approved_rules({"therapies"}))["tier"] == "block"
    short = example_case(
        "fluorouracil",
        order={"infuse_over": {"value": "4", "unit": "h"}, "rate_steps": ...},
    )
    assert "FLUOROURACIL.46H" in {f["rule"] for f in answer_case(short, nothing)["findings"]}
    unknown = example_case("ceftriaxone", patient={"allergies": ...})
    assert answer_case(unknown, nothing)["tier"] == "block"


def test_the_version_names_the_very_rules_that_were_active() -> None:
    assert proposed_rules().version.endswith("proposed")
    assert approved_rules({"therapies"}).version != approved_rules({"interactions"}).version
    assert approved_rules({"therapies"}).version == approved_rules({"therapies"}).version
    with pytest.raises(LookupError):
        approved_rules({"no such pack"})
