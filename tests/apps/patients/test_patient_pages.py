"""The pages of charts and episodes, driven as people drive them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from openinfusion.apps.patients import panels, policies, public
from openinfusion.apps.patients.models import Allergy, Contact, Episode, Measurement, Patient
from openinfusion.platform.access.roles import Role
from openinfusion.platform.audit.models import AuditEntry
from openinfusion.platform.documents import services as documents

NEW = {
    "family_name": "Ficton", "given_name": "Otis", "birth_date_0": "1", "birth_date_1": "7", "birth_date_2": "1950",
    "sex": "male",
}  # fmt: skip
WEIGHT = {
    "test": "weight", "value": "60.2", "unit": "kg", "taken_at_0": "2026-11-24", "taken_at_1": "10:00",
    "method": "measured", "source": "nurse",
}  # fmt: skip


@pytest.fixture
def only_own_parts(monkeypatch):
    """The frame and the page without what other apps add, so that the count of queries is this app's own."""
    from openinfusion.platform.access import navigation

    own = ("people", "episode", "consents", "timeline")
    monkeypatch.setattr(panels, "_panels", {key: panels._panels[key] for key in own})
    for name in ("_chips", "_actions"):
        own = {key: one for key, one in getattr(panels, name).items() if key in OWN_PARTS}
        monkeypatch.setattr(panels, name, own)
    entries = [one for one in navigation._entries if one.url_name.startswith("patients:")]
    monkeypatch.setattr(navigation, "_entries", entries)


def text_of(response) -> str:
    return response.content.decode()


# -- Search and registration ---------------------------------------------------------------------------------------


def test_a_search_is_posted_and_finds(patient, browse):
    page = browse(Role.NURSE).post("/patients/search/", {"q": "samp"})
    assert page.status_code == 200
    assert "SAMPLEFORD, Marigold" in text_of(page)
    assert f"/patients/{patient.pk}/" in text_of(page)


@pytest.mark.hazard("HZ-103")
def test_a_name_in_an_address_is_not_answered(patient, browse):
    """A link or a browser history must never hold what was searched for."""
    page = browse(Role.NURSE).get("/patients/search/?q=samp")
    assert page.status_code == 200
    assert "SAMPLEFORD" not in text_of(page)


def test_every_patient_shown_by_a_search_is_in_the_audit(patient, browse):
    browse(Role.NURSE).post("/patients/search/", {"q": "samp"})
    entry = AuditEntry.objects.get(action="read", detail="patients:search")
    assert entry.patient_id == patient.pk


@pytest.mark.parametrize("typed", ["", "s", " - "])
def test_a_search_of_less_than_two_characters_asks_for_more(patient, browse, typed):
    page = browse(Role.NURSE).post("/patients/search/", {"q": typed})
    assert page.status_code == 422
    assert "Write at least 2 characters" in text_of(page)


def test_a_patient_of_another_site_is_not_found(far_patient, site_nurse):
    _, client = site_nurse
    assert "No patient in your reach fits" in text_of(client.post("/patients/search/", {"q": "ficton"}))


@pytest.mark.usefixtures("only_own_parts")
def test_a_search_takes_a_bounded_number_of_queries(patient, register, browse, django_assert_max_num_queries):
    for number in range(5):
        register(given_name=f"Number{number}")
    client = browse(Role.NURSE)
    with django_assert_max_num_queries(26):
        client.post("/patients/search/", {"q": "samp"})


def test_registering_leads_to_the_chart(site, browse):
    done = browse(Role.INTAKE).post("/patients/new/", {**NEW, "site": site.pk})
    patient = Patient.objects.get()
    assert done.headers["Location"] == f"/patients/{patient.pk}/"
    assert (patient.birth_date, patient.time_zone) == (date(1950, 7, 1), "America/Chicago")


def test_a_mistake_keeps_what_was_typed_and_names_the_field(site, browse):
    page = browse(Role.INTAKE).post("/patients/new/", {**NEW, "site": site.pk, "birth_date_2": "2030"})
    assert page.status_code == 422
    assert "The birth date lies in the future." in text_of(page)
    assert 'value="Otis"' in text_of(page)


@pytest.mark.hazard("HZ-002")
def test_a_possible_duplicate_is_shown_and_needs_a_tick(patient, site, browse):
    client = browse(Role.INTAKE)
    again = {"family_name": "Samplefjord", "given_name": "Marigold", "birth_date_0": "14", "birth_date_1": "3",
             "birth_date_2": "1961", "sex": "female", "site": site.pk}  # fmt: skip
    page = client.post("/patients/new/", again)
    assert page.status_code == 422
    assert "SAMPLEFORD, Marigold" in text_of(page)
    assert client.post("/patients/new/", {**again, "asked": "1"}).status_code == 422
    assert client.post("/patients/new/", {**again, "asked": "1", "confirmed": "on"}).status_code == 302
    assert Patient.objects.count() == 2


@pytest.mark.hazard("HZ-086")
def test_a_hidden_form_field_sets_nothing(patient, browse):
    client = browse(Role.INTAKE)
    url = f"/patients/{patient.pk}/change/"
    data = {**NEW, "time_zone": "America/Chicago", "pregnancy": "no", "lactation": "no"}
    client.post(url, {**data, "is_restricted": "1", "mrn": "STOLEN", "allergy_status": "none_known"})
    patient.refresh_from_db()
    assert (patient.given_name, patient.is_restricted, patient.allergy_status) == ("Otis", False, "not_asked")
    assert patient.mrn.startswith("DEMO-")
    with pytest.raises(Exception, match="bad_input"):
        public.update_demographics(
            patient=patient, fields={"is_restricted": True}, by=_system(patient), at=patient.created_at
        )


def _system(patient):
    from openinfusion.platform.access import system_access

    return system_access(patient.tenant_id)


# -- Chart -----------------------------------------------------------------------------------------------------------


def test_an_empty_chart_says_not_known_in_words(patient, browse):
    page = text_of(browse(Role.NURSE).get(f"/patients/{patient.pk}/"))
    for words in ("nobody has asked yet", "Not known: the list was never reviewed.", "Not known: no line recorded."):
        assert words in page


@pytest.mark.usefixtures("only_own_parts")
def test_a_full_chart_in_a_bounded_number_of_queries(
    patient, episode, acting, at, browse, django_assert_max_num_queries
):
    by = acting(Role.NURSE)
    public.record_allergy(patient=patient, substance="penicillin", reaction="hives", by=by, at=at)
    wrong = public.record_allergy(patient=patient, substance="latex", by=by, at=at)
    public.mark_entered_in_error(entry=wrong, reason="other patient", by=by, at=at)
    public.record_condition(patient=patient, text="chronic neuropathy", code="G61.81", by=by, at=at)
    public.record_medication(patient=patient, text="simvastatin", dose_text="20 mg at night", by=by, at=at)
    public.record_access_device(patient=patient, kind="picc", lumens=2, by=by, at=at)
    public.record_contact(patient=patient, name="Otis Sampleford", relation="husband", is_caregiver=True, by=by, at=at)
    for days, value in ((9, "59.8"), (1, "60.2")):
        public.record_measurement(patient=patient, test="weight", value=Decimal(value), unit="kg",
                                  taken_at=at - timedelta(days=days), method="measured", source="nurse", by=by, at=at)  # fmt: skip
    client = browse(Role.NURSE)
    with django_assert_max_num_queries(40):
        page = text_of(client.get(f"/patients/{patient.pk}/"))
    shown = (
        "penicillin", "1 entered in error", "chronic neuropathy", "simvastatin", "PICC", "Otis Sampleford",
        "60.2\u00a0kg", "DEMO-E-000001", "23-Nov-2026", "Trend, two years",
    )  # fmt: skip
    assert [words for words in shown if words not in page] == []


def test_a_role_without_clinical_rights_sees_no_button_it_may_not_press(patient, browse):
    page = text_of(browse(Role.BILLER).get(f"/patients/{patient.pk}/"))
    assert "Add an allergy" not in page
    assert "Add a contact" in page


@pytest.mark.parametrize(
    ("path", "data", "model"),
    [
        ("allergies/add/", {"substance": "penicillin", "reaction": "hives", "severity": "not_known", "source": "patient"}, Allergy),
        ("contacts/add/", {"name": "Otis Sampleford", "relation": "husband", "is_caregiver": "on"}, Contact),
        ("measurements/add/", WEIGHT, Measurement),
    ],
)  # fmt: skip
def test_each_form_records_and_leads_back_to_the_chart(patient, browse, path, data, model):
    client = browse(Role.NURSE)
    assert client.get(f"/patients/{patient.pk}/{path}").status_code == 200
    assert client.post(f"/patients/{patient.pk}/{path}", {}).status_code == 422
    assert client.post(f"/patients/{patient.pk}/{path}", data).headers["Location"] == f"/patients/{patient.pk}/"
    assert model.objects.get().patient_id == patient.pk


def test_conditions_medicines_and_lines_by_form(patient, browse):
    client = browse(Role.NURSE)
    base = f"/patients/{patient.pk}"
    forms = {
        "conditions/add/": {"text": "CIDP", "code": "G61.81", "source": "referral"},
        "medications/add/": {"text": "simvastatin", "dose_text": "20 mg", "source": "patient"},
        "access-devices/add/": {"kind": "picc", "lumens": "2", "tip_confirmed": "not_known"},
    }
    for path, data in forms.items():
        assert client.get(f"{base}/{path}").status_code == 200
        assert client.post(f"{base}/{path}", data).status_code == 302
    line = patient.access_devices.get()
    assert (line.lumens, line.tip_confirmed) == (2, None)
    remove = f"{base}/access-devices/{line.pk}/remove/"
    assert client.get(remove).status_code == 200
    assert client.post(remove, {"removed_on": "2026-11-24"}).status_code == 302
    condition = patient.conditions.get()
    assert client.post(f"{base}/entries/condition/{condition.pk}/end/").status_code == 302
    condition.refresh_from_db()
    assert not condition.is_active


@pytest.mark.hazard("HZ-009")
def test_a_weight_in_pounds_typed_as_kg_is_questioned_on_the_page(patient, browse):
    client = browse(Role.NURSE)
    url = f"/patients/{patient.pk}/measurements/add/"
    client.post(url, {**WEIGHT, "taken_at_0": "2026-10-01"})
    typed = {**WEIGHT, "value": "132.7"}
    page = client.post(url, typed)
    assert page.status_code == 422
    assert "factor between kg and pounds" in text_of(page)
    assert Measurement.objects.count() == 1
    assert client.post(url, {**typed, "asked": "1"}).status_code == 422
    assert client.post(url, {**typed, "asked": "1", "confirmed": "on"}).status_code == 302


def test_the_list_of_values_shows_those_in_error(patient, browse):
    client = browse(Role.NURSE)
    client.post(f"/patients/{patient.pk}/measurements/add/", WEIGHT)
    row = Measurement.objects.get()
    url = f"/patients/{patient.pk}/entries/measurement/{row.pk}/error/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": "other patient"}).status_code == 302
    page = text_of(client.get(f"/patients/{patient.pk}/measurements/"))
    assert "other patient" in page


def test_reviews_are_buttons_and_say_what_they_could_not_do(patient, browse):
    client = browse(Role.NURSE)
    for what in ("no-known-allergies", "allergies-reviewed", "conditions-reviewed", "medications-reviewed"):
        assert client.post(f"/patients/{patient.pk}/review/{what}/").status_code == 302
    patient.refresh_from_db()
    assert (patient.allergy_status, patient.conditions_reviewed_on) == ("none_known", date(2026, 11, 24))
    assert client.get(f"/patients/{patient.pk}/review/conditions-reviewed/").status_code == 405
    assert client.post(f"/patients/{patient.pk}/review/everything/").status_code == 404
    client.post(
        f"/patients/{patient.pk}/allergies/add/", {"substance": "latex", "severity": "mild", "source": "patient"}
    )
    page = client.post(f"/patients/{patient.pk}/review/no-known-allergies/", follow=True)
    assert "Mark each wrong one as entered in error first." in text_of(page)


@pytest.mark.hazard("HZ-001")
def test_an_entry_of_another_patient_is_not_reached_through_this_chart(patient, register, acting, at, browse):
    """Same session, both charts in reach: the address must still name one person only."""
    other = register(family_name="Testwell")
    by = acting(Role.NURSE)
    allergy = public.record_allergy(patient=other, substance="latex", by=by, at=at)
    line = public.record_access_device(patient=other, kind="picc", by=by, at=at)
    contact = public.record_contact(patient=other, name="Ada Testwell", by=by, at=at)
    client = browse(Role.NURSE)
    paths = [
        (f"entries/allergy/{allergy.pk}/error/", {"reason": "x"}),
        (f"access-devices/{line.pk}/remove/", {"removed_on": "2026-11-24"}),
        (f"contacts/{contact.pk}/change/", {"name": "Changed"}),
        (f"contacts/{contact.pk}/end/", {}),
    ]
    for path, data in paths:
        assert client.post(f"/patients/{patient.pk}/{path}", data).status_code == 404
    with pytest.raises(Exception, match="other_patient"):
        public.same_patient(patient.pk, allergy)
    allergy.refresh_from_db()
    assert allergy.is_active


def test_an_unknown_kind_of_entry_is_not_there(patient, browse):
    for path in ("entries/weapon/1/error/", "entries/allergy/1/end/"):
        assert browse(Role.NURSE).post(f"/patients/{patient.pk}/{path}").status_code == 404


# -- Documents ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def letter(patient, system, at):
    return documents.store(
        content=b"%PDF-1.7 invented", kind="referral", file_name="letter.pdf", content_type="application/pdf",
        patient_id=patient.pk, by=system, at=at,
    )  # fmt: skip


def test_a_document_is_listed_downloaded_and_audited(patient, letter, browse):
    client = browse(Role.BILLER)
    assert "letter.pdf" in text_of(client.get(f"/patients/{patient.pk}/documents/"))
    answer = client.get(f"/patients/{patient.pk}/documents/{letter.pk}/")
    assert answer.content == b"%PDF-1.7 invented"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    entry = AuditEntry.objects.get(action="download")
    assert (entry.patient_id, entry.subject_id) == (patient.pk, str(letter.pk))


def test_a_document_is_not_reached_through_another_chart(letter, register, browse):
    other = register(family_name="Testwell")
    assert browse(Role.BILLER).get(f"/patients/{other.pk}/documents/{letter.pk}/").status_code == 404


def test_a_document_of_the_program_without_a_patient_is_not_in_a_chart(patient, system, at, browse):
    row = documents.store(
        content=b"x", kind="remittance", file_name="era.835", content_type="text/plain", by=system, at=at
    )
    assert browse(Role.BILLER).get(f"/patients/{patient.pk}/documents/{row.pk}/").status_code == 404


# -- Episodes ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("only_own_parts")
def test_the_episode_page_shows_people_clock_steps_and_time_line(
    episode, acting, at, browse, django_assert_max_num_queries
):
    by = acting(Role.NURSE)
    public.record_contact(
        patient=episode.patient, name="Otis Sampleford", relation="husband", is_caregiver=True, by=by, at=at
    )
    public.move_episode(episode=episode, action="accept", by=by, at=at)
    client = browse(Role.NURSE)
    with django_assert_max_num_queries(40):
        page = text_of(client.get(f"/patients/episodes/{episode.pk}/"))
    shown = (
        "for CIDP", "Episode DEMO-E-000001, accepted", "waiting for 4\u00a0days 1\u00a0h", "Otis Sampleford",
        "Episode accepted", "Referral<span class=\"vh\">, done</span>", "Benefits<span class=\"vh\">, now</span>",
        "No consent recorded.", "Nurse Ficton",
    )  # fmt: skip
    assert [words for words in shown if words not in page] == []


@pytest.mark.usefixtures("only_own_parts")
def test_the_list_of_episodes_filters_by_state(episode, browse, django_assert_max_num_queries):
    client = browse(Role.NURSE)
    with django_assert_max_num_queries(26):
        assert "DEMO-E-000001" in text_of(client.get("/patients/episodes/"))
    assert "DEMO-E-000001" in text_of(client.get("/patients/episodes/?state=referred"))
    assert "DEMO-E-000001" not in text_of(client.get("/patients/episodes/?state=active"))
    assert "DEMO-E-000001" in text_of(client.get("/patients/episodes/?state=nonsense"))


def test_the_navigation_counts_open_episodes_without_a_read_in_the_audit(episode, acting, browse):
    from openinfusion.apps.patients.nav import _open_episodes

    by = acting(Role.NURSE)
    assert (_open_episodes(by), by.reads) == (1, set())
    assert '<span class="count"><span class="vh">, </span>1<' in text_of(browse(Role.NURSE).get("/patients/search/"))


def test_an_episode_is_opened_changed_and_cancelled_by_form(patient, acting, at, browse):
    client = browse(Role.INTAKE)
    prescriber = public.record_prescriber(name="Noah Pretend", npi="1234567893", by=acting(Role.INTAKE), at=at)
    data = {"therapy_id": "ivig10", "indication": "CIDP", "icd10": "G61.81", "prescriber": prescriber.pk,
            "referral_received_at_0": "2026-11-20", "referral_received_at_1": "09:00"}  # fmt: skip
    assert client.get(f"/patients/{patient.pk}/episodes/new/").status_code == 200
    assert client.post(f"/patients/{patient.pk}/episodes/new/", data).status_code == 302
    episode = Episode.objects.get()
    assert episode.prescriber == prescriber
    base = f"/patients/episodes/{episode.pk}"
    assert client.get(f"{base}/change/").status_code == 200
    assert client.post(f"{base}/change/", {**data, "indication": "MMN"}).headers["Location"] == f"{base}/"
    assert client.post(f"{base}/move/cancel/", {"reason": ""}).status_code == 422
    assert client.post(f"{base}/move/cancel/", {"reason": "went elsewhere"}).status_code == 302
    episode.refresh_from_db()
    assert (episode.status, episode.indication) == ("cancelled", "MMN")


def test_a_step_that_is_not_possible_shows_its_sentence(episode, browse):
    client = browse(Role.NURSE)
    page = client.get(f"/patients/episodes/{episode.pk}/move/hold/")
    assert "Only an active episode can be put on hold. This one is referred." in text_of(page)
    answer = client.post(f"/patients/episodes/{episode.pk}/move/hold/", {"reason": "x"})
    assert answer.status_code == 422
    assert client.get(f"/patients/episodes/{episode.pk}/move/teleport/").status_code == 404


def test_a_consent_is_recorded_and_revoked_by_form(episode, register, acting, at, browse):
    client = browse(Role.NURSE)
    base = f"/patients/episodes/{episode.pk}/consents"
    data = {"kind": "treatment", "signed_by": "Marigold Sampleford", "relation": "self"}
    assert client.get(f"{base}/add/").status_code == 200
    assert client.post(f"{base}/add/", data).status_code == 302
    consent = episode.consents.get()
    other = public.new_episode(patient=register(family_name="Testwell"), therapy_id="ivig10", referral_received_at=at,
                               by=acting(Role.INTAKE), at=at)  # fmt: skip
    assert client.post(f"/patients/episodes/{other.pk}/consents/{consent.pk}/revoke/").status_code == 404
    assert client.post(f"{base}/{consent.pk}/revoke/").status_code == 302
    consent.refresh_from_db()
    assert consent.revoked_at == at


def test_a_long_time_line_counts_what_it_hides(episode, acting, at, browse):
    by = acting(Role.NURSE)
    for number in range(32):
        public.name_primary_nurse(episode=episode, nurse_id=number, by=by, at=at)
    client = browse(Role.NURSE)
    assert "3 earlier events." in text_of(client.get(f"/patients/episodes/{episode.pk}/"))
    assert "earlier event" not in text_of(client.get(f"/patients/episodes/{episode.pk}/?history=all"))


#: What patients registers itself; the parts of higher apps are left out here.
OWN_PARTS = {"people", "episode", "consents", "timeline", "chart", "documents"}


#: What patients registers itself; the parts of higher apps are left out here.
OWN_PARTS = {"people", "episode", "consents", "timeline", "chart", "documents"}


@pytest.fixture
def register_parts(monkeypatch):
    """Registers of the episode page that a test may add to."""
    for name in ("_panels", "_chips", "_actions", "_tabs"):
        own = {key: one for key, one in getattr(panels, name).items() if key in OWN_PARTS}
        monkeypatch.setattr(panels, name, own)


@pytest.mark.usefixtures("register_parts")
def test_other_apps_add_panels_chips_buttons_and_tabs(episode, browse):
    asked = []

    def render(request, row):
        asked.append(row.pk)
        return {"facts": [("Lot", "XG26K0417")], "note": "Version 2"}

    panels.add_panel(
        panels.Panel("test-order", "Current order", 20, render, policies.SEE, "patients/panels/facts.html")
    )
    panels.add_panel(
        panels.Panel("empty", "Nothing here", 30, lambda *_: None, policies.SEE, "patients/panels/facts.html")
    )
    panels.add_panel(
        panels.Panel("secret", "For privacy", 40, render, policies.REVIEW_BREAK_GLASS, "patients/panels/facts.html")
    )
    panels.add_chip(panels.Chip("gate", 10, lambda *_: ("blocked", "Blocked: kit expired"), policies.SEE))
    panels.add_action(panels.HeadAction(
        "live", 10, lambda *_: {"label": "Watch live", "url": "/live/"}, policies.SEE
    ))  # fmt: skip
    panels.add_tab(panels.Tab("orders", "Orders", 20, lambda row: f"/orders/{row.pk}/", policies.SEE))
    page = text_of(browse(Role.NURSE).get(f"/patients/episodes/{episode.pk}/"))
    for words in (
        "Current order",
        "XG26K0417",
        "Version 2",
        "Blocked: kit expired",
        "Watch live",
        f"/orders/{episode.pk}/",
    ):
        assert words in page
    assert "Nothing here" not in page
    assert "For privacy" not in page
    assert page.index("Current order") < page.index("Time line")
    assert asked == [episode.pk]


@pytest.mark.usefixtures("register_parts")
def test_a_panel_registered_twice_or_wrongly_is_a_programming_error():
    good = panels.Panel("test-order", "Order", 20, lambda *_: None, policies.SEE, "x.html")
    panels.add_panel(good)
    for wrong in (
        good,
        panels.Panel("a", "A", 1, lambda *_: None, "no.such", "x.html"),
        panels.Panel("b", "B", 1, lambda *_: None, policies.SEE, "x.html", column="attic"),
    ):
        with pytest.raises((ValueError, KeyError)):
            panels.add_panel(wrong)


def test_no_address_of_this_app_can_hold_anything_but_ids_and_fixed_words():
    from openinfusion.apps.patients.web.urls import urlpatterns

    converters = {type(one).__name__ for route in urlpatterns for one in route.pattern.converters.values()}
    assert converters == {"IntConverter", "SlugConverter"}
    assert reverse("patients:chart", args=[5]) == "/patients/5/"
