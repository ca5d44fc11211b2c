"""Which therapy of the rule pack an ordered drug is; ambiguous or contradictory is a finding, never a guess.

For intake. The therapy table is passed in (``therapies.csv``); names come from its rows and
``therapy_names``. Source: HZ-005 (look-alike drugs), GUIDE rule 9 (never reuse one immunoglobulin brand's
ramp for another).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openinfusion.core.findings import Finding, Severity
from openinfusion.core.referrals.clinical import Coding
from openinfusion.core.referrals.therapy_names import (
    ALIASES,
    CODES,
    HCPCS,
    NOT_THE_THERAPY,
    RXNORM,
    TherapyAlias,
)

SOURCE = "therapies.csv; HZ-005"

_WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?")
_ASIDE = re.compile(r"\([^)]*\)")
_HCPCS_SYSTEMS = ("hcpcs", "2.16.840.1.113883.6.285")
_RXNORM_SYSTEMS = ("rxnorm", "2.16.840.1.113883.6.88")
_ROUTE_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("IV", ("iv", "intravenous", "intravenously", "ivpb", "c38276", "47625008")),
    ("SC", ("sc", "sq", "subcutaneous", "subcutaneously", "subcut", "c38299", "34206005")),
    ("IM", ("im", "intramuscular", "c28161", "78421000")),
    ("tube", ("enteral", "gastrostomy", "jejunostomy", "nasogastric", "tube")),
    ("oral", ("oral", "po", "mouth", "c38288", "26643006")),
    ("topical", ("topical", "cutaneous", "c38304", "6064005")),
    ("intrathecal", ("intrathecal", "c38267", "72607000")),
)
_UNTELLING = frozenset({"sodium", "potassium", "chloride", "phosphate", "succinate", "infusion", "percent"})


@dataclass(frozen=True, slots=True)
class TherapyEntry:
    """What recognition and completeness need of one row of the therapy table."""

    id: str
    generic: str
    therapy_type: str
    routes: frozenset[str]
    hcpcs: str
    words: frozenset[str]

    @property
    def is_named_by_brand(self) -> bool:
        """Immunoglobulins: only a brand or a product code says which one is meant."""
        return self.therapy_type == "immunotherapy"


@dataclass(frozen=True, slots=True)
class Recognition:
    """The therapy when there is exactly one, else the candidates and the finding that says why not."""

    therapy_id: str
    candidates: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_therapies(rows: Iterable[Mapping[str, str]]) -> tuple[TherapyEntry, ...]:
    """Therapies from rows with at least id, generic, therapy_type, routes, hcpcs and hcpcs_unit."""
    return tuple(_read_row(row) for row in rows)


def recognise_route(text: str, code: str = "") -> str:
    """IV, SC, IM, tube, oral, topical or intrathecal from a route's words or code; empty when not known."""
    words = set(_WORD.findall(f"{text} {code}".casefold()))
    found = [route for route, spellings in _ROUTE_WORDS if words & set(spellings)]
    return found[0] if len(found) == 1 else ""


def recognise_therapy(
    drug: str,
    *,
    codings: Iterable[Coding] = (),
    route: str = "",
    therapies: Iterable[TherapyEntry],
    subject: str,
) -> Recognition:
    """One therapy for the drug text and codes, or a finding. ``route`` is a word of ``recognise_route``."""
    table = tuple(therapies)
    words = _WORD.findall(drug.casefold())
    by_text = _named_in(words, table, route)
    by_code = _coded_as(codings, table)
    if by_text and by_code and not by_text & by_code:
        return _refuse("referral.therapy_conflict", subject, by_text | by_code, "The drug's name and its code differ")
    candidates = by_text & by_code or by_text or by_code
    if not candidates:
        near = _sharing_a_name(words, table)
        if near:
            return _refuse("referral.therapy_ambiguous", subject, near, "The drug is not named precisely enough")
        return _refuse("referral.therapy_unknown", subject, set(), "The drug is not in the therapy table")
    if len(candidates) > 1:
        return _refuse("referral.therapy_ambiguous", subject, candidates, "The drug fits several therapies")
    chosen = next(row for row in table if row.id in candidates)
    if route and chosen.routes and route not in chosen.routes:
        return _refuse("referral.therapy_route", subject, candidates, f"This therapy is not given by route {route}")
    return Recognition(chosen.id, (chosen.id,))


def _read_row(row: Mapping[str, str]) -> TherapyEntry:
    generic = row["generic"]
    is_classified = row.get("hcpcs_unit", "") != "unclassified"
    return TherapyEntry(
        id=row["id"],
        generic=generic,
        therapy_type=row["therapy_type"],
        routes=frozenset(word for word in re.findall(r"IV|SC|IM|tube", row["routes"])),
        hcpcs=row["hcpcs"] if is_classified else "",
        words=frozenset(_WORD.findall(_ASIDE.sub(" ", generic).casefold())),
    )


def _named_in(words: list[str], table: tuple[TherapyEntry, ...], route: str) -> set[str]:
    """Therapies whose whole generic name or an alias stands in the text; a longer name beats its own part."""
    spoken = set(words) | ({route.casefold()} if route in {"IV", "SC"} else set())
    phrase_text = f" {' '.join(words)} "
    known = {row.id for row in table}
    matched = {
        row.id: set(row.words) for row in table if row.words and row.words <= spoken and not row.is_named_by_brand
    }
    alone: set[str] = set()
    for alias in ALIASES:
        if alias.therapy_id in known and _contains(phrase_text, alias):
            matched.setdefault(alias.therapy_id, set()).update(_WORD.findall(alias.phrase))
            if alias.only_alone:
                alone.add(alias.therapy_id)
    found = {id_ for id_ in matched if not spoken & NOT_THE_THERAPY.get(id_, frozenset())}
    found = {id_ for id_ in found if not any(matched[id_] < matched[other] for other in found)}
    return found if found <= alone else found - alone


def _contains(phrase_text: str, alias: TherapyAlias) -> bool:
    return f" {' '.join(_WORD.findall(alias.phrase))} " in phrase_text


def _coded_as(codings: Iterable[Coding], table: tuple[TherapyEntry, ...]) -> set[str]:
    known = {row.id for row in table}
    found: set[str] = set()
    for coding in codings:
        kind = _system_kind(coding.system)
        if kind == HCPCS:
            found |= {row.id for row in table if row.hcpcs and row.hcpcs == coding.code.upper()}
        found |= {
            alias.therapy_id
            for alias in CODES
            if alias.system == kind and alias.code == coding.code.upper() and alias.therapy_id in known
        }
    return found


def _system_kind(system: str) -> str:
    lowered = system.casefold()
    if any(part in lowered for part in _HCPCS_SYSTEMS):
        return HCPCS
    return RXNORM if any(part in lowered for part in _RXNORM_SYSTEMS) else ""


def _sharing_a_name(words: list[str], table: tuple[TherapyEntry, ...]) -> set[str]:
    spoken = {word for word in words if len(word) > 5 and word not in _UNTELLING}
    return {row.id for row in table if row.words & spoken}


def _refuse(rule: str, subject: str, candidates: set[str], reason: str) -> Recognition:
    listed = tuple(sorted(candidates))
    choices = f" Possible: {', '.join(listed)}." if listed else ""
    detail = f"{reason}; choose the therapy by hand.{choices}"
    finding = Finding(rule, Severity.INTERRUPT, subject, detail, SOURCE, "referral")
    return Recognition("", listed, (finding,))
