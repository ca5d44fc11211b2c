"""Claims: drafted from the signed record, checked, corrected, voided. Sending and posting are beside this.

HZ-079: each charge lives in one claim; HZ-080: nothing without a signed record (core.claims).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from openinfusion.apps.billing import events as kinds
from openinfusion.apps.billing.models import BilledCharge, Claim, ClaimRecord
from openinfusion.apps.billing.policies import PREPARE, VOID
from openinfusion.apps.billing.services.checking import EDITS, Checked, check, owner_of
from openinfusion.apps.billing.services.ledger import set_charge
from openinfusion.apps.billing.services.numbers import next_number
from openinfusion.apps.billing.services.rows import UNSENT, store_lines
from openinfusion.apps.coverage.public import Coverage, primary_coverage
from openinfusion.apps.patients.public import Episode, same_patient
from openinfusion.core.claims.claim import MAX_LINES
from openinfusion.core.states import CLAIM
from openinfusion.platform import events
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.platform.ui.formats import format_money
from openinfusion.platform.workflows import move
from openinfusion.platform.worklist.services import close_by_key, open_task

CLEAR_WITHIN = timedelta(days=2)
#: Claims whose payer has answered for good.
DECIDED = ("paid", "partly_paid", "denied")


@transaction.atomic
def draft_claim(
    *, episode: Episode, from_date: date, to_date: date, by: Access, at: datetime, coverage: Coverage | None = None
) -> Claim:
    """Draft the claim of an episode for these days; it is ready or blocked at once."""
    by.require(PREPARE)
    rows = Episode.objects.select_for_update(of=("self",)).select_related("patient")
    episode = fetch(Episode, by=by, rows=rows, pk=episode.pk)
    if to_date < from_date:
        raise BadInput({"to_date": "The last day is before the first. Correct the dates."})
    if from_date > at.date() + timedelta(days=1):
        raise BadInput({"from_date": "These days are in the future; only what was done is billed."})
    coverage = coverage or primary_coverage(episode.patient, from_date)
    if coverage is None:
        raise Refused("no_coverage", "No coverage is recorded for these days. Add the coverage, then draft the claim.")
    same_patient(episode.patient_id, coverage)
    _refuse_second_draft(episode, coverage, from_date, to_date)
    tenant = Tenant.objects.get(pk=by.tenant_id)
    claim = Claim(
        control_number=f"C{next_number('claim', tenant_id=by.tenant_id):07d}", tenant_id=by.tenant_id, episode=episode, coverage=coverage, from_date=from_date, to_date=to_date,
        currency=tenant.currency, created_at=at,
    )  # fmt: skip
    checked = check(claim, tenant=tenant, at=at)
    if not checked.lines and not checked.findings:
        raise Refused("nothing_to_bill", "Nothing was recorded on these days that could be billed.")
    if not checked.lines and all(finding.severity == "inform" for finding in checked.findings):
        raise Refused("nothing_to_bill", f"Nothing is left to bill on these days. {checked.findings[0].detail}")
    claim.save()
    events.record(kind=kinds.DRAFTED, subject=claim, by=by, at=at, data=facts(claim, checked))
    _store(claim, checked, by=by, at=at)
    return claim


def _refuse_second_draft(episode: Episode, coverage: Coverage, from_date: date, to_date: date) -> None:
    """An unsent claim over the same days would only fight with this one for its records."""
    other = Claim.objects.filter(
        episode=episode, coverage=coverage, status__in=UNSENT, from_date__lte=to_date, to_date__gte=from_date
    ).first()
    if other:
        raise Refused(
            "unsent_claim",
            f"Claim {other.control_number} covers some of these days and was not sent yet. Check that one again.",
        )


@transaction.atomic
def recheck(*, claim: Claim, by: Access, at: datetime) -> Claim:
    """Compile an unsent claim again from the record as it is now."""
    by.require(PREPARE)
    claim = locked(claim, by=by)
    if claim.status not in UNSENT:
        raise Refused(
            "claim_sent", f"This claim is {words(claim.status)}; only a claim that was not sent is checked again."
        )
    checked = check(claim, tenant=Tenant.objects.get(pk=by.tenant_id), at=at)
    events.record(kind=kinds.CHECKED, subject=claim, by=by, at=at, data=facts(claim, checked))
    _store(claim, checked, by=by, at=at)
    return claim


@transaction.atomic
def correct_claim(*, claim: Claim, reason: str, by: Access, at: datetime) -> Claim:
    """Take a rejected or decided claim back to a draft. It keeps its number; a decided one goes out as a replacement."""
    by.require(PREPARE)
    claim = locked(claim, by=by)
    if not reason.strip():
        raise BadInput({"reason": "Say what is corrected."})
    was_decided = claim.status in DECIDED
    if was_decided and not claim.payer_claim_number:
        raise Refused("no_payer_number", "The payer's own number of this claim is not known, so it cannot be replaced.")
    move(row=claim, workflow=CLAIM, action="correct", by=by, at=at, data=facts(claim, why=reason))
    claim.frequency = "7" if was_decided else claim.frequency
    claim.rejection_reasons = []
    claim.save(update_fields=["frequency", "rejection_reasons"])
    close_by_key(key=f"claim:{claim.pk}:answer", by=by, at=at, outcome="correction started")
    return recheck(claim=claim, by=by, at=at)


@transaction.atomic
def void_claim(*, claim: Claim, reason: str, by: Access, at: datetime) -> Claim:
    """Void a claim the payer does not have; its charges may be billed again."""
    by.require(VOID)
    claim = locked(claim, by=by)
    if not reason.strip():
        raise BadInput({"reason": "Say why the claim is voided."})
    if claim.status not in (*UNSENT, "rejected") or claim.frequency != "1":
        raise Refused("payer_has_claim", "The payer has this claim. Correct it, so that the payer is told.")
    move(row=claim, workflow=CLAIM, action="void", by=by, at=at, data=facts(claim, why=reason))
    BilledCharge.objects.filter(line__claim=claim).update(is_void=True)
    set_charge(claim, 0, by=by, at=at)
    for key in [*(role.value for role in Role), "answer"]:
        close_by_key(key=f"claim:{claim.pk}:{key}", by=by, at=at, outcome="claim voided")
    return claim


def locked(claim: Claim, *, by: Access) -> Claim:
    """The claim again, in reach and locked, with everything a check reads."""
    rows = Claim.objects.select_for_update(of=("self",))
    rows = rows.select_related("episode__patient", "episode__prescriber", "coverage__payer")
    return fetch(Claim, by=by, rows=rows, pk=claim.pk)


def _store(claim: Claim, checked: Checked, *, by: Access, at: datetime) -> None:
    """Keep lines and findings, move to ready or blocked, and ask the owners for what is missing."""
    if len(checked.lines) > MAX_LINES:
        raise Refused(
            "too_many_lines",
            f"These days make {len(checked.lines)} lines; a claim holds {MAX_LINES}. Choose fewer days.",
        )
    store_lines(claim, checked.lines)
    ClaimRecord.objects.filter(claim=claim).delete()
    ClaimRecord.objects.bulk_create(
        ClaimRecord(tenant_id=claim.tenant_id, claim=claim, record=record) for record in checked.gathered.signed_records
    )
    claim.total_minor, claim.expected_minor = checked.claim.total.minor, checked.expected_minor
    claim.findings = [finding.as_dict() for finding in checked.findings]
    claim.checks, claim.checked_at = EDITS, at
    claim.save()
    if checked.may_send:
        if claim.status != "ready":
            move(row=claim, workflow=CLAIM, action="make_ready", by=by, at=at, data=facts(claim, checked))
    elif claim.status != "blocked":
        move(row=claim, workflow=CLAIM, action="block", by=by, at=at, data=facts(claim, checked))
    _ask_owners(claim, checked, by=by, at=at)


def _ask_owners(claim: Claim, checked: Checked, *, by: Access, at: datetime) -> None:
    """One task per role that can clear something; the others are closed."""
    missing: dict[Role, list[str]] = defaultdict(list)
    for finding in checked.findings:
        if finding.severity == "block":
            missing[owner_of(finding.rule, finding.subject)].append(finding.detail)
    for role in Role:
        key = f"claim:{claim.pk}:{role.value}"
        if role not in missing:
            close_by_key(key=key, by=by, at=at, outcome="cleared")
            continue
        open_task(
            key=key, title=f"Claim {claim.control_number} waits for you", owner_role=role, due_at=at + CLEAR_WITHIN, by=by,
            at=at, subject=claim, why=" ".join(dict.fromkeys(missing[role])), clears="Mend the record, then the claim is checked again.",
            url=reverse("patients:episode", args=[claim.episode_id]),
        )  # fmt: skip


def facts(claim: Claim, checked: Checked | None = None, **more: Any) -> dict[str, Any]:
    """What the time line may say about a claim."""
    total = checked.claim.total.minor if checked else claim.total_minor
    blocking = [f.detail for f in checked.findings if f.severity == "block"] if checked else []
    return {
        "number": claim.control_number, "payer": claim.coverage.payer.name, "total": format_money(total, claim.currency),
        "why": blocking[0] if blocking else "", **more,
    }  # fmt: skip


def words(status: str) -> str:
    return status.replace("_", " ")
