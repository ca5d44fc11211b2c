"""A verdict beside each visit, filled in by a higher app such as the readiness gate, which this app never imports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from openinfusion.apps.scheduling.models import Visit

#: (verdict, label), such as ("blocked", "Blocked: kit expired").
Chip = tuple[str, str]
#: Judges many visits at once, in a bounded number of queries: visit id -> chip.
Judge = Callable[[Sequence[Visit]], Mapping[int, Chip]]

#: Shown when the app that judges has no answer for a visit. Not known is never ready.
NOT_KNOWN: Chip = ("unknown", "Not known")

_judges: list[Judge] = []


def add_visit_chip(judge: Judge) -> None:
    """Register what judges visits; called once, in the higher app's ``panels.py``."""
    if judge in _judges:
        raise ValueError("this judge of visits is registered twice")
    _judges.append(judge)


def chips_of(visits: Sequence[Visit]) -> dict[int, list[Chip]]:
    """The chips of each visit; none at all where nothing is registered."""
    judged = [judge(visits) for judge in _judges] if visits else []
    return {visit.pk: [found.get(visit.pk, NOT_KNOWN) for found in judged] for visit in visits}
