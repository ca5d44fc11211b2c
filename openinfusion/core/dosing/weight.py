"""Is this weight fit for dosing: in kilograms, measured, fresh enough, and not a jump that smells of
pounds.

For everyone who records a weight or doses by it. Hazards HZ-009 and HZ-010; ISMP Canada 2016 weight
bulletin. The day limits are our own and wait for sign-off.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.units import Quantity, exact_decimal, show, unit

KG_PER_POUND = Fraction(45359237, 100_000_000)
_POUNDS_IN_A_KILOGRAM = 1 / KG_PER_POUND
_JUMP_DAYS = 7
_JUMP_SHARE = Fraction(10, 100)
_POUND_TOLERANCE = Fraction(3, 100)


class WeightMethod(enum.StrEnum):
    MEASURED = "measured"
    STATED = "stated"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class WeightReading:
    """One weight in kilograms with its date, how it was taken and the unit it arrived in."""

    weight: Quantity
    taken_on: dt.date | None
    method: WeightMethod | None
    unit_seen: str = "kg"


def pounds_to_kilograms(pounds: Decimal) -> Quantity:
    """A weight that a machine sent in pounds, exactly; people give kilograms."""
    return Quantity(exact_decimal(Fraction(pounds) * KG_PER_POUND, text="pounds"), unit("kg"))


def oldest_weight_days(age_days: int) -> int:
    """How old a weight may be for dosing: newborn 1 day, child 30 days, adult 90 days (ours)."""
    if age_days < 28:
        return 1
    return 30 if age_days < 18 * 365 + 4 else 90


def check_weight_for_dosing(
    reading: WeightReading | None, *, on: dt.date, birth_date: dt.date | None
) -> tuple[Finding, ...]:
    """Whether a weight-based dose may rest on this weight on that day."""
    if reading is None:
        return (_block("HZ-011", "WEIGHT.UNKNOWN", "missing_input", "Weight is not known. Weigh the patient in kg."),)
    findings = []
    if control_is_on("HZ-010") and reading.method is not WeightMethod.MEASURED:
        words = reading.method.value if reading.method else "of unknown origin"
        findings.append(
            _block(
                "HZ-010",
                "WEIGHT.NOT_MEASURED",
                "age_weight",
                f"Weight is {words}. A weight-based dose needs a measured one.",
            )
        )
    taken_on = reading.taken_on
    if taken_on is None:
        findings.append(_block("HZ-010", "WEIGHT.UNDATED", "missing_input", "The date of the weight is not known."))
    elif birth_date is None:
        findings.append(
            _block(
                "HZ-010",
                "WEIGHT.AGE",
                "missing_input",
                "Birth date is not known, so the age of the weight cannot be judged.",
            )
        )
    else:
        findings.extend(_check_age(taken_on, on=on, age_days=(on - birth_date).days))
    return tuple(findings)


def _check_age(taken_on: dt.date, *, on: dt.date, age_days: int) -> list[Finding]:
    days = (on - taken_on).days
    limit = oldest_weight_days(age_days)
    if days < 0:
        return [_block("HZ-010", "WEIGHT.FUTURE", "age_weight", "The weight is dated in the future.")]
    if control_is_on("HZ-010") and days > limit:
        return [
            _block(
                "HZ-010",
                "WEIGHT.OLD",
                "age_weight",
                f"Weight is {days} days old; the limit is {limit} days. Weigh again.",
            )
        ]
    return []


def check_weight_change(previous: WeightReading | None, current: WeightReading) -> tuple[Finding, ...]:
    """Ask when a new weight differs from the last as pounds differ from kilograms, or by over 10 percent in 7
    days.
    """
    if previous is None or not control_is_on("HZ-009"):
        return ()
    before, now = previous.weight.amount_in("kg"), current.weight.amount_in("kg")
    if before <= 0 or now <= 0:
        return (_ask("WEIGHT.ZERO", "A weight of zero cannot be right."),)
    ratio = max(now / before, before / now)
    shown = f"{show(previous.weight)} before, {show(current.weight)} now"
    if abs(ratio / _POUNDS_IN_A_KILOGRAM - 1) <= _POUND_TOLERANCE:
        return (
            _ask(
                "WEIGHT.POUNDS",
                f"The two weights differ by the factor between kg and pounds ({shown}). Which is right?",
            ),
        )
    if abs(now - before) / before > _JUMP_SHARE and _days_apart(previous, current) <= _JUMP_DAYS:
        return (
            _ask(
                "WEIGHT.JUMP",
                f"Weight changed by more than 10 % in {_JUMP_DAYS} days ({shown}). Weigh again.",
            ),
        )
    return ()


def _days_apart(first: WeightReading, second: WeightReading) -> int:
    if first.taken_on is None or second.taken_on is None:
        return 0
    return abs((second.taken_on - first.taken_on).days)


def _ask(rule: str, detail: str) -> Finding:
    return _block("HZ-009", rule, "age_weight", detail)


def _block(hazard: str, rule: str, category: str, detail: str) -> Finding:
    return Finding(rule, Severity.BLOCK, "patient.weight", detail, f"{hazard}; ISMP Canada 2016", category)
