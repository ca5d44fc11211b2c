"""Shapes pumps for their pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openinfusion.apps.equipment.models import Device
from openinfusion.apps.equipment.policies import REGISTER
from openinfusion.core.states import DEVICE
from openinfusion.platform.access import Access
from openinfusion.platform.ui.formats import format_date
from openinfusion.platform.ui.shapes import Action, Cell, Column, Fact, Filter, Row, Table
from openinfusion.platform.workflows import refusal

#: Steps of the device workflow taken from the pump's page, with the title of their form.
STEPS = {
    "clean": gettext_lazy("Pump %s cleaned"),
    "quarantine": gettext_lazy("Put pump %s in quarantine"),
    "end_quarantine": gettext_lazy("Take pump %s out of quarantine"),
    "recall": gettext_lazy("Recall pump %s"),
    "remedy_recall": gettext_lazy("Recall of pump %s remedied"),
    "retire": gettext_lazy("Retire pump %s"),
}


def fleet_table(rows: Iterable[Any], *, on: date) -> Table:
    """Pumps with state, service date and holder."""
    heads = (_("Serial"), _("Make and model"), _("State"), _("Service due"), _("Library"), _("With"))
    return Table(
        caption=_("Pumps"), columns=[Column(label=head) for head in heads], rows=[Row(cells=_cells(row, on)) for row in rows],
        empty_title=_("No pumps here"), empty_text=_("Register a pump to check it out to a patient."),
    )  # fmt: skip


def _cells(row: Any, on: date) -> list[Cell]:
    due = row.service_due_on
    late = _("overdue") if due and due <= on else ""
    holder = row.open_assignments[0].episode.patient if row.open_assignments else None
    return [
        Cell(text=row.serial, url=reverse("equipment:device", args=[row.pk])),
        Cell(text=row.family, sub=row.kind),
        Cell(text=row.status.replace("_", " ").capitalize(), sub=row.recall_note),
        Cell(text=format_date(due) if due else "", sub=late),
        Cell(text=row.library_version),
        Cell(text=holder.full_name, sub=holder.mrn) if holder else Cell(text=_("nobody")),
    ]


def fleet_filters(by_status: dict[str, int], current: str) -> list[Filter]:
    """One chip per state that occurs."""
    url = reverse("equipment:fleet")
    chips = [Filter(label=_("All"), url=url, count=sum(by_status.values()), current=not current)]
    return chips + [
        Filter(
            label=status.replace("_", " ").capitalize(),
            url=f"{url}?status={status}",
            count=count,
            current=status == current,
        )
        for status, count in by_status.items()
    ]


def device_page(row: Any, *, by: Access) -> dict[str, Any]:
    """Everything the page of one pump shows."""
    due = format_date(row.service_due_on) if row.service_due_on else ""
    passed = format_date(row.last_check_passed_at.date()) if row.last_check_passed_at else ""
    facts = [
        Fact(label=_("Make and model"), value=row.family, sub=row.kind),
        Fact(label=_("State"), value=row.status.replace("_", " ").capitalize(), sub=row.recall_note),
        Fact(label=_("Service due"), value=due),
        Fact(label=_("Last check passed"), value=passed),
        Fact(label=_("Drug library"), value=row.library_version),
        Fact(label=_("EUI-64"), value=row.eui64, mono=True),
        Fact(label=_("UDI"), value=row.udi, mono=True),
        Fact(
            label=_("Device gateway"),
            value=_("Enrolled") if row.key_hash else _("Not enrolled: its messages are refused"),
        ),
    ]
    for one in row.open_assignments:
        patient = one.episode.patient
        url = reverse("patients:episode", args=[one.episode_id])
        facts.append(Fact(label=_("With"), value=patient.full_name, sub=patient.mrn, url=url))
    return {"device": row, "facts": facts, "actions": _actions(row, by)}


def _actions(row: Device, by: Access) -> list[Action]:
    wanted = [("return", _("Take it back")), ("test", _("Record a passed check"))]
    wanted += [(action, str(title) % row.serial) for action, title in STEPS.items()]
    actions = []
    for action, text in wanted:
        why = refusal(row=row, workflow=DEVICE, action=action, by=by)
        if why is None:
            name = {"return": "equipment:return", "test": "equipment:check"}.get(action)
            url = reverse(name, args=[row.pk]) if name else reverse("equipment:step", args=[row.pk, action])
            actions.append(Action(label=text, url=url))
    if by.may(REGISTER):
        actions.append(Action(label=_("Enroll with the gateway"), url=reverse("equipment:enroll", args=[row.pk])))
    return actions
