"""Shapes preparations for their pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openinfusion.apps.pharmacy.models import Order, Preparation
from openinfusion.apps.pharmacy.policies import CHECK, COMPOUND, RELEASE
from openinfusion.apps.pharmacy.services.orders import drug_name, read_order
from openinfusion.apps.pharmacy.services.worksheets import Suggestion
from openinfusion.apps.pharmacy.web import order_words
from openinfusion.apps.pharmacy.web.forms import STEPS_TITLE, STORAGES
from openinfusion.apps.pharmacy.web.presenters import compiled_of, kit_words, structured
from openinfusion.core.states import PREPARATION
from openinfusion.platform.access import Access
from openinfusion.platform.ui.formats import format_date, format_datetime, format_quantity
from openinfusion.platform.ui.shapes import Action, Cell, Column, Fact, Filter, Row, Table
from openinfusion.platform.workflows import refusal
from openinfusion.rulepacks import therapies

STATES = {
    "planned": gettext_lazy("Planned"),
    "in_progress": gettext_lazy("In progress"),
    "prepared": gettext_lazy("Waits for the second check"),
    "checked": gettext_lazy("Waits for release"),
    "released": gettext_lazy("Released"),
    "rejected": gettext_lazy("Rejected"),
    "quarantined": gettext_lazy("In quarantine"),
    "cancelled": gettext_lazy("Cancelled"),
}
_CHIPS = {
    "released": "ready",
    "rejected": "blocked",
    "quarantined": "blocked",
    "prepared": "risk",
    "checked": "risk",
    "in_progress": "action",
}
_FILTERS = {
    "open": gettext_lazy("To do"), "released": gettext_lazy("Released"), "stopped": gettext_lazy("Quarantine, rejected, cancelled"),
}  # fmt: skip
#: Steps with a form of their own.
STEPS = {
    "reject": gettext_lazy("Reject"),
    "quarantine": gettext_lazy("Put in quarantine"),
    "lift_quarantine": gettext_lazy("Take out of quarantine"),
    "cancel": gettext_lazy("Cancel"),
}
PERMISSIONS = {
    "finish": COMPOUND, "check": CHECK, "reject": CHECK, "quarantine": CHECK, "lift_quarantine": RELEASE, "cancel": COMPOUND,
}  # fmt: skip
_STORED = dict(STORAGES)


def filters(current: str) -> list[Filter]:
    url = reverse("pharmacy:preparations")
    return [
        Filter(label=str(title), url=f"{url}?state={state}", current=state == current)
        for state, title in _FILTERS.items()
    ]


def queue_table(rows: Iterable[Preparation]) -> Table:
    """Preparations with patient, drug, doses, state and use-by time."""
    heads = (_("Preparation"), _("Patient"), _("Medicine"), _("State"), _("Begin before"))
    return Table(
        caption=_("Preparations"), columns=[Column(label=head) for head in heads], rows=[Row(cells=_cells(row)) for row in rows],
        empty_title=_("No preparation here"), empty_text=_("Plan doses of a verified order to begin one."),
    )  # fmt: skip


def _cells(row: Preparation) -> list[Cell]:
    order = row.revision.order
    patient = order.episode.patient
    content = structured(row.revision)
    dose = order_words.quantity(content.dose) if content else ""
    return [
        Cell(text=row.number, url=reverse("pharmacy:preparation", args=[row.pk])),
        Cell(text=patient.full_name, sub=patient.mrn),
        Cell(drug=drug_name(order.therapy_id), text=dose, sub=doses_words(row.doses), is_blank=True),
        Cell(chip=_CHIPS.get(row.status, "plain"), chip_label=str(STATES.get(row.status, row.status))),
        Cell(text=_moment(row.beyond_use_at, row), is_blank=row.beyond_use_at is None),
    ]


def waiting_table(rows: Iterable[Order]) -> Table:
    """Verified orders nothing was made of yet."""
    shown = []
    for row in rows:
        content = structured(row.in_force[0] if row.in_force else None)  # type: ignore[attr-defined]
        start = content.start_on if content else None
        shown.append(
            Row(
                cells=[
                    Cell(text=_("Plan doses of %s") % row.number, url=reverse("pharmacy:prepare", args=[row.pk])),
                    Cell(text=row.episode.patient.full_name, sub=row.episode.patient.mrn),
                    Cell(
                        drug=drug_name(row.therapy_id),
                        text=order_words.short_dose(content) if content else "",
                        is_blank=True,
                    ),
                    Cell(text=format_date(start) if start else ""),
                ]
            )
        )
    heads = (_("Order"), _("Patient"), _("Medicine"), _("First day"))
    return Table(
        caption=_("Verified orders without a preparation"), columns=[Column(label=head) for head in heads], rows=shown,
        empty_title=_("Every verified order has a preparation"),
    )  # fmt: skip


def doses_words(doses: int) -> str:
    return _("1 dose") if doses == 1 else _("%s doses") % doses


def _moment(at: datetime | None, row: Preparation) -> str:
    return format_datetime(at, row.revision.order.episode.patient.time_zone) if at else ""


def preparation_page(row: Preparation, *, by: Access, at: datetime) -> dict[str, Any]:
    """Everything the page of one preparation shows."""
    return {
        **_head(row, at=at), "facts": _done_facts(row), "lots": lots_table(row), "steps": row.worksheet.get("steps", []),
        "actions": _actions(row, by), "posts": _posts(row, by), "state": (_CHIPS.get(row.status, "plain"), str(STATES.get(row.status, row.status))),
        "kit": kit_words(row.revision.order, at=at),
    }  # fmt: skip


def _head(row: Preparation, *, at: datetime) -> dict[str, Any]:
    content = read_order(row.revision.content)
    drug = drug_name(row.revision.order.therapy_id)
    compiled = compiled_of(row.revision, at=at)
    left, right = order_words.facts_of(content, drug=drug, compiled=compiled)
    return {
        "preparation": row, "order": row.revision.order, "drug": drug, "doses": doses_words(row.doses), "facts_left": left,
        "facts_right": right, "label_lines": compiled.label.lines if compiled else (),
    }  # fmt: skip


def worksheet_page(row: Preparation, suggestions: list[Suggestion], *, at: datetime) -> dict[str, Any]:
    """The order beside the form, the lots to open first, and what the therapy table says of stability."""
    therapy = therapies().get(row.revision.order.therapy_id)
    words = therapy.cell("stability_after_mix") if therapy else ""
    seen = therapy is not None and therapy.is_verified("stability_after_mix")
    return {
        **_head(row, at=at), "title": _("Worksheet %s") % row.number, "submit": _("Record the preparation"),
        "back_url": reverse("pharmacy:preparation", args=[row.pk]), "back_label": row.number,
        "suggestions": suggestion_table(suggestions), "stability": words, "stability_seen": seen,
        "stability_source": "; ".join(therapy.sources) if therapy else "", "kit": kit_words(row.revision.order, at=at), "steps_title": STEPS_TITLE,
    }  # fmt: skip


def suggestion_table(suggestions: list[Suggestion]) -> Table:
    """First expired first out."""
    rows = []
    for one in suggestions:
        rows += [
            Row(
                cells=[
                    Cell(text=one.item.name),
                    Cell(text=lot.number),
                    Cell(text=format_date(lot.expires_on)),
                    Cell(text=str(count)),
                ]
            )
            for lot, count in one.picks
        ]
        if one.problem:
            rows.append(
                Row(cells=[Cell(text=one.item.name), Cell(text=one.problem), Cell(is_blank=True), Cell(is_blank=True)])
            )
    heads = (_("Item"), _("Lot"), _("Expires"), _("Open"))
    return Table(
        caption=_("Lots to open first"), columns=[Column(label=head) for head in heads], rows=rows,
        empty_title=_("This drug is not in the stock list"), empty_text=_("Receive it before it is used."),
    )  # fmt: skip


def check_page(row: Preparation, *, by: Access, at: datetime) -> dict[str, Any]:
    same = row.prepared_by_id == by.user_id
    return {
        **_head(row, at=at), "title": _("Second check of %s") % row.number, "submit": _("I checked it"),
        "back_url": reverse("pharmacy:preparation", args=[row.pk]), "back_label": row.number, "facts": _done_facts(row),
        "lots": lots_table(row), "refusal": _("You made this preparation. A second person must check it.") if same else "",
    }  # fmt: skip


def lots_table(row: Preparation) -> Table:
    heads = (_("Item"), _("Lot"), _("Expires"), _("Units opened"), _("Went in"), _("Wasted"))
    shown = [
        Row(
            cells=[
                Cell(text=one.lot.item.name), Cell(text=one.lot.number, sub=one.lot.get_status_display()),
                Cell(text=format_date(one.lot.expires_on)), Cell(text=str(one.quantity)), _amount(one.amount_used, one.amount_unit),
                _amount(one.amount_wasted, one.amount_unit),
            ]
        )
        for one in row.lots.select_related("lot__item").order_by("id")
    ]  # fmt: skip
    return Table(
        caption=_("Lots"),
        columns=[Column(label=head) for head in heads],
        rows=shown,
        empty_title=_("No lot recorded yet"),
    )


def _amount(value: Any, unit: str) -> Cell:
    return Cell(text=format_quantity(value, unit) if value is not None and unit else "")


def _done_facts(row: Preparation) -> list[Fact]:
    """Who did what, and until when it may be begun."""
    people = (
        (_("Prepared"), row.prepared_at, row.prepared_by_name), (_("Checked"), row.checked_at, row.checked_by_name),
        (_("Released"), row.released_at, row.released_by_name),
    )  # fmt: skip
    facts = [Fact(label=label, value=_moment(at, row) or _("Not yet"), sub=name) for label, at, name in people]
    facts.append(Fact(label=_("Begin before"), value=_moment(row.beyond_use_at, row), sub=row.beyond_use_reason))
    facts.append(Fact(label=_("Storage"), value=str(_STORED.get(row.storage, ""))))
    return facts


def _posts(row: Preparation, by: Access) -> list[Action]:
    """Buttons that post, only where the step can be taken or its refusal helps."""
    wanted = (("start", _("Start the work"), "planned"), ("release", _("Release and make the label"), "checked"))
    return [
        Action(
            label=label, url=reverse(f"pharmacy:{action}", args=[row.pk]), kind="",
            refusal=refusal(row=row, workflow=PREPARATION, action=action, by=by) or "",
        )
        for action, label, state in wanted if row.status == state
    ]  # fmt: skip


def _actions(row: Preparation, by: Access) -> list[Action]:
    wanted = [
        ("finish", _("Fill in the worksheet"), "pharmacy:worksheet"),
        ("check", _("Make the second check"), "pharmacy:check"),
    ]
    found = [(action, label, reverse(name, args=[row.pk])) for action, label, name in wanted]
    found += [(action, str(title), reverse("pharmacy:step", args=[row.pk, action])) for action, title in STEPS.items()]
    return [
        Action(label=label, url=url)
        for action, label, url in found
        if refusal(row=row, workflow=PREPARATION, action=action, by=by) is None
    ]
