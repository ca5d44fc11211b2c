"""Wrong input gets a clear sentence with the remedy, and changes nothing (HZ-001, 006, 009, 011, 098)."""

import json
from decimal import Decimal

import pytest
from support.referral_cases import PERSON, bundle, demo_changed, weight

from openinfusion.apps.intake.errors import TooLarge
from openinfusion.apps.intake.models import Referral, WaitingFile
from openinfusion.apps.patients.public import Measurement, Patient, patient_case
from openinfusion.demo_data.referrals import load_referral
from openinfusion.platform.access.roles import Role
from openinfusion.platform.documents.models import Document
from openinfusion.platform.errors import BadInput, NotAllowed
from openinfusion.platform.events.models import DomainEvent


def _nothing_stored() -> bool:
    tables = (Referral, Patient, Document, WaitingFile, DomainEvent, Measurement)
    return not any(table.objects.exists() for table in tables)


def _refused(receive, content: bytes, *, says: str, **changed) -> None:
    with pytest.raises(BadInput) as caught:
        receive(content, **changed)
    assert says in caught.value.sentence
    assert _nothing_stored()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "This is a PDF"),
        (b"PK\x03\x04....", "ZIP"),
        (b"MSH|^~\\&|A|B", "HL7 v2"),
        (b"Dear colleague", "neither JSON nor XML"),
        (b"{not json", "Send"),
        (b'{"resourceType": "Bundle", "type": "collection"', "ends in the middle"),
        (b"<ClinicalDocument><a>", "Send"),
        (json.dumps({"resourceType": "Organization", "id": "1"}).encode(), "about no patient"),
    ],
)
def test_a_file_that_is_no_referral_is_refused_in_words(receive, content, says):
    _refused(receive, content, says=says)


def test_a_truncated_bundle_stores_nothing(receive):
    _refused(receive, load_referral("ceftriaxone")[:-500], says="Send")


@pytest.mark.hazard("HZ-001")
def test_two_patients_in_one_referral_are_refused(receive):
    other = {**PERSON, "id": "p2", "name": [{"family": "Ficton", "given": ["Bram"]}]}
    _refused(receive, bundle(other), says="more than one patient")


@pytest.mark.hazard("HZ-098")
def test_deep_json_is_refused_before_it_is_parsed(receive):
    _refused(receive, b'{"resourceType":"Bundle","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", says="nested deeper")


@pytest.mark.hazard("HZ-098")
def test_an_oversized_upload_is_refused_before_it_is_read(receive, settings):
    settings.UPLOAD_LIMIT_BYTES = 1024 * 1024
    padded = load_referral("ceftriaxone") + b" " * 1024 * 1024
    with pytest.raises(TooLarge) as caught:
        receive(padded)
    assert (caught.value.status, caught.value.code) == (413, "too_large")
    assert "over 1 MB" in caught.value.sentence
    assert _nothing_stored()


def test_a_birth_date_in_the_future_is_refused(receive):
    _refused(receive, bundle(birthDate="2027-01-01"), says="lies in the future")


@pytest.mark.parametrize("born", [None, "1961", "1961-03"])
def test_a_birth_date_not_known_to_the_day_is_refused_and_never_filled_in(receive, born):
    _refused(receive, bundle(birthDate=born), says="full date of birth")


@pytest.mark.parametrize("names", [None, [{"text": "Marigold Sampleford"}], [{"family": "Sampleford"}]])
def test_a_name_without_its_parts_is_refused_and_never_guessed(receive, names):
    _refused(receive, bundle(name=names), says="name is missing")


@pytest.mark.hazard("HZ-006")
@pytest.mark.parametrize("family", ["Sample\u202eford", "S\u0430mpleford", "Sample\u200bford"])
def test_a_name_with_hidden_or_look_alike_characters_is_refused(receive, family):
    _refused(receive, bundle(name=[{"family": family, "given": ["Marigold"]}]), says="family name")


def test_a_pharmacist_does_not_receive_referrals(receive, acting):
    with pytest.raises(NotAllowed):
        receive(load_referral("ceftriaxone"), by=acting(Role.PHARMACIST))
    assert _nothing_stored()


# -- What is understood in part --------------------------------------------------------------------------------------


@pytest.mark.hazard("HZ-009")
def test_pounds_become_kilograms_exactly_and_both_are_kept(receive):
    receive(bundle(weight("158.7", unit="lb", code="[lb_av]")))
    row = Measurement.objects.get(test="weight")
    assert (row.value, row.unit, row.value_seen, row.unit_seen) == (Decimal("71.9851091190"), "kg", "158.7", "lb")


@pytest.mark.hazard("HZ-009")
@pytest.mark.parametrize("unit", [{}, {"unit": "stone"}, {"unit": "kg", "code": "[lb_av]"}])
def test_a_weight_without_a_certain_unit_is_not_on_the_chart(receive, unit):
    referral = receive(bundle(weight("70", **unit)))
    assert not Measurement.objects.exists()
    assert referral.findings.filter(severity="block", rule__startswith="referral.weight_unit").exists()


@pytest.mark.hazard("HZ-011")
def test_medicines_nobody_mentioned_stay_unknown(receive, at):
    """An empty list would say that the patient takes nothing."""
    referral = receive(bundle(weight("70", unit="kg", code="kg")))
    case = patient_case(referral.patient, at)
    assert "other_medications" not in case
    assert "conditions" not in case
    assert case["allergies"]["status"] == "not_asked"


@pytest.mark.hazard("HZ-011")
def test_a_weight_that_is_missing_is_missing(receive):
    """A weight without a usable number does not count as sent."""
    referral = receive(bundle(weight("70")))
    assert "weight" in {one["element"] for one in referral.missing}


def test_a_hidden_character_in_a_drug_text_is_written_out_and_blocks(receive):
    """The allergy stays on the chart, so that nobody misses it, but not as the text it pretends to be."""

    def hide(resources):
        statement = next(one for one in resources if one["resourceType"] == "AllergyIntolerance")
        statement["code"] = {"text": "Peni\u202ecillin"}

    referral = receive(demo_changed("ceftriaxone", hide))
    assert referral.patient.allergies.get().substance == "Peni[U+202E]cillin"
    assert referral.findings.filter(severity="block", detail__contains="U+202E").exists()


def test_an_optional_field_that_does_not_fit_is_told_and_left_empty(receive):
    address = [{"line": ["12 Fable Lane"], "city": "Springfield", "state": "Illinois", "postalCode": "62701"}]
    referral = receive(bundle(address=address))
    assert (referral.patient.city, referral.patient.state) == ("Springfield", "")
    assert referral.findings.filter(rule="referral.demographic_not_used", subject="state").exists()


def test_an_unknown_resource_is_listed(receive):
    referral = receive(
        bundle({"resourceType": "Immunization", "status": "completed", "patient": {"reference": "Patient/p1"}})
    )
    assert referral.findings.filter(rule="fhir.type_not_read").exists()


def test_conditions_of_the_past_are_counted_and_not_on_the_chart(receive):
    past = {
        "resourceType": "Condition", "subject": {"reference": "Patient/p1"}, "code": {"text": "Sprained ankle"},
        "clinicalStatus": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "resolved"}]
        },
    }  # fmt: skip
    referral = receive(bundle(past))
    assert not referral.patient.conditions.exists()
    assert "1 conditions with the status resolved" in referral.findings.get(rule="referral.conditions_past").detail


def test_a_government_number_stays_out_of_the_chart(receive):
    ssn = {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-12-3456"}
    referral = receive(bundle(identifier=[ssn, {"system": "urn:example:mrn", "value": "A1"}]))
    assert [one.value for one in referral.patient.identifiers.all()] == ["A1"]
    assert referral.findings.filter(rule="referral.number_not_copied").exists()
