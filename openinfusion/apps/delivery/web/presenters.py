"""Shapes shipments for their pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from openinfusion.apps.delivery.models import Shipment, ShipmentLine
from openinfusion.apps.delivery.orders import therapy_of
from openinfusion.apps.delivery.policies import JUDGE, LOG, PACK, PLAN
from openinfusion.apps.delivery.queries import TO_DO, HomeDoses, in_home
from openinfusion.apps.delivery.services.sending import refusal_to_ship
from openinfusion.apps.delivery.services.temperatures import LONGEST_GAP, WINDOWS, refusal_to_decide
from openinfusion.apps.delivery.web.forms import code_of
from openinfusion.apps.patients.public import Episode
from openinfusion.apps.pharmacy.public import Preparation
from openinfusion.core.states import SHIPMENT, label
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import permission
from openinfusion.platform.ui.formats import format_datetime, format_duration, format_number
from openinfusion.platform.ui.shapes import Action, Cell, Column, Fact, Filter, Row, Table, Vital
from openinfusion.platform.workflows import refusal
from openinfusion.rulepacks.storage import storage_windows

#: What the code of a line is called, for the person with the scanner.
CODE_NAMES = {
    "preparation": lazy("Preparation number"), "kit": lazy("Kit code"), "pump": lazy("Pump serial"),
    "supply": lazy("Lot number"),
}  # fmt: skip
_VERDICTS = {
    "use": ("ready", lazy("May be used")), "hold": ("blocked", lazy("On hold")), "discard": ("blocked", lazy("Discard")),
}  # fmt: skip


# -- Queue -------------------------------------------------------------------------------------------------------------


def state_filters(counts: dict[str, int], current: str) -> list[Filter]:
    """One chip per state of work."""
    url = reverse("delivery:queue")
    every = Filter(label=_("All open"), url=url, count=sum(counts.values()), current=current not in TO_DO)
    return [
        every,
        *(
            Filter(
                label=label(one).capitalize(),
                url=f"{url}?state={one}",
                count=counts.get(one, 0),
                current=one == current,
            )
            for one in TO_DO
        ),
    ]


def queue_table(rows: Iterable[Any], *, at: datetime) -> Table:
    """Boxes, the earliest promised first."""
    heads = (_("Arrive by"), _("Patient"), _("Delivery"), _("State"), _("Picked"))
    return Table(
        caption=_("Deliveries with work left"),
        columns=[Column(label=head) for head in heads],
        rows=[
            Row(
                cells=[
                    Cell(text=_when(one.deliver_until, one), sub=_late(one, at)),
                    Cell(text=one.episode.patient.full_name, sub=one.episode.patient.mrn),
                    Cell(text=one.number, url=reverse("delivery:shipment", args=[one.pk])),
                    Cell(text=label(one.status).capitalize(), sub=one.failure_reason if one.status == "failed" else ""),
                    Cell(text=_("%(done)s of %(all)s") % {"done": one.picked_count, "all": one.line_count}),
                ],
                header_at=1,
            )
            for one in rows
        ],
        empty_title=_("No delivery waits"),
        empty_text=_("Released preparations without a delivery are listed below."),
    )


def _late(one: Shipment, at: datetime) -> str:
    if one.deliver_until is None:
        return ""
    left = one.deliver_until - at
    return _("%s late") % format_duration(-left) if left.total_seconds() < 0 else _("in %s") % format_duration(left)


def waiting_table(rows: Sequence[Preparation], *, shown: int) -> Table:
    """Released preparations that are in no box, first to expire first."""
    heads = (_("Good until"), _("Patient"), _("Preparation"), _("Doses"))
    more = _("More below: plan the first %s.") % shown if len(rows) > shown else ""
    return Table(
        caption=_("Released, no delivery planned"),
        columns=[Column(label=head) for head in heads],
        rows=[_waiting_row(one) for one in rows[:shown]],
        more=more,
        empty_title=_("Every released preparation has a delivery"),
    )


def _waiting_row(one: Preparation) -> Row:
    episode = one.revision.order.episode
    until = format_datetime(one.beyond_use_at, episode.patient.time_zone) if one.beyond_use_at else ""
    therapy = therapy_of(one.revision.order.therapy_id)
    return Row(
        cells=[
            Cell(text=until),
            Cell(
                text=episode.patient.full_name, sub=episode.patient.mrn, url=reverse("delivery:plan", args=[episode.pk])
            ),
            Cell(text=one.number, drug=therapy.display_name if therapy else ""),
            Cell(text=format_number(one.doses)),
        ],
        header_at=1,
    )


# -- Episode -----------------------------------------------------------------------------------------------------------


def episode_page(row: Episode, shipments: Sequence[Shipment], *, by: Access) -> dict[str, Any]:
    """Deliveries of an episode, and what is in the home."""
    zone = row.patient.time_zone
    return {
        "episode": row,
        "home": home_lines(in_home(row), zone=zone),
        "table": _shipments_table(shipments),
        "plan": Action(
            label=_("Plan a delivery"), url=reverse("delivery:plan", args=[row.pk]), kind="",
            refusal="" if by.may(PLAN) else _no(PLAN),
        ),
    }  # fmt: skip


def home_lines(stock: Iterable[HomeDoses], *, zone: str) -> list[Fact]:
    """Doses in the home, one row per preparation with doses left."""
    facts = []
    for one in stock:
        if not one.doses:
            continue
        until = format_datetime(one.beyond_use_at, zone) if one.beyond_use_at else _("not known")
        _css, words = _VERDICTS.get(one.temperature, ("", _("Not known")))
        facts.append(
            Fact(
                label=ngettext("%(n)s dose", "%(n)s doses", one.doses) % {"n": one.doses},
                value=one.preparation.number,
                sub=_("use by %(until)s. Temperature: %(verdict)s") % {"until": until, "verdict": words.lower()},
            )
        )
    return facts


def short_rows(shipments: Iterable[Shipment], *, zone: str) -> list[dict[str, str]]:
    """The panel of the episode page."""
    return [
        {
            "number": one.number,
            "state": label(one.status),
            "when": _when(one.delivered_at or one.deliver_until, one, zone),
            "url": reverse("delivery:shipment", args=[one.pk]),
        }
        for one in shipments
    ]


def _shipments_table(shipments: Iterable[Shipment]) -> Table:
    heads = (_("Delivery"), _("State"), _("Window ends"), _("Delivered"), _("Temperature"))
    return Table(
        caption=_("Deliveries"),
        columns=[Column(label=head) for head in heads],
        rows=[
            Row(
                cells=[
                    Cell(text=one.number, url=reverse("delivery:shipment", args=[one.pk])),
                    Cell(text=label(one.status).capitalize()),
                    Cell(text=_when(one.deliver_until, one)),
                    Cell(text=_when(one.delivered_at, one), sub=one.received_by, is_blank=one.delivered_at is None),
                    _temperature_cell(one),
                ]
            )
            for one in shipments
        ],
        empty_title=_("No delivery yet"),
    )


def _temperature_cell(one: Shipment) -> Cell:
    if not one.needs_temperature:
        return Cell(text=_("No logger needed"))
    if not one.temperature:
        return Cell(text=_("Not judged yet"))
    css, words = _VERDICTS[one.temperature]
    return Cell(chip=css, chip_label=str(words), sub=_span(one))


# -- One box -----------------------------------------------------------------------------------------------------------


def shipment_page(row: Shipment, lines: Sequence[ShipmentLine], *, by: Access, at: datetime) -> dict[str, Any]:
    """Everything the shipment page shows."""
    may_pick = refusal(row=row, workflow=SHIPMENT, action="pick", by=by)
    return {
        "shipment": row,
        "state": label(row.status).capitalize(),
        "facts": _facts(row),
        "lines": [_line(line, can_pick=may_pick is None) for line in lines],
        "picked": sum(1 for line in lines if line.picked_at),
        "pick_refusal": may_pick or "",
        "actions": _actions(row, lines, by=by, at=at),
        "pack": _pack(row, by=by),
        "temperature": _temperature(row, lines, by=by),
    }


def _facts(row: Shipment) -> list[Fact]:
    window = f"{_when(row.deliver_from, row)} - {_when(row.deliver_until, row)}" if row.deliver_until else ""
    facts = [
        Fact(label=_("Number on the box"), value=row.number, mono=True),
        Fact(label=_("Arrives"), value=window, sub=row.episode.patient.time_zone),
        Fact(label=_("Address"), value=row.address),
    ]
    if row.packed_at:
        facts.append(Fact(label=_("Packed"), value=_when(row.packed_at, row), sub=row.packed_by_name))
    if row.shipped_at:
        facts.append(Fact(label=_("Sent"), value=_when(row.shipped_at, row), sub=row.carrier))
    if row.delivered_at:
        who = ", ".join(filter(None, [row.received_by, row.received_relation]))
        facts.append(Fact(label=_("Delivered"), value=_when(row.delivered_at, row), sub=who))
    if row.failure_reason:
        facts.append(Fact(label=_("Failed"), value=row.failure_reason))
    return facts


def _line(line: ShipmentLine, *, can_pick: bool) -> dict[str, Any]:
    return {
        "pk": line.pk,
        "label": line.label,
        "quantity": line.quantity,
        "kind": line.get_kind_display(),
        "code_name": CODE_NAMES.get(line.kind, _("Code")),
        "code": code_of(line),
        "good_until": _good_until(line),
        "picked": _("picked %(when)s by %(who)s")
        % {"when": _when(line.picked_at, line.shipment), "who": line.picked_by_name}
        if line.picked_at
        else "",
        "received": {True: _("arrived"), False: _("did not arrive"), None: ""}[line.is_received],
        "can_pick": can_pick and not line.picked_at,
    }


def _good_until(line: ShipmentLine) -> str:
    if line.preparation is None:
        return ""
    until = line.preparation.beyond_use_at
    return _("use by %s") % (_when(until, line.shipment) if until else _("not known"))


def _actions(row: Shipment, lines: Sequence[ShipmentLine], *, by: Access, at: datetime) -> list[Action]:
    """The steps that come next in this state."""
    steps = {
        "packed": [_ship(row, lines, by=by, at=at), _step(row, "cancel", _("Cancel"), "delivery:cancel", by)],
        "planned": [_step(row, "cancel", _("Cancel"), "delivery:cancel", by)],
        "picked": [_step(row, "cancel", _("Cancel"), "delivery:cancel", by)],
        "shipped": [
            _step(row, "deliver", _("Hand over"), "delivery:deliver", by, kind=""),
            _step(row, "fail", _("Could not be delivered"), "delivery:fail", by),
        ],
        "failed": [_step(row, "return", _("It came back"), "delivery:return", by)],
        "received": [_step(row, "return", _("It came back"), "delivery:return", by)],
    }
    return steps.get(row.status, [])


def _ship(row: Shipment, lines: Sequence[ShipmentLine], *, by: Access, at: datetime) -> Action:
    why = refusal(row=row, workflow=SHIPMENT, action="ship", by=by) or refusal_to_ship(row, list(lines), at=at)
    return Action(label=_("Send the box"), url=reverse("delivery:ship", args=[row.pk]), refusal=why or "", kind="")


def _step(row: Shipment, action: str, words: str, url_name: str, by: Access, *, kind: str = "quiet") -> Action:
    why = refusal(row=row, workflow=SHIPMENT, action=action, by=by)
    return Action(label=words, url=reverse(url_name, args=[row.pk]), refusal=why or "", kind=kind)


def _pack(row: Shipment, *, by: Access) -> dict[str, str] | None:
    """The button that closes the box, with its refusal; None in states where packing is over."""
    if row.status not in ("planned", "picked", "failed"):
        return None
    if row.status == "planned":
        return {"refusal": _("Pick every line first.") if by.may(PACK) else _no(PACK), "url": ""}
    why = refusal(row=row, workflow=SHIPMENT, action="pack", by=by)
    return {"refusal": why or "", "url": reverse("delivery:pack", args=[row.pk])}


# -- Temperature -------------------------------------------------------------------------------------------------------


def _temperature(row: Shipment, lines: Sequence[ShipmentLine], *, by: Access) -> dict[str, Any]:
    """Raw readings with lowest and highest, the verdict and what a pharmacist decided."""
    readings = list(row.readings.order_by("at").values_list("at", "celsius"))
    css, words = _VERDICTS.get(row.temperature, ("unknown", _("Not judged yet")))
    return {
        "needed": row.needs_temperature,
        "vital": Vital(
            label=_("In the box"), unit="°C", points=[(at.timestamp(), celsius) for at, celsius in readings],
            now=_span(row), band=_band(lines), gap_s=LONGEST_GAP.total_seconds(),
        ) if readings else None,
        "count": len(readings),
        "chip": (css, words),
        "reason": row.temperature_reason,
        "decision": _decision(row),
        "add": _button(row, LOG, _("Add readings"), "delivery:temperature", by, _not_packed(row)),
        "decide": _button(row, JUDGE, _("Decide"), "delivery:decide", by, "") if not refusal_to_decide(row) else None,
    }  # fmt: skip


def _not_packed(row: Shipment) -> str:
    return "" if row.packed_at else _("The journey begins when the box is packed.")


def _button(row: Shipment, needed: str, words: str, url_name: str, by: Access, why: str) -> Action:
    return Action(label=words, url=reverse(url_name, args=[row.pk]), refusal=why if by.may(needed) else _no(needed))


def _decision(row: Shipment) -> str:
    if not row.decision or row.decision_at is None:
        return ""
    facts = {
        "what": row.decision,
        "who": row.decision_by_name,
        "when": _when(row.decision_at, row),
        "why": row.decision_reason,
    }
    return _("Decided: %(what)s, by %(who)s, %(when)s. %(why)s") % facts


def _band(lines: Sequence[ShipmentLine]) -> tuple[Any, Any] | None:
    """The storage range of the preparations, when they share one."""
    storages = {line.preparation.storage for line in lines if line.preparation}
    window = storage_windows().get(WINDOWS.get(storages.pop(), "")) if len(storages) == 1 else None
    return (window.low, window.high) if window else None


def _span(row: Shipment) -> str:
    """Lowest and highest raw reading."""
    if row.temperature_low_c is None or row.temperature_high_c is None:
        return _("no readings")
    return f"{format_number(row.temperature_low_c)} to {format_number(row.temperature_high_c)}"


# -- Paper ---------------------------------------------------------------------------------------------------------------


def packing_list(row: Shipment, lines: Sequence[ShipmentLine], *, at: datetime) -> dict[str, Any]:
    """The list in the box."""
    heads = (_("Count"), _("What"), _("Lot, serial or number"), _("Good until"), _("Arrived"))
    return {
        "shipment": row,
        "facts": _facts(row)[:3],
        "printed_at": at,
        "back_url": reverse("delivery:shipment", args=[row.pk]),
        "table": Table(
            caption=_("Contents"),
            columns=[Column(label=head) for head in heads],
            rows=[
                Row(
                    cells=[
                        Cell(text=format_number(line.quantity)),
                        Cell(text=line.label),
                        Cell(text=code_of(line) or _("not picked")),
                        Cell(text=_paper_until(line), is_blank=True),
                        Cell(text="", is_blank=True),
                    ],
                    header_at=1,
                )
                for line in lines
            ],
        ),
    }  # fmt: skip


def _paper_until(line: ShipmentLine) -> str:
    if line.lot:
        return f"{line.lot.expires_on:%d-%b-%Y}"
    return _good_until(line)


def _when(moment: datetime | None, row: Shipment, zone: str = "") -> str:
    return format_datetime(moment, zone or row.episode.patient.time_zone) if moment else ""


def _no(needed: str) -> str:
    return _("Your role may not do this: %s.") % permission(needed).meaning
