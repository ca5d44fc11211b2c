"""The patient as the checks saw them, for the verification page: facts, laboratory results with the value before."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from openinfusion.apps.patients.public import Measurement, Patient, valid_measurements
from openinfusion.core.units import plain
from openinfusion.platform.ui.formats import format_date, format_quantity, local
from openinfusion.platform.ui.shapes import Cell, Column, Fact, Row, Table

SHOWN_DAYS = 90
_NO_LABS = ("weight", "height")
_LETTERS = frozenset({"wbc", "cpk", "inr", "alt", "ast", "bun", "crp", "esr", "anc", "ldh", "tsh"})


def labs_table(patient: Patient, *, at: datetime) -> Table:
    """The newest value of each result and the one before, of the last 90 days; one query."""
    rows = valid_measurements(patient, at=at).filter(taken_at__gte=at - timedelta(days=SHOWN_DAYS), value__isnull=False)
    rows = rows.exclude(test__in=_NO_LABS).order_by("test", "-taken_at", "-pk")
    shown = []
    for test, group in groupby(rows, key=lambda row: row.test):
        newest, *before = list(group)[:2]
        shown.append(
            Row(
                cells=[
                    Cell(text=test.upper() if test in _LETTERS else test.capitalize()),
                    _value(newest, patient),
                    _value(before[0], patient) if before else Cell(),
                ]
            )
        )
    return Table(
        caption=_("Laboratory results"), rows=shown, empty_title=_("No result in 90 days"),
        columns=[Column(label=_("Test")), Column(label=_("Latest"), numeric=True), Column(label=_("Before"), numeric=True)],
    )  # fmt: skip


def _value(row: Measurement, patient: Patient) -> Cell:
    day = format_date(local(row.taken_at, patient.time_zone).date()) if row.taken_at else _("date not known")
    number = format_quantity(row.value, row.unit) if row.unit and row.value is not None else plain(row.number)
    return Cell(text=number, sub=day)


def medicines(case: dict[str, Any]) -> list[str] | None:
    """Other medicines; None when nobody asked."""
    return case["patient"].get("other_medications")


def patient_facts(case: dict[str, Any]) -> list[Fact]:
    """What the checks knew of the patient; what they did not know says so."""
    patient = case["patient"]
    weight, access = patient.get("weight"), patient.get("access") or {}
    lumens = access.get("lumens")
    return [
        Fact(label=_("Weight"), value=_amount(weight), sub=_weighed(weight)),
        Fact(label=_("Height"), value=_amount(patient.get("height"))),
        Fact(label=_("Conditions"), value=_list(patient.get("conditions"))),
        Fact(
            label=_("Line"), value=str(access.get("type") or "").upper(), sub=_("lumens: %s") % lumens if lumens else ""
        ),
        Fact(label=_("Pregnancy"), value=_known(patient.get("pregnancy"))),
        Fact(label=_("Lactation"), value=_known(patient.get("lactation"))),
        Fact(label=_("Caregiver"), value=_known(patient.get("home", {}).get("caregiver"))),
    ]


def _amount(value: dict[str, str] | None) -> str:
    return format_quantity(value["value"], value["unit"]) if value else ""


def _weighed(weight: dict[str, str] | None) -> str:
    if not weight:
        return ""
    day = format_date(date.fromisoformat(weight["taken_on"])) if weight.get("taken_on") else _("date not known")
    return f"{weight.get('method') or _('method not known')}, {day}"


def _list(items: list[str] | None) -> str:
    return "" if items is None else "; ".join(items) or _("None")


def _known(word: str | None) -> str:
    return "" if word in (None, "unknown") else str(word).replace("_", " ").capitalize()
