"""The billing rules of the shipped tables: codes, exclusivity edits, schedule and volume maps, JZ start.

For charge capture and the edits. Sources are carried row by row from billing_edits, billing_modifiers and the
code tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openinfusion.core.claims.codes import CodeSet, Row, TableError, read_codes
from openinfusion.core.findings import Severity

RULE_TABLES = (
    "billing_j_codes",
    "billing_s_codes",
    "billing_nursing_codes",
    "billing_g_codes",
    "billing_supply_codes",
    "billing_edits",
    "billing_modifiers",
    "billing_hit_drugs",
)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_VOLUME_BAND = re.compile(r"^(?P<sign><=|>)(?P<from>[\d.]+)(?:-(?P<to>[\d.]+))?(?: L)?$")
_INTERVAL = re.compile(r"^q(\d+)h$")

#: Per diem services that are not home infusion therapies (billing_s_codes).
_NOT_INFUSION = frozenset({"dialysis", "obstetric", "catheter care"})


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Codes of ``left`` never on the same day with codes of ``right``."""

    id: str
    left: frozenset[str]
    right: frozenset[str]
    rule: str
    source: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class VolumeBand:
    """Daily volume up to and including ``up_to_l`` litres; None is the open top."""

    up_to_l: Decimal | None
    code: str


@dataclass(frozen=True, slots=True)
class ScheduleMap:
    """Dose interval to per diem code; ``other`` for anything else."""

    by_hours: Mapping[Decimal, str]
    other: str
    source: str


@dataclass(frozen=True, slots=True)
class BillingRules:
    """Everything charge capture needs to know that is not in a contract."""

    codes: CodeSet
    exclusions: tuple[Exclusion, ...]
    schedule: ScheduleMap
    volumes: Mapping[str, tuple[VolumeBand, ...]]
    jz_from: date
    hit_categories: Mapping[str, int]
    hit_codes: Mapping[tuple[int, bool], str]
    infusion_per_diems: frozenset[str]


def read_rules(tables: Mapping[str, Iterable[Row]]) -> BillingRules:
    """The rules from the tables named in ``RULE_TABLES``."""
    missing = [name for name in RULE_TABLES if name not in tables]
    if missing:
        raise TableError(f"tables are missing: {', '.join(missing)}")
    rows = {name: tuple(tables[name]) for name in RULE_TABLES}
    codes = read_codes(
        drug_rows=rows["billing_j_codes"],
        service_rows=rows["billing_s_codes"],
        nursing_rows=rows["billing_nursing_codes"],
        medicare_rows=rows["billing_g_codes"],
        supply_rows=rows["billing_supply_codes"],
    )
    services = rows["billing_s_codes"]
    infusion = frozenset(
        row["code"]
        for row in services
        if row["unit"] == "per diem" and (row["category"] not in _NOT_INFUSION or "infusion" in row["meaning"])
    )
    per_diems = frozenset(row["code"] for row in services if row["unit"] == "per diem")
    edits = rows["billing_edits"]
    return BillingRules(
        codes=codes,
        exclusions=tuple(_exclusions(edits, per_diems=per_diems, infusion=infusion)),
        schedule=_schedule(edits),
        volumes=_volumes(edits),
        jz_from=_jz_from(rows["billing_modifiers"]),
        hit_categories=_hit_categories(rows["billing_hit_drugs"]),
        hit_codes=_hit_codes(rows["billing_g_codes"]),
        infusion_per_diems=infusion,
    )


def _exclusions(edits: Iterable[Row], *, per_diems: frozenset[str], infusion: frozenset[str]) -> Iterable[Exclusion]:
    for row in edits:
        if row["kind"] != "mutually_exclusive":
            continue
        left, bar, right = row["codes"].partition("|")
        if not bar:
            raise TableError(f"billing_edits {row['edit_id']}: codes need a | between the two groups")
        yield Exclusion(
            id=row["edit_id"],
            left=_code_group(left, per_diems=per_diems, infusion=infusion),
            right=_code_group(right, per_diems=per_diems, infusion=infusion),
            rule=row["rule"],
            source=row["sources"],
            severity=Severity.BLOCK if row["verification"] == "verified" else Severity.INTERRUPT,
        )


def _code_group(text: str, *, per_diems: frozenset[str], infusion: frozenset[str]) -> frozenset[str]:
    named = {"any per diem": per_diems, "any infusion per diem": infusion}
    return named.get(text.strip()) or frozenset(code.strip() for code in text.split(";"))


def _schedule(edits: Iterable[Row]) -> ScheduleMap:
    row = next((row for row in edits if row["kind"] == "schedule_map"), None)
    if row is None:
        raise TableError("billing_edits has no schedule_map row")
    by_hours: dict[Decimal, str] = {}
    other = ""
    for item in row["codes"].split(";"):
        name, _, code = item.strip().partition(":")
        interval = _INTERVAL.fullmatch(name)
        if interval:
            by_hours[Decimal(interval[1])] = code
        else:
            other = code
    return ScheduleMap(by_hours, other, row["sources"])


def _volumes(edits: Iterable[Row]) -> dict[str, tuple[VolumeBand, ...]]:
    """Bands by therapy type, found by the word in the rule's sentence."""
    found: dict[str, tuple[VolumeBand, ...]] = {}
    for row in edits:
        if row["kind"] != "volume_map":
            continue
        therapy = "TPN" if "TPN" in row["rule"] else "hydration"
        found[therapy] = tuple(_band(row["edit_id"], item) for item in row["codes"].split(";"))
    return found


def _band(edit_id: str, item: str) -> VolumeBand:
    name, _, code = item.strip().rpartition(":")
    band = _VOLUME_BAND.fullmatch(name)
    if band is None:
        raise TableError(f"billing_edits {edit_id}: volume band is not readable")
    if band["sign"] == "<=":
        return VolumeBand(Decimal(band["from"]), code)
    return VolumeBand(Decimal(band["to"]) if band["to"] else None, code)


def _jz_from(modifiers: Iterable[Row]) -> date:
    for row in modifiers:
        if row["modifier"] == "JZ" and (found := _ISO_DATE.search(row["use"])):
            return date.fromisoformat(found[0])
    raise TableError("billing_modifiers has no JZ row with its start date")


def _hit_categories(rows: Iterable[Row]) -> dict[str, int]:
    return {
        code.strip(): int(row["hit_category"])
        for row in rows
        for code in row["hcpcs"].split(";")
        if row["hit_category"].isdigit()
    }


def _hit_codes(rows: Iterable[Row]) -> dict[tuple[int, bool], str]:
    """(category, is first visit) to G-code."""
    return {
        (int(row["hit_category"]), row["visit"] == "initial"): row["code"]
        for row in rows
        if row["hit_category"].isdigit() and row["visit"] in ("initial", "subsequent")
    }
