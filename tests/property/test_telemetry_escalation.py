"""Whatever providers do, a high alarm reaches a person or the staffed phone in time. Source: HZ-046, IHE ACM."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.core.alarms.escalation import Action, Attempt, Chain, DeliveryStatus, Step, next_step
from openinfusion.core.alarms.lifecycle import RAISED, Alarm
from openinfusion.core.telemetry.reports import Priority

T0 = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ALARM = Alarm(
    id="a", version=1, rule="r", kind="k", title="t", priority=Priority.HIGH, device="P", channel="", detail="",
    state=RAISED, raised_at=T0, device_at=T0, received_at=T0, is_late=False,
)  # fmt: skip

WAITS = st.lists(st.integers(5, 60), max_size=4)
FATES = st.lists(st.sampled_from(["lost", "failed", "late failure", "acknowledged"]), min_size=5, max_size=5)


def play(waits, phone_wait, fates):
    """Let a notifier follow the plan second by second; every provider meets its fate."""
    steps = tuple(Step(f"person {n}", "push", wait * SECOND) for n, wait in enumerate(waits))
    chain = Chain(steps, Step("centre", "phone", phone_wait * SECOND))
    attempts: list[Attempt] = []
    for second in range(sum(waits) + 2 * phone_wait + 5):
        at = T0 + second * SECOND
        for n, attempt in enumerate(attempts):
            if fates[attempt.step] == "late failure" and at - attempt.at >= 3 * SECOND:
                attempts[n] = replace(attempt, status=DeliveryStatus.FAILED)
        found = next_step(ALARM, chain, attempts, at=at)
        if found.action is Action.SEND:
            fate = fates[found.step]
            if fate == "acknowledged":
                return chain, attempts, at, True
            status = DeliveryStatus.FAILED if fate == "failed" else DeliveryStatus.HANDED_OVER
            attempts.append(Attempt("a", 1, found.step, at, status))
    return chain, attempts, at, False


@pytest.mark.hazard("HZ-046")
@settings(max_examples=60, deadline=None)
@given(WAITS.filter(bool), st.integers(5, 60), FATES)
def test_a_person_answers_or_the_phone_rings_in_time(waits, phone_wait, fates):
    fates = ["failed" if fate == "acknowledged" else fate for fate in fates]
    chain, attempts, _, _ = play(waits, phone_wait, fates)
    rung = [attempt.at for attempt in attempts if attempt.step == len(chain.steps)]
    assert rung, "the staffed phone never rang"
    assert min(rung) - T0 <= chain.longest
    assert len(rung) >= 2, "a phone nobody answers rings again"


@settings(max_examples=60, deadline=None)
@given(WAITS, st.integers(5, 60), FATES)
def test_nobody_is_told_twice_before_the_chain_is_through(waits, phone_wait, fates):
    chain, attempts, _, answered = play(waits, phone_wait, fates)
    before_the_phone = [attempt.step for attempt in attempts if attempt.step < len(chain.steps)]
    assert before_the_phone == sorted(set(before_the_phone))
    if "acknowledged" in fates[: len(chain.all_steps)]:
        assert answered
