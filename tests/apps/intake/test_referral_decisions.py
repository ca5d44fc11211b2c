"""Accept, decline, withdraw, reopen: by whom, when, with which reason, and what follows."""

from datetime import timedelta

import pytest
from support.referral_cases import bundle, demo_changed

from openinfusion.apps.coverage.public import Authorization
from openinfusion.apps.intake.public import (
    accept,
    decline,
    mark_duplicate,
    reopen,
    start_review,
    what_to_send,
    withdraw,
)
from openinfusion.apps.patients.public import Episode
from openinfusion.core.findings import Severity
from openinfusion.demo_data.referrals import load_referral
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, Refused
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.worklist.models import Task


@pytest.fixture
def by(acting):
    return acting(Role.INTAKE)


@pytest.fixture
def complete(receive):
    return receive(load_referral("ceftriaxone"))


@pytest.fixture
def incomplete(receive):
    """Without weight and insurance."""

    def take_away(resources):
        gone = [one for one in resources if one["resourceType"] == "Coverage" or "Body weight" in str(one.get("code"))]
        for one in gone:
            one.clear()
            one.update(resourceType="Basic", code={"text": "left out"})

    return receive(demo_changed("ceftriaxone", take_away))


def test_a_new_referral_opens_one_task_that_the_decision_closes(complete, by, at):
    task = Task.objects.get(key=f"referral:{complete.pk}:review")
    assert (task.owner_role, task.status, task.due_at) == ("intake", "open", at + timedelta(hours=2))
    accept(complete, by=by, at=at)
    task.refresh_from_db()
    assert (task.status, task.outcome) == ("done", "accepted")


def test_the_steps_of_a_referral_leave_their_events(complete, by, at):
    start_review(complete, by=by, at=at)
    episode = accept(complete, by=by, at=at)
    kinds = list(DomainEvent.objects.filter(kind__startswith="referral.").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["referral.received", "referral.review_started", "referral.accepted"]
    accepted = DomainEvent.objects.get(kind="referral.accepted")
    assert accepted.episode_id == episode.pk
    assert "24-Nov-2026 10:42" in accepted.sentence


def test_an_incomplete_referral_is_accepted_only_with_a_reason(incomplete, by, at):
    assert {one["element"] for one in incomplete.missing} == {"weight", "coverage"}
    with pytest.raises(BadInput) as caught:
        accept(incomplete, by=by, at=at)
    assert "2 items are missing" in caught.value.fields["reason"]
    assert not Episode.objects.exists()
    accept(incomplete, by=by, at=at, reason="Weight follows today")
    assert incomplete.decision_reason == "Weight follows today"
    assert not Authorization.objects.exists()
    assert Task.objects.filter(key=f"referral:{incomplete.pk}:coverage", status="open").exists()


def test_a_blocking_finding_needs_a_reason_too(complete, by, at):
    complete.findings.create(rule="x", severity=Severity.BLOCK.value, subject="x", detail="x")
    with pytest.raises(BadInput) as caught:
        accept(complete, by=by, at=at)
    assert "finding" in caught.value.fields["reason"]


def test_a_therapy_nobody_named_is_chosen_by_a_person(receive, by, at):
    referral = receive(bundle())
    assert referral.therapy_id == ""
    with pytest.raises(BadInput) as caught:
        accept(referral, by=by, at=at, reason="by phone")
    assert "therapy_id" in caught.value.fields
    with pytest.raises(BadInput):
        accept(referral, by=by, at=at, reason="by phone", therapy_id="leeches")
    assert accept(referral, by=by, at=at, reason="by phone", therapy_id="hydration").therapy_id == "hydration"


def test_declining_needs_a_reason_and_opens_no_episode(complete, by, at):
    with pytest.raises(BadInput):
        decline(complete, reason="  ", by=by, at=at)
    decline(complete, reason="Out of our area", by=by, at=at)
    assert (complete.status, complete.decided_at, complete.decision_reason) == ("declined", at, "Out of our area")
    assert not Episode.objects.exists()
    with pytest.raises(Refused):
        accept(complete, by=by, at=at)


def test_an_accepted_referral_is_not_decided_again(complete, by, at):
    accept(complete, by=by, at=at)
    for step in (decline, withdraw, mark_duplicate):
        with pytest.raises(Refused):
            step(complete, reason="late", by=by, at=at)
    with pytest.raises(Refused):
        accept(complete, by=by, at=at)
    assert Episode.objects.count() == 1


def test_a_closed_referral_can_be_opened_again(complete, by, at):
    withdraw(complete, reason="Patient stays in hospital", by=by, at=at)
    row = reopen(complete, reason="Discharged after all", by=by, at=at)
    assert (row.status, row.decided_at, row.decision_reason) == ("in_review", None, "")
    assert accept(complete, by=by, at=at).status == "accepted"


def test_a_nurse_does_not_decide(complete, acting, at):
    for step in (
        lambda: accept(complete, by=acting(Role.NURSE), at=at),
        lambda: decline(complete, reason="no", by=acting(Role.NURSE), at=at),
    ):
        with pytest.raises(NotAllowed):
            step()
    complete.refresh_from_db()
    assert complete.status == "received"


def test_the_text_for_the_sender_names_what_is_missing_and_no_patient(incomplete):
    text = what_to_send(incomplete)
    assert "2 of 25 items are still missing" in text
    assert incomplete.number in text
    for one in incomplete.missing:
        assert one["sentence"] in text
    assert "Sampleford" not in text
    assert "Marion" not in text


def test_a_complete_referral_asks_for_nothing(complete):
    assert "Every item we ask for is there" in what_to_send(complete)
