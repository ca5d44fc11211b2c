"""Episodes: numbered, moved only along their workflow, with the clock from referral to first dose."""

import itertools
from datetime import date, timedelta

import pytest

from openinfusion.apps.patients import public
from openinfusion.core.states import EPISODE
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, NotFound, Refused
from openinfusion.platform.events.models import DomainEvent


@pytest.fixture
def by(acting):
    return acting(Role.NURSE)


def test_a_new_episode_is_referred_and_numbered(episode):
    assert (episode.number, episode.status) == ("DEMO-E-000001", "referred")
    event = DomainEvent.objects.get(kind="episode.opened")
    assert (event.episode_id, event.patient_id, event.step) == (episode.pk, episode.patient_id, "referral")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"therapy_id": "snake_oil"}, "therapy_id"),
        ({"icd10": "not a code"}, "icd10"),
        ({"referral_received_at": "later"}, "referral_received_at"),
    ],
)
def test_an_episode_that_cannot_be_is_refused(patient, by, at, fields, wrong):
    if fields.get("referral_received_at"):
        fields = {"referral_received_at": at + timedelta(minutes=1)}
    with pytest.raises(BadInput) as error:
        public.new_episode(
            **{"patient": patient, "therapy_id": "ivig10", "referral_received_at": at, "by": by, "at": at, **fields}
        )
    assert list(error.value.fields) == [wrong]


def test_the_whole_walk_sets_its_moments(episode, by, at):
    """Referred, accepted, assessed, first dose, completed, discharged; each step leaves its event."""
    walk = [
        ("accept", ""),
        ("record_assessment", ""),
        ("start_therapy", ""),
        ("complete", ""),
        ("discharge", "goal met"),
    ]
    for hours, (action, reason) in enumerate(walk):
        episode = public.move_episode(
            episode=episode, action=action, by=by, at=at + timedelta(hours=hours), reason=reason
        )
    assert (episode.status, episode.end_reason) == ("discharged", "goal met")
    assert episode.accepted_at == at
    assert episode.first_dose_at == at + timedelta(hours=2)
    assert episode.ended_at == at + timedelta(hours=3)
    kinds = list(DomainEvent.objects.filter(episode_id=episode.pk).order_by("pk").values_list("kind", flat=True))
    assert kinds == [
        "episode.opened", "episode.accepted", "episode.assessed", "episode.therapy_started", "episode.completed",
        "episode.discharged",
    ]  # fmt: skip


def test_a_step_out_of_order_is_refused_with_the_sentence_of_the_table(episode, by, at):
    refused = 0
    for status, action in itertools.product(EPISODE.states, EPISODE.actions):
        type(episode).objects.filter(pk=episode.pk).update(status=status)
        step = EPISODE.check(status, action)
        if hasattr(step, "target"):
            moved = public.move_episode(episode=episode, action=action, by=by, at=at, reason="because")
            assert moved.status == step.target
            continue
        with pytest.raises(Refused) as error:
            public.move_episode(episode=episode, action=action, by=by, at=at, reason="because")
        assert error.value.sentence == step.sentence
        refused += 1
    assert refused == len(EPISODE.states) * len(EPISODE.actions) - len(EPISODE.transitions)


@pytest.mark.parametrize("action", ["hold", "discharge"])
def test_an_interruption_needs_its_reason(episode, by, at, action):
    for step in ("accept", "start_therapy"):
        public.move_episode(episode=episode, action=step, by=by, at=at)
    with pytest.raises(BadInput):
        public.move_episode(episode=episode, action=action, by=by, at=at)


def test_a_role_without_the_permission_moves_nothing(episode, acting, at):
    with pytest.raises(NotAllowed):
        public.move_episode(episode=episode, action="accept", by=acting(Role.BILLER), at=at)
    assert public.refusal_to_move(episode, "accept", by=acting(Role.BILLER)).code == "not_allowed"
    assert public.refusal_to_move(episode, "accept", by=acting(Role.NURSE)) is None


def test_the_clock_runs_from_referral_to_first_dose(episode, by, at):
    clock = public.first_dose_clock(episode, at)
    assert (clock.elapsed, clock.is_running, clock.has_dose) == (timedelta(days=4, hours=1, minutes=42), True, False)
    for step in ("accept", "start_therapy"):
        episode = public.move_episode(episode=episode, action=step, by=by, at=at)
    later = public.first_dose_clock(episode, at + timedelta(days=9))
    assert (later.elapsed, later.is_running, later.has_dose) == (clock.elapsed, False, True)


def test_an_episode_cancelled_before_therapy_stops_the_clock_without_a_dose(episode, by, at):
    episode = public.move_episode(episode=episode, action="cancel", by=by, at=at, reason="patient went elsewhere")
    clock = public.first_dose_clock(episode, at + timedelta(days=9))
    assert (clock.elapsed, clock.is_running, clock.has_dose) == (timedelta(days=4, hours=1, minutes=42), False, False)


def test_the_primary_nurse_is_named_once(episode, by, at):
    for _ in range(2):
        public.name_primary_nurse(episode=episode, nurse_id=7, by=by, at=at)
    assert DomainEvent.objects.filter(kind="episode.nurse_named").count() == 1


def test_details_change_until_the_episode_has_ended(episode, by, at):
    same = {"therapy_id": "ivig10", "prescriber": None, "indication": "CIDP", "icd10": "G61.81"}
    public.change_episode(episode=episode, **same, planned_start_on=date(2026, 12, 1), by=by, at=at)
    assert DomainEvent.objects.get(kind="episode.changed").sentence == "Episode details changed: planned start"
    public.move_episode(episode=episode, action="cancel", by=by, at=at, reason="declined")
    with pytest.raises(Refused, match="episode_ended"):
        public.change_episode(episode=episode, **same, planned_start_on=None, by=by, at=at)


def test_a_consent_holds_from_its_signature_to_its_end_or_revocation(episode, by, at):
    assert public.active_consent(episode, at=at) is None
    consent = public.record_consent(
        episode=episode, signed_by="Marigold Sampleford", relation="self", ends_on=date(2026, 12, 31), by=by, at=at
    )
    assert public.active_consent(episode, at=at) == consent
    assert public.active_consent(episode, at=at, kind="photos") is None
    assert public.active_consent(episode, at=at + timedelta(days=60)) is None
    public.revoke_consent(consent=consent, by=by, at=at + timedelta(days=1))
    assert public.active_consent(episode, at=at + timedelta(hours=1)) == consent
    assert public.active_consent(episode, at=at + timedelta(days=2)) is None
    with pytest.raises(Refused, match="already_revoked"):
        public.revoke_consent(consent=consent, by=by, at=at)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"signed_by": ""}, "signed_by"), ({"relation": ""}, "relation"), ({"ends_on": date(2026, 11, 1)}, "ends_on")],
)
def test_a_consent_without_its_facts_is_refused(episode, by, at, fields, wrong):
    given = {"signed_by": "Marigold Sampleford", "relation": "self", **fields}
    with pytest.raises(BadInput) as error:
        public.record_consent(episode=episode, **given, by=by, at=at)
    assert list(error.value.fields) == [wrong]


def test_the_time_line_holds_the_episode_and_the_chart_but_no_tasks(episode, patient, by, at):
    from openinfusion.platform.worklist.services import open_task

    public.record_allergy(patient=patient, substance="penicillin", by=by, at=at)
    open_task(key="k", title="Call", owner_role=Role.NURSE, due_at=at, by=by, at=at, subject=episode)
    public.move_episode(episode=episode, action="accept", by=by, at=at + timedelta(minutes=1))
    assert [one.kind for one in public.timeline(episode)] == ["episode.accepted", "allergy.recorded", "episode.opened"]


def test_an_episode_of_another_site_is_not_there(far_patient, acting, site_access, at):
    episode = public.new_episode(
        patient=far_patient, therapy_id="ivig10", referral_received_at=at, by=acting(Role.INTAKE), at=at
    )
    with pytest.raises(NotFound):
        public.move_episode(episode=episode, action="accept", by=site_access, at=at)


def test_a_prescriber_of_another_program_is_not_there(patient, by, at):
    from support.people import make_program

    from openinfusion.apps.patients.models import Prescriber
    from openinfusion.platform.tenancy import scope

    other = make_program("other")
    with scope.tenant(other.pk):
        stranger = Prescriber.objects.create(name="Ada Testwell")
    with pytest.raises(NotFound):
        public.new_episode(
            patient=patient, therapy_id="ivig10", prescriber=stranger, referral_received_at=at, by=by, at=at
        )
