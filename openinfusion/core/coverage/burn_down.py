"""Burn-down of an authorization: units left, the day they run out, and warnings in time.

For intake and the readiness gate. Sources: billing_prior_auth step 8 (warn at 80 percent and 14 days
before the end) and step 9 (renew 30 days before); HZ-084: a billing state never blocks clinical release by
itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from openinfusion.core.controls import control_is_on
from openinfusion.core.coverage.authorization import Authorization, AuthorizationState, UnitUse
from openinfusion.core.findings import Finding, Severity, gravest_first

CATEGORY = "authorization"
SOURCE = "billing_prior_auth 8-9; HZ-084"
WARN_DAYS = 14
RENEW_DAYS = 30
WARN_PERCENT = 80


@dataclass(frozen=True, slots=True)
class BurnDown:
    """What is left of an authorization on a day. ``units_left`` None means no unit limit was given."""

    authorization: Authorization
    on: date
    units_used: int
    units_scheduled: int
    units_left: int | None
    runs_out_on: date | None
    first_day_not_covered: date | None
    findings: tuple[Finding, ...]

    @property
    def is_at_risk(self) -> bool:
        return bool(self.findings)


def burn_down(
    authorization: Authorization, *, scheduled: Iterable[UnitUse], used: Iterable[UnitUse], on: date
) -> BurnDown:
    """Units left on ``on`` and the first scheduled day nothing is left for.

    A source that is both used and scheduled counts once, as used. ``runs_out_on`` is the day the last unit
    goes.
    """
    spent = {use.source: use for use in used}
    planned = {use.source: use for use in scheduled if use.source not in spent}
    units_used = sum(use.units for use in spent.values())
    units_left = None if authorization.units is None else authorization.units - units_used
    runs_out_on, short_on = _run_out(authorization, planned.values(), units_left)
    found: list[Finding] = []
    if authorization.state is not AuthorizationState.NOT_REQUIRED:
        found.extend(_state_findings(authorization))
        found.extend(_date_findings(authorization, on=on))
        found.extend(_unit_findings(authorization, units_used=units_used, runs_out_on=runs_out_on, on=on))
        found.extend(_schedule_findings(authorization, short_on=short_on))
    return BurnDown(
        authorization=authorization,
        on=on,
        units_used=units_used,
        units_scheduled=sum(use.units for use in planned.values()),
        units_left=units_left,
        runs_out_on=runs_out_on,
        first_day_not_covered=short_on,
        findings=gravest_first(found),
    )


def for_clinical_release(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The same findings as the readiness gate may see them: at risk, never blocked (HZ-084)."""
    if not control_is_on("HZ-084"):
        return tuple(findings)
    return tuple(
        replace(finding, severity=Severity.INTERRUPT) if finding.severity is Severity.BLOCK else finding
        for finding in findings
    )


def _run_out(
    authorization: Authorization, planned: Iterable[UnitUse], units_left: int | None
) -> tuple[date | None, date | None]:
    """The day the last unit goes, and the first scheduled day outside units or dates."""
    left = units_left
    runs_out_on: date | None = None
    for use in sorted(planned, key=lambda use: (use.day, use.source)):
        if not authorization.covers(use.day) or (left is not None and use.units > left):
            return runs_out_on, use.day
        if left is not None:
            left -= use.units
            if left == 0 and use.units:
                runs_out_on = use.day
    return runs_out_on, None


def _state_findings(authorization: Authorization) -> list[Finding]:
    if authorization.state is AuthorizationState.APPROVED:
        return []
    words = authorization.state.value.replace("_", " ")
    return [_finding(authorization, "AUTH-NOT-APPROVED", Severity.BLOCK, f"The authorization is {words}.")]


def _date_findings(authorization: Authorization, *, on: date) -> list[Finding]:
    days_left = (authorization.ends - on).days
    if days_left < 0:
        sentence = f"The authorization ended on {authorization.ends.isoformat()}."
        return [_finding(authorization, "AUTH-ENDED", Severity.BLOCK, sentence)]
    sentence = f"The authorization ends on {authorization.ends.isoformat()}, in {days_left} days."
    if days_left <= WARN_DAYS:
        return [_finding(authorization, "AUTH-ENDS-SOON", Severity.INTERRUPT, sentence)]
    if days_left <= RENEW_DAYS:
        return [_finding(authorization, "AUTH-RENEW", Severity.INFORM, f"{sentence} Start the renewal.")]
    return []


def _unit_findings(
    authorization: Authorization, *, units_used: int, runs_out_on: date | None, on: date
) -> list[Finding]:
    if authorization.units is None:
        return []
    count = f"{units_used} of {authorization.units} {authorization.unit}s are used"
    if units_used >= authorization.units:
        return [_finding(authorization, "AUTH-UNITS-GONE", Severity.BLOCK, f"{count}: none is left.")]
    if runs_out_on is not None and runs_out_on - on <= timedelta(days=WARN_DAYS):
        sentence = f"{count}; the schedule uses the last one on {runs_out_on.isoformat()}."
        return [_finding(authorization, "AUTH-UNITS-SOON", Severity.INTERRUPT, sentence)]
    if units_used * 100 >= authorization.units * WARN_PERCENT:
        return [_finding(authorization, "AUTH-UNITS-LOW", Severity.INTERRUPT, f"{count}.")]
    return []


def _schedule_findings(authorization: Authorization, *, short_on: date | None) -> list[Finding]:
    if short_on is None:
        return []
    sentence = f"From {short_on.isoformat()} the schedule is outside the authorized units or dates."
    return [_finding(authorization, "AUTH-SCHEDULE-PAST", Severity.INTERRUPT, sentence)]


def _finding(authorization: Authorization, rule: str, severity: Severity, sentence: str) -> Finding:
    return Finding(rule, severity, f"authorization {authorization.id}", sentence, SOURCE, CATEGORY)
