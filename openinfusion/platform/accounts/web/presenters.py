"""Shapes tasks for their pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from openinfusion.platform.access.roles import TITLES, Role
from openinfusion.platform.ui.formats import format_datetime
from openinfusion.platform.ui.shapes import Cell, Column, Fact, Filter, Row, Table
from openinfusion.platform.worklist.models import Task


def work_table(tasks: Iterable[Task], *, at: datetime) -> Table:
    """The work list as a queue, earliest due first."""
    return Table(
        caption=_("Open tasks by due time"),
        columns=[
            Column(label=_("Due"), nowrap=True),
            Column(label=_("Task")),
            Column(label=_("Owner")),
            Column(label=_("Why")),
        ],
        rows=[Row(cells=_cells(task, at), header_at=1) for task in tasks],
        empty_title=_("No open tasks"),
        empty_text=_("New tasks show here as soon as a rule or a person opens them."),
    )


def _cells(task: Task, at: datetime) -> list[Cell]:
    late = _("overdue") if task.due_at < at else ""
    return [
        Cell(text=_moment(task.due_at), sub=late),
        Cell(text=task.title, url=reverse("home:task", args=[task.pk])),
        Cell(text=task.owner_name or TITLES[Role(task.owner_role)]),
        Cell(text=task.why or _("No reason given"), sub=task.clears),
    ]


def work_filters(current: str) -> list[Filter]:
    """Mine or everyone's."""
    address = reverse("home:work")
    return [
        Filter(label=_("Mine to do"), url=address, current=current == "mine"),
        Filter(label=_("Everyone's"), url=f"{address}?show=all", current=current == "all"),
    ]


def task_facts(task: Task) -> list[Any]:
    """What is known of a task."""
    facts = [
        Fact(label=_("Why"), value=task.why),
        Fact(label=_("What clears it"), value=task.clears),
        Fact(label=_("Owner"), value=task.owner_name or TITLES[Role(task.owner_role)]),
        Fact(label=_("Due"), value=_moment(task.due_at)),
        Fact(label=_("Opened"), value=_moment(task.opened_at)),
    ]
    if task.closed_at:
        facts.append(Fact(label=_("Closed"), value=_moment(task.closed_at), sub=task.closed_by_name))
        facts.append(Fact(label=_("What was done"), value=task.outcome))
    if task.url:
        facts.append(Fact(label=_("Where"), value=_("Open the page"), url=task.url))
    return facts


def _moment(at: datetime) -> str:
    return format_datetime(at, timezone.get_current_timezone())
