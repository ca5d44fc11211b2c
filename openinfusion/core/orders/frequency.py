"""How often: reading it from people, saying it back, and how many doses a day that is.

For the order form, labels and daily totals. QD, QOD and their like are refused (ISMP error-prone list,
HZ-008).
"""

from __future__ import annotations

import re
from fractions import Fraction

from openinfusion.core.controls import control_is_on
from openinfusion.core.orders.model import Frequency
from openinfusion.core.units import Quantity, UnitError, show

_EVERY = re.compile(r"^(?:q|every )\s*(\d{1,3})\s*(h|hr|hrs|hour|hours|d|day|days|wk|wks|week|weeks)$", re.ASCII)
_TIMES = re.compile(r"^(\d{1,2}) times (?:a|per|each) (day|week)$", re.ASCII)
_ERROR_PRONE = {
    "qd": 'write "every 24 hours": QD is misread as QID',
    "q.d.": 'write "every 24 hours": Q.D. is misread as QID',
    "qod": 'write "every 48 hours": QOD is misread as QD or QID',
    "q.o.d.": 'write "every 48 hours": Q.O.D. is misread as QD or QID',
    "qhs": 'write "every 24 hours" and the time: qhs is misread as every hour',
    "tiw": 'write "3 times a week": TIW is misread as three times a day',
    "biw": 'write "2 times a week": BIW is misread as twice a day',
}
_WORDS = {
    "daily": (1, "24"),
    "once a day": (1, "24"),
    "twice a day": (2, "24"),
    "three times a day": (3, "24"),
    "four times a day": (4, "24"),
}


def parse_frequency(text: str) -> Frequency:
    """``every 24 hours``, ``q8h``, ``daily``, ``3 times a week``, ``continuous`` or ``once``; else a
    question.
    """
    words = " ".join(text.lower().split())
    if control_is_on("HZ-008") and words in _ERROR_PRONE:
        raise UnitError(text, _ERROR_PRONE[words])
    if words == "continuous":
        return Frequency(is_continuous=True)
    if words == "once":
        return Frequency(is_once=True)
    if words in _WORDS or words == "qd":
        times, hours = _WORDS.get(words, (1, "24"))
        return Frequency(times, Quantity.of(hours, "h"))
    if match := _EVERY.match(words):
        symbol = {"h": "h", "d": "d", "w": "wk"}[match[2][0]]
        return _checked(text, 1, Quantity.of(match[1], symbol))
    if match := _TIMES.match(words):
        return _checked(text, int(match[1]), Quantity.of(1, "d" if match[2] == "day" else "wk"))
    raise UnitError(text, 'how often? Write it like "every 24 hours", "3 times a week", "continuous" or "once"')


def _checked(text: str, times: int, per: Quantity) -> Frequency:
    if times < 1 or per.value <= 0:
        raise UnitError(text, "how often? The number must be above zero")
    return Frequency(times, per)


def doses_per_day(frequency: Frequency | None) -> Fraction | None:
    """How many doses fall on a day; None when not known or not a schedule of doses."""
    if frequency is None or frequency.times is None or frequency.per is None:
        return None
    return frequency.times / frequency.per.amount_in("d")


def interval_hours(frequency: Frequency | None) -> Fraction | None:
    """Hours from one dose to the next, on average."""
    if frequency is None or frequency.times is None or frequency.per is None:
        return None
    return frequency.per.amount_in("h") / frequency.times


def say_frequency(frequency: Frequency) -> str:
    """In words, for labels and patients."""
    if frequency.is_continuous:
        return "continuous"
    if frequency.is_once:
        return "once"
    if frequency.times is None or frequency.per is None:
        raise ValueError("a frequency is a number of times in a period, or continuous, or once")
    period = show(frequency.per).replace(" h", " hours").replace(" d", " days").replace(" wk", " weeks")
    for one, many in ((" hours", " hour"), (" days", " day"), (" weeks", " week")):
        if period == f"1{one}":
            period = f"1{many}"
    return f"every {period}" if frequency.times == 1 else f"{frequency.times} times every {period}"
