"""The anaphylaxis protocol as signed data: steps in order, epinephrine rule, kit and intervals.

Read once from the rule document and refused when a needed part is missing or makes no sense, so that the
page itself can never fail. Source: anaphylaxis_protocol.json; each item keeps its own source and status.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from openinfusion.core.readiness.words import decimal_of


@dataclass(frozen=True, slots=True)
class Step:
    """One action, in the words of the protocol. ``gives_epinephrine``: the dose belongs beside it."""

    number: int
    action: str
    status: str
    sources: tuple[str, ...]
    gives_epinephrine: bool


@dataclass(frozen=True, slots=True)
class Autoinjector:
    """A strength for a weight from ``kg_min`` up to, not including, ``kg_max``."""

    kg_min: Decimal
    kg_max: Decimal | None
    mg: Decimal

    def fits(self, kg: Decimal) -> bool:
        return self.kg_min <= kg and (self.kg_max is None or kg < self.kg_max)


@dataclass(frozen=True, slots=True)
class EpinephrineRule:
    mg_per_ml: Decimal
    mg_per_kg: Decimal
    max_mg: Decimal
    child_max_mg_options: tuple[Decimal, ...]
    child_max_note: str
    autoinjectors: tuple[Autoinjector, ...]
    repeat_minutes: tuple[int, int]
    route: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KitItem:
    """One item of the kit. Optional items are those the source says only some nurses carry."""

    item: str
    is_optional: bool
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Approval:
    """Who signed this program's protocol. A demo approval says so on the page."""

    protocol: str
    version: str
    signed_by: str
    signed_date: date
    is_demo: bool


@dataclass(frozen=True, slots=True)
class Protocol:
    steps: tuple[Step, ...]
    epinephrine: EpinephrineRule
    kit: tuple[KitItem, ...]
    prechecks: tuple[str, ...]
    mild_reaction: str
    recognition: tuple[tuple[str, tuple[str, ...]], ...]
    criteria: str


class UnusableProtocol(ValueError):
    """The protocol document lacks a part the page needs; the message names it."""


def read_protocol(document: Mapping[str, Any]) -> Protocol:
    """The protocol out of the rule document."""
    try:
        return _protocol(document)
    except KeyError as problem:
        raise UnusableProtocol(f"the anaphylaxis protocol has no {problem.args[0]!r}") from problem


def _protocol(document: Mapping[str, Any]) -> Protocol:
    steps = tuple(_step(item) for item in document["steps"])
    if [step.number for step in steps] != list(range(1, len(steps) + 1)) or not steps:
        raise UnusableProtocol("the steps of the anaphylaxis protocol must be numbered 1, 2, 3 without a gap")
    signs = document["recognition"]
    return Protocol(
        steps=steps,
        epinephrine=_epinephrine(document["epinephrine"]),
        kit=tuple(_kit_item(item) for item in document["kit"]),
        prechecks=tuple(str(item["rule"]) for item in document["precheck"]),
        mild_reaction=str(document["mild_reaction"]["action"]),
        recognition=tuple((name, tuple(map(str, found))) for name, found in signs.items() if name not in _NOT_SIGNS),
        criteria=str(signs["criteria"]),
    )


_NOT_SIGNS = frozenset({"criteria", "status", "sources"})


def _step(item: Mapping[str, Any]) -> Step:
    action = str(item["action"])
    gives = action.lower().startswith(("epinephrine", "repeat epinephrine"))
    return Step(int(item["n"]), action, str(item["status"]), _sources(item), gives)


def _epinephrine(item: Mapping[str, Any]) -> EpinephrineRule:
    rule = EpinephrineRule(
        mg_per_ml=_positive(item, "concentration_mg_per_mL"),
        mg_per_kg=_positive(item, "dose_mg_per_kg"),
        max_mg=_positive(item, "max_mg"),
        child_max_mg_options=tuple(
            sorted(decimal_of(value, field="child_max_policy_mg") for value in item["child_max_policy_mg"])
        ),
        child_max_note=str(item["child_max_note"]),
        autoinjectors=tuple(_autoinjector(band) for band in item["autoinjector"]),
        repeat_minutes=(int(item["repeat_min"][0]), int(item["repeat_min"][1])),
        route=str(item["route"]),
        sources=_sources(item),
    )
    if any(option > rule.max_mg or option <= 0 for option in rule.child_max_mg_options):
        raise UnusableProtocol("a ceiling for children must lie above 0 and not above the general maximum")
    return rule


def _autoinjector(band: Mapping[str, Any]) -> Autoinjector:
    top = band["kg_max"]
    return Autoinjector(
        _positive(band, "kg_min"),
        None if top is None else decimal_of(top, field="kg_max"),
        _positive(band, "mg"),
    )


def _kit_item(item: Mapping[str, Any]) -> KitItem:
    words = str(item["item"])
    return KitItem(words, "some nurses carry" in words, str(item["status"]), _sources(item))


def _positive(item: Mapping[str, Any], name: str) -> Decimal:
    value = decimal_of(item[name], field=name)
    if value <= 0:
        raise UnusableProtocol(f"{name} of the anaphylaxis protocol must be above 0")
    return value


def _sources(item: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(source) for source in item["sources"])
