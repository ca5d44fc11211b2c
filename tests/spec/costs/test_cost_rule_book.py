"""Rule book of costs: only what was recorded, with a rate that has a source; published figures beside it, never mixed in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from openinfusion.core.claims.money import Money
from openinfusion.core.costs import (
    CostEvent,
    CostKind,
    CostRate,
    compare,
    contradictions,
    episode_cost,
    figure_ranges,
    figures_for,
    read_figures,
)
from openinfusion.rulepacks import load_table

DAY = date(2026, 11, 2)
FIGURES = read_figures(load_table("cost_evidence"))


def event(kind, quantity, unit, item="", **changes):
    plain = CostEvent(id=f"{kind}-{item}-{unit}", kind=kind, item=item, quantity=Decimal(quantity), unit=unit, day=DAY)
    return replace(plain, **changes)


def rate(kind, amount, unit, item="", **changes):
    plain = CostRate(
        kind=kind, item=item, unit=unit, amount=Decimal(amount), currency="USD",
        effective_from=date(2026, 1, 1), effective_to=None, source="program ledger 2026",
    )  # fmt: skip
    return replace(plain, **changes)


def cost(events, rates, expected=()):
    return episode_cost(events, rates=rates, currency="USD", expected=expected)


def test_each_event_is_priced_once_with_its_rate():
    result = cost(
        [event(CostKind.DRUG, "14", "vial", "J0696"), event(CostKind.NURSING, "69", "minute")],
        [rate(CostKind.DRUG, "3.105", "vial", "J0696"), rate(CostKind.NURSING, "0.95", "minute")],
    )
    assert [str(line.amount) for line in result.lines] == ["43.47 USD", "65.55 USD"]
    assert result.known == Money(4347 + 6555, "USD")
    assert result.of(CostKind.NURSING) == Money(6555, "USD")
    assert result.is_complete


def test_the_rate_of_the_item_goes_before_the_rate_of_every_item():
    rates = [rate(CostKind.DRUG, "1", "vial"), rate(CostKind.DRUG, "5", "vial", "J1745")]
    assert cost([event(CostKind.DRUG, "1", "vial", "J1745")], rates).known == Money(500, "USD")
    assert cost([event(CostKind.DRUG, "1", "vial", "J0696")], rates).known == Money(100, "USD")


def test_the_same_record_twice_costs_once():
    one = event(CostKind.DELIVERY, "1", "trip")
    assert cost([one, one], [rate(CostKind.DELIVERY, "20", "trip")]).known == Money(2000, "USD")


@pytest.mark.parametrize(
    ("rates", "reason"),
    [
        ([], "no rate for this day; load one per trip"),
        ([rate(CostKind.DELIVERY, "20", "mile")], "recorded per trip, the rate is per mile"),
        ([rate(CostKind.DELIVERY, "20", "trip", currency="EUR")], "the rate is not in USD"),
        ([rate(CostKind.DELIVERY, "20", "trip", effective_to=date(2026, 11, 1))], "no rate for this day; load one per trip"),
        ([rate(CostKind.DELIVERY, "20", "trip"), rate(CostKind.DELIVERY, "21", "trip")], "two rates fit on this day; end one of them"),
    ],
)  # fmt: skip
def test_a_cost_without_a_fitting_rate_is_missing_not_zero(rates, reason):
    result = cost([event(CostKind.DELIVERY, "1", "trip")], rates)
    assert [missing.reason for missing in result.missing] == [reason]
    assert not result.is_complete
    assert result.lines == ()


def test_a_kind_nobody_recorded_is_missing():
    result = cost([event(CostKind.DRUG, "1", "vial")], [rate(CostKind.DRUG, "1", "vial")], expected=tuple(CostKind))
    assert {missing.kind for missing in result.missing} == set(CostKind) - {CostKind.DRUG}


def test_cost_per_day_needs_days():
    result = cost([event(CostKind.DRUG, "1", "vial")], [rate(CostKind.DRUG, "100", "vial")])
    assert result.per_day(3) == Money(3333, "USD")
    assert result.per_day(0) is None


def test_quantities_are_decimals_of_zero_or_more():
    with pytest.raises(ValueError, match="Decimal"):
        event(CostKind.DRUG, "-1", "vial")


def test_the_published_anti_infective_figures():
    """NHIA_COST: 122 at home against 798 in hospital per day; one value is no range."""
    ranges = figure_ranges(figures_for("anti-infective", FIGURES))
    found = {(r.basis, r.currency): (r.low, r.high, len(r.figures)) for r in ranges}
    assert found == {
        ("inpatient per day", "USD"): (Decimal(798), Decimal(798), 1),
        ("inpatient per day", "EUR"): (Decimal(400), Decimal(400), 1),
    }
    assert all(figure.sources for item in ranges for figure in item.figures)


def test_currencies_and_bases_are_not_mixed_in_a_range():
    ranges = figure_ranges(FIGURES)
    assert len({(r.basis, r.currency) for r in ranges}) == len(ranges)


def test_low_and_high_rows_are_one_range():
    """POLINSKI: 1,928 to 2,974 saved per course; the inotrope model 71,000 to 120,000."""
    found = {
        figure.therapy: (figure.saving_amount_low, figure.saving_amount_high)
        for figure in FIGURES
        if figure.saving_amount_low is not None
    }
    assert found["all infused, 13 studies"] == (Decimal(1928), Decimal(2974))
    assert found["inotrope heart failure"] == (Decimal(71000), Decimal(120000))


def test_rows_marked_do_not_use_are_not_used():
    for therapy in ("anti-infective", "cellulitis", "any"):
        assert all(figure.is_usable for figure in figures_for(therapy, FIGURES))
    assert not [figure for figure in figures_for("cellulitis", FIGURES) if figure.therapy == "cellulitis"]


def test_markets_and_clinical_effects_are_not_costs():
    therapies = {figure.therapy for figure in FIGURES}
    assert not therapies & {"US market", "global market", "haemophilia", "Medicare share movable"}


def test_savings_that_disagree_are_both_shown():
    """GUIDE, contradictions: 85 percent, 62 percent and 30 to 60 percent are different claims."""
    pairs = {(c.one.therapy, c.one.saving_low, c.other.therapy, c.other.saving_low) for c in contradictions(FIGURES)}
    assert ("anti-infective", Decimal("84.7"), "enzyme replacement", Decimal("61.6")) in pairs
    assert ("any", Decimal(30), "any", Decimal("66.7")) in pairs
    assert ("any", Decimal("66.7"), "any", Decimal(67)) not in pairs
    for item in contradictions(FIGURES):
        assert item.one.sources in item.sentence
        assert item.other.sources in item.sentence


def test_nothing_is_averaged():
    """Every number of the comparison is a number of the table."""
    printed = {figure.hospital for figure in FIGURES} | {figure.home for figure in FIGURES}
    for item in figure_ranges(FIGURES):
        assert {item.low, item.high} <= printed


def test_the_episode_stands_beside_the_figures():
    result = cost([event(CostKind.DRUG, "1", "vial")], [rate(CostKind.DRUG, "262", "vial")], expected=tuple(CostKind))
    comparison = compare(result, therapy_days=2, therapy_type="anti-infective", figures=FIGURES)
    assert comparison.per_day == Money(13100, "USD")
    assert comparison.is_floor
    assert comparison.ranges
    assert comparison.contradictions
    assert "do not subtract" in comparison.caveat


@pytest.mark.parametrize("therapy", ["enzyme replacement", "inotrope", "hydration"])
def test_each_therapy_finds_its_own_and_the_general_figures(therapy):
    found = figures_for(therapy, FIGURES)
    assert [figure for figure in found if figure.therapy == "any"]
    own = [figure for figure in found if figure.therapy.startswith(therapy)]
    assert bool(own) is (therapy != "hydration")
