"""The emergency page: opens for whoever stands beside the patient, with the signed dose, and never waits for a record."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from support.people import make_person, make_program
from support.ready_cases import make_episode, make_nurse, make_patient, make_visit

from openinfusion.apps.emergency.models import EmergencyUse
from openinfusion.apps.emergency.public import page_for, record_use
from openinfusion.apps.emergency.web.presenters import without_doses
from openinfusion.apps.patients.models import Measurement
from openinfusion.platform.access.roles import Role
from openinfusion.platform.audit.models import AuditEntry
from openinfusion.platform.errors import BadInput, NotAllowed, NotFound
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.rules.services import approve, propose
from openinfusion.platform.tenancy import scope
from openinfusion.platform.worklist.models import Task

NBSP = "\u00a0"
KEY = "6f9a2c44-0000-4000-8000-000000000001"


@pytest.fixture
def episode(site, at):
    patient = make_patient(site, phone="217-555-0188", directions="blue door")
    Measurement.objects.create(
        patient=patient,
        test="weight",
        value=Decimal("60.2"),
        unit="kg",
        taken_at=at - timedelta(days=6),
        source="nurse",
    )
    return make_episode(patient)


@pytest.fixture
def signed(acting, at):
    """The emergency pack, approved by two named people."""
    version = propose(pack_id="emergency", by=acting(Role.PHARMACIST), at=at)
    approve(version=version, by=acting(Role.MEDICAL_DIRECTOR), at=at, is_demo=True)
    return approve(version=version, by=acting(Role.QUALITY), at=at, is_demo=True)


def read(client, address):
    """A page as people read it."""
    return client.get(address).content.decode().replace(NBSP, " ").replace("&nbsp;", " ")


def test_the_dose_is_the_signed_one_for_this_weight(episode, signed, at):
    shown = page_for(episode, at)
    assert shown.epinephrine.dose.words == "0.5 mg = 0.5 mL"
    assert shown.epinephrine.weight_words == "60.2 kg on 18-Nov-2026, 6 days ago"
    assert shown.call.address == "12 Fable Lane, Springfield, IL 62701, blue door"
    assert "signed by Medical_Director Ficton and Quality Ficton 24-Nov-2026 (demo approval)" in shown.approval_words


def test_without_a_signed_protocol_there_are_steps_and_no_dose_anywhere(episode, at, browse):
    shown = page_for(episode, at)
    assert shown.epinephrine.dose is None
    assert len(shown.steps) == 10
    page = read(browse(Role.NURSE), f"/emergency/{episode.pk}/")
    assert "No signed protocol" in page
    for amount in ("0.5 mg", "0.01 mg", "25-50 mg", "50 mg"):
        assert amount not in page


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("epinephrine IM mid-anterolateral thigh, 1 mg/mL (1:1000), 0.01 mg/kg, max 0.5 mg; do not wait for the call",
         "epinephrine IM mid-anterolateral thigh, do not wait for the call"),
        ("diphenhydramine 25-50 mg adult; 1-2 mg/kg child, max 50 mg: second line only", "diphenhydramine"),
        ("repeat epinephrine every 5-15 min if no better", "repeat epinephrine every 5-15 min if no better"),
        ("saline bolus for low BP by order (kit holds 250 mL)", "saline bolus for low BP by order"),
    ],
)  # fmt: skip
def test_unsigned_words_carry_no_amount(words, kept):
    assert without_doses(words) == kept


@pytest.mark.parametrize(
    ("change", "words"),
    [({"unit": "lb"}, "Weight is not recorded in kg"), ({"taken_at": None}, "Weight not known")],
)
def test_a_weight_that_cannot_be_used_gives_the_table_and_says_why(episode, signed, at, change, words):
    Measurement.objects.update(**change)
    shown = page_for(episode, at)
    assert shown.epinephrine.dose is None
    assert shown.epinephrine.table
    assert words in " ".join(shown.notices)


# -- The general page, without sign-in -----------------------------------------------------------------------------------


@pytest.mark.hazard("HZ-056")
def test_a_stranger_reads_the_steps_without_signing_in(program, signed):
    """Nothing of the patient is known here, and that holds nothing back."""
    response = Client().get("/emergency/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "Stop the infusion at once" in page
    assert 'href="tel:911"' in page


def test_the_general_page_holds_the_weight_table_and_nobodys_health_information(program, episode, signed):
    page = read(Client(), "/emergency/")
    assert "0.15 mg" in page
    assert "Sampleford" not in page.title()
    assert "Fable Lane" not in page
    assert AuditEntry.objects.filter(action="read").count() == 0


def test_with_several_programs_a_stranger_needs_the_address_on_the_kit(program, signed):
    make_program("elsewhere")
    assert "No signed protocol" in read(Client(), "/emergency/")
    assert "0.15 mg" in read(Client(), "/emergency/program/juniper/")
    assert "No signed protocol" in read(Client(), "/emergency/program/elsewhere/")
    assert Client().get("/emergency/program/nowhere/").status_code == 404


def test_the_phone_keeps_the_general_page_and_those_of_the_nurses_next_visits(episode, person, browse, site):
    nurse = make_nurse(site, user_id=person(Role.NURSE).pk)
    make_visit(episode, nurse)
    make_visit(make_episode(make_patient(site, 2)), make_nurse(site, name="Other Nurse"))
    manifest = browse(Role.NURSE).get("/sw-manifest.json").json()
    assert [one for one in manifest["pages"] if one.startswith("/emergency/")] == [
        "/emergency/",
        f"/emergency/{episode.pk}/",
    ]
    assert any(one.endswith("emergency/emergency.js") for one in manifest["assets"])
    assert Client().get("/sw-manifest.json").json()["pages"] == []


def test_the_worker_of_the_general_page_is_open_and_scoped(db):
    response = Client().get("/emergency/worker.js")
    assert response["Service-Worker-Allowed"] == "/emergency/"
    assert b'importScripts("/sw.js")' in response.content


# -- The page of a patient -----------------------------------------------------------------------------------------------


def test_the_page_shows_dose_address_and_timers_and_is_audited(episode, signed, browse):
    page = read(browse(Role.NURSE), f"/emergency/{episode.pk}/")
    for words in ("0.5 mg = 0.5 mL", "12 Fable Lane", "217-555-0188", "SAMPLEFORD"):
        assert words in page
    assert not EmergencyUse.objects.exists()
    entry = AuditEntry.objects.filter(detail="emergency:page").last()
    assert entry.patient_id == episode.patient_id


@pytest.mark.parametrize("role", [Role.BILLER, Role.PRIVACY, Role.ADMINISTRATOR])
def test_who_never_stands_beside_a_patient_is_refused(episode, browse, role):
    assert browse(role).get(f"/emergency/{episode.pk}/").status_code == 403


def test_another_program_and_another_patient_find_nothing(episode, browse, program):
    assert browse(Role.PATIENT).get(f"/emergency/{episode.pk}/").status_code == 404
    other = make_program("elsewhere")
    stranger = Client()
    stranger.force_login(make_person(other, Role.NURSE), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert stranger.get(f"/emergency/{episode.pk}/").status_code == 404


def test_a_page_without_script_records_the_press_and_comes_back_with_timers(episode, signed, browse):
    nurse = browse(Role.NURSE)
    sent = nurse.post(f"/emergency/{episode.pk}/use/", {"key": KEY, "step": "2"})
    assert sent.status_code == 302
    page = nurse.get(sent.url).content.decode()
    assert "Since epinephrine dose 1" in page.replace("EPINEPHrine", "epinephrine")
    assert "10:47" in page  # five minutes after 10:42, Central


def test_the_script_sends_in_the_background_and_twice_counts_once(episode, browse, at):
    nurse = browse(Role.NURSE)
    data = {
        "key": KEY, "opened_at": (at - timedelta(minutes=4)).isoformat(),
        "steps": f'[[1, "{(at - timedelta(minutes=3)).isoformat()}"]]',
    }  # fmt: skip
    for _repeat in range(2):
        assert nurse.post(f"/emergency/{episode.pk}/use/", data, headers={"X-Background": "1"}).status_code == 204
    use = EmergencyUse.objects.get()
    assert len(use.steps_done) == 1
    assert [event.kind for event in DomainEvent.objects.filter(kind__startswith="emergency.")] == [
        "emergency.opened",
        "emergency.step_done",
    ]
    assert Task.objects.get(key=f"emergency:{use.pk}:calls").owner_role == Role.PHARMACIST


@pytest.mark.parametrize(
    "data",
    [
        {"key": "short"},
        {"key": KEY, "step": "99"},
        {"key": KEY, "step": "two"},
        {"key": KEY, "steps": "{}]"},
        {"key": KEY, "steps": '[[1, "2026-11-24T10:00:00"]]'},
        {"key": KEY, "opened_at": "yesterday"},
        {"key": KEY, "opened_at": "2026-11-01T10:00:00+00:00"},
    ],
)
def test_nonsense_is_refused_and_changes_nothing(episode, browse, data):
    assert browse(Role.NURSE).post(f"/emergency/{episode.pk}/use/", data).status_code == 400
    assert not EmergencyUse.objects.exists()


def test_a_clock_ahead_of_ours_counts_as_now(episode, acting, at):
    use = record_use(episode=episode, key=KEY, opened_at=at + timedelta(hours=2), by=acting(Role.NURSE), at=at)
    assert use.opened_at == at


def test_a_use_is_of_one_program_and_one_permission(episode, acting, at, program):
    with pytest.raises(NotAllowed):
        record_use(episode=episode, key=KEY, opened_at=at, by=acting(Role.BILLER), at=at)
    other = make_program("elsewhere")
    nurse = acting(Role.NURSE)
    with scope.tenant(other.pk), pytest.raises(NotFound):
        record_use(episode=episode, key=KEY, opened_at=at, by=nurse, at=at)
    with pytest.raises(BadInput):
        record_use(episode=episode, key=KEY, opened_at=at, steps=[(11, at)], by=nurse, at=at)


def test_ending_closes_the_record_with_its_note(episode, browse, at):
    nurse = browse(Role.NURSE)
    nurse.post(f"/emergency/{episode.pk}/use/", {"key": KEY, "step": "1"})
    sent = nurse.post(f"/emergency/{episode.pk}/use/", {"key": KEY, "end": "1", "note": "crew took over"})
    assert sent.url == "/emergency/"
    assert (EmergencyUse.objects.get().ended_at, EmergencyUse.objects.get().note) == (at, "crew took over")
