"""Rule book of what a FHIR document may be wrapped in (HL7 FHIR R4 Bundle)."""

from __future__ import annotations

import json

import pytest

from openinfusion.core.findings import Severity
from openinfusion.demo_data.referrals import THERAPY_IDS, load_referral
from openinfusion.formats.referral import UnreadableReferral, read_referral


@pytest.mark.parametrize("kind", ["transaction", "batch", "collection", "message", "searchset", "document"])
def test_every_bundle_that_carries_content_is_read(kind, bundle, read):
    bundle["type"] = kind
    package = read(bundle)
    assert package.source_format == f"fhir-{kind}"
    assert package.patient.names[0].family == "Sampleford"


def test_a_list_of_resources_is_read(bundle, read):
    resources = [{**entry["resource"], "id": str(position)} for position, entry in enumerate(bundle["entry"])]
    text = json.dumps(resources)
    for position, entry in enumerate(bundle["entry"]):
        text = text.replace(entry["fullUrl"], f"{entry['resource']['resourceType']}/{position}")
    package = read_referral(text.encode())
    assert package.source_format == "fhir-list"
    assert package.patient.orders[0].drug == "ceftriaxone"


def test_ndjson_of_one_patient_is_read(bundle):
    """One resource per line, as an export of a single patient."""
    patient = {"resourceType": "Patient", "id": "1", "name": [{"family": "Sampleford"}]}
    condition = {"resourceType": "Condition", "code": {"text": "asthma"}, "subject": {"reference": "Patient/1"}}
    data = f"{json.dumps(patient)}\n{json.dumps(condition)}\n".encode()
    for hints in ({}, {"filename": "export.ndjson"}, {"content_type": "application/fhir+ndjson"}):
        package = read_referral(data, **hints)
        assert package.source_format == "fhir-ndjson"
        assert package.patient.conditions[0].path == "line:2"


def test_ndjson_of_two_patients_is_refused():
    lines = b'{"resourceType": "Patient", "id": "1"}\n{"resourceType": "Patient", "id": "2"}\n'
    with pytest.raises(UnreadableReferral) as refusal:
        read_referral(lines)
    assert refusal.value.code == "two_patients"


@pytest.mark.parametrize("method", ["DELETE", "GET", "PATCH", "HEAD"])
def test_an_entry_that_asks_for_something_else_is_not_content(method, bundle, read):
    """A transaction may delete: following it would lose data, reading it would invent data."""
    entry = next(item for item in bundle["entry"] if item["resource"]["resourceType"] == "AllergyIntolerance")
    entry["request"]["method"] = method
    package = read(bundle)
    assert package.patient.allergies == ()
    finding = next(item for item in package.findings if item.rule == "fhir.request_not_followed")
    assert (finding.severity, finding.subject) == (Severity.INTERRUPT, "entry[7].request")


def test_a_first_page_is_not_the_whole(bundle, read):
    bundle["type"] = "searchset"
    bundle["link"] = [{"relation": "next", "url": "https://here.example.org/page2"}]
    assert read(bundle).findings[0].rule == "fhir.more_pages"
    assert read(bundle).findings[0].severity is Severity.BLOCK


def test_the_sender_of_a_message_is_named():
    package = read_referral(load_referral("vancomycin"))
    assert package.source_format == "fhir-message"
    assert package.sender == "Lakeshore Medical Center"
    assert package.sent.text == "2026-11-20T16:45:00-06:00"


def test_an_entry_without_a_resource_is_listed(bundle, read, rules):
    bundle["entry"].insert(0, {"fullUrl": "urn:uuid:1"})
    assert rules(read(bundle)) == ["fhir.no_resource"]


def test_the_demo_referrals_come_in_three_wrappings():
    kinds = {read_referral(load_referral(therapy_id)).source_format for therapy_id in THERAPY_IDS}
    assert kinds == {"fhir-transaction", "fhir-message", "fhir-collection"}
