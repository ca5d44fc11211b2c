"""The gate of a visit and of a day: facts gathered, core asked once. The same code answers for one and for many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import QuerySet

from openinfusion.apps.readiness.facts import gather
from openinfusion.apps.scheduling.public import Visit
from openinfusion.core.readiness import Gate, judge
from openinfusion.platform.access import Access, visible

#: Visits that will not happen any more have no gate on the board.
OFF_THE_BOARD = ("cancelled", "missed")
#: Before it starts a visit can be released; afterwards the gate is history.
TO_COME = ("planned", "assigned", "confirmed")


def with_people(rows: QuerySet[Visit]) -> QuerySet[Visit]:
    """Visits with the rows the gate reads from them."""
    return rows.select_related("episode__patient", "nurse")


def gate_of(visit: Visit, at: datetime) -> Gate:
    """The gate of one visit."""
    return judge_visits([visit], at=at)[0][1]


def gates_on(on: date, *, by: Access, at: datetime) -> list[tuple[Visit, Gate]]:
    """Every visit of a day in reach with its gate, in the order of the day, in a bounded number of queries."""
    rows = visible(with_people(Visit.objects.filter(on=on)).exclude(status__in=OFF_THE_BOARD), by=by)
    return judge_visits(list(rows.order_by("window_start", "pk")), at=at)


def judge_visits(visits: Sequence[Visit], *, at: datetime) -> list[tuple[Visit, Gate]]:
    """Each visit with its gate."""
    facts = gather(visits, at=at)
    return [(visit, judge(found, at)) for visit, found in zip(visits, facts, strict=True)]
