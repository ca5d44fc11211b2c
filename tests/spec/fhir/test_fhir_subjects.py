"""Rule book of whose facts these are: one patient per referral, nothing given to the wrong one (HZ-001)."""

from __future__ import annotations

import copy

import pytest

from openinfusion.core.findings import Severity
from openinfusion.formats.referral import UnreadableReferral


def second_patient(bundle):
    entry = copy.deepcopy(bundle["entry"][0])
    entry["fullUrl"] = "urn:uuid:00000000-0000-4000-8000-000000000002"
    entry["resource"]["name"][0]["family"] = "Testwell"
    return entry


@pytest.mark.hazard("HZ-001")
def test_two_patients_in_one_referral_are_refused(bundle, read):
    bundle["entry"].append(second_patient(bundle))
    with pytest.raises(UnreadableReferral) as refusal:
        read(bundle)
    assert refusal.value.code == "two_patients"


@pytest.mark.hazard("HZ-001")
def test_an_allergy_of_somebody_else_refuses_the_referral(bundle, read, resource_of):
    """A reference to a person who is not in the document is another person until proven otherwise."""
    resource_of("AllergyIntolerance")["patient"] = {"reference": "Patient/999"}
    with pytest.raises(UnreadableReferral) as refusal:
        read(bundle)
    assert refusal.value.code == "two_patients"


@pytest.mark.hazard("HZ-001")
def test_the_same_id_on_two_servers_is_two_people(read):
    """Everybody has a Patient/1."""
    base = {"resourceType": "Bundle", "type": "collection"}
    patient = {"resourceType": "Patient", "id": "1", "name": [{"family": "Sampleford"}]}
    weight = {
        "resourceType": "Condition",
        "code": {"text": "asthma"},
        "subject": {"reference": "https://other.example.org/fhir/Patient/1"},
    }
    entries = [
        {"fullUrl": "https://here.example.org/fhir/Patient/1", "resource": patient},
        {"fullUrl": "https://here.example.org/fhir/Condition/1", "resource": weight},
    ]
    with pytest.raises(UnreadableReferral) as refusal:
        read({**base, "entry": entries})
    assert refusal.value.code == "two_patients"


def test_a_subscriber_is_not_a_second_patient(bundle, read, resource_of):
    """The insured parent or spouse comes along as a Patient in many payers' Bundles."""
    subscriber = second_patient(bundle)
    bundle["entry"].append(subscriber)
    resource_of("Coverage")["subscriber"] = {"reference": subscriber["fullUrl"]}
    package = read(bundle)
    assert package.patient.names[0].family == "Sampleford"
    assert package.patient.coverages[0].subscriber == "Marion J Testwell"


def test_a_fact_without_a_subject_is_given_to_nobody(bundle, read, resource_of):
    del resource_of("AllergyIntolerance")["patient"]
    package = read(bundle)
    assert package.patient.allergies == ()
    finding = next(item for item in package.findings if item.rule == "fhir.subject_unknown")
    assert finding.severity is Severity.BLOCK
    assert finding.subject == "entry[7].resource"


def test_a_resource_without_its_patient_names_nobody(read):
    """A single order sent by itself can be read, but not matched to anyone."""
    package = read(
        {
            "resourceType": "Condition",
            "code": {"text": "Dehydration"},
            "subject": {"reference": "Patient/77"},
        }
    )
    assert package.patient.names == ()
    assert package.patient.reference == "Patient/77"
    assert [item.text for item in package.patient.conditions] == ["Dehydration"]
    assert package.findings[0].rule == "referral.patient_absent"
    assert package.findings[0].severity is Severity.BLOCK


REFERENCES = {
    "full URL": ("https://here.example.org/fhir/Patient/1", {"reference": "https://here.example.org/fhir/Patient/1"}),
    "versioned": (
        "https://here.example.org/fhir/Patient/1",
        {"reference": "https://here.example.org/fhir/Patient/1/_history/3"},
    ),
    "relative to the entry's server": ("https://here.example.org/fhir/Patient/1", {"reference": "Patient/1"}),
    "urn:uuid": ("urn:uuid:6a1f", {"reference": "urn:uuid:6a1f"}),
    "id only": ("", {"reference": "Patient/1"}),
    "conditional": ("", {"reference": "Patient?identifier=urn:mrn|A1"}),
    "logical identifier": ("", {"identifier": {"system": "urn:mrn", "value": "A1"}}),
}


@pytest.mark.parametrize(("full_url", "reference"), REFERENCES.values(), ids=REFERENCES.keys())
def test_every_kind_of_reference_finds_its_patient(full_url, reference, read):
    """HL7 FHIR R4, Resolving references in Bundles."""
    patient = {"resourceType": "Patient", "id": "1", "identifier": [{"system": "urn:mrn", "value": "A1"}]}
    condition = {"resourceType": "Condition", "code": {"text": "asthma"}, "subject": reference}
    entries = [{"resource": patient}, {"fullUrl": "https://here.example.org/fhir/Condition/1", "resource": condition}]
    if full_url:
        entries[0]["fullUrl"] = full_url
    package = read({"resourceType": "Bundle", "type": "collection", "entry": entries})
    assert [item.text for item in package.patient.conditions] == ["asthma"]


def test_a_contained_resource_is_found_by_its_fragment(read):
    order = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/1"},
        "contained": [{"resourceType": "Medication", "id": "m1", "code": {"text": "ceftriaxone"}}],
        "medicationReference": {"reference": "#m1"},
    }
    assert [item.text for item in read(order).patient.medications] == ["ceftriaxone"]
