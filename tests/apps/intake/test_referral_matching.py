"""Known patient or new: linked when certain, asked when not, never merged (HZ-001, HZ-002)."""

from datetime import date

import pytest
from support.people import make_person
from support.referral_cases import bundle, demo_changed, weight

from openinfusion.apps.intake.models import Referral, WaitingFile
from openinfusion.apps.intake.public import accept, register_new, use_chart
from openinfusion.apps.patients.public import (
    Contact,
    HomeMedication,
    Measurement,
    Patient,
    PatientIdentifier,
    create_patient,
)
from openinfusion.demo_data.referrals import load_referral
from openinfusion.platform.access.roles import Role
from openinfusion.platform.documents.models import Document
from openinfusion.platform.errors import NotFound, Refused
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.tenancy.models import Site

SAMPLEFORD = {"family_name": "Sampleford", "given_name": "Marigold", "birth_date": date(1961, 3, 14)}


def _chart_rows() -> tuple[int, ...]:
    tables = (Patient, Measurement, HomeMedication, Contact, PatientIdentifier, Document, Referral, DomainEvent)
    return tuple(table.objects.count() for table in tables)


def test_the_same_document_again_is_the_same_referral_and_changes_nothing(receive):
    first = receive(load_referral("vancomycin"))
    before = _chart_rows()
    again = receive(load_referral("vancomycin"), file_name="copy of it.json")
    assert again.pk == first.pk
    assert _chart_rows() == before


def test_another_document_about_the_same_person_adds_only_what_is_new(receive):
    first = receive(load_referral("vancomycin"))
    before = Measurement.objects.count(), HomeMedication.objects.count(), Contact.objects.count()
    second = receive(demo_changed("vancomycin", lambda resources: resources[0].update(id="second-letter")))
    assert second.pk != first.pk
    assert second.patient_match == "same"
    assert second.patient == first.patient
    assert (Measurement.objects.count(), HomeMedication.objects.count(), Contact.objects.count()) == before
    assert first.patient.coverages.count() == 1
    assert first.patient.access_devices.count() == 1
    assert first.number in second.findings.get(rule="referral.another_open").detail


def test_a_chart_is_never_overwritten_only_completed(receive, site, acting, at):
    fields = {**SAMPLEFORD, "site": site, "phone": "217-555-0142", "address_line": "1 Old Street", "city": "Decatur"}
    patient = create_patient(fields, by=acting(Role.INTAKE), at=at)
    address = [{"line": ["12 Fable Lane"], "city": "Springfield", "state": "IL", "postalCode": "62701"}]
    referral = receive(bundle(address=address))
    patient.refresh_from_db()
    assert referral.patient == patient
    assert (patient.address_line, patient.city, patient.sex) == ("1 Old Street", "Decatur", "female")
    assert "address line" in referral.findings.get(rule="referral.demographics_differ").detail


def test_a_weight_that_does_not_fit_the_chart_waits_for_a_person(receive, site, acting, at):
    receive(bundle(weight("60", unit="kg", code="kg")))
    heavier = receive(bundle(weight("132", unit="kg", code="kg")))
    assert heavier.patient_match == "same"
    assert Measurement.objects.filter(test="weight").count() == 1
    assert heavier.findings.get(rule="referral.weight_to_confirm").severity == "block"


@pytest.fixture
def known(site, acting, at):
    return create_patient({**SAMPLEFORD, "site": site}, by=acting(Role.INTAKE), at=at)


@pytest.fixture
def waiting(receive, known):
    """Same name and birth date, nothing else in common: only a person can say."""
    return receive(bundle(weight("70", unit="kg", code="kg")))


@pytest.mark.hazard("HZ-002")
def test_a_possible_duplicate_waits_and_nothing_is_on_any_chart(waiting, known):
    assert (waiting.patient, waiting.patient_match) == (None, "possible")
    assert waiting.possible_duplicate_ids == [known.pk]
    assert Patient.objects.count() == 1
    assert not Measurement.objects.exists()
    assert not Document.objects.exists()
    assert waiting.findings.filter(rule="referral.possible_duplicate", severity="block").exists()


def test_a_waiting_referral_sent_again_is_the_same(waiting, receive):
    assert receive(bundle(weight("70", unit="kg", code="kg"))).pk == waiting.pk


def test_the_same_person_by_a_persons_word(waiting, known, acting, at):
    row = use_chart(referral=waiting, patient_id=known.pk, by=acting(Role.INTAKE), at=at)
    assert (row.patient, row.patient_match) == (known, "same")
    assert Measurement.objects.get().patient == known
    assert row.document.patient_id == known.pk
    assert not WaitingFile.objects.exists()
    assert not row.findings.filter(rule="referral.possible_duplicate").exists()
    assert DomainEvent.objects.get(kind="referral.patient_matched").sentence.endswith("given to a known patient")


def test_somebody_else_by_a_persons_word(waiting, known, acting, at):
    row = register_new(referral=waiting, by=acting(Role.INTAKE), at=at)
    assert row.patient != known
    assert row.patient_match == "new"
    assert Patient.objects.count() == 2
    assert DomainEvent.objects.filter(kind="patient.registered").last().data == {
        "confirmed_no_duplicate_of": [known.pk]
    }
    with pytest.raises(Refused):
        use_chart(referral=row, patient_id=known.pk, by=acting(Role.INTAKE), at=at)


@pytest.mark.hazard("HZ-001")
def test_a_chart_that_was_not_compared_is_refused(waiting, site, browse, acting, at):
    other = create_patient(
        {"family_name": "Testwell", "given_name": "Ambrose", "birth_date": date(1950, 1, 2), "site": site},
        by=acting(Role.INTAKE), at=at,
    )  # fmt: skip
    response = browse(Role.INTAKE).post(f"/intake/{waiting.pk}/same/{other.pk}/")
    assert response.status_code == 409
    waiting.refresh_from_db()
    assert waiting.patient is None
    assert not Measurement.objects.exists()


def test_a_waiting_referral_is_not_accepted(waiting, acting, at):
    with pytest.raises(Refused) as caught:
        accept(waiting, by=acting(Role.INTAKE), at=at, reason="urgent", therapy_id="ceftriaxone")
    assert "known patient or a new one" in caught.value.sentence


def test_a_chart_of_another_site_is_told_but_not_shown(receive, known, program, at):
    """A referral to a second site learns that somebody may be known, and no more."""
    from openinfusion.platform.access import Access

    far = Site.objects.create(name="Elsewhere", time_zone="America/Denver")
    user = make_person(program, Role.INTAKE, sites=[far], all_sites=False, email="far@x.example")
    by = Access(user.pk, "Far Ficton", program.pk, frozenset({Role.INTAKE}), site_ids=frozenset({far.pk}))
    referral = receive(bundle(telecom=[{"system": "phone", "value": "217-555-0142"}]), by=by, site=far)
    assert referral.patient is None
    with pytest.raises(NotFound):
        use_chart(referral=referral, patient_id=known.pk, by=by, at=at)
    from openinfusion.apps.intake.services.matching import compare

    (seen,) = compare(referral, by=by)
    assert seen.patient is None
    assert seen.candidate.name == ""
