"""The biller's pages: the whole way to a paid claim by clicking, and what each refuses to whom."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from support.billed_course import FIRST, Course
from support.people import make_person, make_program
from support.x12_answers import ack_277

from openinfusion.apps.billing.models import Claim, ContractRate, PayerContract, ProductFact, Remittance
from openinfusion.platform.access.roles import Role
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Site, Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def biller_page(browse):
    return browse(Role.BILLER)


def _text(response) -> str:
    return response.content.decode()


def test_from_signed_visit_to_paid_claim_by_page(course, biller_page):
    course.visit()
    pk = course.episode.pk
    assert "SAMPLEFORD" in _text(biller_page.get("/billing/unbilled/"))
    assert 'value="02-Nov-2026"' in _text(biller_page.get(f"/billing/episodes/{pk}/draft/"))
    made = biller_page.post(f"/billing/episodes/{pk}/draft/", {"from_date": "2026-11-02", "to_date": "2026-11-08"})
    claim = Claim.objects.get()
    assert made.status_code == 302
    assert made.url == f"/billing/claims/{claim.pk}/"
    page = _text(biller_page.get(made.url))
    assert "2 g given 02-Nov-2026" in page
    assert "lot CT26H114" in page
    assert "signed by Joel Testwell, RN" in page
    assert biller_page.post(f"/billing/claims/{claim.pk}/send/").status_code == 302
    file = biller_page.get(f"/billing/claims/{claim.pk}/837p/")
    assert file.content.startswith(b"ISA*")
    assert "attachment" in file["Content-Disposition"]
    assert "Let the demo payer answer" in _text(biller_page.get(made.url))
    assert biller_page.post(f"/billing/claims/{claim.pk}/demo-payer/").status_code == 302
    claim.refresh_from_db()
    assert claim.status == "paid"
    assert "270.20" in _text(biller_page.get(made.url))
    assert "come to $0.00" in _text(biller_page.get(f"/billing/claims/{claim.pk}/ledger/"))
    row = Remittance.objects.get()
    assert claim.control_number in _text(biller_page.get(f"/billing/remittances/{row.pk}/"))
    assert biller_page.get(f"/billing/remittances/{row.pk}/file/").content.startswith(b"ISA*")
    assert "Everything signed is billed" in _text(biller_page.get("/billing/unbilled/"))


def test_the_queue_is_the_billers_home_and_says_what_is_missing_and_whose_it_is(course, draft, biller_page):
    course.visit(signed=False)
    claim = draft()
    page = _text(biller_page.get("/billing/"))
    assert claim.control_number in page
    assert "is not signed" in page
    assert "Infusion nurse" in page
    assert "Not known" in page
    assert biller_page.get("/", follow=True).redirect_chain[-1][0] == "/billing/"


@pytest.mark.parametrize("state", ["blocked", "ready", "sent", "rejected", "denied", "paid", "nonsense"])
def test_every_filter_of_the_queue_answers(sent, biller_page, state):
    page = _text(biller_page.get(f"/billing/?state={state}"))
    assert (sent.control_number in page) is (state in ("sent", "nonsense"))


def test_draft_by_page_keeps_what_was_typed_and_says_what_is_wrong(course, biller_page):
    url = f"/billing/episodes/{course.episode.pk}/draft/"
    answer = biller_page.post(url, {"from_date": "2026-11-08", "to_date": "2026-11-02"})
    assert answer.status_code == 422
    assert "before the first" in _text(answer)
    assert biller_page.post(url, {"from_date": "2026-11-02", "to_date": "2026-11-08"}).status_code == 422
    assert not Claim.objects.exists()


def test_check_again_correct_and_void_answer_in_words_in_the_wrong_state(sent, biller_page):
    base = f"/billing/claims/{sent.pk}"
    assert "only a claim that was not sent" in _text(biller_page.post(f"{base}/check/", follow=True))
    for step in ("correct", "void"):
        assert biller_page.post(f"{base}/{step}/", {"reason": "x"}).status_code == 422
        assert biller_page.get(f"{base}/{step}/").status_code == 200
    assert biller_page.post(f"{base}/send/").status_code == 422
    sent.refresh_from_db()
    assert sent.status == "sent"


def test_a_draft_is_voided_by_page_with_a_reason(course, draft, biller_page):
    course.visit()
    claim = draft()
    assert biller_page.post(f"/billing/claims/{claim.pk}/void/", {"reason": ""}).status_code == 422
    assert biller_page.post(f"/billing/claims/{claim.pk}/void/", {"reason": "wrong days"}).status_code == 302
    assert Claim.objects.get().status == "voided"
    assert biller_page.get(f"/billing/claims/{claim.pk}/837p/").status_code == 404


def test_the_demo_payer_is_not_offered_by_a_real_program(sent, program, biller_page):
    Tenant.objects.update(is_demo=False)
    assert "demo payer" not in _text(biller_page.get(f"/billing/claims/{sent.pk}/"))
    assert "demo programs only" in _text(biller_page.post(f"/billing/claims/{sent.pk}/demo-payer/", follow=True))


@pytest.mark.parametrize("path", ["remittances", "acknowledgements"])
def test_an_upload_needs_a_file(program, biller_page, path):
    assert biller_page.get(f"/billing/{path}/add/").status_code == 200
    assert biller_page.post(f"/billing/{path}/add/", {"other": "1"}).status_code == 422


def test_a_file_that_is_no_835_is_parked_and_no_277_is_refused(program, biller_page):
    file = SimpleUploadedFile("x.txt", b"hello")
    answer = biller_page.post("/billing/remittances/add/", {"file": file}, follow=True)
    assert "In suspense" in _text(answer)
    refused = biller_page.post("/billing/acknowledgements/add/", {"file": SimpleUploadedFile("x.txt", b"hello")})
    assert refused.status_code == 422
    assert "Choose a 999 or a 277CA" in _text(refused)
    assert "x.txt" not in _text(biller_page.get("/billing/remittances/?state=suspense"))


def test_an_acknowledgement_by_page_shows_what_it_changed(sent, biller_page):
    file = SimpleUploadedFile("a.277", ack_277(sent.control_number))
    page = biller_page.post("/billing/acknowledgements/add/", {"file": file}, follow=True)
    assert "Accepted" in _text(page)


def test_rates_are_added_imported_and_refused_with_the_row(course, biller_page):
    base = f"/billing/contracts/{course.payer.pk}"
    one = {"code": "S9501", "charge": "140.00", "starts_on": "2026-01-01", "source": "fee schedule 2026"}
    assert biller_page.post(f"{base}/rates/add/", one).status_code == 302
    assert biller_page.post(f"{base}/rates/add/", one).status_code == 422
    table = (
        "code,modifier,charge,expected,effective_from,effective_to,source\nS9502,,160.00,150.00,2026-01-01,,contract\n"
    )
    good = SimpleUploadedFile("rates.csv", table.encode())
    assert biller_page.post(f"{base}/rates/import/", {"file": good}).status_code == 302
    bad = SimpleUploadedFile("rates.csv", (table.replace("S9502", "S9503") + "S9504,,x,,2026-01-01,,c\n").encode())
    answer = biller_page.post(f"{base}/rates/import/", {"file": bad})
    assert answer.status_code == 422
    assert "row 3" in _text(answer)
    assert not ContractRate.objects.filter(code="S9503").exists()
    assert ContractRate.objects.get(code="S9502").source == "contract"
    assert "S9502" in _text(biller_page.get(f"{base}/"))


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"a,b\n1,2\n", b"", b"code,modifier,charge,expected,effective_from,effective_to,source\n"]
)
def test_a_table_that_cannot_be_used_changes_nothing(course, biller_page, content):
    before = ContractRate.objects.count()
    file = SimpleUploadedFile("rates.csv", content)
    assert biller_page.post(f"/billing/contracts/{course.payer.pk}/rates/import/", {"file": file}).status_code == 422
    assert ContractRate.objects.count() == before


def test_a_contract_is_changed_and_a_nonsense_rule_is_named(course, biller_page):
    url = f"/billing/contracts/{course.payer.pk}/change/"
    good = {
        "version": "2027",
        "source": "letter",
        "nursing_basis": "99601",
        "hour_rounding": "down",
        "per_diem_codes": "infliximab=S9359",
    }
    assert biller_page.post(url, good).status_code == 302
    assert PayerContract.objects.get().policy == {"nursing_basis": "99601", "hour_rounding": "down"}
    assert biller_page.post(url, good | {"units_per_day": "lots"}).status_code == 422
    assert biller_page.post(url, good | {"per_diem_codes": "lots"}).status_code == 422
    assert 'value="2027"' in _text(biller_page.get(url))


def test_a_product_gets_its_container_from_a_named_source(course, biller_page):
    ProductFact.objects.all().delete()
    url = f"/billing/products/{course.item.pk}/"
    good = {"container": "single_dose", "ndc_unit": "UN", "ndc_quantity": "1", "source": "label"}
    assert biller_page.post(url, good | {"source": ""}).status_code == 422
    assert biller_page.post(url, good).status_code == 302
    assert "Single-dose" in _text(biller_page.get("/billing/products/"))


def test_demo_rates_are_shown_as_invented(course, biller_page):
    biller_page.post(f"/billing/contracts/{course.payer.pk}/demo/")
    assert "Invented" in _text(biller_page.get(f"/billing/contracts/{course.payer.pk}/"))


@pytest.mark.parametrize("role", [Role.NURSE, Role.PATIENT, Role.PHARMACIST])
@pytest.mark.parametrize("path", ["", "unbilled/", "remittances/", "contracts/", "products/"])
def test_other_roles_do_not_see_billing(course, browse, role, path):
    assert browse(role).get(f"/billing/{path}").status_code == 403


def test_another_programs_claim_is_not_there(sent, program):
    other = make_program("stranger")
    with scope.tenant(other.pk):
        user = make_person(other, Role.BILLER)
    stranger = Client()
    stranger.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    for path in ("", "837p/", "ledger/", "send/"):
        assert stranger.get(f"/billing/claims/{sent.pk}/{path}").status_code == 404


def test_a_biller_of_another_site_reaches_no_chart_and_no_835(sent, program, biller, at):
    from openinfusion.apps.billing.public import let_demo_payer_answer

    row = let_demo_payer_answer(claim=sent, by=biller, at=at)
    elsewhere = Site.objects.create(name="Elsewhere", time_zone="America/Denver")
    far = Client()
    user = make_person(program, Role.BILLER, sites=[elsewhere], all_sites=False, email="far@x.example")
    far.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert far.get(f"/billing/claims/{sent.pk}/").status_code == 404
    assert far.get(f"/billing/remittances/{row.pk}/file/").status_code == 404
    page = far.get(f"/billing/remittances/{row.pk}/")
    assert page.status_code == 200
    assert b"SAMPLEFORD" not in page.content
    assert sent.control_number not in _text(far.get("/billing/?state=paid"))


def test_the_episode_page_shows_the_claims(sent, biller_page):
    page = _text(biller_page.get(f"/patients/episodes/{sent.episode_id}/"))
    assert sent.control_number in page
    assert sent.control_number in _text(biller_page.get(f"/billing/episodes/{sent.episode_id}/"))


def test_lists_make_a_bounded_number_of_queries(site, biller, at, biller_page, django_assert_max_num_queries):
    from openinfusion.apps.billing.public import draft_claim

    for number in range(1, 5):
        one = Course(site=site, by=biller, at=at, number=number, name=("Ficton", f"Bram {number}"))
        one.visit()
        one.visit(FIRST + timedelta(days=1), signed=number % 2 == 0)
        claim = draft_claim(episode=one.episode, from_date=FIRST, to_date=FIRST + timedelta(days=1), by=biller, at=at)
    for path in (
        "/billing/",
        "/billing/unbilled/",
        f"/billing/claims/{claim.pk}/",
        "/billing/products/",
        "/billing/contracts/",
    ):
        with django_assert_max_num_queries(40):
            assert biller_page.get(path).status_code == 200
