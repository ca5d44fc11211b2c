"""The page of one claim: each line beside the records that prove it, findings with owners, and the next steps."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from openinfusion.apps.billing.models import Claim, ClaimLine
from openinfusion.apps.billing.policies import POST, PREPARE, VOID
from openinfusion.apps.billing.queries import record_in
from openinfusion.apps.billing.services.checking import EDITS, billing_rules, owner_of
from openinfusion.apps.billing.services.rows import UNSENT
from openinfusion.apps.billing.web.presenters import chip, money, span, state
from openinfusion.core.states import CLAIM
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import TITLES
from openinfusion.platform.ui.formats import format_date, format_number, format_time
from openinfusion.platform.ui.shapes import Action, Fact, Link, ShownFinding
from openinfusion.platform.workflows import refusal


def context(claim: Claim, found: dict[str, Any], *, by: Access) -> dict[str, Any]:
    """Everything the page shows; ``found`` are the records named by the lines."""
    return {
        "claim": claim, "chip": chip(claim), "state": state(claim), "dates": span(claim.from_date, claim.to_date),
        "lines": [_line(claim, row, found) for row in sorted(claim.lines.all(), key=lambda one: one.number)],
        "total": money(claim.total_minor, claim.currency), "expected": money(claim.expected_minor, claim.currency),
        "findings": [_finding(one, found, claim) for one in claim.findings if isinstance(one, dict)],
        "checked": EDITS if claim.checked_at else None, "facts": _facts(claim), "actions": _actions(claim, by),
        "denials": [_denial(claim, one) for one in claim.denial_reasons], "rejections": claim.rejection_reasons,
        "may_check": claim.status in UNSENT and by.may(PREPARE),
        "demo_payer": by.is_demo and claim.status in ("sent", "accepted") and by.may(POST), "has_file": claim.x12_id is not None,
    }  # fmt: skip


def _line(claim: Claim, row: ClaimLine, found: dict[str, Any]) -> dict[str, Any]:
    procedure = billing_rules().codes.get(row.code)
    proofs: list[Link] = []
    names = row.evidence if isinstance(row.evidence, list) else []
    for name in names:
        proofs += _proofs(found.get(str(name)), claim)
    return {
        "code": "-".join([row.code, *row.modifiers]), "meaning": procedure.meaning if procedure else "",
        "days": span(row.from_date, row.to_date), "units": format_number(row.units), "charge": money(row.charge_minor, claim.currency),
        "paid": money(row.paid_minor, claim.currency) if row.paid_minor else "", "held": row.held, "proofs": _once(proofs),
        "ndc": f"NDC {row.ndc}" if row.ndc else "", "lots": row.lot_numbers.replace(";", ", "),
        "authorization": row.authorization,
    }  # fmt: skip


def _once(links: list[Link]) -> list[Link]:
    return list({(one.text, one.url): one for one in links}.values())


def _proofs(record: Any, claim: Claim) -> list[Link]:
    """The records behind one piece of evidence, in words."""
    zone = ZoneInfo(claim.episode.patient.time_zone)
    if record is None:
        return []
    kind = record._meta.model_name
    if kind == "visitrecord":
        return [_visit(record, zone)]
    if kind == "shipmentline":
        return [Link(text=_("delivery %s") % record.shipment.number, url=_url("delivery:shipment", record.shipment_id))]
    links = [
        _dose(record, zone),
        Link(text=_("order %s") % record.revision.order.number, url=_url("pharmacy:order", record.revision.order_id)),
    ]
    for line in record.preparation.shipment_lines.all() if record.preparation else ():
        if not line.is_void:
            links.append(
                Link(text=_("delivery %s") % line.shipment.number, url=_url("delivery:shipment", line.shipment_id))
            )
    return links


def _visit(record: Any, zone: ZoneInfo) -> Link:
    left = format_time(record.checked_out_at, zone) if record.checked_out_at else _("not known")
    signed = next((one for one in record.signatures.all() if one.version == record.version), None)
    data = {
        "day": format_date(record.visit.on), "from": format_time(record.checked_in_at, zone), "to": left,
        "signed": _("signed by %s") % signed.signed_by_name if signed else _("not signed"),
    }  # fmt: skip
    return Link(
        text=_("visit %(day)s, %(from)s to %(to)s, %(signed)s") % data, url=_url("visits:note", record.visit_id)
    )


def _dose(row: Any, zone: ZoneInfo) -> Link:
    amount = (
        f"{format_number(row.dose_given_value)} {row.dose_given_unit}"
        if row.dose_given_value is not None
        else _("amount not known")
    )
    day = format_date(row.started_at.astimezone(zone).date())
    return Link(
        text=_("%(amount)s given %(day)s") % {"amount": amount, "day": day},
        url=_url("visits:note", row.record.visit_id),
    )


def _url(name: str, pk: int) -> str:
    """The page of a record of another app; plain text when that app has no such page."""
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""


def _finding(one: dict[str, Any], found: dict[str, Any], claim: Claim) -> ShownFinding:
    """A finding with its owner and, where it is about a record, the record in words."""
    rule, subject = str(one.get("rule", "")), str(one.get("subject", ""))
    owner = TITLES[owner_of(rule, subject)]
    detail = (
        f"{one.get('detail', '')} {_('Owner: %s.') % owner}"
        if one.get("severity") == "block"
        else str(one.get("detail", ""))
    )
    return ShownFinding(
        severity=str(one.get("severity", "")), detail=detail, rule=Link(text=rule), source=Link(text=str(one.get("source", ""))),
        datum=next(iter(_proofs(found.get(record_in(subject)), claim)), Link(text=subject)) if subject else None,
    )  # fmt: skip


def _denial(claim: Claim, one: dict[str, Any]) -> str:
    what = _("line %s") % one.get("line") if one.get("line") else _("the whole claim")
    code = f" {one.get('code')}" if one.get("code") else ""
    words = str(one.get("category") or "other").replace("_", " ")
    return f"{what}{code}: {words} ({one.get('group')} {one.get('reason')}), {money(one.get('amount'), claim.currency)}"


def _facts(claim: Claim) -> list[Fact]:
    sent = format_date(claim.sent_at.date()) if claim.sent_at else _("not sent")
    return [
        Fact(label=_("Payer"), value=claim.coverage.payer.name, sub=claim.coverage.plan),
        Fact(label=_("Member number"), value=claim.coverage.member_id, mono=True),
        Fact(
            label=_("Authorization"),
            value=claim.authorization_number or _("none carried"),
            mono=bool(claim.authorization_number),
        ),
        Fact(label=_("Diagnosis"), value=claim.episode.icd10, sub=claim.episode.indication),
        Fact(label=_("Ordered by"), value=claim.episode.prescriber.name if claim.episode.prescriber else ""),
        Fact(label=_("Sent"), value=sent, sub=claim.send_reason),
        Fact(label=_("Paid"), value=money(claim.paid_minor, claim.currency)),
        Fact(label=_("Patient owes"), value=money(claim.patient_minor, claim.currency)),
    ]


def _actions(claim: Claim, by: Access) -> list[Action]:
    """Steps that fit the state or are worth a refusal in words."""
    actions = []
    if claim.status in UNSENT:
        why = refusal(row=claim, workflow=CLAIM, action="send", by=by) or ""
        actions.append(
            Action(label=_("Send the claim"), url=reverse("billing:send", args=[claim.pk]), refusal=why, kind="")
        )
    if by.may(PREPARE) and refusal(row=claim, workflow=CLAIM, action="correct", by=by) is None:
        actions.append(Action(label=_("Correct the claim"), url=reverse("billing:correct", args=[claim.pk])))
    if by.may(VOID) and claim.status in (*UNSENT, "rejected") and claim.frequency == "1":
        actions.append(Action(label=_("Void the claim"), url=reverse("billing:void", args=[claim.pk]), kind="quiet"))
    if claim.x12_id is not None:
        actions.append(Action(label=_("Download the 837P"), url=reverse("billing:x12", args=[claim.pk])))
        actions.append(Action(label=_("Ledger"), url=reverse("billing:ledger", args=[claim.pk])))
    if claim.status in ("sent", "accepted") and by.may(POST):
        actions.append(Action(label=_("Load an acknowledgement"), url=reverse("billing:ack_add")))
        actions.append(Action(label=_("Load a remittance"), url=reverse("billing:remittance_add")))
    return actions
