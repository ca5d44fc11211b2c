"""The monitoring words of an order as named tests with how old each result may be.

For the gate. Only what is written is read: words that name no test and no interval come back as they stand, and the gate
calls them not known until a pharmacist decides.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import timedelta

from openinfusion.core.orders.reading import LAB_NAMES
from openinfusion.core.referrals.lab_tests import plain_test_name

#: What a panel consists of, by definition of the panel; only the parts the program records one by one.
_PANELS = {
    "cbc": ("wbc", "hemoglobin", "platelets"),
    "bmp": ("sodium", "potassium", "creatinine", "bun"),
    "lft": ("alt", "ast"),
    "lfts": ("alt", "ast"),
}
_TESTS = frozenset(
    {
        *LAB_NAMES.values(), "potassium", "sodium", "glucose", "albumin", "wbc", "inr", "ferritin", "igg", "triglycerides",
        "vancomycin level", "tobramycin level", "gentamicin level", "calcium", "magnesium", "phosphate", "alt", "ast",
        "bun", "creatinine", "hemoglobin", "platelets", "neutrophils", "cpk", "bilirubin", "hepatitis b",
        "tuberculosis screen", "factor viii activity", "factor viii inhibitor",
    }
)  # fmt: skip
#: Words that ask for watching at the bedside, not for a laboratory.
_BEDSIDE = re.compile(
    r"\b(vital|vitals|blood pressure|bp|heart rate|pulse|hr|temperature|temp|weight|weights|spo2|oxygen|site|line|pump|"
    r"pain|sedation|symptoms?|mental status|mood|observe|observation|respiratory rate|rr|girth|intake|stool|oedema|edema)\b"
)
_TIMES_A_WEEK = re.compile(r"\b(\d|two|twice|three)\s*(?:x|times)?\s*(?:a |per |each )?week(?:ly)?\b")
_EVERY = re.compile(r"\b(?:every|q)\s*(\d{1,2})?\s*(days?|d|weeks?|wk|months?|mo)\b")
_ONCE = re.compile(r"\b(baseline|once|before the first|at the start)\b")
_WORDS = {"two": 2, "twice": 2, "three": 3}
_UNIT_DAYS = {"d": 1, "w": 7, "m": 31}
#: A result asked for once does not grow old.
FOREVER = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class LabWish:
    """One test the order asks for. ``lasts`` None: the words do not say how old a result may be."""

    test: str
    lasts: timedelta | None
    is_known_test: bool


def read_monitoring(texts: tuple[str, ...]) -> tuple[LabWish, ...]:
    """Every laboratory test named, once, with the shortest interval asked for."""
    wishes: dict[str, LabWish] = {}
    for text in texts:
        for wish in _wishes(text):
            known = wishes.get(wish.test)
            if known is None or known.lasts is None or (wish.lasts is not None and wish.lasts < known.lasts):
                wishes[wish.test] = wish
    return tuple(wishes.values())


def _wishes(text: str) -> list[LabWish]:
    lasts = _interval(text.lower())
    names = [name for part in re.split(r"[,;/]| and | with ", text.lower()) for name in _tests_in(part)]
    if names:
        return [LabWish(name, lasts, True) for name in dict.fromkeys(names)]
    return [] if _BEDSIDE.search(text.lower()) else [LabWish(text.strip(), lasts, False)]


def _tests_in(part: str) -> list[str]:
    words = re.sub(r"[^a-z0-9 ]+", " ", part)
    words = _TIMES_A_WEEK.sub(" ", _EVERY.sub(" ", _ONCE.sub(" ", words)))
    words = re.sub(
        r"\b(weekly|monthly|daily|level weekly|then|and|incl|including|serum|if|or|per|policy)\b", " ", words
    )
    name = " ".join(words.split())
    if name in _PANELS:
        return list(_PANELS[name])
    plain = LAB_NAMES.get(name) or plain_test_name(loinc="", text=name).lower()
    return [plain] if plain in _TESTS else []


def _interval(text: str) -> timedelta | None:
    if match := _TIMES_A_WEEK.search(text):
        times = _WORDS.get(match[1]) or int(match[1])
        return timedelta(days=math.ceil(7 / times)) if times else None
    if match := _EVERY.search(text):
        return timedelta(days=int(match[1] or 1) * _UNIT_DAYS[match[2][0]])
    for word, days in (("weekly", 7), ("monthly", 31), ("daily", 1)):
        if word in text:
            return timedelta(days=days)
    return FOREVER if _ONCE.search(text) else None
