"""Shapes the emergency pages: the protocol's own words, steps in its order, the dose beside the step that gives it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from openinfusion.apps.emergency.models import EmergencyUse
from openinfusion.apps.emergency.services.pages import protocol
from openinfusion.core.emergency import Advice, EmergencyPage, Step, TableRow, timers
from openinfusion.core.readiness.words import number
from openinfusion.platform.ui.formats import format_number, format_time

_DOSED = re.compile(r"\d[\d.,/ -]*\s*(?:mg|mL|micrograms?|units?)\b|\bmax\b")
_CALL = re.compile(r"\bcall 911\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step: heading and rest of the protocol's sentence; ``done`` are the times it was pressed."""

    number: int
    heading: str
    rest: str
    gives_epinephrine: bool
    is_call: bool
    done: tuple[str, ...]
    is_now: bool


def steps(page: EmergencyPage, use: EmergencyUse | None, *, zone: str, signed: bool) -> list[ShownStep]:
    """The steps of the protocol; without a signed one its doses are left out of its words."""
    pressed = _pressed(use)
    following = next((step.number for step in page.steps if step.number not in pressed), 0) if pressed else 0
    return [_step(step, pressed.get(step.number, []), step.number == following, zone, signed) for step in page.steps]


def _step(step: Step, times: list[datetime], is_now: bool, zone: str, signed: bool) -> ShownStep:
    words = step.action if signed else without_doses(step.action)
    heading, rest = _split(words, at_comma=step.gives_epinephrine)
    return ShownStep(
        number=step.number, heading=_capital(heading), rest=_capital(rest), gives_epinephrine=step.gives_epinephrine,
        is_call=bool(_CALL.search(step.action)), done=tuple(format_time(moment, zone) for moment in times), is_now=is_now,
    )  # fmt: skip


def _split(words: str, *, at_comma: bool) -> tuple[str, str]:
    """What to do, and the rest of the sentence. At an epinephrine step the strength belongs to the rest."""
    found = re.search(r"[,;]" if at_comma else ";", words)
    return (words[: found.start()], words[found.end() :].strip()) if found else (words, "")


def without_doses(text: str) -> str:
    """The words of a step without any amount of a drug: nothing unsigned is shown as a dose."""
    clauses = []
    for clause in re.split(r"(?<=[,;])\s*", re.sub(r"\([^)]*\)", "", text)):
        found = _DOSED.search(clause)
        kept = clause[: found.start()].rstrip(" ,;") if found else clause.strip()
        if kept:
            clauses.append(kept if kept.endswith((",", ";")) else kept + (";" if clause.endswith(";") else ","))
    return " ".join(clauses).rstrip(" ,;")


def _pressed(use: EmergencyUse | None) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = {}
    for one in use.steps_done if use else ():
        found.setdefault(int(one["step"]), []).append(datetime.fromisoformat(one["at"]))
    return found


def dose(advice: Advice) -> dict[str, Any]:
    """The dose line: one dose, several with the reason, or the reason there is none. Never computed here."""
    words = advice.dose.words if advice.dose else _(" or ").join(one.words for one in advice.options)
    injector = number(advice.autoinjector_mg) if advice.autoinjector_mg is not None else ""
    return {
        "words": words,
        "sentence": advice.sentence,
        "weight": advice.weight_words,
        "strength": advice.strength,
        "route": advice.route,
        "injector": _("Auto-injector: %s mg") % injector if injector else "",
    }


def weight_rows(rows: Iterable[TableRow]) -> list[dict[str, str]]:
    """The weight table of the protocol, for a weight somebody estimates."""
    return [
        {
            "kg": format_number(row.kg),
            "dose": _(" or ").join(one.words for one in row.doses),
            "injector": f"{number(row.autoinjector_mg)} mg" if row.autoinjector_mg is not None else "",
        }
        for row in rows
    ]


#: Every clock the page may show, in order; those without a moment wait hidden for the script.
_CLOCKS = {
    "since_start": lazy("Since the reaction was reported"),
    "since_dose": lazy("Since the last epinephrine dose"),
    "repeat_from": lazy("No better? Next dose possible from"),
    "repeat_until": lazy("No better? Next dose at the latest"),
    "vitals": lazy("Vital signs due"),
}


def clocks(use: EmergencyUse | None, *, at: datetime, zone: str) -> list[dict[str, Any]]:
    """Timers with the wall time they stand for: right without a script, ticking with one."""
    pressed = _pressed(use)
    doses = sorted(moment for number in epinephrine_steps() for moment in pressed.get(number, []))
    opened = use.opened_at if use else at
    found = {one.name: one for one in timers(protocol(), started_at=opened, epinephrine_at=doses, at=at)}
    return [
        {
            "name": name,
            "words": found[name].words,
            "seconds": found[name].seconds,
            "at": format_time(found[name].due_at, zone),
        }
        if name in found
        else {"name": name, "words": words, "seconds": None, "at": ""}
        for name, words in _CLOCKS.items()
    ]


def epinephrine_steps() -> list[int]:
    """Numbers of the steps that give a dose."""
    return [step.number for step in protocol().steps if step.gives_epinephrine]


def signs(page: EmergencyPage) -> list[tuple[str, str]]:
    """How to recognise it, organ by organ."""
    return [(_organ(name), ", ".join(found)) for name, found in page.recognition]


def _organ(name: str) -> str:
    return name.upper() if len(name) == 2 else _capital(name.replace("_", " "))


def kit_items(page: EmergencyPage) -> Sequence[str]:
    return [_capital(item.item) for item in page.kit]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
