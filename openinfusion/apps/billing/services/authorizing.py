"""Authorizations of an episode as the claim edits compare them: codes, days, units.

For the claim check. A line without a code holds for every code of its benefit category.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from openinfusion.apps.billing.models import Claim
from openinfusion.apps.billing.models import ClaimLine as LineRow
from openinfusion.apps.billing.services.rows import DEAD
from openinfusion.apps.coverage.public import Authorization, AuthorizationLine, BenefitLine, Coverage
from openinfusion.apps.patients.public import Episode
from openinfusion.core.claims.lines import ClaimLine, LineKind
from openinfusion.core.coverage import authorization as core

_CATEGORY = {
    LineKind.DRUG: "drug", LineKind.DISCARDED_DRUG: "drug", LineKind.PER_DIEM: "per_diem", LineKind.NURSING: "nursing",
    LineKind.SUPPLY: "supplies",
}  # fmt: skip
#: Units of an authorization that are the billing units of its category; anything else burns down elsewhere.
_COUNTED = {
    "drug": ("unit", "units"), "per_diem": ("visit", "day", "days", "unit", "units"),
    "nursing": ("visit", "visits", "unit", "units"), "supplies": ("unit", "units", "each"),
}  # fmt: skip


def authorizations_of(
    episode: Episode, coverage: Coverage, lines: Sequence[ClaimLine], *, payer_id: str
) -> tuple[core.Authorization, ...]:
    """Every authorization line of the coverage with dates, and waivers, in the words of the core."""
    rows = AuthorizationLine.objects.filter(authorization__episode=episode, authorization__coverage=coverage)
    found = [
        core.Authorization(
            id=str(row.pk), number=row.authorization.number, payer=payer_id, benefit=core.Benefit(row.category),
            codes=_codes(row.category, row.code, lines), state=core.AuthorizationState(row.authorization.status),
            starts=row.authorization.starts_on, ends=row.authorization.ends_on, units=_units(row), unit=row.unit,
        )
        for row in rows.select_related("authorization").order_by("-authorization_id", "id")
        if row.authorization.starts_on and row.authorization.ends_on
    ]  # fmt: skip
    return (*found, *_waivers(episode, coverage, lines, payer_id))


def assign(lines: Sequence[ClaimLine], grants: Sequence[core.Authorization]) -> tuple[str, tuple[ClaimLine, ...]]:
    """The number the claim carries, and the lines that another authorization covers with its number."""
    numbers = [_number_for(line, grants) for line in lines]
    first = next((number for number in numbers if number), "")
    named = zip(lines, numbers, strict=True)
    return first, tuple(
        replace(line, authorization=number) if number and number != first else line for line, number in named
    )


def _number_for(line: ClaimLine, grants: Sequence[core.Authorization]) -> str:
    fitting = (
        grant.number
        for grant in grants
        if line.code in grant.codes
        and grant.state is core.AuthorizationState.APPROVED
        and grant.covers(line.first_day)
        and grant.covers(line.last_day)
    )
    return next(fitting, "")


def _waivers(
    episode: Episode, coverage: Coverage, lines: Sequence[ClaimLine], payer_id: str
) -> list[core.Authorization]:
    """The payer said that none is needed: that answers for every code of the claim."""
    if (
        not lines
        or not Authorization.objects.filter(episode=episode, coverage=coverage, status="not_required").exists()
    ):
        return []
    days = [day for line in lines for day in (line.first_day, line.last_day)]
    return [
        core.Authorization(
            id="waived", number="", payer=payer_id, benefit=core.Benefit.DRUG, codes=frozenset(line.code for line in lines),
            state=core.AuthorizationState.NOT_REQUIRED, starts=min(days), ends=max(days), units=None,
        )
    ]  # fmt: skip


def _codes(category: str, code: str, lines: Sequence[ClaimLine]) -> frozenset[str]:
    return frozenset({code}) if code else frozenset(line.code for line in lines if _CATEGORY[line.kind] == category)


def _units(row: AuthorizationLine) -> int | None:
    return int(row.units_approved) if row.unit in _COUNTED.get(row.category, ()) else None


def needed_codes(coverage: Coverage, lines: Sequence[ClaimLine]) -> frozenset[str]:
    """Codes of the benefit categories for which the payer asks for an authorization."""
    rows = BenefitLine.objects.filter(coverage=coverage, needs_authorization=True)
    categories = set(rows.values_list("category", flat=True))
    return frozenset(line.code for line in lines if _CATEGORY[line.kind] in categories)


def used_units(claim: Claim, grants: Sequence[core.Authorization]) -> dict[str, int]:
    """Units of other live claims of the episode by authorization."""
    rows = LineRow.objects.filter(claim__episode_id=claim.episode_id, charge_minor__isnull=False)
    rows = rows.exclude(claim_id=claim.pk).exclude(claim__status__in=DEAD)
    billed = list(rows.values_list("code", "units", "from_date", "to_date"))
    return {
        grant.id: sum(
            units
            for code, units, first, last in billed
            if code in grant.codes and grant.covers(first) and grant.covers(last)
        )
        for grant in grants
    }
