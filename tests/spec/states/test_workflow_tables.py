"""The transition tables: complete, unambiguous, and each refusal a sentence.

Source: design section 3.
"""

from __future__ import annotations

import pytest

from openinfusion.core import states
from openinfusion.core.states import Refusal, Transition, Workflow, diagram
from openinfusion.core.states.workflow import UnknownState, moves

EVERY = pytest.mark.parametrize("workflow", states.ALL.values(), ids=list(states.ALL))

NAMES = {
    "referral",
    "authorization",
    "episode",
    "order",
    "preparation",
    "shipment",
    "device",
    "visit",
    "claim",
    "task",
    "rule_pack_version",
}


def test_every_workflow_of_the_house_is_registered_under_its_own_name() -> None:
    assert set(states.ALL) == NAMES
    assert all(name == workflow.name for name, workflow in states.ALL.items())


def reachable(workflow: Workflow) -> set[str]:
    """Independent of the table's own check: repeat until nothing new is found."""
    found = {workflow.initial}
    while True:
        more = found | {t.target for t in workflow.transitions if t.source in found}
        if more == found:
            return found
        found = more


@EVERY
def test_every_state_can_be_reached(workflow: Workflow) -> None:
    assert reachable(workflow) == set(workflow.states)


@EVERY
def test_every_state_that_is_not_final_has_a_way_to_an_end(workflow: Workflow) -> None:
    """A record must never be stuck: from each state some end can be reached."""
    for state in workflow.states:
        seen = {state}
        while True:
            more = seen | {t.target for t in workflow.transitions if t.source in seen}
            if more == seen:
                break
            seen = more
        assert seen & workflow.final, f"{state} leads nowhere"


@EVERY
def test_no_action_is_ambiguous(workflow: Workflow) -> None:
    pairs = [(t.source, t.action) for t in workflow.transitions]
    assert len(pairs) == len(set(pairs))


@EVERY
def test_events_are_past_facts_of_the_workflow_and_permissions_are_named(workflow: Workflow) -> None:
    for t in workflow.transitions:
        subject, _, verb = t.event.partition(".")
        assert subject
        assert verb
        assert verb.split("_")[-1] not in {"accept", "send", "start", "verify"}
        assert "." in t.permission


@EVERY
def test_an_impossible_step_is_refused_with_the_state_in_words(workflow: Workflow) -> None:
    for state in workflow.states:
        possible = {t.action for t in workflow.possible(state)}
        for action in workflow.actions:
            answer = workflow.check(state, action)
            if action in possible:
                assert isinstance(answer, Transition)
                assert (answer.source, answer.action) == (state, action)
            else:
                assert isinstance(answer, Refusal)
                assert answer.code == f"{workflow.name}.{action}.wrong_state"
                assert answer.sentence[0].isupper()
                assert answer.sentence.endswith(".")
                assert states.label(state) in answer.sentence
                assert "{" not in answer.sentence
                assert "_" not in answer.sentence


CASES = [
    ("referral", "received", "start_review", "in_review"),
    ("referral", "in_review", "accept", "accepted"),
    ("referral", "in_review", "decline", "declined"),
    ("referral", "received", "mark_duplicate", "duplicate"),
    ("referral", "received", "accept", None),
    ("episode", "referred", "accept", "accepted"),
    ("episode", "accepted", "start_therapy", "active"),
    ("episode", "assessed", "start_therapy", "active"),
    ("episode", "referred", "start_therapy", None),
    ("episode", "active", "cancel", None),
    ("order", "draft", "submit", "submitted"),
    ("order", "submitted", "verify", "verified"),
    ("order", "draft", "verify", None),
    ("order", "verified", "hold", "held"),
    ("order", "stopped", "edit", None),
    ("order", "superseded", "stop", None),
    ("preparation", "prepared", "release", None),
    ("preparation", "checked", "release", "released"),
    ("preparation", "quarantined", "lift_quarantine", "prepared"),
    ("preparation", "quarantined", "release", None),
    ("shipment", "planned", "ship", None),
    ("shipment", "packed", "ship", "shipped"),
    ("shipment", "shipped", "deliver", "delivered"),
    ("shipment", "delivered", "receive", "received"),
    ("shipment", "delivered", "cancel", None),
    ("device", "available", "check_out", "checked_out"),
    ("device", "returned", "check_out", None),
    ("device", "cleaned", "make_available", None),
    ("device", "recalled", "check_out", None),
    ("device", "quarantined", "make_available", None),
    ("device", "in_use", "recall", "recalled"),
    ("visit", "planned", "start", None),
    ("visit", "assigned", "start", "under_way"),
    ("visit", "under_way", "cancel", None),
    ("visit", "under_way", "sign", None),
    ("visit", "done", "sign", "signed"),
    ("visit", "signed", "return_to_note", None),
    ("authorization", "requested", "pend", "pended"),
    ("authorization", "denied", "approve", None),
    ("claim", "blocked", "send", None),
    ("claim", "ready", "send", "sent"),
    ("claim", "draft", "pay", None),
    ("claim", "accepted", "pay_partly", "partly_paid"),
    ("claim", "voided", "send", None),
    ("task", "done", "change_owner", None),
    ("task", "open", "change_owner", "open"),
    ("rule_pack_version", "proposed", "approve_second", None),
    ("rule_pack_version", "draft", "approve_first", None),
    ("rule_pack_version", "first_approved", "approve_second", "active"),
]


@pytest.mark.parametrize(("name", "state", "action", "target"), CASES)
def test_the_step_is_possible_or_refused(name: str, state: str, action: str, target: str | None) -> None:
    answer = states.ALL[name].check(state, action)
    assert (answer.target if isinstance(answer, Transition) else None) == target


@pytest.mark.parametrize("state", ["submitted", "returned", "verified", "held"])
def test_editing_an_order_takes_it_back_to_draft(state: str) -> None:
    """An edit voids verification: the order must be submitted and verified again (HZ-021)."""
    answer = states.ORDER.check(state, "edit")
    assert isinstance(answer, Transition)
    assert answer.target == "draft"


def test_a_resumed_order_is_verified_again() -> None:
    """Resume re-runs all checks (HZ-020): it leads to submitted, not to verified."""
    answer = states.ORDER.check("held", "resume")
    assert isinstance(answer, Transition)
    assert answer.target == "submitted"


def test_a_pump_goes_out_again_only_after_return_cleaning_and_test() -> None:
    """Every path from a patient back to available passes returned, cleaned and tested."""
    before = {"available": {"tested"}, "tested": {"cleaned"}, "cleaned": {"returned"}}
    for target, sources in before.items():
        assert {t.source for t in states.DEVICE.transitions if t.target == target} == sources


def test_a_rule_pack_version_becomes_active_only_by_a_second_approval() -> None:
    arrows = [t for t in states.RULE_PACK_VERSION.transitions if t.target == "active"]
    assert [(t.source, t.action) for t in arrows] == [("first_approved", "approve_second")]


def test_an_unknown_state_is_a_fault_of_the_caller() -> None:
    with pytest.raises(UnknownState, match="visit has no state 'flying'"):
        states.VISIT.check("flying", "start")
    with pytest.raises(UnknownState):
        states.VISIT.is_final("flying")


def build(*transitions: Transition, names: tuple[str, ...] = ("a", "b"), final: str = "b") -> Workflow:
    return Workflow("toy", "toy", names, "a", frozenset({final}), transitions)


def arrow(action: str = "go", source: str = "a", target: str = "b", refusal: str = "No.") -> Transition:
    return Transition(action, source, target, "toy.move", "toy.moved", refusal)


@pytest.mark.parametrize(
    ("transitions", "names", "problem"),
    [
        ((arrow(), arrow()), ("a", "b"), "there twice"),
        ((arrow(),), ("a", "b", "c"), "'c' cannot be reached"),
        ((arrow(), arrow("hop", "a", "c")), ("a", "b", "c"), "no way out of 'c'"),
        ((arrow(), arrow("loop", "c", "c"), arrow("hop", "a", "c")), ("a", "b", "c"), "no way out of 'c'"),
        ((arrow(target="z"),), ("a", "b"), "'z' is not one of its states"),
        ((arrow(), arrow("go", "b", "a", "Never.")), ("a", "b"), "two different sentences"),
    ],
)
def test_a_faulty_table_cannot_be_built(
    transitions: tuple[Transition, ...], names: tuple[str, ...], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        build(*transitions, names=names)


def test_moves_writes_the_same_arrow_from_several_states() -> None:
    made = moves("go", sources=["a", "b"], target="c", permission="p.q", event="p.gone", refusal="No.")
    assert made == (
        Transition("go", "a", "c", "p.q", "p.gone", "No."),
        Transition("go", "b", "c", "p.q", "p.gone", "No."),
    )


@EVERY
def test_the_diagram_draws_each_arrow_and_each_end_once(workflow: Workflow) -> None:
    lines = diagram(workflow).splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert f"    [*] --> {workflow.initial}" in lines
    for t in workflow.transitions:
        assert lines.count(f"    {t.source} --> {t.target}: {states.label(t.action)}") == 1
    assert {line for line in lines if line.endswith("--> [*]")} == {f"    {s} --> [*]" for s in workflow.final}


def test_the_diagram_of_the_task_reads_as_expected() -> None:
    assert diagram(states.TASK) == (
        "stateDiagram-v2\n"
        "    [*] --> open\n"
        "    open --> open: change owner\n"
        "    open --> done: complete\n"
        "    open --> cancelled: cancel\n"
        "    done --> open: reopen\n"
        "    cancelled --> open: reopen\n"
        "    done --> [*]\n"
        "    cancelled --> [*]\n"
    )


def test_the_reference_table_has_a_row_per_arrow() -> None:
    lines = states.table(states.TASK).splitlines()
    assert len(lines) == 2 + len(states.TASK.transitions)
    assert lines[2] == "| change owner | open | open | `task.assign` | `task.owner_changed` |"
