"""Rule packs: every fact keeps its source, verification and grade, and only sound rows may become rules."""

from decimal import Decimal
from pathlib import Path

import pytest

from openinfusion.core.compatibility import Reaction, classify
from openinfusion.core.orders import Rule
from openinfusion.core.orders.engine import ENGINE_RULES
from openinfusion.core.orders.verify import CATEGORIES
from openinfusion.rulepacks import (
    PACKS,
    UnknownRuleFile,
    content_hash,
    file_names,
    item_row,
    load_document,
    load_table,
    pack,
    rows_that_may_be_proposed,
    source_grades,
    therapies,
)
from openinfusion.rulepacks.order_rules import approved_rules, order_rules, proposed_rules
from openinfusion.rulepacks.substances import vocabulary

TABLES = [name.removesuffix(".csv") for name in file_names() if name.endswith(".csv")]
ROWS_OF_THE_FACTS = {"therapies": 64, "interactions": 39, "hazards": 124, "billing_j_codes": 177, "sources": 137}


def test_every_file_belongs_to_exactly_one_pack() -> None:
    listed = [name for shipped in PACKS for name in shipped.files]
    assert sorted(listed) == list(file_names())
    assert len({shipped.id for shipped in PACKS}) == len(PACKS)
    assert all(shipped.approver_role and shipped.title for shipped in PACKS)


def test_a_pack_is_named_by_its_bytes() -> None:
    hashes = {shipped.content_hash for shipped in PACKS}
    assert len(hashes) == len(PACKS)
    assert all(len(value) == 64 for value in hashes)
    assert len(content_hash("therapies.csv")) == 64
    with pytest.raises(LookupError):
        pack("no such pack")
    for wrong in ("none.csv", "../tables.py"):
        with pytest.raises(UnknownRuleFile):
            content_hash(wrong)


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_whole_and_their_names_are_unique(table: str) -> None:
    rows = load_table(table)
    assert rows
    assert len({row.row_id for row in rows}) == len(rows)
    assert ROWS_OF_THE_FACTS.get(table, len(rows)) == len(rows)
    for row in rows:
        assert (row.grade in ("A", "B", "C", "S", "K", "CALC")) or table == "hazards"


@pytest.mark.samples
def test_the_facts_are_shipped_unchanged(shared: Path) -> None:
    """A copy that drifts from the reviewed facts is a rule nobody reviewed."""
    for source in sorted((shared / "domain").iterdir()):
        if source.suffix in (".csv", ".json"):
            shipped = Path("openinfusion/rulepacks/data") / source.name
            assert (Path(__file__).parents[3] / shipped).read_bytes() == source.read_bytes(), source.name


@pytest.mark.parametrize("table", [t for t in TABLES if t not in ("hazards", "sources")])
def test_every_source_resolves(table: str) -> None:
    for row in load_table(table):
        assert row.sources, row.row_id
        assert set(row.sources) <= set(source_grades()), row.row_id


def test_only_verified_rows_of_grade_a_or_b_may_be_proposed() -> None:
    for table in TABLES:
        for row in load_table(table):
            sound = row.verification == "verified" and row.grade in ("A", "B")
            assert row.may_be_proposed is sound
    assert {row.key for row in rows_that_may_be_proposed("usp797_bud")} == {"2"}


def test_json_items_follow_the_same_rule() -> None:
    checks = {item["id"]: item_row("tpn_checks", item["id"], item) for item in load_document("tpn_checks")["checks"]}
    assert checks["ENERGY"].may_be_proposed
    assert not checks["GIR"].may_be_proposed
    assert checks["OSM"].verification == "partial"
    assert checks["OSM_MODEL"].grade == "B"


def test_documents_hold_decimals_and_are_handed_out_as_copies() -> None:
    first = load_document("cold_chain")
    assert first["mkt"]["dH_kJ_mol"] == Decimal("83.144")
    first["mkt"]["dH_kJ_mol"] = None
    assert load_document("cold_chain")["mkt"]["dH_kJ_mol"] == Decimal("83.144")


def test_a_therapy_knows_which_of_its_cells_were_seen() -> None:
    cefepime = therapies()["cefepime"]
    assert cefepime.verified_cell("adult_dose") == "1-2 g"
    assert cefepime.verified_cell("max_dose") is None
    assert cefepime.cell("max_dose") == "6 g/day"
    assert therapies()["daptomycin"].partly_verified_fields["monitoring"] == "CPK"
    assert not therapies()["daptomycin"].is_verified("monitoring")


def test_therapies_are_typed() -> None:
    known = therapies()
    assert known["hydration"].per_diem == ("S9374", "S9375", "S9376", "S9377")
    assert known["treprostinil"].routes == ("subcutaneous", "intravenous")
    assert known["ceftriaxone"].display_name == "cefTRIAXone"
    assert (known["ceftriaxone"].hcpcs, known["ceftriaxone"].hcpcs_unit_qty) == ("J0696", 250)
    assert {therapy.kit_required for therapy in known.values()} == {True, False, None}
    assert known["infliximab"].is_high_risk


RULES = order_rules()


def test_rule_ids_are_unique_and_categories_are_of_the_contract() -> None:
    ids = [rule.id for rule in RULES] + list(ENGINE_RULES)
    assert len(set(ids)) == len(ids)
    assert {rule.category for rule in RULES} | {r.category for r in ENGINE_RULES.values()} <= set(CATEGORIES)


@pytest.mark.parametrize("rule", [r for r in RULES if r.row.startswith("therapies:")], ids=lambda rule: rule.id)
def test_a_limit_stands_beside_the_very_words_it_was_read_from(rule: Rule) -> None:
    """The words are in that cell; the rule is verified exactly when the table says the cell was seen."""
    _, _, place = rule.row.partition(":")
    _, _, column = place.partition("/")
    for name in rule.therapies:
        facts = therapies()[name]
        assert rule.original in facts.cell(column.split("(")[0])
        seen = column in facts.cell("verified_fields").split(";")
        assert (rule.verification == "verified") is seen
        assert rule.grade == facts.grade
        assert set(rule.sources) <= {*facts.sources, "GK"}
        assert ("GK" in rule.sources) is not seen


@pytest.mark.parametrize("rule", [r for r in RULES if r.pack == "interactions"], ids=lambda rule: rule.id)
def test_a_pair_rule_carries_the_verification_of_its_row(rule: Rule) -> None:
    table, _, key = rule.row.partition(":")
    row = next(row for row in load_table(table) if row.key == key)
    assert (rule.verification, rule.grade, rule.sources) == (row.verification, row.grade, row.sources)
    assert set(rule.therapies) <= {*therapies(), "*"}


def test_every_name_that_a_rule_speaks_of_is_in_the_vocabulary() -> None:
    """A misspelt class would make a rule silent."""
    known = set(vocabulary().classes) | {"*"}
    for rule in RULES:
        for field in ("other", "refused", "only", "allergy", "exposure"):
            assert set(getattr(rule.limit, field, ())) <= known, (rule.id, field)
        for group in getattr(rule.limit, "groups", ()):
            assert set(group) <= known, rule.id


@pytest.mark.hazard("HZ-124")
def test_unverified_rules_are_shipped_visible_and_never_proposed() -> None:
    waiting = [rule for rule in RULES if not rule.may_be_proposed]
    assert len(waiting) > 50
    assert not set(waiting) & set(proposed_rules().rules)
    everything = approved_rules({shipped.id for shipped in PACKS})
    assert set(everything.rules) == set(proposed_rules().rules)


def test_safety_controls_are_active_without_any_approval() -> None:
    assert {rule.id for rule in approved_rules(()).rules} == {
        "FLUOROURACIL.46H",
        "FIRST_DOSE.INOTROPE",
        "FIRST_DOSE.PROSTACYCLIN",
        "FIRST_DOSE.BLINATUMOMAB",
        "FIRST_DOSE.RITUXIMAB",
    }


def test_a_rule_approved_one_by_one_counts_although_its_row_is_unverified() -> None:
    """GUIDE rule 2: a named pharmacist and a second person may approve one such row and version."""
    active = approved_rules((), extra_rule_ids={"CEFTRIAXONE.DAY"})
    assert "CEFTRIAXONE.DAY" in {rule.id for rule in active.rules}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Simvastatin 40 mg, once a day at night", {"simvastatin", "statin"}),
        ("PCN", {"penicillin", "beta-lactam", "anti-infective"}),
        ("Zosyn", {"piperacillin/tazobactam", "penicillin", "beta-lactam", "anti-infective"}),
        ("0.9 % sodium chloride", {"sodium chloride", "saline"}),
        ("Lactated Ringer's", {"lactated ringer", "calcium containing", "electrolyte solution"}),
        ("nothing we know", set()),
    ],
)
def test_free_text_is_matched_by_name_and_class(text: str, kinds: set[str]) -> None:
    assert vocabulary().kinds(text) == kinds


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("anaphylaxis", Reaction.SEVERE_IMMEDIATE),
        ("throat closed", Reaction.SEVERE_IMMEDIATE),
        ("Stevens-Johnson", Reaction.SEVERE_DELAYED),
        ("hives and rash", Reaction.HIVES),
        ("itchy rash", Reaction.RASH),
        ("infusion_reaction", Reaction.INFUSION),
        ("nausea", Reaction.INTOLERANCE),
        ("unknown", Reaction.UNKNOWN),
        ("felt odd", Reaction.UNKNOWN),
        ("often tired", Reaction.UNKNOWN),
    ],
)
def test_reactions_are_read_by_their_gravest_word(words: str, kind: Reaction) -> None:
    assert classify(words) is kind
