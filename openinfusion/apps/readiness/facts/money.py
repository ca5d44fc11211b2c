"""Facts of the authorization: the one covering the day, and the units this visit and those before it will take."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from openinfusion.apps.coverage.public import Authorization, AuthorizationLine, Coverage
from openinfusion.apps.delivery.public import therapy_of
from openinfusion.apps.readiness.facts.load import Loaded
from openinfusion.apps.readiness.facts.moments import Moments
from openinfusion.apps.scheduling.public import Visit
from openinfusion.core.claims.amounts import convert
from openinfusion.core.readiness import AuthorizationFacts

#: Lines counted once per visit; other lines are counted in units of their code.
_PER_VISIT = ("visit", "day", "dose")


def authorization_facts(visit: Visit, times: Moments, loaded: Loaded) -> AuthorizationFacts | None:
    """The approved authorization covering the day, else the latest; what benefits say when there is none."""
    rows = loaded.authorizations.get(visit.episode_id, [])
    if not rows:
        required = _required(loaded.coverages.get(visit.episode.patient_id, []), visit)
        return None if required is None else AuthorizationFacts(is_required=required)
    row = next((one for one in rows if _covers(one, visit)), rows[0])
    if row.status == "not_required":
        return AuthorizationFacts(is_required=False)
    left, planned = _tightest(row, visit, times, loaded)
    return AuthorizationFacts(
        is_required=True, status=row.status, units_left=left, units_planned=planned, starts_date=row.starts_on,
        ends_date=row.ends_on,
    )  # fmt: skip


def _covers(row: Authorization, visit: Visit) -> bool:
    is_dated = row.starts_on is not None and row.ends_on is not None
    return row.status == "approved" and is_dated and row.starts_on <= visit.on <= row.ends_on  # type: ignore[operator]


def _required(coverages: Iterable[Coverage], visit: Visit) -> bool | None:
    """True when a benefit of the first coverage in force needs one, False when every one says no, else not known."""
    for coverage in coverages:
        if (coverage.starts_on and coverage.starts_on > visit.on) or (coverage.ends_on and coverage.ends_on < visit.on):
            continue
        answers = [line.needs_authorization for line in coverage.benefit_lines.all()]
        if any(answers):
            return True
        return False if answers and all(answer is False for answer in answers) else None
    return None


def _tightest(
    row: Authorization, visit: Visit, times: Moments, loaded: Loaded
) -> tuple[Decimal | None, Decimal | None]:
    """Units left and planned of the line that runs out first; (None, None) when no line can be counted."""
    visits = _visits_through(visit, loaded)
    counted = [
        (line.units_approved - sum((use.units for use in line.uses.all()), Decimal(0)), planned)
        for line in row.lines.all()
        if (planned := _planned(line, visits, visit, times)) is not None
    ]
    return min(counted, key=lambda pair: pair[0] - pair[1], default=(None, None))


def _visits_through(visit: Visit, loaded: Loaded) -> int:
    mine = (visit.window_start, visit.pk)
    rows = loaded.open_visits.get(visit.episode_id, [])
    return sum(1 for row in rows if (row.window_start, row.pk) < mine) + 1


def _planned(line: AuthorizationLine, visits: int, visit: Visit, times: Moments) -> Decimal | None:
    if line.unit in _PER_VISIT:
        return Decimal(visits)
    units = _drug_units(line, visit, times)
    return None if units is None else Decimal(visits * units)


def _drug_units(line: AuthorizationLine, visit: Visit, times: Moments) -> int | None:
    """Billing units of one dose, when the line is for this drug's code and its unit converts."""
    therapy = therapy_of(visit.episode.therapy_id)
    if therapy is None or times.plan is None or times.plan.dose is None or line.code != therapy.hcpcs:
        return None
    amount = convert(times.plan.dose, table_unit=therapy.hcpcs_unit) if therapy.hcpcs_unit else None
    if amount is None or not therapy.hcpcs_unit_qty:
        return None
    return math.ceil(amount / Fraction(therapy.hcpcs_unit_qty))
