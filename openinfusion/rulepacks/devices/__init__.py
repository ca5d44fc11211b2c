"""The device pack: MDC terms and units, pump alarms and the server's alarm rules, each with source and grade.

Pump alarm and MDC rows come from the shipped domain tables; the rows beside this file add what the IHE
samples and notes show. A ``partial`` row stays marked: a clinician signs the pack before clinical use.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources

from openinfusion.core.alarms.rules import AlarmRule, AlarmTable
from openinfusion.core.telemetry.reports import Priority
from openinfusion.core.telemetry.vocabulary import Term, UnitTerm, Vocabulary
from openinfusion.rulepacks.tables import Row, load_table

_UNIT_PREFIX = "MDC_DIM_"
_TERM_PREFIX = "MDC_"

# The priority words of pump_alarms.csv: (ordinary, life-sustaining). None: an event and no alarm.
_PRIORITY_WORDS: dict[str, tuple[Priority, Priority] | None] = {
    "high": (Priority.HIGH, Priority.HIGH),
    "medium": (Priority.MEDIUM, Priority.MEDIUM),
    "low": (Priority.LOW, Priority.LOW),
    "low (medium for inotrope or prostacyclin)": (Priority.LOW, Priority.MEDIUM),
    "high for life-sustaining drugs, else medium": (Priority.MEDIUM, Priority.HIGH),
    "medium (system)": (Priority.MEDIUM, Priority.MEDIUM),
    "by text": (Priority.MEDIUM, Priority.MEDIUM),
    "none": None,
}


@dataclass(frozen=True, slots=True)
class EscalationTier:
    """One clinical escalation tier. ``verification`` is "unverified" until a medical director signs it."""

    tier: int
    response: str
    triggers: tuple[str, ...]
    also: str
    status: str
    sources: tuple[str, ...]
    verification: str
    grade: str


@dataclass(frozen=True, slots=True)
class DevicePack:
    """Everything the device path needs to know, as one value."""

    vocabulary: Vocabulary
    alarms: AlarmTable
    escalation: tuple[EscalationTier, ...]


@functools.cache
def load() -> DevicePack:
    """The shipped device pack."""
    return DevicePack(
        vocabulary=Vocabulary(terms=_terms(), units=_units()),
        alarms=_alarm_table(),
        escalation=tuple(_tier(row) for row in load_table("escalation")),
    )


def own_rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of one file beside this module."""
    text = resources.files(__package__).joinpath(f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines(), strict=True))


def _terms() -> tuple[Term, ...]:
    terms = [
        Term(_code(row["code"]), row["ref_id"], row["meaning"], row["source"], row["grade"], row["status"])
        for row in own_rows("mdc_terms")
    ]
    for row in load_table("mdc_codes"):
        if _is_term(row["ref_id"]):
            terms.append(_term(row, row["code"], row["ref_id"]))
    for row in load_table("pump_alarms"):
        if row["mdc_ref_id"]:
            terms.append(_term(row, row["mdc_code"], row["mdc_ref_id"]))
    distinct = {(term.code, term.name): term for term in reversed(terms)}
    return tuple(reversed(distinct.values()))


def _is_term(ref_id: str) -> bool:
    return ref_id.startswith(_TERM_PREFIX) and not ref_id.startswith(_UNIT_PREFIX)


def _term(row: Row, code: str, name: str) -> Term:
    return Term(_code(code), name, row["meaning"], ";".join(row.sources), row.grade, row["status"])


def _code(text: str) -> int | None:
    return int(text) if text else None


def _units() -> tuple[UnitTerm, ...]:
    return tuple(
        UnitTerm(_code(row["code"]), row["ref_id"], row["ucum"], row["source"], row["grade"])
        for row in own_rows("mdc_units")
    )


def _alarm_table() -> AlarmTable:
    rules = [_server_rule(row) for row in own_rows("alarm_rules")]
    terms: list[tuple[str, str]] = []
    events: set[str] = set()
    for row in load_table("pump_alarms"):
        priorities = _priorities(row)
        if priorities is None:
            events.add(row["mdc_ref_id"])
            continue
        rule = _device_rule(row, priorities)
        rules.append(rule)
        if row["mdc_ref_id"]:
            terms.append((row["mdc_ref_id"], rule.id))
    return AlarmTable(rules=tuple(rules), device_terms=tuple(terms), event_terms=frozenset(events))


def _priorities(row: Row) -> tuple[Priority, Priority] | None:
    try:
        return _PRIORITY_WORDS[row["priority"]]
    except KeyError:
        raise ValueError(
            f"pump_alarms row {row.key}: priority {row['priority']!r} has no meaning here; add its meaning"
        ) from None


def _device_rule(row: Row, priorities: tuple[Priority, Priority]) -> AlarmRule:
    return AlarmRule(
        id=f"PUMP-{row.key}",
        kind=row.key,
        title=row["meaning"][:1].upper() + row["meaning"][1:],
        priority=priorities[0],
        life_sustaining_priority=priorities[1],
        source=";".join(row.sources),
        grade=row.grade,
        status=row["status"],
        first_action=row["first_action"],
        first_responder=row["first_responder"],
    )


def _server_rule(row: dict[str, str]) -> AlarmRule:
    return AlarmRule(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        priority=Priority(row["priority"]),
        life_sustaining_priority=Priority(row["life_sustaining_priority"]),
        source=row["source"],
        grade=row["grade"],
        status=row["status"],
        limit=Decimal(row["limit"]) if row["limit"] else None,
        limit_unit=row["limit_unit"],
    )


def _tier(row: Row) -> EscalationTier:
    return EscalationTier(
        tier=int(row["tier"]),
        response=row["response"],
        triggers=tuple(part.strip() for part in row["triggers"].split(";")),
        also=row["also"],
        status=row["status"],
        sources=row.sources,
        verification=row.verification,
        grade=row.grade,
    )
