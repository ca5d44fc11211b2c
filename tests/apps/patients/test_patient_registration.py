"""Registering people: who they are, that they are not there twice, and that no strange text gets in."""

from datetime import date

import pytest
from support.people import make_program

from openinfusion.apps.patients import public
from openinfusion.apps.patients.models import Patient
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, NotFound
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Site

PERSON = {"family_name": "Sampleford", "given_name": "Marigold", "birth_date": date(1961, 3, 14)}


@pytest.fixture
def create(acting, at, site):
    def run(confirmed=False, **fields):
        by = acting(Role.INTAKE)
        return public.create_patient({**PERSON, "site": site, **fields}, by=by, at=at, confirmed=confirmed)

    return run


def test_a_new_patient_has_a_number_the_zone_of_the_site_and_nothing_assumed(create):
    patient = create()
    assert (patient.mrn, patient.time_zone) == ("DEMO-000001", "America/Chicago")
    unknown = (patient.sex, patient.pregnancy, patient.lactation, patient.allergy_status, patient.phone)
    assert unknown == ("unknown", "unknown", "unknown", "not_asked", "")
    event = DomainEvent.objects.get(kind="patient.registered")
    assert event.patient_id == patient.pk


def test_numbers_count_per_program(create, program, acting, at):
    assert [create(confirmed=True).mrn for _ in range(2)] == ["DEMO-000001", "DEMO-000002"]
    other = make_program("other")
    with scope.tenant(other.pk):
        from openinfusion.platform.access import system_access

        Site.objects.create(name="Only", time_zone="America/Denver")
        first = public.create_patient(PERSON, by=system_access(other.pk), at=at)
    assert first.mrn == "DEMO-000001"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("birth_date", date(2026, 11, 25), "The birth date lies in the future."),
        ("birth_date", date(1890, 1, 1), "older than 120 years"),
        ("birth_date", "14/03/1961", "This is not a date."),
        ("birth_date", None, "Enter the full date of birth."),
        ("family_name", "  ", "Enter the family name."),
        ("sex", "other", "Choose one of the answers offered."),
        ("time_zone", "Mars/Base", "This is not a known time zone."),
        ("email", "somebody", "This is not an e-mail address."),
        ("latitude", "999", "Give degrees between"),
        ("family_name", "S" * 121, "Use at most 120 characters."),
    ],
)
def test_input_that_cannot_be_used_is_named_by_its_field(create, field, value, sentence):
    with pytest.raises(BadInput) as error:
        create(**{field: value})
    assert list(error.value.fields) == [field]
    assert sentence in error.value.fields[field]
    assert Patient.objects.count() == 0


def test_the_birth_date_is_judged_on_the_day_of_the_patient(create, at):
    """At 16:42 UTC it is still the 24th in Chicago and already the 25th in Kiribati."""
    assert create(birth_date=date(2026, 11, 25), time_zone="Pacific/Kiritimati").birth_date == date(2026, 11, 25)


@pytest.mark.hazard("HZ-006")
@pytest.mark.parametrize("name", ["Sample\u202eford", "Sample\u0000ford", "Sam\u200bpleford", "S\u0430mpleford"])
def test_a_name_with_hidden_or_look_alike_characters_is_refused(create, name):
    with pytest.raises(BadInput) as error:
        create(family_name=name)
    assert list(error.value.fields) == ["family_name"]


@pytest.mark.parametrize("name", ["O'Keefe-García", "Nguyễn", "Þórsdóttir", "王", "Müller-Lüdenscheidt"])
def test_names_keep_their_legal_letters(create, name):
    assert create(family_name=name).family_name == name


@pytest.mark.hazard("HZ-002")
@pytest.mark.parametrize(
    "again",
    [
        {},
        {"family_name": "Samplefjord"},
        {"given_name": "Marigold Ann"},
        {"family_name": "Marigold", "given_name": "Sampleford"},
        {"birth_date": date(1961, 3, 15)},
        {"family_name": "SAMPLEFORD", "birth_date": date(1991, 3, 14)},
    ],
)
def test_a_person_who_may_be_known_stops_the_registration(create, again):
    known = create(phone="217-555-0142")
    with pytest.raises(public.PossibleDuplicate) as error:
        create(**again)
    assert [one.patient_id for one in error.value.candidates] == [known.pk]
    assert Patient.objects.count() == 1


@pytest.mark.hazard("HZ-002")
def test_an_insurer_number_finds_the_same_person_under_another_name(create):
    known = create(memberships=[("Fable Mutual", "FM 001-22")])
    with pytest.raises(public.PossibleDuplicate) as error:
        create(family_name="Married", memberships=[("Fable Mutual", "fm00122")])
    assert [one.patient_id for one in error.value.candidates] == [known.pk]


def test_another_person_is_registered_without_a_question(create):
    create()
    assert create(family_name="Ficton", given_name="Otis", birth_date=date(1950, 7, 1)).mrn == "DEMO-000002"


def test_confirming_registers_and_says_so_in_the_event(create):
    known = create()
    twin = create(confirmed=True)
    data = DomainEvent.objects.get(kind="patient.registered", patient_id=twin.pk).data
    assert data == {"confirmed_no_duplicate_of": [known.pk]}


def test_a_candidate_out_of_reach_is_told_without_name_or_number(far_patient, site_access, at, site):
    """Registering must not make a second chart, and must not show a chart of another site."""
    fields = {"family_name": "Ficton", "given_name": "Otis", "birth_date": date(1950, 7, 1), "site": site}
    with pytest.raises(public.PossibleDuplicate) as error:
        public.create_patient(fields, by=site_access, at=at)
    (one,) = error.value.candidates
    assert (one.patient_id, one.in_reach, one.name, one.mrn, one.birth_date) == (far_patient.pk, False, "", "", None)
    assert "Ficton" not in str(error.value) + error.value.sentence


@pytest.mark.hazard("HZ-086")
@pytest.mark.parametrize("field", ["tenant_id", "is_restricted", "mrn", "allergy_status", "id"])
def test_a_field_that_was_not_offered_cannot_be_set(patient, acting, at, field):
    with pytest.raises(BadInput) as error:
        public.update_demographics(patient=patient, fields={field: "1"}, by=acting(Role.INTAKE), at=at)
    assert list(error.value.fields) == [field]


def test_an_update_names_the_fields_but_not_their_contents(patient, acting, at):
    public.update_demographics(
        patient=patient, fields={"phone": "217-555-0199", "family_name": "Ficton"}, by=acting(Role.INTAKE), at=at
    )
    event = DomainEvent.objects.get(kind="patient.updated")
    assert event.sentence == "Demographics changed: family name, phone"
    assert [one.pk for one in public.search_patients("fict", by=acting(Role.INTAKE)).patients] == [patient.pk]
    assert public.search_patients("samplef", by=acting(Role.INTAKE)).patients == []


def test_an_update_without_a_change_leaves_no_event(patient, acting, at):
    public.update_demographics(patient=patient, fields={"city": "Springfield"}, by=acting(Role.INTAKE), at=at)
    assert not DomainEvent.objects.filter(kind="patient.updated").exists()


def test_a_role_without_the_permission_registers_nobody(acting, at, site):
    with pytest.raises(NotAllowed):
        public.create_patient({**PERSON, "site": site}, by=acting(Role.BILLER), at=at)


def test_a_chart_out_of_reach_cannot_be_changed(far_patient, site_access, at):
    with pytest.raises(NotFound):
        public.update_demographics(patient=far_patient, fields={"city": "X"}, by=site_access, at=at)


def test_two_sites_need_a_choice_and_a_foreign_site_is_refused(far_patient, site_access, acting, at):
    with pytest.raises(BadInput) as error:
        public.create_patient(PERSON, by=acting(Role.INTAKE), at=at)
    assert "site" in error.value.fields
    with pytest.raises(BadInput):
        public.create_patient({**PERSON, "site": far_patient.site_id}, by=site_access, at=at)


@pytest.mark.parametrize(
    "text",
    ["samp", "MARI samp", "sampleford, marigold", "DEMO-000001", "demo-0000", "1961-03-14", "14-Mar-1961",
     "3/14/1961", "(217) 555-0142"],
)  # fmt: skip
def test_a_patient_is_found_by_name_number_birth_date_or_phone(patient, acting, text):
    assert [one.pk for one in public.search_patients(text, by=acting(Role.NURSE)).patients] == [patient.pk]


@pytest.mark.parametrize("text", ["", "s", " - ", "%", "__", "zz", "' OR 1=1 --", "1961-03-99"])
def test_a_search_that_says_nothing_finds_nobody(patient, acting, text):
    assert public.search_patients(text, by=acting(Role.NURSE)).patients == []


def test_a_search_ends_at_its_limit_and_says_that_there_are_more(program, site, at, acting):
    rows = [
        Patient(tenant=program, site=site, mrn=f"X{n}", family_name="Testwell", given_name=f"N{n}",
                birth_date=date(1970, 1, 1), time_zone="America/Chicago", created_at=at)
        for n in range(51)
    ]  # fmt: skip
    for row in rows:
        row.make_keys()
    Patient.objects.bulk_create(rows)
    found = public.search_patients("testwell", by=acting(Role.NURSE))
    assert (len(found.patients), found.has_more) == (50, True)


def test_an_npi_with_a_wrong_check_digit_is_refused_and_a_known_one_is_not_made_twice(acting, at, program):
    by = acting(Role.INTAKE)
    first = public.record_prescriber(name="Noah Pretend", npi="1234567893", by=by, at=at)
    assert public.record_prescriber(name="N. Pretend", npi="1234567893", by=by, at=at) == first
    with pytest.raises(BadInput):
        public.record_prescriber(name="Noah Pretend", npi="1234567890", by=by, at=at)
