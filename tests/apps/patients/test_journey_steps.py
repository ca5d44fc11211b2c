"""Where a dose stands: read from events alone, the first three steps once, the rest again for each dose."""

from dataclasses import dataclass

import pytest

from openinfusion.apps.patients.web.journey import is_problem, steps_of
from openinfusion.platform.events.kinds import STEPS


@dataclass(frozen=True)
class Happened:
    step: str | None
    kind: str


def walk(text: str) -> list[Happened]:
    """``verified:order.verified`` words as events."""
    return [Happened(*word.split(":")) for word in text.split()]


def states(text: str) -> str:
    """One letter per step: d(one), n(ow), s(top), a(head)."""
    return "".join(step.state[0] for step in steps_of(walk(text)))


START = "referral:episode.opened referral:episode.accepted benefits:authorization.approved home:home.assessed "
DOSE = (
    START
    + "verified:order.verified compounded:preparation.released delivered:shipment.delivered "
    + "ready:visit.released visit:visit.completed watched:infusion.completed "
)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ("", "naaaaaaaaa"),
        ("referral:episode.opened", "naaaaaaaaa"),
        ("referral:episode.opened referral:episode.accepted", "dnaaaaaaaa"),
        (START, "dddnaaaaaa"),
        (START + "verified:order.submitted", "dddnaaaaaa"),
        (START + "verified:order.returned", "dddsaaaaaa"),
        (START + "verified:order.verified delivered:shipment.failed", "ddddasaaaa"),
        (DOSE, "dddddddddn"),
        (DOSE + "claim:claim.drafted", "dddddddddn"),
        (DOSE + "claim:claim.accepted", "dddddddddd"),
        # the next dose: what follows the new preparation is ahead again; the order stays verified
        (DOSE + "claim:claim.accepted compounded:preparation.released", "dddddnaaaa"),
        # a claim of the dose before that comes late does not move the present one
        (DOSE + "compounded:preparation.released claim:claim.accepted", "dddddnaaaa"),
        # a renewed authorization does not take the dose back
        (DOSE + "benefits:authorization.approved", "dddddddddn"),
        (DOSE + "benefits:authorization.expired", "dsddddddda"),
    ],
)
def test_the_steps_of_a_dose(events, expected):
    assert states(events) == expected


def test_every_step_is_shown_once_in_order():
    assert [step.label.lower() for step in steps_of([])] == list(STEPS)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("shipment.failed", True), ("order.returned", True), ("shipment.delivered", False), ("episode.held", True)],
)
def test_a_problem_is_known_by_its_name(kind, expected):
    assert is_problem(kind) is expected
