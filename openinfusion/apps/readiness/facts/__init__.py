"""Gathers what the gate is told about many visits at once. The same code answers for one visit and for a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from openinfusion.apps.readiness.facts import money, people, results, supplies
from openinfusion.apps.readiness.facts.load import Loaded, load
from openinfusion.apps.readiness.facts.moments import moments_of
from openinfusion.apps.scheduling.public import Visit
from openinfusion.core.readiness import VisitFacts


def gather(visits: Sequence[Visit], *, at: datetime) -> list[VisitFacts]:
    """The facts of each visit, in order. Visits come with ``episode__patient`` and ``nurse`` loaded."""
    loaded = load(visits, at=at)
    return [facts_of(visit, loaded) for visit in visits]


def facts_of(visit: Visit, loaded: Loaded) -> VisitFacts:
    """The facts of one visit out of the rows loaded."""
    times = moments_of(visit, loaded)
    return VisitFacts(
        starts_at=times.starts_at,
        ends_at=times.ends_at,
        infusion_ends_at=times.infusion_ends_at,
        needs_drug=times.infuses,
        drug=supplies.drug_facts(visit, times, loaded),
        authorization=money.authorization_facts(visit, times, loaded),
        needs_order=times.infuses,
        order=results.order_facts(visit, loaded),
        labs=results.lab_facts(visit, times, loaded),
        needs_pump=times.needs_pump,
        pump=supplies.pump_facts(visit, loaded),
        needs_kit=supplies.kit_is_needed(visit, times, loaded),
        kit=supplies.kit_facts(visit, loaded),
        home=people.home_facts(visit, loaded),
        needs_caregiver=people.caregiver_is_needed(visit, times),
        caregiver=people.caregiver_facts(visit, times, loaded),
        nurse=people.nurse_facts(visit, loaded),
        consent=people.consent_facts(visit, loaded),
    )


__all__ = ["Loaded", "facts_of", "gather", "load"]
