"""Workflows of the office: authorization, claim, task and rule pack version.

For billing, every owner of a task, and governance. Sources: design sections 1 to 3; HZ-124 (two approvals
before a rule is active); X12 277CA and 835 outcomes.
"""

from __future__ import annotations

from openinfusion.core.states.workflow import Workflow, moves

AUTHORIZATION = Workflow(
    name="authorization",
    title="authorization",
    states=("needed", "not_required", "requested", "pended", "approved", "denied", "expired"),
    initial="needed",
    final=frozenset({"not_required", "denied", "expired"}),
    transitions=(
        *moves(
            "waive",
            sources=["needed"],
            target="not_required",
            permission="authorization.manage",
            event="authorization.found_not_required",
            refusal="Only a needed authorization can be marked as not required. This one is {state}.",
        ),
        *moves(
            "request",
            sources=["needed", "denied", "expired"],
            target="requested",
            permission="authorization.manage",
            event="authorization.requested",
            refusal="Only a needed, denied or expired authorization can be requested. This one is {state}.",
        ),
        *moves(
            "pend",
            sources=["requested"],
            target="pended",
            permission="authorization.manage",
            event="authorization.pended",
            refusal="Only a requested authorization can be pended by the payer. This one is {state}.",
        ),
        *moves(
            "approve",
            sources=["requested", "pended"],
            target="approved",
            permission="authorization.manage",
            event="authorization.approved",
            refusal="Approval can be recorded only on a request the payer has. This one is {state}.",
        ),
        *moves(
            "deny",
            sources=["requested", "pended"],
            target="denied",
            permission="authorization.manage",
            event="authorization.denied",
            refusal="A denial can be recorded only on a request the payer has. This one is {state}.",
        ),
        *moves(
            "expire",
            sources=["approved"],
            target="expired",
            permission="authorization.manage",
            event="authorization.expired",
            refusal="Only an approved authorization can expire. This one is {state}.",
        ),
    ),
)

_UNDECIDED = ("sent", "accepted")
_DECIDED = ("paid", "partly_paid", "denied")

CLAIM = Workflow(
    name="claim",
    title="claim",
    states=(
        "draft",
        "blocked",
        "ready",
        "sent",
        "accepted",
        "rejected",
        "paid",
        "partly_paid",
        "denied",
        "voided",
    ),
    initial="draft",
    final=frozenset({"paid", "partly_paid", "denied", "voided"}),
    transitions=(
        *moves(
            "block",
            sources=["draft", "ready"],
            target="blocked",
            permission="claim.prepare",
            event="claim.blocked",
            refusal="A claim can be blocked only before it is sent. This one is {state}.",
        ),
        *moves(
            "make_ready",
            sources=["draft", "blocked"],
            target="ready",
            permission="claim.prepare",
            event="claim.made_ready",
            refusal="Only a draft or blocked claim can be made ready. This one is {state}.",
        ),
        *moves(
            "send",
            sources=["ready"],
            target="sent",
            permission="claim.send",
            event="claim.sent",
            refusal="Only a ready claim can be sent. This one is {state}.",
        ),
        *moves(
            "accept",
            sources=["sent"],
            target="accepted",
            permission="claim.post",
            event="claim.accepted",
            refusal="An acceptance report fits only a sent claim. This one is {state}.",
        ),
        *moves(
            "reject",
            sources=["sent"],
            target="rejected",
            permission="claim.post",
            event="claim.rejected",
            refusal="A rejection report fits only a sent claim. This one is {state}.",
        ),
        *moves(
            "pay",
            sources=[*_UNDECIDED, "partly_paid", "denied"],
            target="paid",
            permission="claim.post",
            event="claim.paid",
            refusal="A payment fits only a claim the payer has. This one is {state}.",
        ),
        *moves(
            "pay_partly",
            sources=[*_UNDECIDED, "partly_paid", "denied"],
            target="partly_paid",
            permission="claim.post",
            event="claim.partly_paid",
            refusal="A part payment fits only a claim the payer has. This one is {state}.",
        ),
        *moves(
            "deny",
            sources=_UNDECIDED,
            target="denied",
            permission="claim.post",
            event="claim.denied",
            refusal="A denial fits only a claim the payer has and has not decided. This one is {state}.",
        ),
        *moves(
            "reverse",
            sources=_DECIDED,
            target="accepted",
            permission="claim.post",
            event="claim.payment_reversed",
            refusal="Only a decided claim can be reversed by the payer. This one is {state}.",
        ),
        *moves(
            "correct",
            sources=["rejected", *_DECIDED],
            target="draft",
            permission="claim.prepare",
            event="claim.correction_started",
            refusal="Only a claim the payer rejected or decided can be corrected. This one is {state}.",
        ),
        *moves(
            "void",
            sources=["draft", "blocked", "ready", *_UNDECIDED, "rejected", *_DECIDED],
            target="voided",
            permission="claim.void",
            event="claim.voided",
            refusal="This claim is {state} already.",
        ),
    ),
)

TASK = Workflow(
    name="task",
    title="task",
    states=("open", "done", "cancelled"),
    initial="open",
    final=frozenset({"done", "cancelled"}),
    transitions=(
        *moves(
            "change_owner",
            sources=["open"],
            target="open",
            permission="task.assign",
            event="task.owner_changed",
            refusal="The owner of a task can change only while it is open. This one is {state}.",
        ),
        *moves(
            "complete",
            sources=["open"],
            target="done",
            permission="task.work",
            event="task.completed",
            refusal="Only an open task can be completed. This one is {state}.",
        ),
        *moves(
            "cancel",
            sources=["open"],
            target="cancelled",
            permission="task.assign",
            event="task.cancelled",
            refusal="Only an open task can be cancelled. This one is {state}.",
        ),
        *moves(
            "reopen",
            sources=["done", "cancelled"],
            target="open",
            permission="task.work",
            event="task.reopened",
            refusal="This task is {state} already.",
        ),
    ),
)

RULE_PACK_VERSION = Workflow(
    name="rule_pack_version",
    title="rule pack version",
    states=("draft", "proposed", "first_approved", "active", "retired", "rejected"),
    initial="draft",
    final=frozenset({"retired", "rejected"}),
    transitions=(
        *moves(
            "propose",
            sources=["draft"],
            target="proposed",
            permission="rules.propose",
            event="rule_pack.proposed",
            refusal="Only a draft version can be proposed. This one is {state}.",
        ),
        *moves(
            "approve_first",
            sources=["proposed"],
            target="first_approved",
            permission="rules.approve",
            event="rule_pack.first_approved",
            refusal="The first approval needs a proposed version. This one is {state}.",
        ),
        *moves(
            "approve_second",
            sources=["first_approved"],
            target="active",
            permission="rules.approve_second",
            event="rule_pack.activated",
            refusal="A version becomes active by a second approval after the first. This one is {state}.",
        ),
        *moves(
            "take_back",
            sources=["proposed", "first_approved"],
            target="draft",
            permission="rules.propose",
            event="rule_pack.taken_back",
            refusal="A version can be taken back only before it is active. This one is {state}.",
        ),
        *moves(
            "reject",
            sources=["proposed", "first_approved"],
            target="rejected",
            permission="rules.approve",
            event="rule_pack.rejected",
            refusal="Only a version waiting for approval can be rejected. This one is {state}.",
        ),
        *moves(
            "retire",
            sources=["active"],
            target="retired",
            permission="rules.approve",
            event="rule_pack.retired",
            refusal="Only an active version can be retired. This one is {state}.",
        ),
    ),
)
