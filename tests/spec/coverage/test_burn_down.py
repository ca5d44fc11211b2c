"""Rule book of authorizations: units left, the day they run out, warnings in time; billing never stops care (HZ-084)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from openinfusion.core.coverage import (
    Authorization,
    AuthorizationState,
    Benefit,
    CoveragePeriod,
    UnitUse,
    burn_down,
    for_clinical_release,
)
from openinfusion.core.findings import Severity, may_proceed
from openinfusion.core.states import AUTHORIZATION

TODAY = date(2026, 11, 20)


def authorization(**changes):
    plain = Authorization(
        id="auth1", number="A-55012", payer="ACME1", benefit=Benefit.PER_DIEM, codes=frozenset({"S9500"}),
        state=AuthorizationState.APPROVED, starts=date(2026, 11, 1), ends=date(2027, 1, 31), units=42,
    )  # fmt: skip
    return replace(plain, **changes)


def uses(count, *, first, units=1, name="v"):
    return [UnitUse(first + timedelta(days=i), units, f"{name}{i}") for i in range(count)]


def rules_of(result):
    return [finding.rule for finding in result.findings]


def test_units_used_scheduled_and_left():
    result = burn_down(
        authorization(),
        used=uses(10, first=date(2026, 11, 1), name="used"),
        scheduled=uses(20, first=TODAY),
        on=TODAY,
    )
    assert (result.units_used, result.units_scheduled, result.units_left) == (10, 20, 32)
    assert (result.runs_out_on, result.first_day_not_covered) == (None, None)
    assert result.findings == ()


def test_the_day_the_last_unit_goes_and_the_first_day_without():
    result = burn_down(authorization(units=5), used=[], scheduled=uses(7, first=TODAY), on=TODAY)
    assert result.runs_out_on == TODAY + timedelta(days=4)
    assert result.first_day_not_covered == TODAY + timedelta(days=5)
    assert rules_of(result) == ["AUTH-UNITS-SOON", "AUTH-SCHEDULE-PAST"]


def test_a_visit_that_was_done_does_not_count_as_planned_too():
    """The same source record moves from the schedule to the record; it must not count twice."""
    done = uses(3, first=TODAY)
    result = burn_down(authorization(), used=done, scheduled=uses(5, first=TODAY), on=TODAY)
    assert (result.units_used, result.units_scheduled) == (3, 2)


def test_an_approval_without_a_unit_limit_has_no_units_left():
    result = burn_down(authorization(units=None), used=uses(9, first=TODAY), scheduled=[], on=TODAY)
    assert result.units_left is None
    assert result.findings == ()


@pytest.mark.parametrize(
    ("days_left", "rule", "severity"),
    [
        (31, None, None),
        (30, "AUTH-RENEW", Severity.INFORM),
        (15, "AUTH-RENEW", Severity.INFORM),
        (14, "AUTH-ENDS-SOON", Severity.INTERRUPT),
        (0, "AUTH-ENDS-SOON", Severity.INTERRUPT),
        (-1, "AUTH-ENDED", Severity.BLOCK),
    ],
)
def test_the_end_is_warned_of_fourteen_days_ahead(days_left, rule, severity):
    """billing_prior_auth steps 8 and 9."""
    result = burn_down(authorization(ends=TODAY + timedelta(days=days_left)), used=[], scheduled=[], on=TODAY)
    found = [(finding.rule, finding.severity) for finding in result.findings]
    assert found == ([(rule, severity)] if rule else [])


@pytest.mark.parametrize(("used", "rule"), [(33, None), (34, "AUTH-UNITS-LOW"), (42, "AUTH-UNITS-GONE")])
def test_eighty_percent_of_the_units_is_a_warning(used, rule):
    """80 percent of 42 is 33.6."""
    result = burn_down(authorization(), used=uses(used, first=date(2026, 11, 1)), scheduled=[], on=TODAY)
    assert rules_of(result) == ([rule] if rule else [])


@pytest.mark.parametrize("state", [s for s in AuthorizationState if s not in ("approved", "not_required")])
def test_an_authorization_that_is_not_approved_says_so(state):
    result = burn_down(authorization(state=state), used=[], scheduled=[], on=TODAY)
    assert rules_of(result) == ["AUTH-NOT-APPROVED"]
    assert result.is_at_risk


def test_where_no_authorization_is_required_nothing_runs_out():
    waived = authorization(state=AuthorizationState.NOT_REQUIRED, units=0, ends=date(2026, 11, 2))
    result = burn_down(waived, used=[], scheduled=uses(3, first=TODAY), on=TODAY)
    assert result.findings == ()


def test_a_scheduled_day_before_the_authorization_is_not_covered():
    late = authorization(starts=TODAY + timedelta(days=1))
    result = burn_down(late, used=[], scheduled=uses(1, first=TODAY), on=TODAY)
    assert result.first_day_not_covered == TODAY
    assert rules_of(result) == ["AUTH-SCHEDULE-PAST"]


@pytest.mark.hazard("HZ-084")
@pytest.mark.parametrize(
    "changes",
    [
        {"ends": TODAY - timedelta(days=1)},
        {"units": 0},
        {"state": AuthorizationState.EXPIRED},
        {"state": AuthorizationState.DENIED},
    ],
)
def test_a_billing_hold_never_blocks_clinical_release(changes):
    """A dose that is due is given; the money is somebody's task. The gate shows at risk."""
    result = burn_down(authorization(**changes), used=[], scheduled=uses(1, first=TODAY), on=TODAY)
    assert not may_proceed(result.findings)
    released = for_clinical_release(result.findings)
    assert may_proceed(released)
    assert {finding.rule for finding in released} == set(rules_of(result))
    assert all(finding.severity is Severity.INTERRUPT for finding in released)


def test_warnings_keep_their_weight_for_the_gate():
    result = burn_down(authorization(ends=TODAY + timedelta(days=30)), used=[], scheduled=[], on=TODAY)
    assert for_clinical_release(result.findings) == result.findings


def test_the_states_are_those_of_the_state_table():
    assert {state.value for state in AuthorizationState} == set(AUTHORIZATION.states)


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="ends before it starts"):
        authorization(ends=date(2026, 10, 1))
    with pytest.raises(ValueError, match="zero or more"):
        authorization(units=-1)
    with pytest.raises(ValueError, match="zero or more"):
        UnitUse(TODAY, -1, "v")


@pytest.mark.parametrize(
    ("ends", "day", "covers"),
    [(None, TODAY, True), (TODAY, TODAY, True), (TODAY, TODAY + timedelta(days=1), False), (None, date(2025, 1, 1), False)],
)  # fmt: skip
def test_coverage_has_a_first_and_a_last_day(ends, day, covers):
    assert CoveragePeriod(date(2026, 1, 1), ends).covers(day) is covers
