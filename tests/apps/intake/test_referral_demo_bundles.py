"""The ten demo referrals end to end: complete, on the chart, accepted, without anything typed twice."""

from decimal import Decimal

import pytest

from openinfusion.apps.coverage.public import Authorization
from openinfusion.apps.intake.packages import draft_of, from_json, to_json
from openinfusion.apps.intake.public import accept, completeness_of, package_of
from openinfusion.apps.patients.public import Allergy, Condition, Contact, HomeMedication, Measurement, Patient
from openinfusion.core.referrals import PatientDraft, read_therapies, recognise_therapy
from openinfusion.demo_data.referrals import THERAPY_IDS, load_referral
from openinfusion.formats.referral import read_referral
from openinfusion.platform.access.roles import Role
from openinfusion.platform.documents.models import Document
from openinfusion.rulepacks import load_table


@pytest.mark.parametrize("therapy_id", THERAPY_IDS)
def test_a_demo_referral_becomes_a_chart_and_an_episode(therapy_id, receive, acting, at):
    content = load_referral(therapy_id)
    draft = read_referral(content).patient
    referral = receive(content)
    patient = Patient.objects.get()

    assert (referral.therapy_id, referral.completeness_score, referral.missing) == (therapy_id, 100, [])
    assert completeness_of(referral).is_complete
    assert referral.patient == patient
    assert referral.patient_match == "new"
    assert referral.status == "received"
    assert (patient.family_name, patient.birth_date, patient.sex) == (
        draft.name.family,
        draft.birth_date.day,
        draft.sex,
    )
    assert (patient.time_zone, patient.phone) == ("America/Chicago", draft.phones[0])
    assert patient.address_line
    assert patient.city
    assert patient.state == "IL"
    assert patient.postal_code
    assert bytes(referral.document.content) == content
    assert referral.document.patient_id == patient.pk

    assert patient.allergy_status == draft.allergy_status
    sent = {(one.substance, "; ".join(r.manifestation for r in one.reactions), one.severity) for one in draft.allergies}
    assert {(one.substance, one.reaction, one.severity) for one in Allergy.objects.all()} == sent
    assert {one.text for one in Condition.objects.all()} == {one.text for one in draft.conditions}
    assert {one.text for one in HomeMedication.objects.all()} == {one.text for one in draft.medications}
    assert Measurement.objects.count() == len(draft.measurements)
    assert {one.name for one in Contact.objects.all()} == {one.name for one in draft.contacts}
    coverage = patient.coverages.get()
    assert (coverage.payer.name, coverage.member_id) == (draft.coverages[0].payer, draft.coverages[0].member_id)
    assert patient.identifiers.filter(kind="member", value=coverage.member_id).exists()
    assert referral.prescriber.npi == draft.orders[0].prescriber.npi

    episode = accept(referral, by=acting(Role.INTAKE), at=at)
    assert (episode.status, episode.therapy_id, episode.prescriber) == ("accepted", therapy_id, referral.prescriber)
    assert (episode.referral_received_at, episode.planned_start_on) == (at, draft.orders[0].start.day)
    assert episode.icd10
    assert episode.indication == draft.orders[0].reason
    assert referral.status == "accepted"
    assert referral.episode == episode
    assert Authorization.objects.get().status == "needed"
    assert package_of(episode)["patients"][0]["orders"][0]["therapy_id"] == therapy_id


@pytest.mark.parametrize("therapy_id", THERAPY_IDS)
def test_a_package_goes_to_plain_data_and_back_without_loss(therapy_id):
    draft = read_referral(load_referral(therapy_id)).patient
    assert from_json(PatientDraft, to_json(draft)) == draft


def test_the_stored_package_is_the_draft_with_its_therapy(receive):
    referral = receive(load_referral("vancomycin"))
    referral.refresh_from_db()
    draft = draft_of(referral.package)
    (order,) = draft.orders
    table = read_therapies(load_table("therapies"))
    assert (
        order.therapy_id == recognise_therapy(order.drug, codings=order.codings, therapies=table, subject="").therapy_id
    )
    assert draft.measurements[0].value == Decimal("82.0")


def test_a_day_without_a_time_is_that_day_at_the_patients_home(receive):
    receive(load_referral("vancomycin"))
    assert Measurement.objects.get(test="weight").taken_at.isoformat() == "2026-11-19T06:00:00+00:00"


def test_a_result_in_words_stays_in_words(receive):
    receive(load_referral("factor8"))
    row = Measurement.objects.get(test="factor viii inhibitor")
    assert (row.value, row.text) == (None, "Not detected (under 0.6 Bethesda units)")


def test_one_document_is_kept_once(receive):
    receive(load_referral("tpn"))
    assert Document.objects.count() == 1
