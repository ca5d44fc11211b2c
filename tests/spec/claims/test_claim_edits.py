"""Rule book of the edits before sending: each planted fault is found, a clean claim has no finding."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from support.claim_cases import (
    AT,
    DAY,
    ORDERING,
    POLICY,
    administration,
    claim,
    contract,
    course,
    days,
    rules,
    therapy,
    visit,
)

from openinfusion.core.claims.claim import line_total
from openinfusion.core.claims.compiling import compile_lines
from openinfusion.core.claims.edits import EditFacts, check_claim
from openinfusion.core.claims.evidence import Delivery
from openinfusion.core.claims.line_edits import conversion_findings
from openinfusion.core.claims.lines import LineKind
from openinfusion.core.claims.money import Money
from openinfusion.core.coverage.authorization import (
    Authorization,
    AuthorizationState,
    Benefit,
    CoveragePeriod,
)
from openinfusion.core.findings import Severity, may_proceed
from openinfusion.core.units import Quantity
from openinfusion.rulepacks import load_table


def authorization(**changes):
    plain = Authorization(
        id="auth1",
        number="A-55012",
        payer="ACME1",
        benefit=Benefit.PER_DIEM,
        codes=frozenset({"S9500"}),
        state=AuthorizationState.APPROVED,
        starts=DAY,
        ends=DAY + timedelta(days=30),
        units=14,
    )
    return replace(plain, **changes)


def facts(evidence=None, **changes):
    plain = EditFacts(
        rules=rules(),
        evidence=evidence or course(),
        on=AT.date(),
        coverage=CoveragePeriod(date(2026, 1, 1)),
        authorizations=(authorization(),),
    )
    return replace(plain, **changes)


def found(of, against=None):
    return {finding.rule for finding in check_claim(of, against or facts())}


def with_line(of, code, /, **changes):
    """The claim with its first line of ``code`` changed, total kept right."""
    index = next(i for i, line in enumerate(of.lines) if line.code == code)
    lines = (*of.lines[:index], replace(of.lines[index], **changes), *of.lines[index + 1 :])
    return replace(of, lines=lines, total=line_total(lines, currency="USD"))


def test_a_clean_claim_may_go():
    findings = check_claim(claim(), facts())
    assert may_proceed(findings)
    assert [finding.rule for finding in findings] == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"billing_provider": replace(claim().billing_provider, npi="1234567890")}, "CLM-NPI"),
        ({"ordering": replace(ORDERING, npi="1234567839")}, "CLM-NPI"),
        ({"ordering": None}, "CLM-ORDERING"),
        ({"diagnoses": ()}, "CLM-DIAGNOSIS"),
        ({"diagnoses": ("0340",)}, "CLM-DIAGNOSIS"),
        ({"diagnoses": ("L03.115", "L03.115")}, "CLM-DIAGNOSIS"),
        ({"total": Money(1, "USD")}, "CLM-TOTAL"),
        ({"total": Money(1, "EUR")}, "CLM-CURRENCY"),
        ({"authorization": "A-99999"}, "CLM-AUTHORIZATION"),
        ({"lines": ()}, "CLM-EMPTY"),
    ],
)
def test_a_planted_fault_in_the_claim_is_stopped(changes, rule):
    broken = replace(claim(), **changes)
    assert rule in found(broken)
    assert not may_proceed(check_claim(broken, facts()))


@pytest.mark.parametrize(
    ("code", "changes", "rule"),
    [
        ("S9500", {"code": "S9599"}, "CLM-CODE"),
        ("S9500", {"code": "BAD"}, "CLM-CODE"),
        ("J0696", {"modifiers": ("J",)}, "CLM-MODIFIER"),
        ("J0696", {"charge": None, "held": "no rate"}, "CLM-LINE-HELD"),
        ("J0696", {"charge": Money(-1, "USD")}, "CLM-LINE-AMOUNT"),
        ("J0696", {"units": 0}, "CLM-LINE-AMOUNT"),
        ("S9500", {"diagnosis_pointers": (3,)}, "CLM-POINTER"),
        ("S9500", {"diagnosis_pointers": ()}, "CLM-POINTER"),
        ("S9500", {"last_day": date(2026, 12, 1)}, "CLM-DAYS"),
        ("S9500", {"first_day": date(2026, 10, 31)}, "CLM-MONTH"),
        ("S9500", {"therapy": "nobody"}, "CLM-NO-ORDER"),
    ],
)
def test_a_planted_fault_in_a_line_is_stopped(code, changes, rule):
    assert rule in found(with_line(claim(), code, **changes))


def test_a_code_that_ended_is_stopped():
    """S0073 ended on 2023-06-30 (HCPCS25)."""
    assert "CLM-CODE-ENDED" in found(with_line(claim(), "J0696", code="S0073"))


UNCLASSIFIED = ("J3490", "J3590", "J7799", "J9999")


def dated_drug_codes():
    """Every drug code of the shipped table with a day on which it is in force."""
    for procedure in rules().codes:
        if procedure.family == "drug" and not procedure.is_unclassified:
            yield procedure, min(procedure.ends or DAY, DAY)


@pytest.mark.hazard("HZ-081")
def test_a_tenfold_unit_is_caught_for_every_drug_code():
    """Units are recomputed from the record with the dated table, whatever wrote them into the claim."""
    spelling = {"IU": "units", "unit": "units"}
    checked = 0
    for procedure, day in dated_drug_codes():
        given = Quantity.of(procedure.unit_quantity * 8, spelling.get(procedure.unit, procedure.unit))
        order = therapy(hcpcs=procedure.code, drug="", therapy_type="biologic", per_diem_code="S9379")
        dose = administration(day, given=given, discarded=Quantity(given.value * 0, given.unit))
        evidence = course(1, day, therapies=(order,), administrations=(dose,), visits=())
        draft = compile_lines(evidence, contract=contract((procedure.code, "", "1", "")), rules=rules())
        (right,) = (line for line in draft.lines if line.code == procedure.code)
        assert right.units == 8, procedure.code
        wrong = replace(right, units=80)
        sentences = [f.detail for f in conversion_findings([wrong], evidence=evidence, rules=rules())]
        assert sentences == ["Ten times off or more. Recomputed from the record: 8; billed: 80."], procedure.code
        assert list(conversion_findings([right], evidence=evidence, rules=rules())) == []
        checked += 1
    assert checked == len(load_table("billing_j_codes")) - len(UNCLASSIFIED)


@pytest.mark.hazard("HZ-081")
def test_a_tenfold_unit_stops_the_claim():
    wrong = with_line(claim(), "J0696", units=80)
    assert "CLM-UNIT-CONVERSION" in found(wrong)


@pytest.mark.hazard("HZ-080")
@pytest.mark.parametrize(("code", "units"), [("S9500", 8), ("99601", 2), ("J0696", 9)])
def test_more_units_than_the_record_supports_are_stopped(code, units):
    wrong = with_line(claim(), code, units=units)
    assert "CLM-UNITS-OVER-RECORD" in found(wrong)


@pytest.mark.hazard("HZ-080")
def test_a_signature_that_was_taken_back_stops_the_line():
    """The record is read again at sending: a note that was unsigned since takes its units with it."""
    unsigned = course(administrations=tuple(administration(day, signed=None) for day in days(7)))
    assert "CLM-UNITS-OVER-RECORD" in found(claim(), facts(unsigned))


@pytest.mark.hazard("HZ-079")
def test_a_charge_on_another_live_claim_is_a_duplicate():
    sent = claim()
    resent = replace(sent, id="C-1002")
    assert "CLM-DUPLICATE" in found(resent, facts(sent=sent.keys))


@pytest.mark.hazard("HZ-079")
def test_a_charge_twice_on_one_claim_is_a_duplicate():
    of = claim()
    twice = (*of.lines, replace(of.lines[0], number=len(of.lines) + 1))
    assert "CLM-DUPLICATE" in found(replace(of, lines=twice, total=line_total(twice, currency="USD")))


@pytest.mark.parametrize(
    "changes",
    [
        {"ends": DAY + timedelta(days=5)},
        {"starts": DAY + timedelta(days=1)},
        {"state": AuthorizationState.PENDED},
        {"state": AuthorizationState.EXPIRED},
    ],
)
def test_a_line_outside_its_authorization_is_stopped(changes):
    assert "CLM-AUTHORIZATION" in found(claim(), facts(authorizations=(authorization(**changes),)))


def test_a_code_that_needs_no_authorization_may_go_without():
    waived = facts(authorizations=(authorization(state=AuthorizationState.NOT_REQUIRED),))
    assert "CLM-AUTHORIZATION" not in found(claim(authorization=""), waived)


def test_more_units_than_authorized_are_stopped():
    assert "CLM-AUTHORIZED-UNITS" in found(claim(), facts(authorizations=(authorization(units=6),)))


def test_units_of_other_claims_count_against_the_authorization():
    used = facts(authorized_units_used={"auth1": 8})
    assert "CLM-AUTHORIZED-UNITS" in found(claim(), used)
    assert "CLM-AUTHORIZED-UNITS" not in found(claim(), facts(authorized_units_used={"auth1": 7}))


def test_the_number_of_the_authorization_must_be_on_the_claim_or_the_line():
    assert "CLM-AUTHORIZATION" in found(claim(authorization=""))
    drug = authorization(id="auth2", number="A-2", codes=frozenset({"J0696"}), units=None)
    both = facts(authorizations=(authorization(), drug))
    assert "CLM-AUTHORIZATION" in found(claim(), both)
    of = claim()
    lines = tuple(replace(line, authorization="A-2") if line.code == "J0696" else line for line in of.lines)
    assert "CLM-AUTHORIZATION" not in found(replace(of, lines=lines), both)


def test_a_code_that_needs_an_authorization_and_has_none_is_stopped():
    needed = facts(authorization_needed=frozenset({"J0696"}))
    assert "CLM-AUTHORIZATION" in found(claim(), needed)


def test_another_payers_authorization_does_not_count():
    other = facts(authorizations=(authorization(payer="OTHER"),), authorization_needed=frozenset({"S9500"}))
    assert "CLM-AUTHORIZATION" in found(claim(authorization=""), other)


@pytest.mark.parametrize("coverage", [None, CoveragePeriod(date(2026, 11, 3)), CoveragePeriod(DAY, DAY)])
def test_days_outside_the_coverage_or_unknown_coverage_are_stopped(coverage):
    assert "CLM-COVERAGE" in found(claim(), facts(coverage=coverage))


def test_a_drug_without_proof_of_delivery_is_stopped():
    undelivered = course(deliveries=(Delivery(id="d1", day=DAY, proof=None),))
    assert "CLM-NO-DELIVERY" in found(claim(), facts(undelivered))
    assert "CLM-NO-DELIVERY" in found(claim(), facts(course(deliveries=())))


def test_an_order_without_signature_stops_its_lines():
    unsigned = course(therapies=(therapy(order_signed=None),))
    assert "CLM-NO-ORDER" in found(claim(), facts(unsigned))


def test_late_claims_and_payer_limits_are_stopped():
    assert "CLM-TIMELY" in found(claim(), facts(policy=replace(POLICY, timely_filing_days=10)))
    assert "CLM-TIMELY" not in found(claim(), facts(policy=replace(POLICY, timely_filing_days=18)))
    assert "CLM-PAYER-UNITS" in found(claim(), facts(policy=replace(POLICY, units_per_day={"J0696": 7})))
    assert "CLM-PAYER-UNITS" not in found(claim(), facts(policy=replace(POLICY, units_per_day={"S9500": 1})))


@pytest.mark.parametrize(
    ("one", "other", "edit"),
    [
        ("S9325", "S9326", "CLM-EX1"),
        ("S9329", "S9331", "CLM-EX2"),
        ("S9494", "S9500", "CLM-EX3"),
        ("S9364", "S9367", "CLM-EX4"),
        ("S9373", "S9377", "CLM-EX5"),
        ("S9810", "S9500", "CLM-EX6"),
        ("S9208", "S9500", "CLM-EX14"),
        ("S5502", "S9500", "CLM-EX16"),
        ("S5498", "S9500", "CLM-EX13"),
    ],
)
def test_codes_that_exclude_each_other_on_a_day(one, other, edit):
    """billing_edits EX1 to EX6, EX13, EX14, EX16."""
    of = claim(course(1, visits=()))
    base = of.lines[0]
    lines = tuple(
        replace(base, number=number, code=code, kind=LineKind.PER_DIEM, units=1)
        for number, code in enumerate((one, other), start=1)
    )
    clash = replace(of, lines=lines, total=line_total(lines, currency="USD"))
    assert edit in found(clash)
    apart = (lines[0], replace(lines[1], first_day=DAY + timedelta(days=1), last_day=DAY + timedelta(days=1)))
    assert edit not in found(replace(clash, lines=apart))


def test_an_unverified_edit_does_not_block():
    """EX13 is general knowledge only, so a person may pass it with a reason."""
    of = claim(course(1, visits=()))
    base = of.lines[0]
    lines = tuple(
        replace(base, number=n, code=code, kind=LineKind.PER_DIEM, units=1)
        for n, code in enumerate(("S5498", "S9500"), start=1)
    )
    findings = check_claim(replace(of, lines=lines), facts())
    (found_edit,) = {f.severity for f in findings if f.rule == "CLM-EX13"}
    assert found_edit is Severity.INTERRUPT


def test_anticoagulant_injections_are_not_line_flushes():
    """EX15 (HCPCS25)."""
    flush = course(therapies=(therapy(is_line_flush=True),))
    assert "CLM-EX15" in found(with_line(claim(), "S9500", code="S9372"), facts(flush))


def test_further_hours_need_their_visit():
    """99602 only with 99601 (MOLINA)."""
    of = claim(course(1, visits=(visit(180),)))
    alone = tuple(line for line in of.lines if line.code != "99601")
    assert "CLM-99602" in found(replace(of, lines=alone), facts(course(1, visits=(visit(180),))))


def test_findings_never_carry_health_information():
    """Finding texts go into lists and logs: no names, no member ids."""
    broken = replace(claim(), total=Money(1, "USD"), diagnoses=("bad",))
    for finding in check_claim(broken, facts(coverage=None)):
        for secret in ("SAMPLEFORD", "M1234567", "1971"):
            assert secret not in finding.detail + finding.subject
