"""What a chart holds: allergies, conditions, medicines, lines, contacts; corrected by marks, never by deletion."""

from datetime import date

import pytest

from openinfusion.apps.patients import public
from openinfusion.apps.patients.models import Allergy, Patient
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, NotFound, Refused
from openinfusion.platform.events.models import DomainEvent


@pytest.fixture
def by(acting):
    return acting(Role.NURSE)


def test_an_allergy_is_recorded_once_and_dates_the_review(patient, by, at):
    first = public.record_allergy(
        patient=patient, substance="penicillin", reaction="hives", source="patient", by=by, at=at
    )
    again = public.record_allergy(
        patient=patient, substance="Penicillin", reaction="Hives", source="patient", by=by, at=at
    )
    assert first == again
    patient.refresh_from_db()
    assert (patient.allergy_status, patient.allergies_reviewed_on) == ("recorded", date(2026, 11, 24))
    assert DomainEvent.objects.filter(kind="allergy.recorded").count() == 1


def test_no_known_allergies_is_an_answer_with_its_day(patient, by, at):
    public.set_no_known_allergies(patient=patient, by=by, at=at)
    patient.refresh_from_db()
    assert (patient.allergy_status, patient.allergies_reviewed_on) == ("none_known", date(2026, 11, 24))


def test_no_known_allergies_is_refused_while_one_stands(patient, by, at):
    public.record_allergy(patient=patient, substance="penicillin", by=by, at=at)
    with pytest.raises(Refused, match="allergies_recorded"):
        public.set_no_known_allergies(patient=patient, by=by, at=at)


def test_a_list_nobody_asked_for_cannot_be_reviewed(patient, by, at):
    with pytest.raises(Refused, match="not_asked"):
        public.review_allergies(patient=patient, by=by, at=at)


def test_the_last_allergy_in_error_leaves_not_asked_never_none_known(patient, by, at):
    allergy = public.record_allergy(patient=patient, substance="penicillin", by=by, at=at)
    public.mark_entered_in_error(entry=allergy, reason="other patient", by=by, at=at)
    patient.refresh_from_db()
    allergy.refresh_from_db()
    assert patient.allergy_status == Patient.AllergyStatus.NOT_ASKED
    assert (allergy.is_active, allergy.entered_in_error_reason) == (False, "other patient")
    assert public.patient_case(patient, at)["allergies"] == {"status": "not_asked", "items": []}


def test_an_entry_is_marked_once_and_with_a_reason(patient, by, at):
    allergy = public.record_allergy(patient=patient, substance="penicillin", by=by, at=at)
    with pytest.raises(BadInput):
        public.mark_entered_in_error(entry=allergy, reason=" ", by=by, at=at)
    public.mark_entered_in_error(entry=allergy, reason="typed twice", by=by, at=at)
    with pytest.raises(Refused, match="already_marked"):
        public.mark_entered_in_error(entry=allergy, reason="typed twice", by=by, at=at)


@pytest.mark.hazard("HZ-006")
def test_a_substance_with_a_direction_override_is_refused(patient, by, at):
    with pytest.raises(BadInput) as error:
        public.record_allergy(patient=patient, substance="peni\u202ecillin", by=by, at=at)
    assert list(error.value.fields) == ["substance"]
    assert Allergy.objects.count() == 0


def test_an_empty_list_means_none_only_after_a_review(patient, by, at):
    case = public.patient_case(patient, at)
    assert "conditions" not in case
    assert "other_medications" not in case
    public.review_conditions(patient=patient, by=by, at=at)
    public.review_medications(patient=patient, by=by, at=at)
    patient.refresh_from_db()
    case = public.patient_case(patient, at)
    assert (case["conditions"], case["other_medications"]) == ([], [])


def test_a_condition_and_a_medicine_end_but_stay(patient, by, at):
    condition = public.record_condition(patient=patient, text="seizure disorder", by=by, at=at)
    medicine = public.record_medication(patient=patient, text="simvastatin", dose_text="20 mg at night", by=by, at=at)
    case = public.patient_case(patient, at)
    assert (case["conditions"], case["other_medications"]) == (["seizure disorder"], ["simvastatin"])
    for entry in (condition, medicine):
        public.end_entry(entry=entry, by=by, at=at)
        with pytest.raises(Refused, match="already_ended"):
            public.end_entry(entry=entry, by=by, at=at)
    assert "conditions" not in public.patient_case(patient, at)


def test_the_newest_line_in_place_is_the_access_and_none_is_said_only_when_known(patient, by, at):
    assert "access" not in public.patient_case(patient, at)
    old = public.record_access_device(patient=patient, kind="peripheral", placed_on=date(2026, 11, 1), by=by, at=at)
    picc = public.record_access_device(
        patient=patient, kind="picc", lumens=2, placed_on=date(2026, 11, 10), by=by, at=at
    )
    assert public.patient_case(patient, at)["access"] == {"type": "picc", "lumens": 2}
    public.remove_access_device(device=picc, by=by, at=at)
    assert public.patient_case(patient, at)["access"] == {"type": "peripheral"}
    public.remove_access_device(device=old, removed_on=date(2026, 11, 20), by=by, at=at)
    assert public.patient_case(patient, at)["access"] == {"type": "none"}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"kind": "hose"}, "kind"),
        ({"kind": "picc", "lumens": 9}, "lumens"),
        ({"kind": "picc", "placed_on": date(2027, 1, 1)}, "placed_on"),
    ],
)
def test_a_line_that_cannot_be_is_refused(patient, by, at, fields, wrong):
    with pytest.raises(BadInput) as error:
        public.record_access_device(patient=patient, **fields, by=by, at=at)
    assert list(error.value.fields) == [wrong]


def test_a_line_is_not_removed_before_it_was_placed_nor_twice(patient, by, at):
    line = public.record_access_device(patient=patient, kind="picc", placed_on=date(2026, 11, 10), by=by, at=at)
    for day in (date(2026, 11, 9), date(2026, 11, 25)):
        with pytest.raises(BadInput):
            public.remove_access_device(device=line, removed_on=day, by=by, at=at)
    public.remove_access_device(device=line, by=by, at=at)
    with pytest.raises(Refused, match="already_removed"):
        public.remove_access_device(device=line, by=by, at=at)


def test_a_contact_is_added_changed_and_ended(patient, by, at):
    contact = public.record_contact(
        patient=patient, name="Otis Sampleford", relation="husband", is_caregiver=True, by=by, at=at
    )
    public.record_contact(patient=patient, contact=contact, name="Otis Sampleford", relation="husband",
                          phone="217-555-0143", is_emergency_contact=True, by=by, at=at)  # fmt: skip
    contact.refresh_from_db()
    assert (contact.phone, contact.is_caregiver, contact.is_emergency_contact) == ("217-555-0143", False, True)
    public.end_contact(contact=contact, by=by, at=at)
    with pytest.raises(Refused, match="already_ended"):
        public.end_contact(contact=contact, by=by, at=at)


def test_an_emergency_contact_without_a_phone_is_refused(patient, by, at):
    with pytest.raises(BadInput) as error:
        public.record_contact(patient=patient, name="Otis Sampleford", is_emergency_contact=True, by=by, at=at)
    assert list(error.value.fields) == ["phone"]


@pytest.mark.hazard("HZ-001")
def test_a_contact_of_another_patient_is_not_changed_through_this_chart(patient, register, by, at):
    other = register(family_name="Ficton")
    theirs = public.record_contact(patient=other, name="Ada Ficton", by=by, at=at)
    with pytest.raises(Refused, match="other_patient"):
        public.record_contact(patient=patient, contact=theirs, name="Changed", by=by, at=at)


@pytest.mark.hazard("HZ-001")
def test_rows_of_two_episodes_never_go_into_one_write(episode, register, by, at):
    other = public.new_episode(
        patient=register(family_name="Ficton"), therapy_id="ceftriaxone", referral_received_at=at, by=by, at=at
    )
    mine = public.record_consent(episode=episode, signed_by="Marigold Sampleford", relation="self", by=by, at=at)
    theirs = public.record_consent(episode=other, signed_by="Otis Ficton", relation="self", by=by, at=at)
    allergy = public.record_allergy(patient=other.patient, substance="latex", by=by, at=at)
    public.same_episode(episode.pk, mine, episode, None)
    for row in (theirs, other, allergy):
        with pytest.raises(Refused, match="other_patient"):
            public.same_episode(episode.pk, mine, row)


def test_a_row_without_a_patient_is_a_mistake_of_the_caller(episode, site):
    with pytest.raises(TypeError):
        public.same_episode(episode.pk, site)


def test_the_chart_of_another_site_takes_no_entry(far_patient, site_access, at):
    with pytest.raises(NotFound):
        public.record_allergy(patient=far_patient, substance="penicillin", by=site_access, at=at)


def test_a_biller_records_no_allergy(patient, acting, at):
    with pytest.raises(NotAllowed):
        public.record_allergy(patient=patient, substance="penicillin", by=acting(Role.BILLER), at=at)


def test_a_chart_link_opens_one_chart_to_one_person_until_it_ends(patient, register, acting, person, at):
    other = register(family_name="Ficton")
    user = person(Role.CAREGIVER)
    link = public.link_chart(patient=patient, user_id=user.pk, relation="caregiver", by=acting(Role.NURSE), at=at)
    assert public.chart_access_of(user_id=user.pk, at=at) == (frozenset({patient.pk}), frozenset())
    assert other.pk not in public.chart_access_of(user_id=user.pk, at=at)[0]
    public.end_chart_link(link=link, by=acting(Role.NURSE), at=at)
    assert public.chart_access_of(user_id=user.pk, at=at) == (frozenset(), frozenset())


def test_a_link_needs_a_person_with_that_role_in_the_program(patient, acting, person, at):
    with pytest.raises(BadInput):
        public.link_chart(
            patient=patient, user_id=person(Role.NURSE).pk, relation="caregiver", by=acting(Role.NURSE), at=at
        )


def test_the_banner_shows_what_is_known_in_few_queries(patient, by, at, django_assert_max_num_queries):
    public.record_allergy(patient=patient, substance="penicillin", reaction="hives", by=by, at=at)
    fresh = Patient.objects.get(pk=patient.pk)
    with django_assert_max_num_queries(3):
        banner = public.banner_of(fresh)
    assert banner["allergies"] == [{"substance": "penicillin", "reaction": "hives", "since": ""}]
    assert (banner["weight_kg"], banner["weighed_on"], banner["sex"]) == (None, None, "Female")
