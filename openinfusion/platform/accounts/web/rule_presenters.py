"""Shapes rule packs for their pages: active or not, why not, who approved, what a row lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from openinfusion.core.states import RULE_PACK_VERSION
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import TITLES, Role
from openinfusion.platform.rules.models import RuleApproval, RulePackVersion
from openinfusion.platform.rules.policies import PROPOSE
from openinfusion.platform.rules.services import APPROVERS
from openinfusion.platform.ui.formats import format_datetime, format_number
from openinfusion.platform.ui.shapes import Cell, Column, Fact, Filter, Row, Table
from openinfusion.platform.workflows import refusal
from openinfusion.rulepacks import PACKS, Pack, load_table
from openinfusion.rulepacks import Row as RuleRow
from openinfusion.rulepacks.tables import GRADES_THAT_MAY_BE_PROPOSED

Versions = Mapping[str, list[RulePackVersion]]
_OPEN = (RulePackVersion.Status.PROPOSED, RulePackVersion.Status.FIRST_APPROVED)


def pack_table(versions: Versions) -> Table:
    """Every shipped pack with its state."""
    heads = (_("Pack"), _("Version"), _("Rows of its tables"), _("State"), _("Approver"))
    return Table(
        caption=_("Rule packs"), columns=[Column(label=head) for head in heads],
        rows=[Row(cells=_pack_cells(one, versions.get(one.id, []))) for one in PACKS],
    )  # fmt: skip


def _pack_cells(shipped: Pack, versions: list[RulePackVersion]) -> list[Cell]:
    verdict, label, why = state_of(shipped, versions)
    return [
        Cell(text=shipped.title, sub=shipped.id, url=reverse("home:rule_pack", args=[shipped.id])),
        Cell(text=shipped.version, sub=shipped.content_hash[:12]),
        Cell(text=counts_text(shipped), url=reverse("home:rule_rows", args=[shipped.id]) if shipped.tables else ""),
        Cell(chip=verdict, chip_label=label, sub=why),
        Cell(text=TITLES[APPROVERS[shipped.approver_role]], sub=_("and a second person")),
    ]


def counts_text(shipped: Pack) -> str:
    """``120 verified, 30 unverified``."""
    counts = shipped.row_counts()
    parts = [
        f"{format_number(count)} {word.replace('_', ' ') or _('without status')}"
        for word, count in sorted(counts.items(), key=lambda one: -one[1])
    ]
    return ", ".join(parts) or _("documents only")


def state_of(shipped: Pack, versions: list[RulePackVersion]) -> tuple[str, str, str]:
    """(verdict, label, why) of a pack. Active means: the very bytes shipped were approved by two people."""
    active = next((row for row in versions if row.status == RulePackVersion.Status.ACTIVE), None)
    if active and active.content_hash == shipped.content_hash:
        return "ready", _("Active"), _("demo approvals") if any(one.is_demo for one in active.approvals.all()) else ""
    waiting = next((row for row in versions if row.status in _OPEN and row.content_hash == shipped.content_hash), None)
    if waiting is not None:
        return "risk", _("Not active"), _waits_for(shipped, waiting)
    if active:
        return "blocked", _("Not active"), _("the shipped content differs from the approved one: propose it")
    if any(
        row.status == RulePackVersion.Status.REJECTED and row.content_hash == shipped.content_hash for row in versions
    ):
        return "blocked", _("Not active"), _("this content was rejected")
    return "blocked", _("Not active"), _("nobody has proposed it")


def _waits_for(shipped: Pack, version: RulePackVersion) -> str:
    title = TITLES[APPROVERS[shipped.approver_role]]
    given = list(version.approvals.all())
    if not given:
        return _("waits for two approvals, one by: %s") % title
    if any(APPROVERS[shipped.approver_role] in one.role.split(",") for one in given):
        return _("waits for a second approval")
    return _("waits for the approval by: %s") % title


def pack_page(shipped: Pack, versions: list[RulePackVersion], *, by: Access) -> dict[str, Any]:
    """Everything the page of one pack shows."""
    verdict, label, why = state_of(shipped, versions)
    active = next((row for row in versions if row.status == RulePackVersion.Status.ACTIVE), None)
    return {
        "pack": shipped, "verdict": verdict, "label": label, "why": why, "is_demo": by.is_demo,
        "facts": _facts(shipped, active), "versions": [_version(row, shipped, by) for row in versions],
        "propose_refusal": _propose_refusal(shipped, versions, by), "counts": counts_text(shipped), "documents": documents_of(shipped),
    }  # fmt: skip


def _facts(shipped: Pack, active: RulePackVersion | None) -> list[Fact]:
    if active is None:
        difference = _("no version is active")
    elif active.content_hash == shipped.content_hash:
        difference = _("none: the active version is the shipped one")
    else:
        difference = _("other content: active %(old)s, shipped %(new)s") % {
            "old": active.content_hash[:12], "new": shipped.content_hash[:12],
        }  # fmt: skip
    return [
        Fact(label=_("Shipped version"), value=shipped.version),
        Fact(label=_("Content hash"), value=shipped.content_hash, mono=True),
        Fact(label=_("Difference from the active version"), value=difference),
        Fact(label=_("Rows of its tables"), value=counts_text(shipped)),
        Fact(label=_("Files"), value=", ".join(shipped.files)),
        Fact(label=_("One approval must come from"), value=TITLES[APPROVERS[shipped.approver_role]]),
    ]


def _version(row: RulePackVersion, shipped: Pack, by: Access) -> dict[str, Any]:
    zone = timezone.get_current_timezone()
    action = "approve_second" if row.status == RulePackVersion.Status.FIRST_APPROVED else "approve_first"
    refused = refusal(row=row, workflow=RULE_PACK_VERSION, action=action, by=by)
    approvals = list(row.approvals.all())
    if refused is None and any(one.user_id == by.user_id for one in approvals):
        refused = _("You have approved this version already; a second person must approve it.")
    if refused is None and row.content_hash != shipped.content_hash:
        refused = _("The shipped pack changed after this proposal: propose the new content first.")
    return {
        "row": row, "hash": row.content_hash[:12], "state": row.get_status_display(), "is_open": row.status in _OPEN,
        "proposed": format_datetime(row.proposed_at, zone), "same": row.content_hash == shipped.content_hash,
        "active_from": format_datetime(row.active_from, zone) if row.active_from else "",
        "approvals": [_approval(one) for one in approvals], "refusal": refused or "",
        "reject_refusal": refusal(row=row, workflow=RULE_PACK_VERSION, action="reject", by=by) or "",
    }  # fmt: skip


def _approval(one: RuleApproval) -> str:
    roles = ", ".join(TITLES[Role(role)] for role in one.role.split(",") if role in set(Role))
    demo = _("; demo approval") if one.is_demo else ""
    return f"{one.user_name} ({roles}), {format_datetime(one.at, timezone.get_current_timezone())}{demo}"


def _propose_refusal(shipped: Pack, versions: list[RulePackVersion], by: Access) -> str:
    if not by.may(PROPOSE):
        return _("Your role may not propose rule packs.")
    if any(row.content_hash == shipped.content_hash for row in versions):
        return _("The shipped content is proposed already; see its versions here.")
    return ""


def documents_of(shipped: Pack) -> list[str]:
    """Files of the pack that have no table rows: approved as a whole."""
    return [name for name in shipped.files if not name.endswith(".csv")]


# -- Rows --------------------------------------------------------------------------------------------------


def lacks(row: RuleRow) -> str:
    """What keeps a row from being proposed; empty when nothing does."""
    missing = []
    if not row.sources:
        missing.append(_("no source"))
    if row.verification != "verified":
        missing.append(_("not verified (%s)") % (row.verification or _("no status")))
    if row.grade not in GRADES_THAT_MAY_BE_PROPOSED:
        missing.append(_("source grade %s; A or B is needed") % (row.grade or _("not known")))
    return "; ".join(missing)


def rows_of(table: str, *, lacking: bool) -> list[RuleRow]:
    """The rows of a table, or only those that lack something."""
    rows = load_table(table) if table else ()
    return [row for row in rows if not lacking or not row.may_be_proposed]


def row_table(table: str, rows: Iterable[RuleRow]) -> Table:
    heads = (_("Row"), _("Says"), _("Status"), _("Grade"), _("Source"), _("What is missing"))
    return Table(
        caption=table, columns=[Column(label=head) for head in heads], rows=[Row(cells=_row_cells(row)) for row in rows],
        empty_title=_("No rows"),
    )  # fmt: skip


def _row_cells(row: RuleRow) -> list[Cell]:
    missing = lacks(row)
    return [
        Cell(text=row.row_id),
        Cell(text=_says(row)),
        Cell(text=row.verification),
        Cell(text=row.grade),
        Cell(text="; ".join(row.sources)),
        Cell(text=missing) if missing else Cell(chip="ready", chip_label=_("Nothing")),
    ]


_ABOUT = {"verification", "best_source_grade", "grade", "sources", "source"}


def _says(row: RuleRow) -> str:
    """The first filled cells of the row itself."""
    return "; ".join(f"{name}: {text}" for name, text in row.fields.items() if text and name not in _ABOUT)[:400]


def row_filters(shipped: Pack, table: str, *, lacking: bool) -> list[Filter]:
    """The tables of the pack, and only what lacks something."""
    address = reverse("home:rule_rows", args=[shipped.id])
    chosen = [
        Filter(
            label=name,
            url=f"{address}?table={name}",
            count=len(load_table(name)),
            current=name == table and not lacking,
        )
        for name in shipped.tables
    ]
    only = Filter(
        label=_("Only rows of this table that lack something"), url=f"{address}?table={table}&show=lacking",
        count=len(rows_of(table, lacking=True)), current=lacking,
    )  # fmt: skip
    return [*chosen, only]
