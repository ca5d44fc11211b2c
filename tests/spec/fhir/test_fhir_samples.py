"""Every third-party FHIR sample gives a package or a clear error, never a traceback."""

from __future__ import annotations

import json

import pytest

from openinfusion.core.referrals import MeasurementKind, ReferralPackage
from openinfusion.formats.referral import UnreadableReferral, read_referral

pytestmark = pytest.mark.samples

FOLDERS = ["fhir-r4", "us-core", "davinci-crd", "davinci-pas", "hl7v2", "cds-hooks", "bulk-data", "fhir-devices"]
REASONS = {"no_patient", "not_fhir", "fhir_xml", "unknown_format", "archive"}


def outcome(path):
    try:
        return read_referral(path.read_bytes(), filename=path.name)
    except UnreadableReferral as refusal:
        return refusal.code


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_is_read_or_refused_with_a_reason(folder, shared):
    files = [path for path in sorted((shared / "samples" / folder).iterdir()) if path.is_file()]
    assert files
    for path in files:
        result = outcome(path)
        assert isinstance(result, ReferralPackage) or result in REASONS, path.name


def test_every_file_about_a_patient_yields_that_patient(shared):
    """A sample that names a Patient as its subject is never refused."""
    read = 0
    for path in sorted((shared / "samples" / "fhir-r4").glob("*.json")):
        document = json.loads(path.read_bytes())
        subject = document.get("subject") or document.get("patient") or document.get("beneficiary") or {}
        if "Patient/" not in (subject.get("reference") or "" if isinstance(subject, dict) else ""):
            continue
        read += 1
        assert isinstance(outcome(path), ReferralPackage), path.name
    assert read > 100


def test_the_prior_authorization_bundles_are_read(shared):
    package = outcome(shared / "samples" / "davinci-pas" / "Bundle-HomecareAuthorizationBundleExample.json")
    assert package.patient.reference == "Patient/SubscriberExample"
    assert len(package.patient.coverages) == 1
    assert dict(package.resource_counts)["Claim"] == 1


def test_the_coverage_discovery_resources_are_one_referral_together(shared):
    """The single resources of a CRD client all speak of one patient."""
    folder = shared / "samples" / "davinci-crd"
    resources = [json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))]
    package = read_referral(json.dumps(resources).encode())
    assert package.patient.reference == "Patient/example"
    assert package.patient.coverages[0].member_id == "12345"
    assert [item.text for item in package.patient.medications] == ["Azithromycin 250 mg oral tablet"]


def test_facts_without_a_subject_are_not_given_to_the_patient(shared):
    """The v2-to-FHIR mapper leaves out every subject: the patient is read, the facts are not assumed."""
    package = outcome(shared / "samples" / "hl7v2" / "FHIR_bundle.hl7_ADT_A01.json")
    assert package.patient.names[0].family == "Everywoman"
    assert package.patient.allergies == ()
    assert [item.rule for item in package.findings[:4]] == ["fhir.subject_unknown"] * 4


def test_the_us_core_weight_and_creatinine_are_read(shared):
    folder = shared / "samples" / "us-core"
    (weight,) = outcome(folder / "Observation-weight.json").patient.measurements
    assert (weight.kind, str(weight.value), weight.unit) == (MeasurementKind.WEIGHT, "20.09414", "kg")
    (creatinine,) = outcome(folder / "Observation-serum-creatinine.json").patient.measurements
    assert (creatinine.test, creatinine.unit) == ("creatinine", "mg/dL")
