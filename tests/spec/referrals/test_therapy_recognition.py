"""Rule book of therapy recognition: one therapy or a finding, never a guess (HZ-005, GUIDE rule 9)."""

from __future__ import annotations

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.referrals import Coding, recognise_route, recognise_therapy

HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"

RECOGNISED = [
    ("ceftriaxone", "", "", "ceftriaxone"),
    ("cefTRIAXone 2 g in sodium chloride 0.9% 50 mL", "", "IV", "ceftriaxone"),
    ("Vancomycin 1,250 mg in 0.9% sodium chloride 250 mL", "", "IV", "vancomycin"),
    ("ampicillin-sulbactam 3 g", "", "IV", "amp_sulb"),
    ("piperacillin/tazobactam", "", "", "pip_tazo"),
    ("immune globulin 10 percent, Gammagard Liquid", "", "IV", "ivig10"),
    ("immune globulin (human)", "J1569", "IV", "ivig10"),
    ("Hizentra 20 percent", "", "SC", "scig"),
    ("infliximab-dyyb", "", "IV", "infliximab"),
    ("infliximab-dyyb", "Q5103", "IV", "infliximab"),
    ("Remicade", "", "IV", "infliximab"),
    ("TPN 2,000 mL cyclic", "", "IV", "tpn"),
    ("milrinone 200 mcg/mL", "", "IV", "milrinone"),
    ("5-FU 2,400 mg/m2", "", "IV", "fluorouracil"),
    ("hydromorphone PCA", "J1171", "IV", "hydromorphone_pca"),
    ("antihemophilic factor (recombinant)", "", "IV", "factor8"),
    ("factor VIII", "J7192", "IV", "factor8"),
    ("sodium chloride 0.9% 1,000 mL", "", "IV", "hydration"),
    ("lactated Ringer's", "", "IV", "hydration"),
    ("(named by code only)", "J0696", "IV", "ceftriaxone"),
]


@pytest.mark.parametrize(("drug", "code", "route", "therapy"), RECOGNISED)
def test_one_therapy_is_recognised(therapies, drug, code, route, therapy):
    codings = [Coding(HCPCS, code)] if code else []
    found = recognise_therapy(drug, codings=codings, route=route, therapies=therapies, subject="order")
    assert (found.therapy_id, found.findings) == (therapy, ())


REFUSED = [
    ("aspirin", "", "oral", "referral.therapy_unknown", ()),
    ("immune globulin IV 10%", "", "IV", "referral.therapy_ambiguous", ("ivig10", "ivig5", "ivig_bivigam", "scig")),
    (
        "immune globulin IV 5 percent",
        "",
        "IV",
        "referral.therapy_ambiguous",
        ("ivig10", "ivig5", "ivig_bivigam", "scig"),
    ),
    ("Gammagard Liquid ERC", "", "IV", "referral.therapy_unknown", ()),
    ("hydromorphone 2 mg/mL", "", "IV", "referral.therapy_ambiguous", ("hydromorphone_pca",)),
    ("amphotericin B 50 mg", "", "IV", "referral.therapy_ambiguous", ("ambisome",)),
    ("von Willebrand factor/factor VIII complex", "", "IV", "referral.therapy_ambiguous", ("factor8",)),
    ("fluorouracil and leucovorin", "", "IV", "referral.therapy_ambiguous", ("fluorouracil", "levoleucovorin")),
    ("vancomycin", "J0696", "IV", "referral.therapy_conflict", ("ceftriaxone", "vancomycin")),
    ("vancomycin 125 mg capsule", "", "oral", "referral.therapy_route", ("vancomycin",)),
    ("fluorouracil 5% cream", "", "topical", "referral.therapy_route", ("fluorouracil",)),
    ("vancomycin", "", "intrathecal", "referral.therapy_route", ("vancomycin",)),
    ("sodium chloride 0.9% flush 10 mL", "", "IV", "referral.therapy_unknown", ()),
    ("levoleucovorin", "", "IV", "referral.therapy_unknown", ()),
    ("ketamine", "J3490", "IV", "referral.therapy_ambiguous", ("ketamine",)),
    ("", "", "", "referral.therapy_unknown", ()),
]


@pytest.mark.parametrize(("drug", "code", "route", "rule", "candidates"), REFUSED)
def test_anything_else_is_left_to_a_person(therapies, drug, code, route, rule, candidates):
    """A brand, a code or a route that does not settle it is shown with what it could be."""
    codings = [Coding(HCPCS, code)] if code else []
    found = recognise_therapy(drug, codings=codings, route=route, therapies=therapies, subject="order")
    assert found.therapy_id == ""
    assert found.candidates == candidates
    assert [(finding.rule, finding.severity) for finding in found.findings] == [(rule, Severity.INTERRUPT)]


def test_rxnorm_names_the_ingredient(therapies):
    found = recognise_therapy("antibiotic", codings=[Coding(RXNORM, "2193")], therapies=therapies, subject="order")
    assert found.therapy_id == "ceftriaxone"


def test_a_code_of_another_system_says_nothing(therapies):
    coding = Coding("https://local.example.org/drugs", "J0696")
    found = recognise_therapy("antibiotic", codings=[coding], therapies=therapies, subject="order")
    assert found.therapy_id == ""


def test_every_therapy_of_the_pack_is_found_by_its_product_code(therapies):
    """Each HCPCS code of the pack names exactly one therapy."""
    coded = [therapy for therapy in therapies if therapy.hcpcs]
    assert len(coded) >= 60
    for therapy in coded:
        found = recognise_therapy("?", codings=[Coding(HCPCS, therapy.hcpcs)], therapies=therapies, subject="order")
        assert found.therapy_id == therapy.id


@pytest.mark.parametrize(
    ("text", "code", "route"),
    [
        ("Intravenous", "", "IV"),
        ("IV", "", "IV"),
        ("", "47625008", "IV"),
        ("subcutaneous infusion", "", "SC"),
        ("by mouth", "", "oral"),
        ("gastrostomy tube", "", "tube"),
        ("IV or oral", "", ""),
        ("", "", ""),
        ("as directed", "", ""),
    ],
)
def test_a_route_is_recognised_or_unknown(text, code, route):
    assert recognise_route(text, code) == route
