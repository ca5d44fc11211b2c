"""Shapes claims, remittances and contracts for their pages. Amounts nobody knows are "Not known", never nought."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openinfusion.apps.billing.models import Acknowledgement, Claim, LedgerEntry, Remittance
from openinfusion.apps.billing.policies import POST
from openinfusion.apps.billing.queries import Stakes
from openinfusion.apps.billing.services.checking import owner_of
from openinfusion.apps.billing.services.ledger import balances_of
from openinfusion.apps.billing.services.outcomes import denial_words
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import TITLES
from openinfusion.platform.ui.formats import format_date, format_money, format_number, format_percent
from openinfusion.platform.ui.shapes import Cell, Column, Fact, Figure, Filter, Row, Table

CHIPS = {
    "blocked": "blocked",
    "rejected": "blocked",
    "denied": "blocked",
    "partly_paid": "risk",
    "ready": "ready",
    "paid": "ready",
}


def span(first: date | None, last: date | None) -> str:
    """``02-Nov-2026 to 08-Nov-2026``; empty when there is none."""
    if first is None or last is None:
        return ""
    return (
        format_date(first)
        if first == last
        else _("%(first)s to %(last)s") % {"first": format_date(first), "last": format_date(last)}
    )


def state(claim: Claim) -> str:
    return claim.status.replace("_", " ").capitalize()


def chip(claim: Claim) -> str:
    return CHIPS.get(claim.status, "action")


def money(minor: int | None, currency: str) -> str:
    return "" if minor is None else format_money(minor, currency)


def blocking(claim: Claim) -> list[dict[str, Any]]:
    return [one for one in claim.findings if isinstance(one, dict) and one.get("severity") == "block"]


def why_and_owner(claim: Claim) -> tuple[str, str]:
    """What keeps the claim, and whose it is to clear."""
    if claim.status in ("draft", "blocked"):
        found = blocking(claim)
        if not found:
            return _("Not checked yet"), TITLES[owner_of("")]
        owners = dict.fromkeys(TITLES[owner_of(str(one["rule"]), str(one["subject"]))] for one in found)
        more = (
            ngettext("and %(n)s more", "and %(n)s more", len(found) - 1) % {"n": len(found) - 1}
            if len(found) > 1
            else ""
        )
        return " ".join(part for part in (str(found[0]["detail"]), more) if part), ", ".join(owners)
    if claim.status == "rejected":
        return "; ".join(str(one) for one in claim.rejection_reasons) or _("No reason given"), TITLES[owner_of("")]
    if claim.status in ("denied", "partly_paid"):
        return denial_words(claim.denial_reasons) or _("No reason given"), TITLES[owner_of("")]
    if claim.status == "ready":
        warnings = sum(one.get("severity") == "interrupt" for one in claim.findings)
        text = ngettext("%(n)s warning to answer", "%(n)s warnings to answer", warnings) % {"n": warnings}
        return (text if warnings else _("Every line has its proof")), TITLES[owner_of("")]
    if claim.status in ("sent", "accepted"):
        return _("Waits for the payer's answer"), claim.coverage.payer.name
    return _("Nothing to do"), ""


def queue_table(rows: Iterable[Claim], *, at: datetime) -> Table:
    """Claims with what keeps them, whose it is, and what they are worth."""
    return Table(
        caption=_("Claims, what waits for us first"),
        columns=[
            Column(label=_("Claim, patient")), Column(label=_("Payer, dates")), Column(label=_("State")), Column(label=_("Why, owner")),
            Column(label=_("Charge"), numeric=True), Column(label=_("Expected"), numeric=True), Column(label=_("Age"), numeric=True),
        ],
        rows=[Row(cells=_queue_cells(row, at)) for row in rows], empty_title=_("No claims here"),
        empty_text=_("Claims are drafted from signed visits. See what is ready to bill."),
    )  # fmt: skip


def _queue_cells(row: Claim, at: datetime) -> list[Cell]:
    why, owner = why_and_owner(row)
    age = max(0, (at - row.created_at).days)
    return [
        Cell(text=row.control_number, sub=row.episode.patient.full_name, url=reverse("billing:claim", args=[row.pk])),
        Cell(text=row.coverage.payer.name, sub=span(row.from_date, row.to_date)),
        Cell(chip=chip(row), chip_label=state(row)),
        Cell(text=why, sub=owner),
        Cell(text=money(row.total_minor, row.currency)),
        Cell(text=money(row.expected_minor, row.currency)),
        Cell(text=ngettext("%(n)s day", "%(n)s days", age) % {"n": age}),
    ]


def figures(stakes: Stakes, *, at: datetime) -> list[Figure]:
    """Ready, blocked, refused, and how the last three months went."""
    waiting = sum(stakes.counts.get(name, 0) for name in ("ready", "blocked", "rejected"))
    oldest = max(0, (at - stakes.oldest).days) if stakes.oldest else None
    of = _("of %(n)s") % {"n": format_number(waiting)}
    old = "" if oldest is None else _("; oldest %(n)s days") % {"n": oldest}
    paid = format_percent(stakes.paid_first_time, stakes.decided) if stakes.decided else ""
    return [
        Figure(label=_("Ready to send"), value=str(stakes.counts.get("ready", 0)), unit=of, note=_worth(stakes, "ready")),
        Figure(label=_("Blocked"), value=str(stakes.counts.get("blocked", 0)), unit=of, note=_worth(stakes, "blocked") + old),
        Figure(label=_("With the payer"), value=str(stakes.counts.get("sent", 0)), note=_worth(stakes, "sent")),
        Figure(label=_("Refused by payers"), value=str(stakes.counts.get("denied", 0)), note=_worth(stakes, "denied", _("refused"))),
        Figure(
            label=_("Paid first time, last 90 days"), value=paid,
            note=_("%(n)s of %(all)s decided claims") % {"n": stakes.paid_first_time, "all": stakes.decided},
        ),
        Figure(
            label=_("Days to payment, median"), value="" if stakes.median_days is None else str(stakes.median_days),
            note=_("%(n)s paid claims, last 90 days") % {"n": len(stakes.days_to_payment)},
        ),
    ]  # fmt: skip


def _worth(stakes: Stakes, name: str, word: str = "") -> str:
    amount = format_money(stakes.minor.get(name, 0))
    text = f"{amount} {word or _('expected')}"
    unknown = stakes.not_known.get(name, 0)
    return text + (_("; %(n)s without a known amount") % {"n": unknown} if unknown else "")


def queue_filters(stakes: Stakes, current: str) -> list[Filter]:
    url = reverse("billing:queue")
    names = {
        "blocked": _("Blocked"), "ready": _("Ready"), "sent": _("With the payer"), "rejected": _("Rejected"),
        "denied": _("Refused or partly paid"), "paid": _("Paid"),
    }  # fmt: skip
    icons = {"blocked": "blocked", "ready": "ready", "rejected": "blocked", "denied": "risk"}
    everything = sum(count for name, count in stakes.counts.items() if name != "paid")
    chips = [Filter(label=_("All open"), url=url, count=everything, current=not current)]
    return chips + [
        Filter(
            label=label,
            url=f"{url}?state={name}",
            count=stakes.counts.get(name, 0),
            icon=icons.get(name, ""),
            current=name == current,
        )
        for name, label in names.items()
    ]


def unbilled_table(rows: Iterable[dict[str, Any]], may_draft: bool) -> Table:
    heads = (_("Patient"), _("Episode"), _("Signed days"), _("Visits"), _("Next step"))
    shaped = []
    for row in rows:
        patient = "visit__episode__patient__"
        name = f"{row[patient + 'family_name'].upper()}, {row[patient + 'given_name']}"
        pk = row["visit__episode_id"]
        url = reverse("billing:draft" if may_draft else "billing:episode", args=[pk])
        shaped.append(
            Row(
                cells=[
                    Cell(text=name, sub=row[patient + "mrn"], url=reverse("billing:episode", args=[pk])),
                    Cell(text=row["visit__episode__number"], drug=row["visit__episode__therapy_id"]),
                    Cell(text=span(row["first"], row["last"])), Cell(text=format_number(row["count"])),
                    Cell(text=_("Draft the claim") if may_draft else _("See the claims"), url=url),
                ]
            )
        )  # fmt: skip
    return Table(
        caption=_("Episodes with signed visits that are not billed"), columns=[Column(label=head) for head in heads], rows=shaped,
        empty_title=_("Everything signed is billed"), empty_text=_("A visit shows here when its note is signed and no claim has counted it."),
    )  # fmt: skip


def episode_table(rows: Iterable[Claim]) -> Table:
    columns = [
        Column(label=_("Claim")),
        Column(label=_("State")),
        Column(label=_("Charge"), numeric=True),
        Column(label=_("Paid"), numeric=True),
    ]
    return Table(
        caption=_("Claims of this episode"), columns=columns, empty_title=_("No claim yet"),
        rows=[
            Row(
                cells=[
                    Cell(text=row.control_number, sub=span(row.from_date, row.to_date), url=reverse("billing:claim", args=[row.pk])),
                    Cell(chip=chip(row), chip_label=state(row)),
                    Cell(text=money(row.total_minor, row.currency)), Cell(text=money(row.paid_minor, row.currency)),
                ]
            )
            for row in rows
        ],
    )  # fmt: skip


ACCOUNTS = {
    "payer_receivable": "Owed by the payer", "patient_receivable": "Owed by the patient", "denied_receivable": "Refused by the payer",
    "revenue": "Charged", "contractual_adjustment": "Written off by contract", "cash": "Received",
    "provider_adjustment": "Program adjustment", "suspense": "Suspense",
}  # fmt: skip


def ledger(claim: Claim, entries: list[LedgerEntry]) -> dict[str, Any]:
    """Postings in order and what stands in each account; the sum of everything is shown."""
    columns = [
        Column(label=_("Account")), Column(label=_("Posting")), Column(label=_("When, who")), Column(label=_("Amount"), numeric=True),
    ]  # fmt: skip
    rows = [
        Row(
            cells=[
                Cell(text=ACCOUNTS.get(one.account, one.account), sub=one.reason),
                Cell(
                    text=one.kind.replace("_", " ").capitalize(),
                    url=reverse("billing:remittance", args=[one.remittance_id]) if one.remittance_id else "",
                    sub=one.remittance.trace_number if one.remittance else "",
                ),
                Cell(text=format_date(one.at.date()), sub=one.by_name), Cell(text=format_money(one.amount_minor, one.currency, signed=True)),
            ]
        )
        for one in entries
    ]  # fmt: skip
    standing = [
        Fact(label=ACCOUNTS[account.value], value=format_money(amount.minor, claim.currency))
        for account, amount in balances_of(claim).items() if amount
    ]  # fmt: skip
    total = sum(one.amount_minor for one in entries)
    return {
        "claim": claim, "table": Table(caption=_("Postings"), columns=columns, rows=rows, empty_title=_("Nothing is booked yet")),
        "standing": standing, "total": format_money(total, claim.currency),
    }  # fmt: skip


def remittance_table(rows: Iterable[Remittance]) -> Table:
    columns = [
        Column(label=_("Trace number")), Column(label=_("Payer")), Column(label=_("Paid")), Column(label=_("State")),
        Column(label=_("Amount"), numeric=True),
    ]  # fmt: skip
    return Table(
        caption=_("Remittances, newest first"), columns=columns, empty_title=_("No remittance here"),
        rows=[
            Row(
                cells=[
                    Cell(text=row.trace_number or _("without trace number"), sub=format_date(row.received_at.date()), url=reverse("billing:remittance", args=[row.pk])),
                    Cell(text=row.payer_name), Cell(text=format_date(row.paid_on) if row.paid_on else ""),
                    _remittance_state(row), Cell(text=money(row.amount_minor, row.currency)),
                ]
            )
            for row in rows
        ],
    )  # fmt: skip


def _remittance_state(row: Remittance) -> Cell:
    words = {
        "posted": ("ready", _("Posted")), "partly": ("risk", _("Partly in suspense")), "suspense": ("blocked", _("In suspense")),
        "repeat": ("inform", _("Posted before")),
    }  # fmt: skip
    key, label = words.get(row.status, ("unknown", ""))
    return Cell(chip=key, chip_label=label)


def remittance_filters(current: str) -> list[Filter]:
    url = reverse("billing:remittances")
    return [
        Filter(label=_("All"), url=url, current=not current),
        Filter(label=_("In suspense"), url=f"{url}?state=suspense", icon="blocked", current=current == "suspense"),
    ]


def remittance_page(row: Remittance, *, by: Access) -> dict[str, Any]:
    """What was posted to which claim, and each reason for what was not."""
    reasons = [
        Row(
            cells=[
                Cell(text=str(one.get("detail", "")), sub=str(one.get("reason", "")).replace("_", " ")),
                Cell(text=str(one.get("claim") or _("the whole file"))), Cell(text=money(one.get("amount"), row.currency)),
            ]
        )
        for one in row.reasons
    ]  # fmt: skip
    claims = [
        Row(
            cells=[
                Cell(text=str(one["claim"]), url=reverse("billing:claim", args=[one["claim_id"]]) if one.get("claim_id") else ""),
                Cell(text=str(one["state"]).capitalize()), Cell(text=money(one["charge"], row.currency)),
                Cell(text=money(one["paid"], row.currency)), Cell(text=money(one["patient"], row.currency)),
            ]
        )
        for one in row.claims
    ]  # fmt: skip
    reason_heads = [Column(label=_("Why")), Column(label=_("Claim")), Column(label=_("Amount"), numeric=True)]
    claim_heads = [
        Column(label=_("Claim")), Column(label=_("State")), Column(label=_("Charge"), numeric=True), Column(label=_("Paid"), numeric=True),
        Column(label=_("Patient owes"), numeric=True),
    ]  # fmt: skip
    return {
        "row": row, "may_download": by.may(POST) and by.site_ids is None,
        "facts": [
            Fact(label=_("Payer"), value=row.payer_name), Fact(label=_("Amount"), value=money(row.amount_minor, row.currency)),
            Fact(label=_("Paid on"), value=format_date(row.paid_on) if row.paid_on else ""),
            Fact(label=_("Loaded"), value=format_date(row.received_at.date()), sub=row.posted_by_name),
        ],
        "state": _remittance_state(row),
        "reasons": Table(caption=_("What waits, and why"), columns=reason_heads, rows=reasons),
        "claims": Table(caption=_("Claims of this remittance"), columns=claim_heads, rows=claims, empty_title=_("No claim could be read")),
    }  # fmt: skip


def ack_table(row: Acknowledgement) -> Table:
    heads = (_("Claim"), _("What happened"), _("What it says"))
    rows = [
        Row(cells=[Cell(text=str(one["claim"]) or _("none of ours")), Cell(text=str(one["state"]).capitalize()), Cell(text=str(one["detail"]) or _("no remark"))])
        for one in row.results
    ]  # fmt: skip
    return Table(caption=_("Answers"), columns=[Column(label=head) for head in heads], rows=rows)
