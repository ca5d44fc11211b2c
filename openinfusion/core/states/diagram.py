"""Draws a workflow as a Mermaid state diagram for the generated reference.

Source: the transition table itself.
"""

from __future__ import annotations

from openinfusion.core.states.workflow import Workflow, label


def diagram(workflow: Workflow) -> str:
    """Mermaid text: one arrow per transition, entry and ends marked, words with spaces shown as words."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{label(state)}" as {state}' for state in workflow.states if "_" in state]
    lines.append(f"    [*] --> {workflow.initial}")
    lines += [f"    {t.source} --> {t.target}: {label(t.action)}" for t in workflow.transitions]
    lines += [f"    {state} --> [*]" for state in workflow.states if state in workflow.final]
    return "\n".join(lines) + "\n"


def table(workflow: Workflow) -> str:
    """Markdown table of the same workflow: step, from, to, permission, event."""
    lines = ["| Step | From | To | Permission | Event |", "|---|---|---|---|---|"]
    for t in workflow.transitions:
        row = (label(t.action), label(t.source), label(t.target), f"`{t.permission}`", f"`{t.event}`")
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines) + "\n"
