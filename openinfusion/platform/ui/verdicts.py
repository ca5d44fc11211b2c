"""The three words of status (ready, at risk, blocked) and of findings, each with its shape and weight.

A verdict this module does not know is "not known", and not known is never ready.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openinfusion.core.findings import Severity


@dataclass(frozen=True, slots=True)
class Sign:
    """``css`` is the class ending, ``dot`` the one-letter class of the dots."""

    key: str
    css: str
    dot: str
    icon: str
    word: str | Promise


READY = Sign("ready", "ready", "r", "ready", _("Ready"))
RISK = Sign("risk", "risk", "k", "risk", _("At risk"))
BLOCKED = Sign("blocked", "blocked", "b", "blocked", _("Blocked"))
UNKNOWN = Sign("unknown", "unknown", "u", "unknown", _("Not known"))
_VERDICTS = {
    "ready": READY,
    "risk": RISK,
    "at_risk": RISK,
    "at risk": RISK,
    "blocked": BLOCKED,
}
#: Chips that are not verdicts.
_STATES = {
    "inform": Sign("inform", "inform", "", "inform", _("For information")),
    "action": Sign("action", "action", "", "", _("Under way")),
    "plain": Sign("plain", "plain", "", "", ""),
}
_SEVERITIES = {
    Severity.BLOCK: Sign("block", "block", "", "blocked", _("Block")),
    Severity.INTERRUPT: Sign("interrupt", "interrupt", "", "risk", _("Interrupt")),
    Severity.INFORM: Sign("inform", "inform", "", "inform", _("Inform")),
}


def sign_of(verdict: Any) -> Sign:
    """The sign of a verdict or chip state; anything unrecognised, empty or None is ``UNKNOWN``."""
    key = str(verdict or "").lower()
    return _VERDICTS.get(key) or _STATES.get(key) or UNKNOWN


def severity_sign(severity: Any) -> Sign:
    """The sign of a finding. A severity nobody knows is shown as the gravest."""
    try:
        return _SEVERITIES[Severity(str(severity))]
    except ValueError:
        return _SEVERITIES[Severity.BLOCK]


def gravity(severity: Any) -> int:
    """For sorting: gravest first."""
    return Severity(severity_sign(severity).key).gravity
