"""Pages of intake: inbox, upload, one referral, decision, source; by role, program and site."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from support.people import make_person, make_program
from support.referral_cases import bundle, weight

from openinfusion.apps.intake.models import Referral
from openinfusion.apps.patients.public import Episode, Patient, create_patient
from openinfusion.demo_data.referrals import load_referral
from openinfusion.platform.access.roles import Role
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Site

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def _file(content: bytes, name: str = "referral.json") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/fhir+json")


@pytest.fixture
def referral(receive):
    return receive(load_referral("ceftriaxone"))


def test_the_way_of_a_referral_by_page(browse, site):
    intake = browse(Role.INTAKE)
    sent = intake.post("/intake/upload/", {"file": _file(load_referral("vancomycin"))})
    row = Referral.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, f"/intake/{row.pk}/")
    page = intake.get(f"/intake/{row.pk}/").content.decode()
    for words in (
        "TESTWELL",
        "25 of 25",
        "Penicillin",
        "entry[11].resource",
        "Lakeshore Medical Center",
        "Start the review",
    ):
        assert words in page
    assert intake.post(f"/intake/{row.pk}/review/").status_code == 302
    assert "TESTWELL" in intake.get("/intake/?state=review").content.decode()
    accepted = intake.post(f"/intake/{row.pk}/accept/", {"reason": ""})
    episode = Episode.objects.get()
    assert accepted["Location"] == f"/patients/episodes/{episode.pk}/"
    assert row.number in intake.get(accepted["Location"]).content.decode()
    assert "Not yet" in intake.get(f"/intake/{row.pk}/").content.decode()
    assert episode.number in intake.get(f"/intake/{row.pk}/").content.decode()


def test_a_document_can_be_pasted(browse, site):
    sent = browse(Role.INTAKE).post("/intake/upload/", {"pasted": load_referral("hydration").decode()})
    assert sent.status_code == 302
    assert Referral.objects.get().channel == "upload"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Choose a file or paste the document."),
        ({"pasted": "{}", "both": True}, "not both"),
        ({"pasted": "hello"}, "neither JSON nor XML"),
    ],
)
def test_an_upload_that_cannot_be_used_is_told_in_the_form(browse, site, fields, says):
    if fields.pop("both", False):
        fields["file"] = _file(b"{}")
    sent = browse(Role.INTAKE).post("/intake/upload/", fields)
    assert sent.status_code == 422
    assert says in sent.content.decode()
    assert not Referral.objects.exists()


def test_an_oversized_upload_gets_the_page_that_says_so(browse, site, settings):
    settings.UPLOAD_LIMIT_BYTES = 100_000
    sent = browse(Role.INTAKE).post("/intake/upload/", {"file": _file(b"{" + b" " * 200_000)})
    assert sent.status_code == 413
    assert b"too large" in sent.content
    assert not Referral.objects.exists()


def test_with_several_sites_the_site_is_asked_for(browse, site):
    other = Site.objects.create(name="Decatur", time_zone="America/Denver")
    intake = browse(Role.INTAKE)
    assert intake.post("/intake/upload/", {"file": _file(load_referral("tpn"))}).status_code == 422
    sent = intake.post("/intake/upload/", {"file": _file(load_referral("tpn")), "site": str(other.pk)})
    assert sent.status_code == 302
    assert Patient.objects.get().time_zone == "America/Denver"


def test_unknown_form_fields_change_nothing(browse, referral):
    """A hidden field cannot set what the form does not offer."""
    extra = {"reason": "", "therapy_id": "tpn", "status": "declined", "patient": "9", "completeness_score": "1"}
    assert browse(Role.INTAKE).post(f"/intake/{referral.pk}/accept/", extra).status_code == 302
    referral.refresh_from_db()
    assert (referral.therapy_id, referral.status, referral.completeness_score) == ("ceftriaxone", "accepted", 100)


def test_declining_by_page_keeps_what_was_typed_when_it_is_refused(browse, referral):
    intake = browse(Role.INTAKE)
    assert intake.post(f"/intake/{referral.pk}/decline/", {"reason": ""}).status_code == 422
    assert intake.post(f"/intake/{referral.pk}/decline/", {"reason": "Out of area"}).status_code == 302
    again = intake.post(f"/intake/{referral.pk}/decline/", {"reason": "Out of area, again"})
    assert again.status_code == 422
    assert "Out of area, again" in again.content.decode()
    assert "Open again" in intake.get(f"/intake/{referral.pk}/").content.decode()


def test_the_source_is_a_download_and_never_interpreted(browse, referral):
    answer = browse(Role.NURSE).get(f"/intake/{referral.pk}/source/")
    assert answer.content == load_referral("ceftriaxone")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_waiting_referral_shows_both_people_side_by_side(browse, receive, site, acting, at):
    fields = {"family_name": "Sampleford", "given_name": "Marigold", "birth_date": date(1961, 3, 14), "site": site}
    known = create_patient(fields, by=acting(Role.INTAKE), at=at)
    row = receive(bundle(weight("70", unit="kg", code="kg")))
    intake = browse(Role.INTAKE)
    page = intake.get(f"/intake/{row.pk}/").content.decode()
    for words in (
        "Who is SAMPLEFORD, Marigold?",
        known.mrn,
        "It is this patient",
        "It is a new patient",
        "217-555-0142",
        "Say first whether",
    ):
        assert words in page
    assert intake.get(f"/intake/{row.pk}/source/").content == bundle(weight("70", unit="kg", code="kg"))
    assert intake.post(f"/intake/{row.pk}/same/{known.pk}/").status_code == 302
    assert known.mrn in intake.get(f"/intake/{row.pk}/").content.decode()


def test_a_new_patient_by_page(browse, receive, site, acting, at):
    fields = {"family_name": "Sampleford", "given_name": "Marigold", "birth_date": date(1961, 3, 14), "site": site}
    create_patient(fields, by=acting(Role.INTAKE), at=at)
    row = receive(bundle())
    assert browse(Role.INTAKE).post(f"/intake/{row.pk}/new-patient/").status_code == 302
    assert Patient.objects.count() == 2


def test_buttons_of_steps_answer_only_post(browse, referral):
    intake = browse(Role.INTAKE)
    for path in ("review/", "new-patient/", f"same/{referral.patient_id}/"):
        assert intake.get(f"/intake/{referral.pk}/{path}").status_code == 405
    referral.refresh_from_db()
    assert referral.status == "received"


@pytest.mark.parametrize("role", [Role.PATIENT, Role.CAREGIVER, Role.PHYSICIAN, Role.ADMINISTRATOR])
def test_people_without_the_permission_see_nothing(browse, referral, role):
    client = browse(role)
    for path in ("", "upload/", f"{referral.pk}/", f"{referral.pk}/source/", f"{referral.pk}/what-to-send/"):
        assert client.get(f"/intake/{path}").status_code == 403


def test_a_nurse_sees_but_does_not_decide(browse, referral):
    nurse = browse(Role.NURSE)
    page = nurse.get(f"/intake/{referral.pk}/").content.decode()
    assert "Your role may not do this" in page
    assert nurse.post(f"/intake/{referral.pk}/accept/", {"reason": ""}).status_code == 403
    assert nurse.post("/intake/upload/", {"pasted": "{}"}).status_code == 403


@pytest.mark.parametrize("waits", [False, True])
def test_another_program_and_another_site_find_nothing(receive, program, site, acting, at, waits):
    if waits:
        fields = {"family_name": "Sampleford", "given_name": "Marigold", "birth_date": date(1961, 3, 14), "site": site}
        create_patient(fields, by=acting(Role.INTAKE), at=at)
    row = receive(bundle())
    assert (row.patient is None) is waits
    stranger = make_program("stranger")
    with scope.tenant(stranger.pk):
        outsider = make_person(stranger, Role.INTAKE)
    elsewhere = Site.objects.create(name="Elsewhere", time_zone="America/Denver")
    far = make_person(program, Role.INTAKE, sites=[elsewhere], all_sites=False, email="far@x.example")
    for user in (outsider, far):
        client = Client()
        client.force_login(user, backend=BACKEND)
        assert client.get("/intake/").content.count(row.number.encode()) == 0
        for path in ("", "source/", "what-to-send/", "accept/", "decline/"):
            assert client.get(f"/intake/{row.pk}/{path}").status_code == 404
        for path in ("accept/", "decline/", "review/", "new-patient/", "same/1/"):
            assert client.post(f"/intake/{row.pk}/{path}", {"reason": "x"}).status_code == 404


def test_a_referral_that_is_not_there(browse, site):
    assert browse(Role.INTAKE).get("/intake/4711/").status_code == 404


def test_the_inbox_of_a_large_program_makes_few_queries(
    browse, receive, site, at, program, django_assert_max_num_queries
):
    first = receive(load_referral("ceftriaxone"))
    fields = {
        "site": site, "tenant": program, "patient": first.patient, "received_at": at - timedelta(days=1), "channel": "api",
        "source_format": "ccda", "patient_match": "same", "package": {}, "source_sha256": "x", "required_count": 25,
    }  # fmt: skip
    Referral.objects.bulk_create(
        Referral(sequence=number, number=f"R-{number}", source_reference=str(number), **fields)
        for number in range(2, 5000)
    )
    intake = browse(Role.INTAKE)
    intake.get("/intake/")
    with django_assert_max_num_queries(32):
        page = intake.get("/intake/?page=3")
    assert page.status_code == 200
    assert page.content.count(b"<tr") == 51


def test_the_page_of_a_referral_makes_few_queries(browse, referral, django_assert_max_num_queries):
    intake = browse(Role.INTAKE)
    intake.get("/intake/")
    with django_assert_max_num_queries(32):
        assert intake.get(f"/intake/{referral.pk}/").status_code == 200
