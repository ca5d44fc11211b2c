"""Shapes lists of monitoring: reports, alarms, set-aside messages, sent messages, the rota."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.monitoring.models import Alarm, DeviceObservation, Infusion, NotificationHop, OnCall, SetAside
from openinfusion.apps.monitoring.services.set_asides import CAUSES
from openinfusion.apps.monitoring.web.forms import CHANNELS
from openinfusion.apps.monitoring.web.presenters import STATES, moment, what
from openinfusion.core.telemetry.state import PumpState
from openinfusion.platform.ui import formats
from openinfusion.platform.ui.shapes import Cell, Column, Fact, Link, Row, ShownFinding, Table

_BY = dict(CHANNELS)


def infusion_facts(row: Infusion, state: PumpState) -> list[Fact]:
    battery = state.battery_minutes
    return [
        Fact(label=_("Pump"), value=row.device.serial, sub=row.device.family, mono=True, url=reverse("equipment:device", args=[row.device_id])),
        Fact(label=_("First message"), value=moment(row.started_at)),
        Fact(label=_("Last message"), value=moment(row.last_received_at), sub=_("pump's clock %s") % (moment(row.last_device_at) or formats.not_known())),
        Fact(label=_("Ended"), value=moment(row.ended_at) if row.ended_at else _("Under watch"), sub=row.end_reason),
        Fact(label=_("Battery"), value=formats.format_quantity(battery.value, "min") if battery else "", sub=_("as last reported") if battery else ""),
        Fact(label=_("Message rhythm"), value=formats.format_quantity(row.interval_s, "s") if row.interval_s else "",
             sub="" if row.interval_s else _("silence is judged by the strictest limit")),
        Fact(label=_("Messages missing"), value=str(state.missing)),
    ]  # fmt: skip


def shown_findings(row: Infusion) -> list[ShownFinding]:
    return [
        ShownFinding(
            severity=one["severity"], detail=one["detail"], rule=Link(text=one["rule"]), source=Link(text=one["source"])
        )
        for one in row.findings
    ]


def report_table(rows: Sequence[DeviceObservation]) -> Table:
    """The latest raw reports, newest first."""
    heads = (_("Pump's clock"), _("Received"), _("Rate"), _("Given"), _("Status"), _("Log position"))
    return _table(_("Latest reports"), heads, [
        [
            moment(row.device_at) or None, moment(row.received_at), _amount(row.rate_ml_h, "mL/h"), _amount(row.volume_given_ml, "mL"),
            row.status.removeprefix("pump-status-").removeprefix("MDC_EVT_PUMP_") or None, str(row.log_position),
        ]
        for row in reversed(rows)
    ], _("No reports yet"))  # fmt: skip


def _amount(value: Any, unit: str) -> Cell | str:
    return Cell(text=_("not told"), is_blank=False) if value is None else formats.format_quantity(value, unit)


def alarm_table(rows: Iterable[Alarm]) -> Table:
    heads = (_("Raised"), _("Alarm"), _("Priority"), _("State"), _("Owner"))
    return _table(_("Alarms"), heads, [
        [
            moment(row.first_raised_at or row.raised_at), Cell(text=what(row), url=reverse("monitoring:alarm", args=[row.pk])),
            row.get_priority_display(), str(STATES[row.state]), row.owner_name or _("nobody"),
        ]
        for row in rows
    ], _("No alarms"))  # fmt: skip


def set_aside_table(rows: Iterable[SetAside], *, may_resolve: bool) -> Table:
    heads = (_("Pump"), _("Why"), _("Messages"), _("First"), _("Last"), _("Dealt with"))
    return _table(_("Messages set aside"), heads, [
        [
            Cell(text=row.device_text or _("not known"), url=reverse("monitoring:resolve", args=[row.pk]) if may_resolve else ""),
            Cell(text=CAUSES.get(row.cause, row.cause).capitalize(), sub=row.reason), str(row.count), moment(row.received_at),
            moment(row.last_received_at), Cell(text=row.resolved_by_name, sub=row.resolution) if row.resolved_at else Cell(text=_("not yet")),
        ]
        for row in rows
    ], _("Nothing is set aside"))  # fmt: skip


def outbox_table(rows: Iterable[NotificationHop]) -> Table:
    heads = (_("Due"), _("Alarm"), _("To"), _("Message"), _("What became of it"))
    return _table(_("Messages about alarms"), heads, [
        [
            moment(row.due_at), Cell(text=what(row.alarm), url=reverse("monitoring:alarm", args=[row.alarm_id])),
            Cell(text=row.to_name, sub=f"{_BY.get(row.channel, row.channel)}: {row.to_address}"), row.text,
            Cell(text=row.get_status_display(), sub=row.failure or moment(row.sent_at)),
        ]
        for row in rows
    ], _("No messages yet"))  # fmt: skip


def rota_table(rows: Iterable[OnCall], *, may_end: bool) -> Table:
    heads = (_("Step"), _("Who"), _("By"), _("Waits for an answer"), _("From"), _("Until"))
    return _table(_("On call"), heads, [
        [
            Cell(text=_("Last") if row.is_staffed_phone else str(row.step), sub=_("staffed phone") if row.is_staffed_phone else ""),
            Cell(text=row.name, url=reverse("monitoring:rota_end", args=[row.pk]) if may_end else ""),
            Cell(text=str(_BY.get(row.channel, row.channel)), sub=row.address), formats.format_quantity(row.wait_seconds, "s"),
            moment(row.starts_at), moment(row.ends_at),
        ]
        for row in rows
    ], _("Nobody is on call"))  # fmt: skip


def _table(caption: str, heads: Iterable[str], rows: list[list[Any]], empty: str) -> Table:
    return Table(
        caption=caption,
        columns=[Column(label=head) for head in heads],
        rows=[Row(cells=cells) for cells in rows],
        empty_title=empty,
    )
