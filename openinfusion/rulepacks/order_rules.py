"""The order rules of ``order_rules.json`` as typed limits, and the rule sets made from them.

Verification and grade are never written beside a limit: they are taken from the row and column it was read
from, so a limit cannot claim more than the facts say. Safety controls of the hazard list and domain guide
are always active.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import types
import typing
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from openinfusion.core.findings import Severity
from openinfusion.core.orders import rules as kinds
from openinfusion.core.orders.rules import Rule, RuleSet, When
from openinfusion.core.units import Quantity, parse
from openinfusion.rulepacks.packs import PACKS, pack
from openinfusion.rulepacks.substances import vocabulary
from openinfusion.rulepacks.tables import Row, best_grade, content_hash, load_document, load_table
from openinfusion.rulepacks.therapy_table import therapies

SAFETY = "safety"
_FILES = ("order_rules.json", "substances.json", "therapies.csv")


@functools.cache
def order_rules() -> tuple[Rule, ...]:
    """Every order rule that ships, active or not, in file order."""
    document = load_document("order_rules")
    return (
        *(_from_cell(item) for item in document["therapy_cells"]),
        *(_from_row(item) for item in document["table_rows"]),
        *(_from_document(item) for item in document["other"]),
    )


@functools.cache
def rules_version() -> str:
    """Version of the shipped order rules, with the start of a hash over the very bytes they were read
    from.
    """
    digest = hashlib.sha256("".join(content_hash(name) for name in _FILES).encode()).hexdigest()
    return f"{pack('therapies').version}+{digest[:12]}"


@functools.cache
def proposed_rules() -> RuleSet:
    """As if every rule verified at grade A or B were approved: ``--rules proposed``."""
    return RuleSet.proposed(order_rules(), version=rules_version(), therapies=therapies(), vocabulary=vocabulary())


def approved_rules(pack_ids: Collection[str], *, extra_rule_ids: Collection[str] = ()) -> RuleSet:
    """What is active in a tenant: rules that may be proposed in its approved packs, rules approved one by
    one, and the safety controls, which are active everywhere.
    """
    known = {shipped.id for shipped in PACKS}
    if unknown := set(pack_ids) - known:
        raise LookupError(f"no rule pack named {sorted(unknown)[0]!r}")
    active = tuple(rule for rule in order_rules() if _is_active(rule, pack_ids, extra_rule_ids))
    chosen = hashlib.sha256("\n".join(rule.id for rule in active).encode()).hexdigest()[:8]
    return RuleSet(f"{rules_version()}/{chosen}", active, therapies(), vocabulary())


def _is_active(rule: Rule, pack_ids: Collection[str], extra: Collection[str]) -> bool:
    if rule.is_safety_control or rule.id in extra:
        return True
    return rule.may_be_proposed and rule.pack in pack_ids


def _from_cell(item: Mapping[str, Any]) -> Rule:
    """A rule read from one cell of the therapy table."""
    ids = tuple(item["therapies"])
    rows = {row["id"]: row for row in load_table("therapies")}
    row, column = rows[ids[0]], item["column"]
    verification = "verified" if column in row["verified_fields"].split(";") else "unverified"
    return _rule(item, ids, tuple(item["cite"]), row.grade, verification, "therapies", f"{row.row_id}/{column}")


def _from_row(item: Mapping[str, Any]) -> Rule:
    """A rule read from a whole row of another table."""
    table, _, key = item["row"].partition(":")
    row = next(row for row in load_table(table) if row.key == key)
    return _rule(
        {"original": _words(row), **item},
        tuple(item["therapies"]),
        row.sources,
        row.grade,
        row.verification,
        "interactions",
        row.row_id,
    )


def _from_document(item: Mapping[str, Any]) -> Rule:
    """A rule read from another file, or a safety control."""
    cited = tuple(item["cite"])
    is_safety = item["verification"] == SAFETY
    return _rule(
        item,
        tuple(item["therapies"]),
        cited,
        SAFETY if is_safety else best_grade(cited),
        item["verification"],
        SAFETY if is_safety else "drug-library",
        item["file"],
    )


def _words(row: Row) -> str:
    cells = [
        text
        for column, text in row.fields.items()
        if column not in ("id", "status", "sources", "verification", "best_source_grade")
    ]
    return "; ".join(filter(None, cells))


def _rule(
    item: Mapping[str, Any],
    ids: tuple[str, ...],
    sources: tuple[str, ...],
    grade: str,
    verification: str,
    pack_id: str,
    row: str,
) -> Rule:
    kind = getattr(kinds, item["kind"])
    return Rule(
        id=item["id"],
        category=item["category"],
        therapies=ids,
        limit=_build(kind, item["limit"]),
        sources=sources,
        grade=grade,
        verification=verification,
        original=item["original"],
        note=item.get("note", ""),
        pack=pack_id,
        row=row,
    )


def _build(kind: type[Any], values: Mapping[str, Any]) -> Any:
    """A limit from its JSON, each field by its declared type; an unknown field is an error."""
    hints = typing.get_type_hints(kind, vars(kinds))
    unknown = set(values) - {item.name for item in dataclasses.fields(kind)}
    if unknown:
        raise ValueError(f"{kind.__name__} has no field {sorted(unknown)[0]!r}")
    return kind(**{name: _convert(hints[name], value) for name, value in values.items()})


def _convert(hint: Any, value: Any) -> Any:
    choices = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    target = next(choice for choice in choices if choice is not type(None))
    if target is Quantity:
        return parse(value)
    if target is Decimal:
        return Decimal(value)
    if target is Severity:
        return Severity(value)
    if target is When:
        return _build(When, value)
    if typing.get_origin(target) is tuple:
        return tuple(_convert(typing.get_args(target)[0], one) for one in value)
    if dataclasses.is_dataclass(target) and isinstance(target, type):
        return _build(target, value)
    if not isinstance(value, target):
        raise TypeError(f"{value!r} is not {target.__name__}")
    return value
