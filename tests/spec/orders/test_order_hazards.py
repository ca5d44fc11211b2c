"""Hazards of the order: each control shown at work, so that it can be shown to fail when it is off."""

from typing import Any

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.orders import KitStatus, answer_case, kit_findings
from openinfusion.rulepacks import therapies
from openinfusion.rulepacks.examples import example_case
from openinfusion.rulepacks.order_rules import proposed_rules


def q(value: object, unit: str) -> dict[str, str]:
    return {"value": str(value), "unit": unit}


def rules_told(therapy: str, order: dict[str, Any] | None = None, patient: dict[str, Any] | None = None) -> set[str]:
    answer = answer_case(example_case(therapy, order=order, patient=patient), proposed_rules())
    assert "error" not in answer
    return {f"{finding['rule']} {finding['severity']}" for finding in answer["findings"]}


@pytest.mark.hazard("HZ-007")
def test_a_tenfold_dose_is_stopped_and_numbers_that_disagree_are_stopped() -> None:
    assert "CEFEPIME.DOSE block" in rules_told("cefepime", {"dose": q(20, "g")})
    wrong_field = [{"rate": q("41.7", "mL/h"), "for": q(24, "h")}]
    told = rules_told("milrinone", {"rate_steps": wrong_field})
    assert "AGREE.VOLUME block" in told


@pytest.mark.hazard("HZ-010")
def test_an_old_weight_stops_a_dose_by_weight() -> None:
    old = {"weight": {**q(70, "kg"), "taken_on": "2026-08-22", "method": "measured"}}
    assert "WEIGHT.OLD block" in rules_told("daptomycin", None, old)


@pytest.mark.hazard("HZ-012")
def test_the_same_drug_by_the_same_route_is_stopped_whatever_the_other_order_waits_for() -> None:
    other = {**example_case("vancomycin")["order"], "id": "other site", "stop_on": "2026-11-23"}
    assert "DUPLICATE.DRUG block" in rules_told("vancomycin", None, {"active_orders": [other]})
    same_class = {**example_case("cefazolin")["order"], "id": "a2"}
    assert "DUPLICATE.CLASS interrupt" in rules_told("cefepime", None, {"active_orders": [same_class]})


@pytest.mark.hazard("HZ-013")
@pytest.mark.parametrize("name", ["Rocephin", "CEFTRIAXONE sodium 1 g", "ceftriaxone"])
def test_an_allergy_is_found_under_every_name(name: str) -> None:
    record = {"allergies": {"status": "recorded", "items": [{"substance": name, "reaction": "anaphylaxis"}]}}
    assert "ALLERGY.SAME_DRUG block" in rules_told("ceftriaxone", None, record)


@pytest.mark.hazard("HZ-013")
def test_an_unknown_allergy_status_stops() -> None:
    assert "MISSING.ALLERGIES block" in rules_told("hydration", None, {"allergies": ...})


@pytest.mark.hazard("HZ-014")
def test_a_contraindicated_pair_stops_in_both_directions() -> None:
    def shared(therapy: str, other: str) -> set[str]:
        order = {**example_case(other)["order"], "id": "a1"}
        return rules_told(therapy, {"line_shared_with": ["a1"]}, {"active_orders": [order]})

    assert "DDI01.LINE block" in shared("ceftriaxone", "tpn")
    assert "DDI01.LINE block" in shared("tpn", "ceftriaxone")
    assert "DDI03 interrupt" in rules_told("daptomycin", None, {"other_medications": ["rosuvastatin 10 mg"]})


@pytest.mark.hazard("HZ-015")
@pytest.mark.parametrize("therapy", sorted(therapies()))
def test_a_route_that_is_not_listed_for_the_therapy_is_stopped(therapy: str) -> None:
    """The whole matrix: every therapy by every route of the contract."""
    for route in ("intravenous", "subcutaneous", "intrathecal", "intramuscular", "enteral"):
        told = rules_told(therapy, {"route": route})
        assert ("ROUTE.NOT_LISTED block" in told) is (route not in therapies()[therapy].routes)


@pytest.mark.hazard("HZ-017")
@pytest.mark.parametrize(
    ("infuse_over", "rate"),
    [("46", "20"), ("4.6", "20"), ("96", "23"), ("4", "23"), ("45", "2.0444")],
)
def test_continuous_chemotherapy_never_finishes_early(infuse_over: str, rate: str) -> None:
    """5-FU 46 h given as 4.6 h, 96 h as 4 h; fluorouracil incident of 2006."""
    told = rules_told("fluorouracil", {"infuse_over": q(infuse_over, "h"), "rate_steps": [{"rate": q(rate, "mL/h")}]})
    assert "FLUOROURACIL.46H block" in told


@pytest.mark.hazard("HZ-017")
def test_an_opioid_bag_that_empties_early_is_stopped() -> None:
    early = {"infuse_over": q(100, "h"), "rate_steps": [{"rate": q(10, "mL/h")}]}
    assert "DURATION.EARLY_FINISH block" in rules_told("hydromorphone_pca", early)


@pytest.mark.hazard("HZ-022")
@pytest.mark.parametrize("verifier", ["prescriber 1", "PRESCRIBER 1", " Prescriber 1 "])
def test_who_orders_cannot_verify(verifier: str) -> None:
    assert rules_told("heparin", {"verified_by": verifier}) == {"SAME_PERSON block"}
    assert rules_told("heparin", {"verified_by": "pharmacist 1"}) == set()


@pytest.mark.hazard("HZ-063")
@pytest.mark.parametrize("kit", ["missing", "expired", "unknown"])
def test_a_therapy_that_needs_a_kit_does_not_go_on_without_one(kit: str) -> None:
    for therapy, facts in therapies().items():
        told = rules_told(therapy, None, {"home": {"anaphylaxis_kit": kit}})
        assert ("KIT block" in told) is (facts.kit_required is True)


def test_a_kit_that_goes_with_the_first_delivery_is_shown_and_not_in_the_way() -> None:
    """At verification the kit is on the pick list; the readiness gate holds the visit until it is in the
    home.
    """
    infliximab = therapies()["infliximab"]
    (finding,) = kit_findings(infliximab, KitStatus.WITH_FIRST_DELIVERY)
    assert finding.severity is Severity.INFORM
    assert list(kit_findings(infliximab, KitStatus.PRESENT)) == []
    assert [f.severity for f in kit_findings(infliximab, None)] == [Severity.BLOCK]
    assert list(kit_findings(therapies()["hydration"], None)) == []
