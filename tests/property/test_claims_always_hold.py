"""What always holds of claims: total is the sum of lines, nothing without a record, no unit too many, order is irrelevant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from support.claim_cases import administration, contract, rules, therapy, visit

from openinfusion.core.claims.amounts import choose_vials, count_units
from openinfusion.core.claims.claim import line_total, split_lines
from openinfusion.core.claims.compiling import compile_lines
from openinfusion.core.claims.evidence import Container, Evidence
from openinfusion.core.claims.line_edits import conversion_findings, over_record_findings
from openinfusion.core.claims.money import Money
from openinfusion.core.units import Quantity

FIRST = date(2026, 10, 20)
amounts = st.decimals(min_value=0, max_value=5000, places=1)
day_offsets = st.integers(min_value=0, max_value=40)


@st.composite
def evidence(draw) -> Evidence:
    """One or two therapies with signed and unsigned doses and visits over six weeks."""
    orders = (therapy(), therapy(id="t2", interval_hours=Decimal(8)))[: draw(st.integers(1, 2))]
    records = []
    for number, offset in enumerate(draw(st.lists(day_offsets, max_size=12))):
        signature = administration().signed if draw(st.booleans()) else None
        records.append(
            administration(
                FIRST + timedelta(days=offset),
                id=f"a{number}",
                therapy_id=draw(st.sampled_from(orders)).id,
                given=Quantity(draw(amounts), Quantity.of("1", "mg").unit),
                discarded=Quantity(draw(amounts), Quantity.of("1", "mg").unit),
                container=draw(st.sampled_from(list(Container))),
                signed=signature,
            )
        )
    visits = tuple(
        visit(draw(st.integers(1, 400)), FIRST + timedelta(days=offset), id=f"v{offset}")
        for offset in draw(st.sets(day_offsets, max_size=3))
    )
    return Evidence(patient="p1", therapies=orders, administrations=tuple(records), visits=visits)


def compiled(of, **options):
    return compile_lines(of, contract=contract(), rules=rules(), **options)


@settings(max_examples=50, deadline=None)
@given(evidence())
def test_the_draft_always_agrees_with_its_record(of):
    draft = compiled(of)
    signed = {record.id for record in (*of.administrations, *of.visits) if record.signed is not None}
    assert draft.total == line_total(draft.billable, currency="USD")
    assert all(set(line.evidence) <= signed and line.evidence for line in draft.lines)
    keys = [key for line in draft.lines for key in line.keys]
    assert len(keys) == len(set(keys))
    assert list(over_record_findings(draft.lines, evidence=of, rules=rules())) == []
    assert list(conversion_findings(draft.lines, evidence=of, rules=rules())) == []
    assert all((line.first_day.year, line.first_day.month) == (line.last_day.year, line.last_day.month)
               for line in draft.lines)  # fmt: skip
    assert sum(len(chunk) for chunk in split_lines(draft)) == len(draft.billable)


@settings(max_examples=30, deadline=None)
@given(evidence(), st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(of, random):
    shuffled = list(of.administrations)
    random.shuffle(shuffled)
    other = compiled(replace(of, administrations=tuple(shuffled)))
    bills = [
        sorted((line.code, line.modifiers, line.units, line.first_day, line.last_day) for line in draft.lines)
        for draft in (compiled(of), other)
    ]
    assert bills[0] == bills[1]


@settings(max_examples=30, deadline=None)
@given(evidence(), st.integers(0, 12))
def test_two_runs_bill_together_what_one_run_bills(of, cut):
    """A weekly run and a later run over everything: the keys of the first keep the second from billing again."""
    early = replace(of, administrations=of.administrations[:cut], visits=())
    first = compiled(early)
    keys = {key for line in first.lines for key in line.keys}
    second = compiled(of, already_billed=keys)
    found = [key for draft in (first, second) for line in draft.lines for key in line.keys]
    assert len(found) == len(set(found))


@settings(max_examples=60, deadline=None)
@given(
    st.fractions(min_value=0, max_value=5000, max_denominator=100),
    st.fractions(min_value=0, max_value=5000, max_denominator=100),
    st.sampled_from([Fraction(1), Fraction(10), Fraction(1, 10), Fraction(250), Fraction(9, 8)]),
)
def test_units_never_exceed_what_was_opened_by_more_than_the_rounding(given_amount, discarded, unit):
    count = count_units(given=given_amount, discarded=discarded, unit_quantity=unit)
    assert 0 <= count.given * unit - given_amount < unit
    assert count.discarded * unit <= discarded
    if count.discarded:
        assert (count.given + count.discarded) * unit <= given_amount + discarded


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 2000),
    st.lists(st.sampled_from([50, 100, 250, 400, 500]), min_size=1, max_size=3, unique=True),
)
def test_no_single_size_wastes_less_than_the_choice(dose, sizes):
    choice = choose_vials(dose=Decimal(dose), sizes=[Decimal(size) for size in sizes])
    assert sum(choice.vials) - dose == choice.waste >= 0
    assert choice.waste <= min(-dose % size for size in sizes)


@settings(max_examples=60, deadline=None)
@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=20).filter(any))
def test_shares_always_sum_to_the_whole(minor, weights):
    shares = Money(minor, "USD").allocate(weights)
    assert sum(share.minor for share in shares) == minor
    total = sum(weights)
    assert all(abs(share.minor * total - minor * weight) < total for share, weight in zip(shares, weights, strict=True))
