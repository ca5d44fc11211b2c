"""Pages of the order: entered field by field with nothing chosen beforehand, changed with a reason, stepped with words."""

import pytest

from openinfusion.apps.pharmacy.models import Order, OrderRevision
from openinfusion.apps.pharmacy.public import (
    check,
    current_revision,
    draft_content_from_package,
    enter_order,
    read_order,
)
from openinfusion.apps.pharmacy.web.drug_search import distinguishing_text, find_therapies
from openinfusion.apps.pharmacy.web.order_form import OrderForm, field_of, initial_of
from openinfusion.core.orders.writing import differences
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import NotFound
from openinfusion.rulepacks import therapies
from openinfusion.rulepacks.examples import example_case, example_therapies


@pytest.fixture
def episode(make_episode):
    return make_episode()


def _new(episode):
    return f"/pharmacy/episodes/{episode.pk}/orders/new/"


@pytest.mark.hazard("HZ-005")
@pytest.mark.parametrize("text", ["c", "cef", "c e f", " ce-f "])
def test_a_drug_search_of_fewer_than_four_letters_finds_nobody(text):
    assert find_therapies(text) == []


@pytest.mark.hazard("HZ-005")
def test_the_search_page_offers_no_drug_below_four_letters(episode, browse):
    page = browse(Role.INTAKE).post(_new(episode), {"drug": "cef"})
    assert page.status_code == 422
    assert b"at least 4 letters" in page.content
    assert b'name="therapy"' not in page.content


def test_the_search_shows_whole_names_in_tall_man_letters_with_nothing_chosen(episode, browse):
    page = browse(Role.INTAKE).post(_new(episode), {"drug": "ceft"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "cefTRIAXone" in text
    assert "cefTAZidime" in text
    assert "ceFAZolin" not in text
    assert 'name="therapy"' in text
    assert "checked" not in text
    assert all(distinguishing_text(one) in text for one in find_therapies("ceft"))


def test_names_that_look_alike_never_read_alike():
    shown = [f"{one.display_name} {distinguishing_text(one)}" for one in therapies().values()]
    assert len(set(shown)) == len(shown)


def test_an_order_is_entered_by_page_as_a_draft_with_exactly_what_was_typed(episode, browse, form_data, content):
    page = browse(Role.INTAKE).post(_new(episode), form_data)
    order = Order.objects.get()
    assert (page.status_code, page.url) == (302, f"/pharmacy/orders/{order.pk}/")
    stored = OrderRevision.objects.get().content
    assert order.status == "draft"
    assert differences(read_order(stored), read_order({**content, "id": order.number})) == ()


def test_the_empty_form_has_nothing_chosen(episode, browse):
    text = browse(Role.INTAKE).post(_new(episode), {"therapy": "ceftriaxone"}).content.decode()
    assert "cefTRIAXone" in text
    assert " checked" not in text
    assert "selected" not in text.replace('value="" selected', "")


@pytest.mark.hazard("HZ-008")
@pytest.mark.parametrize("field", ["dose", "volume", "infuse_over", "per"])
def test_an_amount_without_a_unit_is_refused_at_its_field(form_data, field):
    form = OrderForm(form_data | {f"{field}_1": ""})
    assert not form.is_valid()
    assert form.errors[field] == ["Choose the unit"]


@pytest.mark.parametrize("unit", ["U", "IU", "ug", "cc", "QD"])
def test_a_unit_people_misread_is_refused_and_what_was_typed_is_kept(episode, browse, form_data, unit):
    page = browse(Role.INTAKE).post(_new(episode), form_data | {"dose_1": unit})
    assert page.status_code == 422
    assert b"osteomyelitis" in page.content
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"dose_basis": "per_kg"}, "dose_basis"),
        ({"per_0": "0"}, "per"),
        ({"rate_1_0": "100", "rate_1_1": "mL/h", "rate_3_0": "50", "rate_3_1": "mL/h"}, "rate_3"),
        ({"for_1_0": "10", "for_1_1": "min"}, "rate_1"),
        ({"schedule": "once"}, "times"),
        ({"dose_0": ".5"}, "dose"),
        ({"shares_line": ["none", "other"]}, "shares_line"),
        ({"ordered_by": ""}, "ordered_by"),
    ],
)
def test_each_problem_stands_at_its_field(episode, browse, form_data, changes, field):
    page = browse(Role.INTAKE).post(_new(episode), form_data | changes)
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("order.dose.unit", "dose"), ("order.dose_basis", "dose_basis"), ("order.rate_steps[0].rate.unit", "rate_1"),
        ("order.rate_steps[2].for", "for_3"), ("order.pump.type", "pump"), ("order.pump.pca.bolus.unit", "pca_bolus"),
        ("order.pump.reservoir.value", "reservoir"), ("order.frequency.per.unit", "per"), ("order.frequency.times", "times"),
        ("order.line_shared_with[0]", "shares_line"), ("order.volume", "volume"),
    ],
)  # fmt: skip
def test_paths_of_the_contract_lead_to_fields_of_the_form(path, field):
    assert field_of(path) == field


def test_every_example_order_survives_the_way_through_the_form():
    """What the form cannot show is kept; what it shows comes back unchanged."""
    units = {}
    for therapy in example_therapies():
        stored = {**example_case(therapy)["order"], "id": "o1"}
        bound = _typed(initial_of(stored))
        form = OrderForm(bound, other_orders=stored.get("line_shared_with") or ())
        assert form.is_valid(), (stored["therapy"], form.errors)
        back = {"therapy": stored["therapy"], "id": "o1", **form.content(kept=stored)}
        changed = differences(read_order(stored), read_order(back))
        units[stored["therapy"]] = [
            (one.field, one.before, one.after) for one in changed if one.field not in _NOT_ENTERED
        ]
    assert {therapy: found for therapy, found in units.items() if found} == {}
    assert units


#: Who verified, and a prescriber where the example names none, are no part of what the form carries over.
_NOT_ENTERED = ("ordered_by", "verified_by")


def _typed(initial):
    typed = {
        "ordered_by": "Noah Pretend",
        "origin": "entered",
        "first_dose": "not_known",
        "schedule": "once",
        "route": "intravenous",
    }
    for name, value in initial.items():
        if hasattr(value, "unit"):
            typed |= {f"{name}_0": format(value.value, "f"), f"{name}_1": value.unit}
        elif hasattr(value, "isoformat"):
            typed[name] = value.isoformat()
        else:
            typed[name] = value if isinstance(value, list) else str(value)
    return typed


def test_a_change_needs_a_reason_and_shows_what_differs(episode, browse, make_order, form_data):
    order = make_order(episode)
    client, url = browse(Role.INTAKE), f"/pharmacy/orders/{order.pk}/revise/"
    assert b"osteomyelitis" in client.get(url).content
    changed = form_data | {"dose_0": "1"}
    assert client.post(url, changed).status_code == 422
    assert client.post(url, changed | {"reason": "weight went down"}).status_code == 302
    order.refresh_from_db()
    assert (order.status, order.current_revision, order.therapy_id) == ("draft", 2, "ceftriaxone")
    text = client.get(f"/pharmacy/orders/{order.pk}/").content.decode()
    assert "Dose: 2 g → 1 g" in text.replace("\u00a0", " ").replace('<span class="nowrap">', "")
    assert "weight went down" in text


def test_a_revision_cannot_change_the_drug(episode, browse, make_order, form_data):
    order = make_order(episode)
    data = form_data | {"therapy": "cefazolin", "dose_0": "1", "reason": "x"}
    assert browse(Role.INTAKE).post(f"/pharmacy/orders/{order.pk}/revise/", data).status_code == 302
    assert OrderRevision.objects.get(number=2).content["therapy"] == "ceftriaxone"


def test_the_order_page_shows_content_state_findings_and_what_was_not_checked(episode, browse, make_order):
    text = browse(Role.NURSE).get(f"/pharmacy/orders/{make_order(episode).pk}/").content.decode()
    for words in ("cefTRIAXone", "Waits for verification", "osteomyelitis", "Not checked", "FICTON", "Anaphylaxis kit"):
        assert words in text


def test_the_whole_way_of_steps(episode, browse, make_order, verify):
    order = make_order(episode, submitted=False)
    clerk, pharmacist = browse(Role.INTAKE), browse(Role.PHARMACIST)
    base = f"/pharmacy/orders/{order.pk}"
    assert clerk.post(f"{base}/submit/").status_code == 302
    order.refresh_from_db()
    verify(order)
    assert pharmacist.post(f"{base}/hold/", {"reason": "", "review_at_0": "", "review_at_1": ""}).status_code == 422
    held = {"reason": "in hospital", "review_at_0": "27-Nov-2026", "review_at_1": "10:00"}
    assert pharmacist.post(f"{base}/hold/", held).status_code == 302
    assert b"in hospital" in pharmacist.get(f"{base}/").content
    assert pharmacist.post(f"{base}/resume/").status_code == 302
    assert pharmacist.post(f"{base}/stop/", {"reason": "therapy ended"}).status_code == 302
    order.refresh_from_db()
    assert order.status == "stopped"
    assert pharmacist.get(f"{base}/revise/").status_code == 409
    assert pharmacist.post(f"{base}/stop/", {"reason": "again"}).status_code == 409


@pytest.mark.parametrize("step", ["hold", "resume", "stop", "verify"])
def test_who_may_not_is_refused(episode, browse, make_order, step):
    assert (
        browse(Role.NURSE).post(f"/pharmacy/orders/{make_order(episode).pk}/{step}/", {"reason": "x"}).status_code
        == 403
    )


def test_steps_are_posted_never_got(episode, browse, make_order):
    order = make_order(episode, submitted=False)
    assert browse(Role.INTAKE).get(f"/pharmacy/orders/{order.pk}/submit/").status_code == 405
    assert browse(Role.PHARMACIST).get(f"/pharmacy/orders/{order.pk}/resume/").status_code == 405


@pytest.mark.parametrize("page", ["", "revise/", "hold/", "stop/", "verify/", "prepare/"])
def test_an_order_that_is_not_there_is_not_found(program, browse, page):
    browse(Role.INTAKE)
    assert browse(Role.PHARMACIST).get(f"/pharmacy/orders/987654/{page}").status_code == 404


def test_a_biller_enters_nothing(episode, browse, form_data):
    assert browse(Role.BILLER).post(_new(episode), form_data).status_code == 403


def test_the_episode_page_shows_the_order_and_its_findings(episode, browse, make_order):
    client = browse(Role.PHARMACIST)
    assert b"No order yet" in client.get(f"/patients/episodes/{episode.pk}/").content
    make_order(episode)
    text = client.get(f"/patients/episodes/{episode.pk}/").content.decode()
    assert "Current order" in text
    assert "Open findings" in text
    assert "not verified" in text
    assert browse(Role.PHARMACIST).get(f"/pharmacy/episodes/{episode.pk}/orders/").status_code == 200


def test_an_order_with_fields_beyond_the_contract_is_checked_too(episode, make_order, at):
    order = make_order(episode, monitoring=["CBC weekly"], reaction_medication=["epinephrine"], lock="heparin")
    case, verdict = check(revision=current_revision(order), at=at)
    assert "monitoring" not in case["order"]
    assert verdict.checked


# -- Drafts from a referral ------------------------------------------------------------------------------------------

_ASKED = {
    "therapy_id": "ceftriaxone", "drug": "ceftriaxone", "reason": "osteomyelitis", "prescriber": {"name": "Noah Pretend"},
    "start": {"text": "2026-11-25", "day": "2026-11-25"},
    "dosages": [{"dose_value": "2", "dose_unit": "g", "frequency": "every 24 hours", "route": "Intravenous"}],
}  # fmt: skip


def _package(**changes):
    return {"patients": [{"orders": [_ASKED | changes]}]}


def test_a_referral_gives_the_draft_what_it_said_clearly(episode, acting, at):
    draft = draft_content_from_package(_package())
    assert draft == {
        "therapy": "ceftriaxone", "indication": "osteomyelitis", "route": "intravenous", "dose": {"value": "2", "unit": "g"},
        "frequency": {"times": 1, "per": {"value": "24", "unit": "h"}}, "start_on": "2026-11-25", "ordered_by": "Noah Pretend",
    }  # fmt: skip
    assert (
        enter_order(episode=episode, content=draft, origin="referral", by=acting(Role.INTAKE), at=at).status == "draft"
    )


@pytest.mark.parametrize(
    ("dosage", "absent"),
    [
        ({"dose_value": "2", "dose_unit": "U"}, "dose"),
        ({"dose_value": "1", "dose_high": "2", "dose_unit": "g"}, "dose"),
        ({"dose_value": "2", "dose_unit": ""}, "dose"),
        ({"frequency": "QD"}, "frequency"),
        ({"frequency": "as directed"}, "frequency"),
        ({"route": "by mouth or iv"}, "route"),
        ({"frequency": "every 24 hours", "as_needed": True}, "frequency"),
    ],
)
def test_what_was_not_said_clearly_stays_absent(dosage, absent):
    assert absent not in draft_content_from_package(_package(dosages=[dosage]))


def test_two_drugs_or_none_give_no_draft():
    assert draft_content_from_package({"patients": [{"orders": [_ASKED, _ASKED]}]}) == {}
    assert draft_content_from_package(_package(therapy_id="")) == {}
    assert draft_content_from_package({}) == {}


def test_an_order_without_its_revision_is_not_found_and_breaks_nothing(episode, make_order, browse):
    order = make_order(episode)
    Order.objects.filter(pk=order.pk).update(current_revision=9)
    assert browse(Role.PHARMACIST).get(f"/pharmacy/orders/{order.pk}/").status_code == 404
    order.refresh_from_db()
    with pytest.raises(NotFound):
        current_revision(order)
