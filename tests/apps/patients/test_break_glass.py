"""Opening a chart in an emergency: it works when it must, for one person, one patient, a short time; and is reviewed."""

from datetime import timedelta

import pytest
from django.test import Client
from support.people import make_person, make_program

from openinfusion.apps.patients import public
from openinfusion.apps.patients.models import BreakGlass
from openinfusion.apps.patients.queries import unreviewed_too_long
from openinfusion.platform import clock
from openinfusion.platform.access.roles import Role
from openinfusion.platform.audit.models import AuditEntry
from openinfusion.platform.errors import BadInput, NotAllowed, NotFound, Refused
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.tenancy import scope
from openinfusion.platform.worklist.models import Task

REASON = "Called to a reaction at the home, usual nurse unreachable"


@pytest.fixture
def opened(far_patient, site_access, at):
    return public.open_break_glass(patient_id=far_patient.pk, reason=REASON, by=site_access, at=at)


@pytest.mark.hazard("HZ-088")
def test_the_chart_opens_to_this_person_and_closes_by_itself(opened, far_patient, site_nurse, register, site, at):
    user, client = site_nurse
    other = register(family_name="Testwell", given_name="Ada", site=far_patient.site)
    assert public.chart_access_of(user_id=user.pk, at=at)[1] == {far_patient.pk}
    assert client.get(f"/patients/{far_patient.pk}/").status_code == 200
    assert client.get(f"/patients/{other.pk}/").status_code == 404
    assert public.chart_access_of(user_id=user.pk + 1, at=at)[1] == frozenset()
    with clock.frozen(at + timedelta(minutes=60)):
        later = Client()
        later.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert later.get(f"/patients/{far_patient.pk}/").status_code == 404


@pytest.mark.hazard("HZ-088")
def test_the_page_says_that_the_chart_is_open_in_an_emergency_and_can_close_it(opened, far_patient, site_nurse):
    _, client = site_nurse
    page = client.get(f"/patients/{far_patient.pk}/").content.decode()
    assert "Opened in an emergency." in page
    assert client.post(f"/patients/{far_patient.pk}/close/").status_code == 302
    assert client.get(f"/patients/{far_patient.pk}/").status_code == 404


def test_the_length_is_a_setting(far_patient, site_access, at, settings):
    settings.BREAK_GLASS_MINUTES = 15
    opened = public.open_break_glass(patient_id=far_patient.pk, reason=REASON, by=site_access, at=at)
    assert opened.ends_at == at + timedelta(minutes=15)


@pytest.mark.hazard("HZ-089")
def test_the_privacy_officer_gets_a_task_due_in_72_hours(opened, far_patient, at):
    task = Task.objects.get(key=f"break_glass:{opened.pk}")
    assert (task.owner_role, task.due_at, task.patient_id) == ("privacy", at + timedelta(hours=72), far_patient.pk)
    event = DomainEvent.objects.get(kind="break_glass.opened")
    assert (event.patient_id, event.data["minutes"]) == (far_patient.pk, 60)
    assert REASON not in str(event.data)


def test_a_restricted_chart_opens_to_nobody_else_and_by_break_glass(patient, acting, at, browse):
    public.restrict_chart(patient=patient, restricted=True, by=acting(Role.PRIVACY), at=at)
    assert browse(Role.NURSE).get(f"/patients/{patient.pk}/").status_code == 404
    public.open_break_glass(patient_id=patient.pk, reason=REASON, by=acting(Role.NURSE), at=at)
    page = browse(Role.NURSE).get(f"/patients/{patient.pk}/").content.decode()
    assert "restricted chart" in page
    public.restrict_chart(patient=patient, restricted=False, by=acting(Role.PRIVACY), at=at)
    assert browse(Role.PHARMACIST).get(f"/patients/{patient.pk}/").status_code == 200


@pytest.mark.parametrize("reason", ["", "   ", "urgent"])
def test_a_reason_is_needed(far_patient, site_access, at, reason):
    with pytest.raises(BadInput):
        public.open_break_glass(patient_id=far_patient.pk, reason=reason, by=site_access, at=at)
    assert BreakGlass.objects.count() == 0


def test_only_clinicians_open_and_only_what_is_out_of_reach(patient, far_patient, acting, site_access, system, at):
    with pytest.raises(NotAllowed):
        public.open_break_glass(patient_id=far_patient.pk, reason=REASON, by=acting(Role.BILLER), at=at)
    with pytest.raises(Refused, match="in_reach"):
        public.open_break_glass(patient_id=patient.pk, reason=REASON, by=site_access, at=at)
    with pytest.raises(Refused, match="needs_a_person"):
        public.open_break_glass(patient_id=far_patient.pk, reason=REASON, by=system, at=at)
    with pytest.raises(NotFound):
        public.open_break_glass(patient_id=999_999, reason=REASON, by=site_access, at=at)


def test_a_chart_of_another_program_cannot_be_opened(site_access, at, program):
    from datetime import date

    from openinfusion.platform.access import system_access
    from openinfusion.platform.tenancy.models import Site

    other = make_program("other")
    with scope.tenant(other.pk):
        Site.objects.create(name="Only", time_zone="America/Denver")
        fields = {"family_name": "Ficton", "given_name": "Ada", "birth_date": date(1950, 1, 1)}
        theirs = public.create_patient(fields, by=system_access(other.pk), at=at)
    with pytest.raises(NotFound):
        public.open_break_glass(patient_id=theirs.pk, reason=REASON, by=site_access, at=at)


def test_a_review_closes_the_task_and_leaves_its_event(opened, acting, at):
    public.review_break_glass(opened=opened, verdict="justified", note="", by=acting(Role.PRIVACY), at=at)
    assert Task.objects.get(key=f"break_glass:{opened.pk}").status == "done"
    assert DomainEvent.objects.get(kind="break_glass.reviewed").data == {"verdict": "justified"}
    with pytest.raises(Refused, match="already_reviewed"):
        public.review_break_glass(opened=opened, verdict="justified", note="", by=acting(Role.PRIVACY), at=at)


def test_an_unjustified_opening_needs_a_note_and_a_verdict_is_one_of_two(opened, acting, at):
    by = acting(Role.PRIVACY)
    for verdict, note in (("not_justified", ""), ("maybe", "x")):
        with pytest.raises(BadInput):
            public.review_break_glass(opened=opened, verdict=verdict, note=note, by=by, at=at)


@pytest.mark.hazard("HZ-089")
def test_nobody_reviews_an_own_opening(far_patient, site_access, program, at):
    from dataclasses import replace

    both = replace(site_access, roles=frozenset({Role.NURSE, Role.PRIVACY}))
    opened = public.open_break_glass(patient_id=far_patient.pk, reason=REASON, by=both, at=at)
    with pytest.raises(Refused, match="same_person"):
        public.review_break_glass(opened=opened, verdict="justified", note="", by=both, at=at)


def test_an_opening_left_for_more_than_72_hours_is_counted(opened, acting, at):
    assert not unreviewed_too_long(at=at + timedelta(hours=72), hours=72).exists()
    assert unreviewed_too_long(at=at + timedelta(hours=72, minutes=1), hours=72).get() == opened
    public.review_break_glass(opened=opened, verdict="justified", note="", by=acting(Role.PRIVACY), at=at)
    assert not unreviewed_too_long(at=at + timedelta(hours=73), hours=72).exists()


# -- Pages ---------------------------------------------------------------------------------------------------------


def _identify(client, patient, **changes):
    born = patient.birth_date
    data = {"mrn": patient.mrn, "birth_date_0": born.day, "birth_date_1": born.month, "birth_date_2": born.year}
    return client.post("/patients/break-glass/", {**data, **changes})


def _token(response):
    return response.context["form"].initial["token"]


def test_the_whole_flow_from_two_identifiers_to_the_chart(far_patient, site_nurse):
    _, client = site_nurse
    found = _identify(client, far_patient)
    page = found.content.decode()
    assert "There is a chart out of your reach" in page
    assert far_patient.family_name not in page.replace("Nurse Ficton", "")
    done = client.post("/patients/break-glass/open/", {"token": _token(found), "reason": REASON}, follow=True)
    assert done.redirect_chain == [(f"/patients/{far_patient.pk}/", 302)]
    assert "The privacy officer has been told." in done.content.decode()
    lookup = AuditEntry.objects.get(action="break_glass_lookup")
    assert (lookup.patient_id, lookup.outcome) == (far_patient.pk, "found")


@pytest.mark.parametrize("changes", [{"mrn": "DEMO-99"}, {"birth_date_2": "1951"}, {"birth_date_0": "2"}])
def test_one_wrong_identifier_finds_nothing_and_is_audited(far_patient, site_nurse, changes):
    _, client = site_nurse
    answer = _identify(client, far_patient, **changes)
    assert answer.status_code == 422
    assert "No chart of the program has exactly this record number" in answer.content.decode()
    assert AuditEntry.objects.get(action="break_glass_lookup").outcome == "not_found"


def test_a_chart_in_reach_needs_no_opening(patient, site_nurse):
    _, client = site_nurse
    assert _identify(client, patient).headers["Location"] == f"/patients/{patient.pk}/"


@pytest.mark.parametrize("token", ["", "1", "forged:token:x"])
def test_a_forged_answer_opens_nothing(far_patient, site_nurse, token):
    _, client = site_nurse
    assert client.post("/patients/break-glass/open/", {"token": token, "reason": REASON}).status_code == 409
    assert BreakGlass.objects.count() == 0


def test_an_answer_given_to_somebody_else_opens_nothing(far_patient, site_nurse, site, program):
    _, client = site_nurse
    token = _token(_identify(client, far_patient))
    other = Client()
    user = make_person(program, Role.NURSE, sites=[site], all_sites=False, email="other@juniper.example")
    other.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert other.post("/patients/break-glass/open/", {"token": token, "reason": REASON}).status_code == 409


def test_a_short_reason_is_asked_for_again_with_what_was_typed(far_patient, site_nurse):
    _, client = site_nurse
    token = _token(_identify(client, far_patient))
    again = client.post("/patients/break-glass/open/", {"token": token, "reason": "urgent"})
    assert again.status_code == 422
    assert "urgent</textarea>" in again.content.decode()


def test_the_privacy_officer_reviews_with_what_was_read(opened, far_patient, site_nurse, browse):
    _, client = site_nurse
    client.get(f"/patients/{far_patient.pk}/")
    officer = browse(Role.PRIVACY)
    assert REASON in officer.get("/patients/break-glass/review/").content.decode()
    page = officer.get(f"/patients/break-glass/review/{opened.pk}/").content.decode()
    assert "patients:chart" in page
    done = officer.post(f"/patients/break-glass/review/{opened.pk}/", {"verdict": "justified", "note": ""})
    assert done.status_code == 302
    opened.refresh_from_db()
    assert opened.review == "justified"
    assert REASON in officer.get("/patients/break-glass/review/?state=reviewed").content.decode()


def test_only_the_privacy_officer_reviews(opened, browse):
    for role in (Role.NURSE, Role.ADMINISTRATOR, Role.OPERATIONS):
        assert browse(role).get("/patients/break-glass/review/").status_code == 403
        assert browse(role).get(f"/patients/break-glass/review/{opened.pk}/").status_code == 403


def test_the_audit_of_a_chart_says_who_read_it(patient, browse):
    browse(Role.NURSE).get(f"/patients/{patient.pk}/")
    page = browse(Role.PRIVACY).get(f"/patients/{patient.pk}/trail/").content.decode()
    assert "Nurse Ficton" in page
    assert browse(Role.NURSE).get(f"/patients/{patient.pk}/trail/").status_code == 403


def test_the_privacy_officer_restricts_and_lifts_by_button_without_opening_the_chart(patient, browse):
    officer = browse(Role.PRIVACY)
    url = f"/patients/{patient.pk}/restrict/"
    done = officer.post(url, {"restricted": "yes"}, follow=True).content.decode()
    assert "This chart now opens in an emergency only." in done
    assert officer.get(f"/patients/{patient.pk}/").status_code == 404
    assert patient.mrn in officer.get("/patients/break-glass/review/").content.decode()
    assert officer.post(url, {"restricted": "no"}).status_code == 302
    assert officer.get(f"/patients/{patient.pk}/").status_code == 200
    assert browse(Role.NURSE).post(url, {"restricted": "yes"}).status_code == 403
