"""Rule book of orders: what is asked of us, what the patient takes, what was given (HL7 FHIR R4 MedicationRequest)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from openinfusion.core.findings import Severity
from openinfusion.demo_data.referrals import load_referral
from openinfusion.formats.referral import read_referral


def worst(package, prefix="referral."):
    return [(item.rule, item.severity) for item in package.findings if item.rule.startswith(prefix)]


def test_an_order_is_read_with_dose_frequency_route_and_length(bundle, read):
    (order,) = read(bundle).patient.orders
    assert (order.drug, order.dose_value, order.dose_unit) == ("ceftriaxone", Decimal(2), "g")
    assert (order.frequency, order.route, order.duration) == (
        "1 time every 24 hours",
        "Intravenous",
        "until 2026-12-28",
    )
    assert (order.start.day, order.status, order.intent) == (date(2026, 11, 23), "active", "order")
    assert (order.first_dosage.infuse_over, order.first_dosage.infuse_over_unit) == (Decimal(30), "min")
    assert order.reason == "Other acute osteomyelitis, right ankle and foot"
    assert [coding.code for coding in order.codings] == ["2193", "J0696"]
    assert order.therapy_id == ""


def test_every_dosage_step_is_kept():
    """A PCA is a demand dose, a limit and a basal rate."""
    (order,) = read_referral(load_referral("hydromorphone_pca")).patient.orders
    demand, basal = order.dosages
    assert (demand.dose_value, demand.dose_unit, demand.as_needed) == (Decimal("0.2"), "mg", True)
    assert (demand.frequency, demand.limit) == ("1 time every 10 minutes", "1.4 mg per 1 h")
    assert (basal.rate_value, basal.rate_unit, basal.frequency) == (Decimal("0.2"), "mg/h", "continuous")


def test_a_continuous_rate_is_a_rate_not_a_dose():
    (order,) = read_referral(load_referral("milrinone")).patient.orders
    assert (order.dose_value, order.first_dosage.rate_value) == (None, Decimal("0.375"))
    assert order.first_dosage.rate_unit == "mcg/kg/min"


def test_a_ratio_is_read_as_a_rate(bundle, read, resource_of):
    """500 mL per 2 h stays 500 mL/(2 h): nothing is divided here."""
    amount = resource_of("MedicationRequest")["dosageInstruction"][0]["doseAndRate"][0]
    amount["rateRatio"] = {
        "numerator": {"value": 500, "unit": "mL"},
        "denominator": {"value": 2, "unit": "h"},
    }
    dosage = read(bundle).patient.orders[0].first_dosage
    assert (dosage.rate_value, dosage.rate_unit) == (Decimal(500), "mL/(2 h)")


def test_a_dose_range_keeps_both_ends(bundle, read, resource_of):
    amount = resource_of("MedicationRequest")["dosageInstruction"][0]["doseAndRate"][0]
    amount["doseRange"] = {"low": {"value": 1, "unit": "g"}, "high": {"value": 2, "unit": "g"}}
    del amount["doseQuantity"]
    dosage = read(bundle).patient.orders[0].first_dosage
    assert (dosage.dose_value, dosage.dose_high, dosage.dose_unit) == (Decimal(1), Decimal(2), "g")


@pytest.mark.hazard("HZ-008")
def test_a_dose_without_a_unit_stops(bundle, read, resource_of):
    """A bare number is no dose: 2 may be grams or milligrams."""
    resource_of("MedicationRequest")["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"] = {"value": 2}
    package = read(bundle)
    assert (package.patient.orders[0].dose_value, package.patient.orders[0].dose_unit) == (Decimal(2), "")
    assert worst(package) == [("referral.dose_unit_missing", Severity.BLOCK)]


def test_home_medicines_are_no_orders(bundle, read):
    patient = read(bundle).patient
    assert [(item.text, item.status) for item in patient.medications] == [
        ("Lisinopril 10 mg oral tablet", "active"),
        ("Acetaminophen 500 mg oral tablet", "active"),
    ]
    assert patient.medications[0].dose_text == "1 tablet by mouth once daily"


def test_a_request_is_an_order_when_the_service_names_it_or_the_route_is_infusion(bundle, read, resource_of):
    request, service = resource_of("MedicationRequest"), resource_of("ServiceRequest")
    request["dosageInstruction"][0]["route"] = {"text": "oral"}
    assert len(read(bundle).patient.orders) == 1
    del request["basedOn"]
    assert len(read(bundle).patient.orders) == 1
    del service["supportingInfo"]
    assert read(bundle).patient.orders == ()
    request["dosageInstruction"][0]["route"] = {"text": "subcutaneous"}
    assert len(read(bundle).patient.orders) == 1


@pytest.mark.parametrize("status", ["stopped", "completed", "cancelled", "unknown", "nonsense"])
def test_a_request_that_is_over_is_history(status, bundle, read, resource_of):
    resource_of("MedicationRequest")["status"] = status
    patient = read(bundle).patient
    assert patient.orders == ()
    assert "ceftriaxone" in [item.text for item in patient.medications]


def test_entered_in_error_is_neither(bundle, read, resource_of):
    resource_of("MedicationRequest")["status"] = "entered-in-error"
    package = read(bundle)
    assert package.patient.orders == ()
    assert "ceftriaxone" not in [item.text for item in package.patient.medications]
    assert worst(package) == [("referral.request_not_imported", Severity.INFORM)]


@pytest.mark.parametrize("kind", ["MedicationRequest", "ServiceRequest"])
def test_do_not_perform_is_never_an_order(kind, bundle, read, resource_of):
    """The same resource type orders and forbids."""
    resource_of(kind)["doNotPerform"] = True
    package = read(bundle)
    assert (package.patient.orders if kind == "MedicationRequest" else package.patient.services) == ()
    assert worst(package) == [("referral.do_not_perform", Severity.BLOCK)]


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("status", "draft", "referral.order_not_active"),
        ("status", "on-hold", "referral.order_not_active"),
        ("intent", "proposal", "referral.order_not_ordered"),
        ("intent", "plan", "referral.order_not_ordered"),
    ],
)
def test_what_is_not_released_asks(key, value, rule, bundle, read, resource_of):
    resource_of("MedicationRequest")[key] = value
    assert worst(read(bundle)) == [(rule, Severity.INTERRUPT)]


def test_an_order_without_drug_or_prescriber_is_told(bundle, read, resource_of):
    request = resource_of("MedicationRequest")
    request["medicationCodeableConcept"] = {}
    del request["requester"]
    assert worst(read(bundle)) == [
        ("referral.order_without_drug", Severity.BLOCK),
        ("referral.order_without_prescriber", Severity.INTERRUPT),
    ]


def test_a_mixture_is_named_by_its_ingredients(bundle, read, resource_of):
    request = resource_of("MedicationRequest")
    del request["medicationCodeableConcept"]
    request["medicationReference"] = {"reference": "urn:uuid:mix"}
    ingredients = [{"itemCodeableConcept": {"text": "vancomycin"}}, {"itemCodeableConcept": {"text": "dextrose"}}]
    bundle["entry"].append(
        {"fullUrl": "urn:uuid:mix", "resource": {"resourceType": "Medication", "ingredient": ingredients}}
    )
    assert read(bundle).patient.orders[0].drug == "vancomycin + dextrose"


def test_first_doses_are_history_whether_given_or_not(bundle, read, resource_of):
    administration = resource_of("MedicationAdministration")
    (given,) = read(bundle).patient.administrations
    assert (given.status, given.given.day) == ("completed", date(2026, 11, 15))
    assert given.note == "First dose in hospital, tolerated without reaction; six doses given."
    administration["status"] = "not-done"
    administration["statusReason"] = [{"text": "first dose planned at home"}]
    (given,) = read(bundle).patient.administrations
    assert given.status == "not-done"
    assert given.note.startswith("first dose planned at home")


def test_services_keep_their_code(bundle, read):
    (service,) = read(bundle).patient.services
    assert (service.code, service.status) == ("S9500", "active")
    assert service.starts.day == date(2026, 11, 23)


def test_a_length_in_weeks_is_kept_as_weeks(bundle, read, resource_of):
    repeat = resource_of("MedicationRequest")["dosageInstruction"][0]["timing"]["repeat"]
    del repeat["boundsPeriod"]
    repeat["boundsDuration"] = {"value": 6, "unit": "wk"}
    order = read(bundle).patient.orders[0]
    assert (order.duration, order.duration_value, order.duration_unit) == ("6 wk", Decimal(6), "wk")
