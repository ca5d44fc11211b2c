"""Shapes orders for their pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openinfusion.apps.pharmacy import queries
from openinfusion.apps.pharmacy.models import Order, OrderRevision, Verification
from openinfusion.apps.pharmacy.policies import COMPOUND, VERIFY
from openinfusion.apps.pharmacy.services.compiling import compiled
from openinfusion.apps.pharmacy.services.orders import drug_name, read_order
from openinfusion.apps.pharmacy.services.verification import check, kit_status, signature_holds
from openinfusion.apps.pharmacy.web import order_words
from openinfusion.core.orders.compiled import Compiled
from openinfusion.core.orders.kit import KitNeed, kit_need
from openinfusion.core.orders.model import InfusionOrder
from openinfusion.core.orders.verify import Verdict
from openinfusion.core.states import ORDER
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import permission
from openinfusion.platform.errors import Refused
from openinfusion.platform.rules.services import active_versions
from openinfusion.platform.ui.formats import format_date, format_datetime, format_duration
from openinfusion.platform.ui.shapes import Action, Cell, Column, Fact, Filter, Link, Row, ShownFinding, Table
from openinfusion.platform.workflows import refusal
from openinfusion.rulepacks import therapies

STATES = {
    "draft": gettext_lazy("Draft"),
    "submitted": gettext_lazy("Waits for verification"),
    "returned": gettext_lazy("Returned"),
    "verified": gettext_lazy("Verified"),
    "held": gettext_lazy("On hold"),
    "superseded": gettext_lazy("Superseded"),
    "stopped": gettext_lazy("Stopped"),
}
CHIPS = {"verified": "ready", "returned": "blocked", "held": "risk", "submitted": "action"}
ORIGINS = {
    "referral": gettext_lazy("referral"),
    "entered": gettext_lazy("written order"),
    "verbal": gettext_lazy("call, read back"),
}
QUEUE_TITLES = {
    "submitted": gettext_lazy("To verify"), "held": gettext_lazy("On hold"), "open": gettext_lazy("Drafts and returned"),
}  # fmt: skip


def chip_of(order: Order) -> tuple[str, str]:
    return CHIPS.get(order.status, "plain"), str(STATES.get(order.status, order.status))


def structured(revision: OrderRevision | None) -> InfusionOrder | None:
    """The order in typed form; None when the stored content cannot be read."""
    try:
        return read_order(revision.content) if revision else None
    except Refused:
        return None


def _in_force(order: Order) -> OrderRevision | None:
    rows = order.in_force  # type: ignore[attr-defined]
    return rows[0] if rows else None


# -- Lists ----------------------------------------------------------------------------------------------------------


def queue_table(rows: Iterable[Order], *, state: str, at: datetime) -> Table:
    """Orders that wait, longest first."""
    heads = (_("Waiting"), _("Patient"), _("Medicine"), _("Entered by"), _("Start"))
    empty = {"submitted": _("No order waits for verification"), "held": _("No order is on hold")}
    return Table(
        caption=str(QUEUE_TITLES[state]), columns=[Column(label=head) for head in heads],
        rows=[Row(cells=_queue_cells(row, state, at), header_at=1) for row in rows],
        empty_title=empty.get(state, _("No drafts")),
    )  # fmt: skip


def _queue_cells(row: Order, state: str, at: datetime) -> list[Cell]:
    revision, patient = _in_force(row), row.episode.patient
    content = structured(revision)
    page = "pharmacy:verify" if state == "submitted" else "pharmacy:order"
    start = content.start_on if content else None
    return [
        _waiting(row, state, at),
        Cell(text=patient.full_name, sub=f"{patient.mrn}, {row.number}", url=reverse(page, args=[row.pk])),
        Cell(drug=drug_name(row.therapy_id), text=order_words.short_dose(content) if content else "", is_blank=True),
        Cell(text=revision.created_by_name, sub=_("revision %s") % revision.number) if revision else Cell(),
        Cell(text=format_date(start) if start else ""),
    ]


def _waiting(row: Order, state: str, at: datetime) -> Cell:
    if state == "held":
        due = row.hold_review_at
        return Cell(text=_("review %s") % format_date(due.date()) if due else "", sub=row.hold_reason)
    if state == "submitted":
        return Cell(text=format_duration(at - row.submitted_at) if row.submitted_at else "")
    return Cell(text=str(STATES[row.status]))


def queue_filters(current: str) -> list[Filter]:
    url = reverse("pharmacy:queue")
    return [
        Filter(label=str(title), url=f"{url}?state={state}", current=state == current)
        for state, title in QUEUE_TITLES.items()
    ]


def orders_table(rows: Iterable[Order], *, by: Access) -> Table:
    """The orders of one episode."""
    heads = (_("Order"), _("Medicine"), _("State"), _("Days"))
    shown = []
    for row in rows:
        content = structured(_in_force(row))
        chip, words = chip_of(row)
        days = [format_date(day) for day in (content.start_on, content.stop_on) if day] if content else []
        shown.append(
            Row(
                cells=[
                    Cell(
                        text=row.number,
                        url=reverse("pharmacy:order", args=[row.pk]),
                        sub=_("revision %s") % row.current_revision,
                    ),
                    Cell(
                        drug=drug_name(row.therapy_id),
                        text=order_words.short_dose(content) if content else "",
                        is_blank=True,
                    ),
                    Cell(chip=chip, chip_label=words),
                    Cell(text=_(" to ").join(days)),
                ]
            )
        )
    return Table(
        caption=_("Orders"), columns=[Column(label=head) for head in heads], rows=shown, empty_title=_("No order yet"),
        empty_text=_("Nothing is prepared, delivered or given without a verified order."),
    )  # fmt: skip


# -- One order ----------------------------------------------------------------------------------------------------------


def order_page(row: Order, *, by: Access, at: datetime) -> dict[str, Any]:
    """Everything the page of one order shows."""
    revision = queries.revision_of(row)
    content = read_order(revision.content)
    left, right = order_words.facts_of(content, drug=drug_name(row.therapy_id), compiled=compiled_of(revision, at=at))
    decisions = queries.decisions_of(row)
    verdict = None if ORDER.is_final(row.status) else check(revision=revision, at=at)[1]
    links, posts = _steps(row, by)
    return {
        "order": row, "episode": row.episode, "revision": revision, "drug": drug_name(row.therapy_id), "state": chip_of(row),
        "facts_left": left, "facts_right": right, "links": links, "posts": posts,
        "findings": shown_findings(verdict, reasons_of(decisions, revision)) if verdict else None,
        "checks": checks_of(verdict) if verdict else None, "decisions": [_decision(one) for one in decisions],
        "revisions": _revisions_table(row), "kit": kit_words(row, at=at), "hold": _hold_words(row),
        "preparation": queries.last_preparation(row),
    }  # fmt: skip


def compiled_of(revision: OrderRevision, *, at: datetime) -> Compiled | None:
    """What the order becomes, or None while it lacks something; the findings say what."""
    found = compiled(revision, at=at)
    return found if isinstance(found, Compiled) else None


def shown_findings(
    verdict: Verdict, reasons: dict[tuple[str, str], tuple[str, str]] | None = None
) -> list[ShownFinding]:
    """Findings with the reasons that were given for them."""
    return [
        ShownFinding(
            severity=one.severity.value, detail=one.detail, rule=Link(text=one.rule), source=Link(text=one.source),
            datum=Link(text=subject_words(one.subject)), reason=(reasons or {}).get((one.rule, one.subject), ("", ""))[0],
            reason_by=(reasons or {}).get((one.rule, one.subject), ("", ""))[1],
        )
        for one in verdict.findings
    ]  # fmt: skip


def subject_words(subject: str) -> str:
    """A field of the order check as words; a drug or substance as it is."""
    for start in ("patient.", "order."):
        if subject.startswith(start):
            return subject.removeprefix(start).replace(".", " ").replace("_", " ")
    return subject


def reasons_of(decisions: list[Verification], revision: OrderRevision) -> dict[tuple[str, str], tuple[str, str]]:
    """(rule, subject) -> (reason, by) of the decision on this very revision."""
    mine = [one for one in decisions if one.revision_id == revision.pk and one.decision == "verified"]
    return {
        (row["rule"], row.get("subject", "")): (row["reason"], one.signed_by_name)
        for one in mine
        for row in one.overrides
    }


def checks_of(verdict: Verdict) -> dict[str, Any]:
    """What was checked and what was not, in words."""
    return {
        "count": len(verdict.checked), "checked": [_category(one) for one in verdict.checked],
        "not_checked": [_category(one) for one in verdict.not_checked], "rules": verdict.rules_version,
    }  # fmt: skip


def _category(name: str) -> str:
    return name.replace("_", " ")


def packs_words(tenant_id: int) -> list[str]:
    """The rule packs active in the program."""
    rows = active_versions(tenant_id).values()
    return [f"{row.pack_id} {row.version}" for row in sorted(rows, key=lambda row: row.pack_id)]


def _decision(one: Verification) -> dict[str, Any]:
    zone = one.revision.order.episode.patient.time_zone
    return {
        "words": _("Verified") if one.decision == "verified" else _("Returned"),
        "by": one.signed_by_name, "at": format_datetime(one.signed_at, zone), "revision": one.revision.number, "note": one.note,
        "holds": signature_holds(one), "hash": one.content_hash[:12], "rules": one.rules_version,
        "overrides": one.overrides,
    }  # fmt: skip


def _revisions_table(row: Order) -> Table:
    """Every revision with what it changed, newest first."""
    revisions = queries.revisions_of(row)
    zone = row.episode.patient.time_zone
    shown = []
    for number, one in enumerate(revisions):
        before = structured(revisions[number + 1]) if number + 1 < len(revisions) else None
        now = structured(one)
        changed = order_words.changes(before, now) if before and now else []
        shown.append(
            Row(
                cells=[
                    Cell(text=str(one.number), sub=str(ORIGINS.get(one.origin, one.origin))),
                    Cell(text=format_datetime(one.created_at, zone), sub=one.created_by_name),
                    Cell(text="; ".join(changed) or _("First entry"), sub=one.reason),
                ]
            )
        )
    heads = (_("Revision"), _("Entered"), _("What changed"))
    return Table(caption=_("Revisions"), columns=[Column(label=head) for head in heads], rows=shown)


def kit_words(row: Order, *, at: datetime) -> Fact:
    """Whether this therapy needs the anaphylaxis kit, and what is known of it."""
    therapy = therapies().get(row.therapy_id)
    if therapy is None:
        return Fact(label=_("Anaphylaxis kit"), value="")
    words = {
        KitNeed.REQUIRED: _("Needed"), KitNeed.NOT_REQUIRED: _("Not needed"), KitNeed.BY_POLICY: _("By policy: a person decides"),
    }  # fmt: skip
    return Fact(
        label=_("Anaphylaxis kit"),
        value=words[kit_need(therapy)],
        sub=_("in the home: %s") % kit_status(row.episode, at=at),
    )


def _hold_words(row: Order) -> str:
    if row.status != "held":
        return ""
    due = format_datetime(row.hold_review_at, row.episode.patient.time_zone) if row.hold_review_at else _("not known")
    return _("On hold: %(reason)s. Review %(due)s.") % {"reason": row.hold_reason, "due": due}


def _steps(row: Order, by: Access) -> tuple[list[Action], list[Action]]:
    """Links to forms, and buttons that post, each with its refusal in words."""

    def why(action: str) -> str:
        return refusal(row=row, workflow=ORDER, action=action, by=by) or ""

    def link(label: str, action: str, name: str) -> Action:
        return Action(label=label, url=reverse(name, args=[row.pk]), refusal=why(action))

    links = [
        link(_("Verify or return"), "verify", "pharmacy:verify"), link(_("Change"), "edit", "pharmacy:revise"),
        link(_("Hold"), "hold", "pharmacy:hold"), link(_("Stop for good"), "stop", "pharmacy:stop"),
        Action(label=_("Plan doses"), url=reverse("pharmacy:prepare", args=[row.pk]), refusal=prepare_refusal(row, by)),
    ]  # fmt: skip
    posts = [
        Action(
            label=_("Send to verification"),
            url=reverse("pharmacy:submit", args=[row.pk]),
            refusal=why("submit"),
            kind="",
        ),
        Action(label=_("Resume"), url=reverse("pharmacy:resume", args=[row.pk]), refusal=why("resume")),
    ]
    final = ORDER.is_final(row.status)
    return ([] if final else links), [one for one in posts if not one.refusal]


def prepare_refusal(row: Order, by: Access) -> str:
    if not by.may(COMPOUND):
        return _("Your role may not do this: %s.") % permission(COMPOUND).meaning
    return "" if row.status == "verified" else _("Doses are made only from a verified order.")


def verify_refusal(row: Order, revision: OrderRevision, verdict: Verdict, *, by: Access) -> str:
    """Why this person cannot verify now, or nothing."""
    if sentence := refusal(row=row, workflow=ORDER, action="verify", by=by):
        return sentence
    if not by.may(VERIFY):
        return _("Your role may not do this: %s.") % permission(VERIFY).meaning
    if revision.created_by_id == by.user_id:
        return _("You entered this revision. Another pharmacist must verify it.")
    blocking = [one.detail for one in verdict.findings if one.severity.value == "block"]
    return _("You cannot verify yet: %s") % " ".join(blocking) if blocking else ""
