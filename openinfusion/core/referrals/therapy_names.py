"""Other names and codes under which therapies of ``therapies.csv`` arrive: brands, abbreviations, RxNorm.

For the recognition of orders. A row is a fact about a name, not a clinical rule, and carries its source: GK
is professional knowledge that a pharmacist should look at, RXNORM an ingredient concept of RxNorm (NLM).
"""

from __future__ import annotations

from dataclasses import dataclass

HCPCS = "hcpcs"
RXNORM = "rxnorm"


@dataclass(frozen=True, slots=True)
class TherapyAlias:
    """Words that name a therapy. ``only_alone``: the words also name a diluent, so another drug wins."""

    therapy_id: str
    phrase: str
    source: str = "GK"
    only_alone: bool = False


@dataclass(frozen=True, slots=True)
class TherapyCode:
    therapy_id: str
    system: str
    code: str
    source: str


ALIASES: tuple[TherapyAlias, ...] = (
    TherapyAlias("ivig10", "gammagard liquid", "HCPCS25"),
    TherapyAlias("ivig_bivigam", "bivigam", "HCPCS25"),
    TherapyAlias("scig", "hizentra", "HCPCS25"),
    TherapyAlias("infliximab", "remicade"),
    TherapyAlias("infliximab", "inflectra"),
    TherapyAlias("infliximab", "renflexis", "IFX"),
    TherapyAlias("infliximab", "avsola"),
    TherapyAlias("vancomycin", "vancocin"),
    TherapyAlias("milrinone", "primacor"),
    TherapyAlias("fluorouracil", "5 fu"),
    TherapyAlias("fluorouracil", "5fu"),
    TherapyAlias("fluorouracil", "adrucil"),
    TherapyAlias("hydromorphone_pca", "dilaudid pca"),
    TherapyAlias("factor8", "antihemophilic factor", "HCPCS25"),
    TherapyAlias("factor8", "advate"),
    TherapyAlias("tpn", "tpn"),
    TherapyAlias("tpn", "total parenteral nutrition"),
    TherapyAlias("hydration", "sodium chloride 0.9", "HCPCS25", only_alone=True),
    TherapyAlias("hydration", "normal saline", "HCPCS25", only_alone=True),
    TherapyAlias("hydration", "lactated ringer", only_alone=True),
    TherapyAlias("hydration", "lactated ringers", only_alone=True),
    TherapyAlias("hydration", "lactated ringer's", only_alone=True),
)

CODES: tuple[TherapyCode, ...] = (
    TherapyCode("infliximab", HCPCS, "Q5103", "therapies.csv infliximab notes"),
    TherapyCode("infliximab", HCPCS, "Q5104", "therapies.csv infliximab notes"),
    TherapyCode("infliximab", HCPCS, "Q5121", "therapies.csv infliximab notes"),
    TherapyCode("rituximab", HCPCS, "Q5115", "therapies.csv rituximab notes"),
    TherapyCode("rituximab", HCPCS, "Q5119", "therapies.csv rituximab notes"),
    TherapyCode("rituximab", HCPCS, "Q5123", "therapies.csv rituximab notes"),
    TherapyCode("ceftriaxone", RXNORM, "2193", "RXNORM"),
    TherapyCode("vancomycin", RXNORM, "11124", "RXNORM"),
    TherapyCode("infliximab", RXNORM, "191831", "RXNORM"),
    TherapyCode("fluorouracil", RXNORM, "4492", "RXNORM"),
)

# Words that make a name mean something else than the therapy it contains.
NOT_THE_THERAPY: dict[str, frozenset[str]] = {
    "ivig10": frozenset({"erc"}),
    "factor8": frozenset({"willebrand", "bypassing", "bypass", "inhibitor"}),
    "hydration": frozenset({"flush", "lock"}),
    "heparin": frozenset({"flush", "lock"}),
}
