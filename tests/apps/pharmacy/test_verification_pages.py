"""The verification page: everything the decision rests on, a reason for each interrupt, one content signed."""

import re

import pytest

from openinfusion.apps.pharmacy.models import Verification
from openinfusion.apps.pharmacy.public import check, current_revision, revise, verify_order
from openinfusion.apps.pharmacy.services.verification import override_key
from openinfusion.core.findings import Severity
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.rules.services import approve, propose


@pytest.fixture
def order(make_episode, make_order):
    return make_order(make_episode())


@pytest.fixture
def allergic(make_episode, make_order):
    """An order that meets an allergy which interrupts: the same drug under its brand name, with a rash."""
    episode = make_episode(allergy_status="recorded")
    episode.patient.allergies.create(substance="Rocephin", reaction="rash", tenant=episode.tenant)
    return make_order(episode)


@pytest.fixture
def therapy_rules(acting, at):
    """The therapy pack active in the program, by two people."""
    version = propose(pack_id="therapies", by=acting(Role.PHARMACIST), at=at)
    approve(version=version, by=acting(Role.PHARMACIST), at=at)
    return approve(version=version, by=acting(Role.MEDICAL_DIRECTOR), at=at)


def _findings(order, at):
    return check(revision=current_revision(order), at=at)[1].findings


def _answers(order, at):
    return {
        override_key(one): "talked to the prescriber"
        for one in _findings(order, at)
        if one.severity is Severity.INTERRUPT
    }


def _decide(client, order, **data):
    seen = current_revision(order).content_hash
    return client.post(f"/pharmacy/orders/{order.pk}/verify/", {"seen": seen, "note": "", **data})


def test_the_queue_shows_what_waits_and_opens_the_verification(order, browse):
    text = browse(Role.PHARMACIST).get("/pharmacy/queue/").content.decode()
    assert "Ficton" in text
    assert f"/pharmacy/orders/{order.pk}/verify/" in text
    assert "cefTRIAXone" in text
    assert browse(Role.PHARMACIST).get("/").url == "/pharmacy/queue/"


def test_the_queue_makes_a_bounded_number_of_queries(make_episode, make_order, browse, django_assert_max_num_queries):
    for number in range(12):
        make_order(make_episode(number, f"Ficton{number}"))
    client = browse(Role.PHARMACIST)
    client.get("/pharmacy/queue/")
    for state in ("submitted", "held", "open"):
        with django_assert_max_num_queries(32):
            client.get(f"/pharmacy/queue/?state={state}")


def test_the_page_shows_order_patient_labs_checks_and_what_was_not_checked(order, browse):
    text = browse(Role.PHARMACIST).get(f"/pharmacy/orders/{order.pk}/verify/").content.decode()
    for words in (
        "cefTRIAXone", "osteomyelitis", "Creatinine", "mg/dL", "None known", "Not checked", "Rule packs active here", "Last preparation",
        "entered by Intake Ficton",
    ):  # fmt: skip
        assert words in text, words


def test_the_page_names_the_active_rule_packs_and_their_version(order, therapy_rules, browse):
    text = browse(Role.PHARMACIST).get(f"/pharmacy/orders/{order.pk}/verify/").content.decode()
    assert f"therapies {therapy_rules.version}" in text


def test_the_submit_button_is_the_last_control_and_return_the_first_button(order, browse):
    """Enter in a box never verifies, and the keyboard reaches the decision last."""
    text = browse(Role.PHARMACIST).get(f"/pharmacy/orders/{order.pk}/verify/").content.decode()
    main = text[text.index('<main class="main"') : text.index("</main>")]
    buttons = re.findall(r'<button[^>]*value="(return|verify)"', main)
    assert buttons[0] == "return"
    assert "<input" not in main[main.rindex("<button") :]
    assert "accesskey" not in text


def test_verified_with_a_reason_for_each_interrupt_and_signed(allergic, browse, at):
    order = allergic
    client = browse(Role.PHARMACIST)
    answers = _answers(order, at)
    assert len(answers) == 1
    refused = _decide(client, order, decision="verify", note="kept while I fix it")
    assert refused.status_code == 422
    assert b"Give a reason to go on" in refused.content
    assert b"kept while I fix it" in refused.content
    assert _decide(client, order, decision="verify", **answers).status_code == 302
    decision = Verification.objects.get()
    assert decision.decision == "verified"
    assert decision.overrides == [
        {"rule": "ALLERGY.SAME_DRUG", "subject": "Rocephin", "reason": "talked to the prescriber"}
    ]
    order.refresh_from_db()
    assert order.status == "verified"
    text = client.get(f"/pharmacy/orders/{order.pk}/").content.decode()
    assert "Reason given" in text
    assert "Signature fits the content" in text


def test_a_reason_answers_its_own_finding_only(allergic, acting, at):
    """A reason typed for a finding that is gone is no reason for the one that came."""
    with pytest.raises(BadInput) as caught:
        verify_order(
            order=allergic, overrides=[("reason_000000000000", "for something else")], by=acting(Role.PHARMACIST), at=at
        )
    assert list(caught.value.fields) == list(_answers(allergic, at))


def test_returned_with_a_note(order, browse):
    client = browse(Role.PHARMACIST)
    assert _decide(client, order, decision="return").status_code == 422
    assert _decide(client, order, decision="return", note="Which diluent?").status_code == 302
    order.refresh_from_db()
    assert order.status == "returned"
    assert b"Which diluent?" in client.get(f"/pharmacy/orders/{order.pk}/").content


@pytest.mark.hazard("HZ-021")
def test_another_content_than_the_one_on_the_screen_is_never_signed(order, acting, browse, content, at):
    """The order changes and is submitted again while the pharmacist reads the old one."""
    from openinfusion.apps.pharmacy.public import submit

    seen = current_revision(order).content_hash
    by = acting(Role.INTAKE)
    revise(order=order, content=content | {"dose": {"value": "1", "unit": "g"}}, reason="changed", by=by, at=at)
    order.refresh_from_db()
    submit(order=order, by=by, at=at)
    page = browse(Role.PHARMACIST).post(
        f"/pharmacy/orders/{order.pk}/verify/", {"seen": seen, "note": "", "decision": "verify", **_answers(order, at)}
    )
    assert page.status_code == 422
    assert not Verification.objects.exists()


def test_who_entered_it_sees_why_not_on_the_button(make_episode, make_order, browse, at):
    mine = make_order(make_episode(), role=Role.PHARMACIST)
    client = browse(Role.PHARMACIST)
    assert b"You entered this revision" in client.get(f"/pharmacy/orders/{mine.pk}/verify/").content
    assert _decide(client, mine, decision="verify", **_answers(mine, at)).status_code == 422
    assert not Verification.objects.exists()


def test_a_draft_cannot_be_verified(make_episode, make_order, browse):
    draft = make_order(make_episode(), submitted=False)
    client = browse(Role.PHARMACIST)
    assert b"Verify and sign" in client.get(f"/pharmacy/orders/{draft.pk}/verify/").content
    assert _decide(client, draft, decision="verify").status_code == 422


@pytest.mark.hazard("HZ-007")
def test_a_tenfold_dose_over_a_hard_limit_is_never_verified(make_episode, make_order, therapy_rules, acting, at):
    """Meropenem 20 g instead of 2 g: no reason lets it through."""
    changes = {"therapy": "meropenem", "frequency": {"times": 1, "per": {"value": "8", "unit": "h"}}}
    order = make_order(make_episode(), **changes, dose={"value": "20", "unit": "g"})
    reasons = [(one.rule, "on purpose") for one in _findings(order, at)]
    with pytest.raises(Refused, match="blocked"):
        verify_order(order=order, overrides=reasons, by=acting(Role.PHARMACIST), at=at)
    assert any(one.category == "dose_high" and one.severity is Severity.BLOCK for one in _findings(order, at))


@pytest.mark.hazard("HZ-012")
@pytest.mark.parametrize("submitted", [True, False])
def test_the_same_drug_ordered_twice_is_found_also_while_the_other_is_a_draft(make_episode, make_order, submitted, at):
    episode = make_episode()
    make_order(episode, submitted=submitted)
    second = make_order(episode)
    found = [one for one in _findings(second, at) if one.category == "duplicate"]
    assert [one.severity for one in found if "ceftriaxone" in f"{one.subject} {one.detail}".lower()] != []


@pytest.mark.hazard("HZ-012")
def test_an_order_on_hold_still_counts_as_a_duplicate(make_episode, make_order, verify, acting, at):
    from openinfusion.apps.pharmacy.public import hold

    episode = make_episode()
    first = verify(make_order(episode))
    hold(order=first, reason="hospital", by=acting(Role.PHARMACIST), at=at)
    assert [one for one in _findings(make_order(episode), at) if one.category == "duplicate"]


@pytest.mark.hazard("HZ-013")
@pytest.mark.parametrize("substance", ["ceftriaxone", "Rocephin", "ROCEPHIN 1 G"])
def test_an_allergy_to_the_drug_stops_it_in_the_service(make_episode, make_order, acting, substance, at):
    episode = make_episode(allergy_status="recorded")
    episode.patient.allergies.create(substance=substance, reaction="anaphylaxis", tenant=episode.tenant)
    order = make_order(episode)
    found = [one for one in _findings(order, at) if one.category == "allergy"]
    assert found, "an allergy that is not understood must be asked about"
    with pytest.raises((Refused, BadInput)):
        verify_order(order=order, by=acting(Role.PHARMACIST), at=at)
