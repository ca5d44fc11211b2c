"""The physician's page: the linked episodes only, read only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.delivery.public import next_delivery
from openinfusion.apps.patients.public import Episode, Measurement, banner_of
from openinfusion.apps.pharmacy.public import Order, OrderRevision, drug_name
from openinfusion.apps.portal.policies import PHYSICIAN
from openinfusion.apps.portal.queries import doses_of, fetch_episode, labs_of, linked_episodes, orders_of
from openinfusion.apps.scheduling.public import next_visit
from openinfusion.apps.visits.public import Administration
from openinfusion.core.orders.frequency import say_frequency
from openinfusion.core.orders.reader import CaseError
from openinfusion.core.orders.reading import order_from_json
from openinfusion.core.units import show
from openinfusion.platform import clock
from openinfusion.platform.access import Request, page
from openinfusion.platform.ui.formats import format_date, format_datetime, format_number
from openinfusion.platform.ui.shapes import Cell, Column, Fact, Row, Table

PAGE_SIZE = 50


@page(PHYSICIAN)
def episodes(request: Request) -> HttpResponse:
    """The episodes this physician is linked to."""
    rows = Paginator(linked_episodes(by=request.access), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "portal/physician.html", {"page": rows, "table": _episode_table(rows)})


@page(PHYSICIAN)
def episode(request: Request, episode_id: int) -> HttpResponse:
    """Status, orders, doses given and laboratory results of one episode."""
    row = fetch_episode(episode_id, by=request.access)
    at = clock.now()
    zone = row.patient.time_zone
    context = {
        "patient": banner_of(row.patient), "episode": row, "drug": drug_name(row.therapy_id), "facts": _status(row, at),
        "orders": _order_table(orders_of(row)), "doses": _dose_table(doses_of(row), zone),
        "labs": _lab_table(labs_of(row.patient, at=at), zone),
    }  # fmt: skip
    return render(request, "portal/physician_episode.html", context)


def _episode_table(rows: Iterable[Episode]) -> Table:
    return Table(
        caption=_("Episodes of your patients"),
        columns=[
            Column(label=_("Patient")),
            Column(label=_("Treatment")),
            Column(label=_("State")),
            Column(label=_("Since")),
        ],
        rows=[
            Row(
                cells=[
                    Cell(
                        text=one.patient.full_name,
                        sub=one.patient.mrn,
                        url=reverse("portal:physician_episode", args=[one.pk]),
                    ),
                    Cell(drug=drug_name(one.therapy_id), sub=one.indication),
                    Cell(text=one.status.replace("_", " ").capitalize()),
                    Cell(text=format_date(one.referral_received_at.date())),
                ]
            )
            for one in rows
        ],
        empty_title=_("No episodes are linked to you"),
        empty_text=_("The program links the patients you send. Call it when one is missing."),
    )


def _status(episode: Episode, at: datetime) -> list[Fact]:
    visit, box = next_visit(episode, at), next_delivery(episode)
    return [
        Fact(label=_("State"), value=episode.status.replace("_", " ").capitalize()),
        Fact(label=_("Indication"), value=episode.indication, sub=episode.icd10),
        Fact(label=_("First dose"), value=_day(episode.first_dose_at) or _("none given yet")),
        Fact(label=_("Next visit"), value=format_date(visit.on) if visit else _("none planned")),
        Fact(label=_("Next delivery"), value=_day(box.deliver_from) if box else _("none planned")),
    ]


def _day(moment: datetime | None) -> str:
    return format_date(moment.date()) if moment else ""


def _order_table(orders: list[tuple[Order, OrderRevision | None]]) -> Table:
    heads = (_("Order"), _("Dose"), _("How often"), _("State"))
    rows = [Row(cells=[Cell(text=order.number, sub=drug_name(order.therapy_id)), *_order_cells(revision), Cell(text=order.status.capitalize())]) for order, revision in orders]  # fmt: skip
    return _table(_("Orders"), heads, rows, _("No orders yet"))


def _order_cells(revision: OrderRevision | None) -> list[Cell]:
    if revision is None:
        return [Cell(), Cell()]
    try:
        order = order_from_json(revision.content)[0]
    except CaseError:
        return [Cell(), Cell()]
    volume = f"in {show(order.volume)}" if order.volume else ""
    return [
        Cell(text=show(order.dose) if order.dose else "", sub=volume),
        Cell(text=say_frequency(order.frequency) if order.frequency else "", sub=_("revision %s") % revision.number),
    ]


def _dose_table(rows: list[Administration], zone: str) -> Table:
    shown = [
        Row(
            cells=[
                Cell(text=format_datetime(row.started_at, zone)),
                Cell(text=_amount(row)),
                Cell(text=row.get_status_display(), sub=row.reason),
                Cell(text=row.given_by_name),
            ]
        )
        for row in rows
    ]
    return _table(_("Doses given"), (_("Started"), _("Given"), _("State"), _("By")), shown, _("No doses recorded yet"))


def _amount(row: Administration) -> str:
    return "" if row.dose_given_value is None else f"{format_number(row.dose_given_value)} {row.dose_given_unit}"


def _lab_table(rows: list[Measurement], zone: str) -> Table:
    shown = [
        Row(
            cells=[
                Cell(text=row.test.capitalize()),
                Cell(text=row.text if row.value is None else f"{format_number(row.value)} {row.unit}"),
                Cell(text=format_datetime(row.taken_at, zone) if row.taken_at else "", sub=row.source),
            ]
        )
        for row in rows
    ]
    return _table(
        _("Laboratory results and vital signs"), (_("Test"), _("Result"), _("Taken")), shown, _("No results yet")
    )


def _table(caption: str, heads: Iterable[str], rows: list[Row], empty: str) -> Any:
    return Table(caption=caption, columns=[Column(label=head) for head in heads], rows=rows, empty_title=empty)
