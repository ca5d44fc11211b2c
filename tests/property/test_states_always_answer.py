"""What must hold for every workflow, whatever a client asks for."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.core import states
from openinfusion.core.states import Refusal, Transition, Workflow

WORKFLOWS = st.sampled_from(list(states.ALL.values()))


@st.composite
def workflow_and_state(draw: st.DrawFn) -> tuple[Workflow, str]:
    workflow = draw(WORKFLOWS)
    return workflow, draw(st.sampled_from(workflow.states))


@given(place=workflow_and_state(), action=st.text(max_size=20))
@settings(max_examples=60)
def test_an_unknown_action_is_always_refused_with_a_sentence(place: tuple[Workflow, str], action: str) -> None:
    workflow, state = place
    answer = workflow.check(state, action)
    if action in workflow.actions:
        return
    assert isinstance(answer, Refusal)
    assert answer.code == f"{workflow.name}.unknown_action"
    assert answer.sentence.endswith(".")
    assert len(answer.sentence) > 20
    if len(action) > 12:
        assert action not in answer.sentence, "a client's text is never echoed"


@given(workflow=WORKFLOWS, data=st.data())
@settings(max_examples=60)
def test_a_walk_along_possible_steps_never_leaves_the_table(workflow: Workflow, data: st.DataObject) -> None:
    state = workflow.initial
    for _ in range(8):
        possible = workflow.possible(state)
        if not possible:
            assert workflow.is_final(state)
            return
        step = data.draw(st.sampled_from(possible))
        answer = workflow.check(state, step.action)
        assert isinstance(answer, Transition)
        state = answer.target
        assert state in workflow.states
