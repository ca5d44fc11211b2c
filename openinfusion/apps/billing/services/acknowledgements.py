"""Acknowledgements: a 999 answers our file, a 277CA answers single claims. Nothing unknown counts as accepted.

For billers. Each answer is matched by our control number; what fits nothing of ours is listed, not dropped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from openinfusion.apps.billing import events as kinds
from openinfusion.apps.billing.models import Acknowledgement, Claim
from openinfusion.apps.billing.policies import POST
from openinfusion.apps.billing.services.claims import facts, words
from openinfusion.core.states import CLAIM, Refusal
from openinfusion.formats.x12.acknowledgement import ClaimAnswer, GroupAnswer, Verdict, read_acknowledgement
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.documents.services import store
from openinfusion.platform.errors import BadInput
from openinfusion.platform.workflows import move
from openinfusion.platform.worklist.services import open_task

ANSWER_WITHIN = timedelta(days=2)


@transaction.atomic
def receive_ack(*, content: bytes, file_name: str, by: Access, at: datetime) -> Acknowledgement:
    """Load a 999 or 277CA. The same file again changes nothing."""
    by.require(POST)
    sha256 = hashlib.sha256(content).hexdigest()
    before = Acknowledgement.objects.filter(tenant_id=by.tenant_id, sha256=sha256).first()
    if before:
        return before
    read = read_acknowledgement(content)
    if not read.groups and not read.claims:
        why = " ".join(read.problems) or "The file holds no answer."
        raise BadInput({"file": f"{why} Choose a 999 or a 277CA."})
    document = store(
        content=content, kind="acknowledgement", file_name=file_name, content_type="application/edi-x12", by=by, at=at
    )
    results = [result for group in read.groups for result in _group(group, by=by, at=at)]
    results += [_claim(answer, by=by, at=at) for answer in read.claims]
    results += [_result("", "not read", problem) for problem in read.problems]
    row = Acknowledgement.objects.create(
        tenant_id=by.tenant_id,
        document=document,
        sha256=sha256,
        results=results,
        received_at=at,
        received_by_name=by.name,
    )
    events.record(kind=kinds.ACKNOWLEDGED, subject=row, by=by, at=at, data={"answers": len(results)})
    return row


def _group(answer: GroupAnswer, *, by: Access, at: datetime) -> Iterable[dict[str, Any]]:
    """A 999 says whether the file could be read: acceptance of it is not acceptance of a claim."""
    number = int(answer.control) if answer.control.isascii() and answer.control.isdigit() else None
    found = list(_claims().filter(interchange_number=number)) if number and answer.functional_id == "HC" else []
    if not found:
        yield _result("", "not ours", f"The answer is to group {answer.control[:20]}, which we did not send.")
    errors = [error for one in answer.sets for error in one.errors]
    for claim in found:
        if answer.verdict is Verdict.REJECTED:
            yield _step(claim, "reject", errors or ["The receiver refused the file (999)."], by=by, at=at)
        elif answer.verdict is Verdict.UNKNOWN:
            yield _result(claim.control_number, "not decided", "The 999 does not say whether the file was taken.")
        else:
            events.record(kind=kinds.SYNTAX_ACCEPTED, subject=claim, by=by, at=at, data=facts(claim))
            yield _result(claim.control_number, "file taken", " ".join(errors))


def _claim(answer: ClaimAnswer, *, by: Access, at: datetime) -> dict[str, Any]:
    claim = _claims().filter(control_number=answer.claim).first() if answer.claim else None
    text = "; ".join(answer.reasons)
    if claim is None:
        name = f"claim {answer.claim[:20]}" if answer.claim else f"the {answer.level or 'whole file'}"
        return _result("", "not ours" if answer.claim else "told", f"About {name}: {text}")
    action = answer.verdict.claim_action
    if action is None:
        return _result(claim.control_number, "not decided", text)
    if answer.payer_claim:
        claim.payer_claim_number = answer.payer_claim[:60]
        claim.save(update_fields=["payer_claim_number"])
    return _step(claim, action, list(answer.reasons), by=by, at=at)


def _step(claim: Claim, action: str, reasons: list[str], *, by: Access, at: datetime) -> dict[str, Any]:
    text = "; ".join(reasons)
    step = CLAIM.check(claim.status, action)
    if isinstance(step, Refusal):
        return _result(claim.control_number, "no change", f"The claim is {words(claim.status)}. {text}")
    if action == "reject":
        claim.rejection_reasons = reasons
    move(row=claim, workflow=CLAIM, action=action, by=by, at=at, data=facts(claim, why=text))
    if action == "reject":
        open_task(
            key=f"claim:{claim.pk}:answer", title=f"Claim {claim.control_number} was rejected", owner_role=Role.BILLER,
            due_at=at + ANSWER_WITHIN, by=by, at=at, subject=claim, why=text, clears="Correct the claim and send it again.",
            url=reverse("billing:claim", args=[claim.pk]),
        )  # fmt: skip
    return _result(claim.control_number, words(claim.status), text)


def _claims() -> QuerySet[Claim]:
    """Claims that were sent, locked."""
    rows = Claim.objects.filter(interchange_number__isnull=False).select_related("coverage__payer", "episode__patient")
    return rows.select_for_update(of=("self",))


def _result(claim: str, state: str, detail: str) -> dict[str, Any]:
    return {"claim": claim, "state": state, "detail": detail[:600]}
