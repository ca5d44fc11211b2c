"""The tables that compiling an order reads: supplies, competencies, observation times, as typed values."""

from __future__ import annotations

import functools

from openinfusion.core.orders.compiled import CompileRules, ObservationRule, SupplyRule
from openinfusion.rulepacks.tables import load_document, load_table


@functools.cache
def compile_rules() -> CompileRules:
    """Supply and competency rows are design proposals; the observation times of the protocol carry their
    sources.
    """
    observe = load_document("anaphylaxis_protocol", "observe_after")
    sources = ";".join(observe["sources"])
    return CompileRules(
        supplies=tuple(
            SupplyRule(row["when"], row["item"], int(row["count"]), row["per"], row["hcpcs"])
            for row in load_table("supply_kits")
        ),
        competencies=tuple((row["when"], row["competency"]) for row in load_table("competency_needs")),
        observation=tuple(_observation(key, minutes, sources) for key, minutes in observe["by_drug"].items()),
        default_observation=observe["default_min"],
        default_observation_source="anaphylaxis_protocol.json default, unverified",
    )


def _observation(key: str, minutes: int, sources: str) -> ObservationRule:
    """``vedolizumab_first_two`` and ``vedolizumab_later`` are one drug with two times."""
    therapy = key.removesuffix("_first_two").removesuffix("_later")
    return ObservationRule(therapy, minutes, key.endswith("_first_two"), sources)
