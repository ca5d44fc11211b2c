"""Documents of strangers: taken in, or refused in words; never an error of ours."""

import json
import random

import pytest

from openinfusion.apps.intake.models import Referral
from openinfusion.apps.intake.public import receive_bulk
from openinfusion.apps.patients.public import Patient
from openinfusion.platform.access.roles import Role
from openinfusion.platform.documents.models import Document
from openinfusion.platform.errors import BadInput
from openinfusion.platform.worklist.models import Task

pytestmark = pytest.mark.samples


def test_every_synthea_patient_is_taken_in(shared, site, acting, at):
    folder = shared / "samples" / "bulk-data" / "synthea-10-patients"
    receipt = receive_bulk(folder, channel="command", site=site, by=acting(Role.INTAKE), at=at)
    assert (len(receipt.referrals), receipt.turned_away) == (13, [])
    assert Patient.objects.count() == 13
    assert Task.objects.count() == 13
    for referral in receipt.referrals:
        assert referral.findings.exists()
        assert referral.completeness_score is not None
        lines = [json.loads(line) for line in bytes(referral.document.content).splitlines()]
        (person,) = [line for line in lines if line["resourceType"] == "Patient"]
        others = {f"Patient/{one.source_reference.rpartition('/')[2]}" for one in receipt.referrals} - {
            f"Patient/{person['id']}"
        }
        assert not any(other in json.dumps(lines) for other in others)
    assert sum(one.patient.conditions.count() for one in receipt.referrals) > 0

    again = receive_bulk(folder, channel="command", site=site, by=acting(Role.INTAKE), at=at)
    assert [one.pk for one in again.referrals] == [one.pk for one in receipt.referrals]
    assert Patient.objects.count() == 13
    assert Document.objects.count() == 13


@pytest.mark.parametrize("name", ["CCD2.xml", "Drug_Mixture_section.xml"])
def test_a_ccda_document_is_taken_in_or_refused_in_words(shared, receive, name):
    _take_in_or_refuse(receive, shared / "samples" / "ccda" / name)


def test_a_ccda_patient_has_a_chart(shared, receive):
    referral = receive(
        (shared / "samples" / "ccda" / "CCD2.xml").read_bytes(), file_name="CCD2.xml", content_type="text/xml"
    )
    assert referral.patient.birth_date
    assert referral.source_format == "ccda"


def test_each_davinci_crd_resource_is_taken_in_or_refused_in_words(shared, receive):
    for path in sorted((shared / "samples" / "davinci-crd").glob("*.json")):
        _take_in_or_refuse(receive, path)


def test_fhir_r4_examples_are_taken_in_or_refused_in_words(shared, receive):
    """Every Patient and every Bundle, and a random set of the rest."""
    files = sorted((shared / "samples" / "fhir-r4").glob("*.json"))
    always = [path for path in files if path.name.startswith(("Patient", "Bundle"))]
    some = random.Random(2).sample([path for path in files if path not in always], 25)
    taken = [_take_in_or_refuse(receive, path) for path in always + some]
    assert any(taken)
    assert not all(taken)


def _take_in_or_refuse(receive, path) -> bool:
    before = Referral.objects.count()
    try:
        receive(path.read_bytes(), file_name=path.name, content_type="")
    except BadInput as error:
        sentence = error.sentence
    else:
        assert Referral.objects.count() in (before, before + 1)
        return True
    assert "Nothing was stored." in sentence
    assert Referral.objects.count() == before
    return False
