"""Pages of the portal: linked chart only, 911 first, plain words, read-only for the physician, an inbox for the staff."""

import pytest
from support.people import make_person, make_program
from support.ready_cases import make_episode, make_patient

from openinfusion.apps.portal.models import Message
from openinfusion.apps.portal.public import send_message, unlink_person
from openinfusion.platform.access.roles import Role
from openinfusion.platform.audit.models import AuditEntry
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Site
from openinfusion.platform.worklist.models import Task

PAGES = ("", "messages/", "call-911/", "count/", "how-to/", "call/")


def test_home_leads_to_the_one_chart_and_says_what_comes_next(case, patient_client):
    assert patient_client.get("/").headers["Location"] == "/portal/"
    answer = patient_client.get("/portal/", follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(f"/portal/{case.episode.pk}/", 302)]
    assert "Your next visit is tomorrow at 9:00 in the morning. Tess will come." in page
    assert "You have 7 doses" in page and "call 911 now" in page and "217-555-0100" in page


def test_every_page_of_the_own_chart_opens_in_few_queries(case, patient_client, django_assert_max_num_queries):
    for name in PAGES:
        with django_assert_max_num_queries(40):
            assert patient_client.get(f"/portal/{case.episode.pk}/{name}").status_code == 200, name


def test_reading_the_portal_is_audited(case, patient_client):
    patient_client.get(f"/portal/{case.episode.pk}/")
    assert AuditEntry.objects.filter(action="read", patient_id=case.patient.pk, detail="portal:episode").exists()


@pytest.mark.hazard("HZ-074")
def test_emergency_words_show_911_at_once(case, patient_client):
    answer = patient_client.post(f"/portal/{case.episode.pk}/messages/", {"text": "My chest hurts a lot"}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"/portal/{case.episode.pk}/call-911/"
    assert "Call 911 now" in page and 'href="tel:911"' in page
    assert Task.objects.get().title.startswith("EMERGENCY")


def test_a_calm_message_is_kept_shown_and_empty_ones_come_back(case, patient_client):
    address = f"/portal/{case.episode.pk}/messages/"
    assert patient_client.post(address, {"text": " "}).status_code == 422
    page = patient_client.post(address, {"text": "Can I eat before? <b>"}, follow=True).content.decode()
    assert "Can I eat before? &lt;b&gt;" in page and "within 4 hours" in page
    assert patient_client.get(f"/portal/{case.episode.pk}/messages/read/").status_code == 405


def test_a_count_says_what_it_means(case, patient_client):
    address = f"/portal/{case.episode.pk}/count/"
    page = patient_client.post(address, {"counted": "2"}, follow=True).content.decode()
    assert "It is time to order more" in page and "not what we expected" in page
    assert patient_client.post(address, {"counted": "many"}).status_code == 422


def test_how_to_comes_from_the_verified_order(case, patient_client):
    page = patient_client.get(f"/portal/{case.episode.pk}/how-to/").content.decode()
    assert "Your medicine is" in page and "Do not change the rate yourself." in page
    case.revision.order.status = "submitted"
    case.revision.order.save()
    page = patient_client.get(f"/portal/{case.episode.pk}/how-to/").content.decode()
    assert "still getting your plan ready" in page and "Your medicine is" not in page


@pytest.mark.hazard("HZ-085")
@pytest.mark.parametrize("role", [Role.PATIENT, Role.CAREGIVER])
def test_a_strangers_chart_does_not_exist(stranger, at_home, role):
    client = at_home(role)[2]
    for name in PAGES:
        assert client.get(f"/portal/{stranger.pk}/{name}").status_code == 404, name
    assert client.post(f"/portal/{stranger.pk}/messages/", {"text": "Hello"}).status_code == 404
    assert Message.objects.count() == 0


def test_a_chart_of_another_program_does_not_exist(patient_client, at):
    other = make_program("stranger")
    with scope.tenant(other.pk):
        theirs = make_episode(make_patient(Site.objects.create(name="Far", time_zone="America/Denver")))
    assert patient_client.get(f"/portal/{theirs.pk}/").status_code == 404


@pytest.mark.hazard("HZ-085")
def test_access_taken_away_ends_with_the_next_click(case, at_home, acting, at):
    """The session stays open; the chart does not (HZ-077)."""
    _, link, client, _ = at_home(Role.CAREGIVER)
    assert client.get(f"/portal/{case.episode.pk}/").status_code == 200
    unlink_person(link=link, by=acting(Role.INTAKE), at=at)
    assert client.get(f"/portal/{case.episode.pk}/").status_code == 404
    assert "nothing to show" in client.get("/portal/").content.decode()


@pytest.mark.hazard("HZ-087")
def test_people_at_home_do_not_open_pages_of_the_staff(case, patient_client):
    for address in (
        "/portal/inbox/",
        f"/portal/inbox/{case.episode.pk}/",
        "/portal/physician/",
        f"/portal/people/{case.patient.pk}/",
    ):
        assert patient_client.get(address).status_code == 403, address


# -- Physician ---------------------------------------------------------------------------------------------


def test_the_physician_reads_status_orders_and_labs_of_linked_episodes_only(case, stranger, at_home):
    client = at_home(Role.PHYSICIAN)[2]
    assert client.get("/").headers["Location"] == "/portal/physician/"
    page = client.get("/portal/physician/").content.decode()
    assert "SAMPLEFORD" in page and "TESTWELL" not in page
    page = (
        client.get(f"/portal/physician/{case.episode.pk}/").content.decode().replace("\xa0", " ").replace("&nbsp;", " ")
    )
    assert "2 g" in page and "0.9 mg/dL" in page and '<form method="post" action="/portal' not in page
    assert client.get(f"/portal/physician/{stranger.pk}/").status_code == 404
    assert client.post(f"/portal/{case.episode.pk}/messages/", {"text": "x"}).status_code == 403


# -- Staff -------------------------------------------------------------------------------------------------


def test_the_inbox_shows_emergencies_first_and_stays_within_its_queries(
    case, patient_access, browse, at, django_assert_max_num_queries
):
    send_message(episode=case.episode, text="Calm question", by=patient_access, at=at)
    send_message(episode=case.episode, text="I fainted", by=patient_access, at=at)
    client = browse(Role.NURSE)
    with django_assert_max_num_queries(40):
        page = client.get("/portal/inbox/").content.decode()
    assert page.index("I fainted") < page.index("Calm question") and "Emergency words" in page


@pytest.mark.parametrize("role", [Role.NURSE, Role.PHARMACIST, Role.INTAKE, Role.MONITOR])
def test_staff_reads_and_answers_with_the_banner_in_sight(case, patient_access, browse, at, role):
    send_message(episode=case.episode, text="When do you come?", by=patient_access, at=at)
    client = browse(role)
    address = f"/portal/inbox/{case.episode.pk}/"
    page = client.get(address).content.decode()
    assert "When do you come?" in page and 'class="banner"' in page
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "On Friday."}).status_code == 302
    assert client.get("/portal/inbox/").content.decode().count("When do you come?") == 0
    assert Message.objects.filter(from_home=False, text="On Friday.").exists()


def test_the_episode_page_shows_messages_and_counts(case, patient_access, browse, at):
    send_message(episode=case.episode, text="I fainted", by=patient_access, at=at)
    page = browse(Role.NURSE).get(f"/patients/episodes/{case.episode.pk}/").content.decode()
    assert "I fainted" in page and "Doses not counted at home yet." in page


def test_staff_gives_and_ends_access_on_the_page(program, case, browse):
    person = make_person(program, Role.CAREGIVER, all_sites=False, email="aide@x.example")
    client = browse(Role.INTAKE)
    address = f"/portal/people/{case.patient.pk}/"
    wrong = client.post(f"{address}add/", {"relation": "caregiver", "email": "nobody@x.example"})
    assert wrong.status_code == 422 and "Ask the administrator" in wrong.content.decode()
    assert client.post(f"{address}add/", {"relation": "caregiver", "email": person.email}).status_code == 302
    page = client.get(address).content.decode()
    assert "aide@x.example" in page and "End access now" in page
    link = case.patient.chart_links.get()
    assert client.post(f"{address}end/{link.pk}/").status_code == 302
    assert "End access now" not in client.get(address).content.decode()
    assert browse(Role.TECHNICIAN).get(f"{address}add/").status_code == 403
