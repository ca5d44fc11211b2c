"""The catalogue of rule packs: which files travel together, in which version, and who must approve them.

A tenant activates rows of a pack by two named approvals; the hash ties them to the bytes that were read.
Source: domain guide rule 2, hazards HZ-024 and HZ-124.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from openinfusion.rulepacks.tables import content_hash, load_table


@dataclass(frozen=True, slots=True)
class Pack:
    """Rule files that are reviewed, versioned and approved together."""

    id: str
    title: str
    version: str
    files: tuple[str, ...]
    approver_role: str
    second_role: str = "any licensed clinician"

    @property
    def content_hash(self) -> str:
        """One hash over file names and bytes: the same version with other bytes is another hash."""
        return _pack_hash(self.files)

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(name.removesuffix(".csv") for name in self.files if name.endswith(".csv"))

    def row_counts(self) -> Mapping[str, int]:
        """How many table rows carry each verification word, for the administration page."""
        counts: dict[str, int] = {}
        for table in self.tables:
            for row in load_table(table):
                counts[row.verification] = counts.get(row.verification, 0) + 1
        return MappingProxyType(counts)


@functools.cache
def _pack_hash(files: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for name in files:
        digest.update(f"{name}\0{content_hash(name)}\n".encode())
    return digest.hexdigest()


_VERSION = "2026.11.1"


def _pack(pack_id: str, title: str, approver_role: str, *files: str) -> Pack:
    return Pack(pack_id, title, _VERSION, files, approver_role)


PACKS: tuple[Pack, ...] = (
    _pack(
        "therapies",
        "Therapies and infusion rate tables",
        "pharmacist",
        "therapies.csv",
        "therapy_titration.json",
        "tall_man.csv",
        "order_rules.json",
        "example_orders.json",
    ),
    _pack(
        "interactions",
        "Allergies, interactions and IV incompatibility",
        "pharmacist",
        "allergy_cross_reactivity.csv",
        "interactions.csv",
        "onc_high_priority_ddi.csv",
        "iv_incompatibility.csv",
        "substances.json",
    ),
    _pack(
        "dosing",
        "Dosing mathematics and parenteral nutrition checks",
        "pharmacist",
        "dosing_math.json",
        "tpn_checks.json",
    ),
    _pack("drug-library", "Pump drug library and its rules", "pharmacist", "drug_library.json", "ders_rules.csv"),
    _pack(
        "compounding",
        "Beyond-use dates, compounding and cold chain",
        "pharmacist",
        "usp797_bud.csv",
        "compounding_rules.csv",
        "cold_chain.json",
    ),
    _pack(
        "emergency",
        "Anaphylaxis, reaction grades and escalation",
        "medical director",
        "anaphylaxis_protocol.json",
        "crs_grading.csv",
        "news2.json",
        "escalation.csv",
    ),
    _pack(
        "pumps",
        "Pump alarms, codes and messages",
        "biomedical engineer",
        "pump_alarms.csv",
        "pump_alarm_rates.csv",
        "mdc_codes.csv",
        "pump_messages.json",
    ),
    _pack(
        "home-and-visits",
        "Home assessment, visit record, competencies, site scales",
        "nursing director",
        "home_safety_checklist.csv",
        "nurse_competencies.csv",
        "competency_needs.csv",
        "supply_kits.csv",
        "visit_documentation.csv",
        "site_scales.csv",
        "line_infection.csv",
    ),
    _pack(
        "billing",
        "Codes, edits, modifiers, rates and payer rules",
        "billing manager",
        "billing_837p_loops.csv",
        "billing_edits.csv",
        "billing_g_codes.csv",
        "billing_hit_drugs.csv",
        "billing_j_codes.csv",
        "billing_medicare_rates.csv",
        "billing_medicare_rules.csv",
        "billing_modifiers.csv",
        "billing_nursing_codes.csv",
        "billing_prior_auth.csv",
        "billing_s_codes.csv",
        "billing_supply_codes.csv",
        "billing_unit_tests.json",
    ),
    _pack(
        "quality",
        "Quality measures, satisfaction, accreditation, cost evidence",
        "quality manager",
        "quality_measures.csv",
        "satisfaction_topics.csv",
        "accreditation.csv",
        "cost_evidence.csv",
    ),
    _pack(
        "reference",
        "Sources, hazards and population figures (not rules)",
        "pharmacist",
        "sources.csv",
        "hazards.csv",
        "scale_facts.csv",
        "population_params.json",
    ),
)


def pack(pack_id: str) -> Pack:
    """The pack of that id; a clear error when there is none."""
    for candidate in PACKS:
        if candidate.id == pack_id:
            return candidate
    raise LookupError(f"no rule pack named {pack_id!r}; known: {', '.join(p.id for p in PACKS)}")
