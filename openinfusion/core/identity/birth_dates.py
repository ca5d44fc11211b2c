"""Whether a birth date can be this patient's: known to the day, not in the future, not over 120 years ago.

Asked at every registration; today is passed in. Source: HZ-011 (never filled in); 120 years: design proposal.
"""

from __future__ import annotations

from datetime import date

from openinfusion.core.findings import Finding, Severity

OLDEST_YEARS = 120
SOURCE = "HZ-011; design proposal"


def age_in_years(birth_date: date, *, on: date) -> int:
    """Completed years of life on that day; negative before birth."""
    had_birthday = (on.month, on.day) >= (birth_date.month, birth_date.day)
    return on.year - birth_date.year - (not had_birthday)


def check_birth_date(birth_date: date | None, *, today: date, subject: str) -> tuple[Finding, ...]:
    """Findings that stop a registration until a person has asked."""
    if birth_date is None:
        return (_block("identity.birth_date_unknown", subject, "The full birth date is not known. Ask for it."),)
    if birth_date > today:
        return (_block("identity.birth_date_future", subject, "The birth date lies in the future. Correct it."),)
    if age_in_years(birth_date, on=today) > OLDEST_YEARS:
        detail = f"The birth date makes this person older than {OLDEST_YEARS} years. Check it with the sender."
        return (_block("identity.birth_date_implausible", subject, detail),)
    return ()


def _block(rule: str, subject: str, detail: str) -> Finding:
    return Finding(rule, Severity.BLOCK, subject, detail, SOURCE, "identity")
