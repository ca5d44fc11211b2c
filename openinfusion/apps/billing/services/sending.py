"""Sending: an 837P of one ready claim, with control numbers used once, and the charge booked.

For billers. The claim must still be what the record says; what changed since the check is not sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from openinfusion.apps.billing.models import Claim
from openinfusion.apps.billing.policies import SEND
from openinfusion.apps.billing.services import parties
from openinfusion.apps.billing.services.checking import Checked, check
from openinfusion.apps.billing.services.claims import facts, locked
from openinfusion.apps.billing.services.ledger import set_charge
from openinfusion.apps.billing.services.numbers import next_number
from openinfusion.core.states import CLAIM, Refusal
from openinfusion.formats.x12.envelope import Envelope
from openinfusion.formats.x12.professional import Submission, write_837p
from openinfusion.formats.x12.values import UnwritableX12
from openinfusion.platform.access import Access
from openinfusion.platform.documents.models import Document
from openinfusion.platform.documents.services import store
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.platform.workflows import move

#: Who takes our files: the clearing house connector of a later version sets its own names.
RECEIVER = "CLEARINGHOUSE"


@transaction.atomic
def send_claim(*, claim: Claim, by: Access, at: datetime, reason: str = "") -> Document:
    """Write the 837P of a ready claim and mark it sent. Warnings need a reason. Returns the stored file."""
    by.require(SEND)
    claim = locked(claim, by=by)
    step = CLAIM.check(claim.status, "send")
    if isinstance(step, Refusal):
        raise Refused(step.code, step.sentence)
    tenant = Tenant.objects.get(pk=by.tenant_id)
    checked = check(claim, tenant=tenant, at=at)
    _refuse_changed(claim, checked)
    if warnings_of(claim) and not reason.strip():
        raise BadInput({"reason": "There are warnings. Say why the claim goes out all the same."})
    number = next_number("interchange", tenant_id=by.tenant_id)
    text = _write(claim, checked, tenant=tenant, number=number, at=at)
    document = store(
        content=text.encode("ascii"), kind="837P", file_name=f"{claim.control_number}-{number}.837",
        content_type="application/edi-x12", by=by, at=at, patient_id=claim.episode.patient_id, episode_id=claim.episode_id,
    )  # fmt: skip
    claim.x12, claim.interchange_number, claim.send_reason = document, number, reason.strip()[:300]
    claim.sent_at, claim.sent_count = at, claim.sent_count + 1
    claim.decided_at, claim.denial_reasons = None, []
    move(row=claim, workflow=CLAIM, action="send", by=by, at=at, data=facts(claim))
    set_charge(claim, claim.total_minor, by=by, at=at)
    return document


def warnings_of(claim: Claim) -> list[dict[str, Any]]:
    """Findings that a person may pass with a reason."""
    return [finding for finding in claim.findings if finding.get("severity") == "interrupt"]


def _refuse_changed(claim: Claim, checked: Checked) -> None:
    """Stops when the record, a contract or an authorization changed since the claim was checked (HZ-080)."""
    now = [(line.code, line.units, line.charge and line.charge.minor, list(line.evidence)) for line in checked.lines]
    then = [(row.code, row.units, row.charge_minor, row.evidence) for row in claim.lines.order_by("number")]
    if not checked.may_send or now != then:
        raise Refused(
            "changed_since_check",
            "What this claim rests on changed since it was checked. Check it again, then send it.",
        )


def _write(claim: Claim, checked: Checked, *, tenant: Tenant, number: int, at: datetime) -> str:
    try:
        return write_837p([checked.claim], submission(tenant, number=number, at=at))
    except UnwritableX12 as error:
        raise Refused(
            "unwritable", " ".join(f"{p.field[:1].upper()}{p.field[1:]} {p.problem}." for p in error.problems)
        ) from error


def submission(tenant: Tenant, *, number: int, at: datetime) -> Submission:
    """Who sends. A demo program marks its files as tests (ISA15)."""
    sender = (tenant.npi or tenant.slug.upper())[:15]
    return Submission(
        envelope=Envelope(
            sender=sender, receiver=RECEIVER, interchange_control=number, group_control=number, at=at, is_test=tenant.is_demo
        ),
        reference=f"{number:09d}", submitter_name=tenant.name, submitter_id=sender, contact_name="CLAIMS DESK",
        contact_phone=parties.phone(tenant.phone), receiver_name="CLEARING HOUSE", receiver_id=RECEIVER,
    )  # fmt: skip
