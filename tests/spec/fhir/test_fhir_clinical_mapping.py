"""Rule book of the clinical mapping: allergies, conditions, measurements, people, insurance, devices, documents."""

from __future__ import annotations

import base64
import json
from datetime import date
from decimal import Decimal

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.referrals import AccessState, AllergyStatus, MeasurementKind
from openinfusion.formats.referral import read_referral


def weight_of(package):
    return next(item for item in package.patient.measurements if item.kind is MeasurementKind.WEIGHT)


def worst(package, prefix):
    return [(item.rule, item.severity) for item in package.findings if item.rule.startswith(prefix)]


def test_the_patient_is_read_as_sent(bundle, read):
    patient = read(bundle).patient
    name, address = patient.names[0], patient.addresses[0]
    assert (name.family, name.given, name.use) == ("Sampleford", ("Marion", "J"), "official")
    assert (patient.birth_date.day, patient.sex, patient.language) == (date(1961, 3, 4), "female", "en")
    assert [(item.kind, item.value) for item in patient.identifiers] == [("MR", "DEMO-100201")]
    assert patient.phones == ("+1 217 555 0101",)
    assert patient.emails == ("marion.sampleford@example.org",)
    assert (address.lines, address.city, address.state, address.postal_code) == (
        ("418 Linden Court",),
        "Springfield",
        "IL",
        "62704",
    )
    assert [(item.name, item.relation) for item in patient.contacts] == [("Glen Sampleford", "spouse")]


def test_a_birth_year_is_not_filled_in(bundle, read):
    bundle["entry"][0]["resource"]["birthDate"] = "1961"
    package = read(bundle)
    assert (package.patient.birth_date.text, package.patient.birth_date.day) == ("1961", None)
    assert worst(package, "referral.birth") == [("referral.birth_date_partial", Severity.BLOCK)]


def test_a_birth_date_that_is_none_is_not_used(bundle, read):
    bundle["entry"][0]["resource"]["birthDate"] = "March 1961"
    package = read(bundle)
    assert package.patient.birth_date is None
    assert worst(package, "fhir.not_a_date") == [("fhir.not_a_date", Severity.INTERRUPT)]


@pytest.mark.hazard("HZ-006")
def test_a_hidden_character_in_a_name_stops(bundle, read):
    bundle["entry"][0]["resource"]["name"][0]["family"] = "Sample\N{RIGHT-TO-LEFT OVERRIDE}ford"
    package = read(bundle)
    assert package.patient.names[0].family == "Sample[U+202E]ford"
    finding = package.findings[0]
    assert (finding.rule, finding.severity) == ("text.control_character", Severity.BLOCK)
    assert finding.subject == "entry[0].resource.name[0].family"


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("deceasedBoolean", True, None),
        ("deceasedDateTime", "2026-11-01", None),
        ("active", False, "referral.patient_inactive"),
        ("link", [{"other": {"reference": "Patient/2"}, "type": "replaced-by"}], "referral.patient_linked"),
    ],
)
def test_what_changes_everything_is_not_overlooked(key, value, rule, bundle, read):
    """FHIR marks active, deceased and link as modifiers of the whole record."""
    bundle["entry"][0]["resource"][key] = value
    package = read(bundle)
    assert package.patient.is_deceased is key.startswith("deceased")
    if rule:
        assert worst(package, rule) == [(rule, Severity.INTERRUPT)]


def test_an_allergy_is_read_with_its_reaction(bundle, read):
    patient = read(bundle).patient
    (allergy,) = patient.allergies
    assert patient.allergy_status is AllergyStatus.RECORDED
    assert (allergy.substance, allergy.kind, allergy.categories) == (
        "Sulfamethoxazole and trimethoprim",
        "allergy",
        ("medication",),
    )
    assert [(item.manifestation, item.severity) for item in allergy.reactions] == [("Hives", "moderate")]
    assert (allergy.severity, allergy.criticality, allergy.is_active) == ("moderate", "low", True)


@pytest.mark.parametrize("verification", ["refuted", "entered-in-error"])
def test_an_allergy_that_is_not_true_is_listed_not_imported(verification, bundle, read, resource_of):
    resource_of("AllergyIntolerance")["verificationStatus"]["coding"][0]["code"] = verification
    package = read(bundle)
    assert package.patient.allergies == ()
    assert package.patient.allergy_status is AllergyStatus.NOT_ASKED
    assert worst(package, "referral.allergy") == [("referral.allergy_not_imported", Severity.INFORM)]


def test_a_resolved_allergy_is_kept_as_resolved(bundle, read, resource_of):
    resource_of("AllergyIntolerance")["clinicalStatus"]["coding"][0]["code"] = "resolved"
    (allergy,) = read(bundle).patient.allergies
    assert (allergy.clinical_status, allergy.is_active) == ("resolved", False)


@pytest.mark.parametrize(
    ("path", "element"),
    [
        (("AllergyIntolerance", "clinicalStatus"), "AllergyIntolerance.clinicalStatus"),
        (("AllergyIntolerance", "verificationStatus"), "AllergyIntolerance.verificationStatus"),
        (("Condition", "verificationStatus"), "Condition.verificationStatus"),
    ],
)
def test_a_status_outside_its_binding_is_not_interpreted(path, element, bundle, read, resource_of):
    """Required bindings: other validators accept "nonsense"; we report it and keep the fact."""
    kind, key = path
    resource_of(kind)[key]["coding"][0]["code"] = "nonsense"
    package = read(bundle)
    (finding,) = [item for item in package.findings if item.rule == "fhir.code_not_allowed"]
    assert finding.severity is Severity.INTERRUPT
    assert finding.detail.startswith(f"{element} holds 'nonsense'")
    assert package.patient.allergies


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ({"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]}, AllergyStatus.NONE_KNOWN),
        ({"text": "NKDA"}, AllergyStatus.NONE_KNOWN),
        ({"coding": [{"system": "http://snomed.info/sct", "code": "429625007"}]}, AllergyStatus.NOT_ASKED),
        ({"text": "not asked"}, AllergyStatus.NOT_ASKED),
    ],
)
def test_no_known_allergy_is_never_an_allergen(code, status, bundle, read, resource_of):
    resource_of("AllergyIntolerance")["code"] = code
    patient = read(bundle).patient
    assert (patient.allergies, patient.allergy_status) == ((), status)


def test_no_allergy_resource_means_nobody_asked(bundle, read):
    bundle["entry"] = [item for item in bundle["entry"] if item["resource"]["resourceType"] != "AllergyIntolerance"]
    assert read(bundle).patient.allergy_status is AllergyStatus.NOT_ASKED


def test_a_condition_prefers_its_icd_10_code(bundle, read, resource_of):
    snomed = {"system": "http://snomed.info/sct", "code": "60168000"}
    resource_of("Condition")["code"]["coding"].insert(0, snomed)
    condition = read(bundle).patient.conditions[0]
    assert (condition.code, condition.system) == ("M86.171", "http://hl7.org/fhir/sid/icd-10-cm")
    assert [item.code for item in condition.codings] == ["M86.171", "60168000"]
    assert (condition.status, condition.verification, condition.onset.text) == ("active", "confirmed", "2026-11-06")


def test_a_refuted_condition_is_not_imported(bundle, read, resource_of):
    resource_of("Condition")["verificationStatus"]["coding"][0]["code"] = "refuted"
    assert [item.code for item in read(bundle).patient.conditions] == ["B95.61"]


def test_a_weight_keeps_its_digits_and_date(bundle, read, resource_of):
    """72.50 stays 72.50: other readers turn it into 72.5."""
    weight = weight_of(read(bundle))
    assert (weight.value, weight.unit, weight.taken.day) == (Decimal("70.4"), "kg", date(2026, 11, 18))


def test_a_trailing_zero_survives(bundle):
    data = json.dumps(bundle).replace("70.4", "70.40").encode()
    assert weight_of(read_referral(data)).value_text == "70.40"


@pytest.mark.hazard("HZ-009")
@pytest.mark.parametrize(
    ("quantity", "rule"),
    [
        ({"value": 155}, "referral.weight_unit_missing"),
        ({"value": 155, "unit": "kg", "code": "[lb_av]"}, "referral.weight_unit_contradictory"),
        ({"value": 11, "unit": "stone"}, "referral.weight_unit_unknown"),
    ],
)
def test_a_weight_without_a_certain_unit_stops(quantity, rule, bundle, read, resource_of):
    """122 kg entered as 122 lb: unknown unit stops dosing, the raw value is kept."""
    resource_of("Observation")["valueQuantity"] = quantity
    package = read(bundle)
    weight = weight_of(package)
    assert (weight.value, weight.unit) == (Decimal(quantity["value"]), "")
    finding = package.findings[0]
    assert (finding.rule, finding.severity) == (rule, Severity.BLOCK)
    assert finding.subject.endswith(".valueQuantity")


def test_pounds_stay_pounds(bundle, read, resource_of):
    resource_of("Observation")["valueQuantity"] = {"value": 155.2, "unit": "lb", "code": "[lb_av]"}
    assert (weight_of(read(bundle)).value, weight_of(read(bundle)).unit) == (Decimal("155.2"), "lb")


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "nonsense"])
def test_an_observation_that_does_not_count_is_not_imported(status, bundle, read, resource_of):
    resource_of("Observation")["status"] = status
    package = read(bundle)
    assert all(item.kind is not MeasurementKind.WEIGHT for item in package.patient.measurements)
    assert "referral.measurement_not_imported" in [item.rule for item in package.findings]


def test_the_time_of_issue_is_no_time_of_measurement(bundle, read, resource_of):
    weight = resource_of("Observation")
    weight["issued"] = weight.pop("effectiveDateTime") + "T08:00:00Z"
    assert weight_of(read(bundle)).taken is None


def test_a_lab_result_has_our_word_and_theirs(bundle, read):
    result = next(item for item in read(bundle).patient.measurements if item.test == "creatinine")
    assert result.kind is MeasurementKind.LAB
    assert (result.value, result.unit, result.code) == (Decimal("0.9"), "mg/dL", "2160-0")
    assert result.test_text == "Creatinine [Mass/volume] in Serum or Plasma"
    assert result.taken.at.isoformat() == "2026-11-18T06:40:00-06:00"


def test_a_lab_result_without_a_unit_asks(bundle, read, resource_of):
    resource_of("Observation", 2)["valueQuantity"] = {"value": 0.9}
    assert worst(read(bundle), "referral.result") == [("referral.result_unit_missing", Severity.INTERRUPT)]


def test_components_become_measurements_of_their_own(bundle, read, resource_of):
    """A blood pressure is two numbers."""
    panel = resource_of("Observation")
    del panel["valueQuantity"]
    panel["code"] = {"text": "Blood pressure"}
    panel["component"] = [
        {"code": {"text": "Systolic"}, "valueQuantity": {"value": 120, "unit": "mmHg"}},
        {"code": {"text": "Diastolic"}, "valueQuantity": {"value": 80, "unit": "mmHg"}},
    ]
    found = [(item.test, item.value) for item in read(bundle).patient.measurements if item.unit == "mmHg"]
    assert found == [("Systolic", Decimal(120)), ("Diastolic", Decimal(80))]


def test_insurance_is_read_with_payer_and_member_number(bundle, read):
    (coverage,) = read(bundle).patient.coverages
    assert (coverage.payer, coverage.plan, coverage.group) == (
        "Prairie Mutual Health Plan",
        "Prairie Choice PPO",
        "G-2210",
    )
    assert (coverage.member_id, coverage.relation, coverage.order) == ("PMH884201", "self", 1)
    assert (coverage.status, coverage.end.day) == ("active", date(2026, 12, 31))


def test_the_prescriber_comes_through_the_role(bundle, read):
    (prescriber,) = read(bundle).patient.prescribers
    assert (prescriber.name, prescriber.phone) == ("Ada Ficton MD", "+1 217 555 0120")
    assert prescriber.organisation == "Prairie View Infectious Disease Clinic"


def test_a_wrong_npi_is_kept_and_told(bundle, read, resource_of):
    resource_of("Practitioner")["identifier"][0]["value"] = "1999900019"
    package = read(bundle)
    assert package.patient.prescribers[0].npi == "1999900019"
    assert worst(package, "referral.npi") == [("referral.npi_invalid", Severity.INTERRUPT)]


def test_a_prescriber_outside_the_document_keeps_name_and_npi(bundle, read, resource_of):
    """Synthea names its practitioners only by a conditional reference."""
    for kind in ("MedicationRequest", "ServiceRequest"):
        resource_of(kind)["requester"] = {
            "reference": "Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1234567893",
            "display": "Ada Ficton",
        }
    prescriber = read(bundle).patient.orders[0].prescriber
    assert (prescriber.name, prescriber.npi) == ("Ada Ficton", "1234567893")


def test_an_access_device_in_place_and_one_planned(bundle, read, resource_of):
    (device,) = read(bundle).patient.access_devices
    assert (device.kind, device.state, device.placed.day) == ("picc", AccessState.IN_PLACE, date(2026, 11, 16))
    resource_of("Procedure")["status"] = "preparation"
    assert read(bundle).patient.access_devices[0].state is AccessState.PLANNED


@pytest.mark.parametrize("status", ["not-done", "entered-in-error", "unknown"])
def test_a_line_that_was_not_placed_is_no_line(status, bundle, read, resource_of):
    resource_of("Procedure")["status"] = status
    assert read(bundle).patient.access_devices == ()


def test_a_removed_line_is_no_line(bundle, read, resource_of):
    resource_of("Procedure")["code"]["text"] = "Removal of peripherally inserted central catheter (PICC)"
    assert read(bundle).patient.access_devices == ()


def test_a_document_is_decoded_and_a_link_never_fetched(bundle, read):
    patient = {"reference": bundle["entry"][0]["fullUrl"]}
    attached = {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": {"text": "Discharge summary"},
        "subject": patient,
        "content": [
            {"attachment": {"title": "Summary", "data": base64.b64encode(b"hello").decode()}},
            {"attachment": {"title": "Elsewhere", "url": "https://ehr.example.org/doc/1"}},
            {"attachment": {"title": "Broken", "data": "%%%"}},
        ],
    }
    bundle["entry"].append({"resource": attached})
    package = read(bundle)
    assert [(item.title, item.data, item.url) for item in package.patient.documents] == [
        ("Summary", b"hello", ""),
        ("Elsewhere", b"", "https://ehr.example.org/doc/1"),
        ("Broken", b"", ""),
    ]
    assert worst(package, "referral.document") == [
        ("referral.document_damaged", Severity.INTERRUPT),
        ("referral.document_linked", Severity.INFORM),
    ]


def test_a_document_in_a_binary_is_found(bundle, read):
    bundle["entry"] += [
        {
            "fullUrl": "urn:uuid:bin",
            "resource": {"resourceType": "Binary", "contentType": "text/plain", "data": "aGk="},
        },
        {
            "resource": {
                "resourceType": "DocumentReference",
                "status": "current",
                "subject": {"reference": bundle["entry"][0]["fullUrl"]},
                "content": [{"attachment": {"url": "urn:uuid:bin"}}],
            }
        },
    ]
    assert read(bundle).patient.documents[0].data == b"hi"
