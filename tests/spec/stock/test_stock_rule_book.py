"""Stock: first expired first out, never an expired lot, never below zero, counts that balance."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.core.stock import (
    Entry,
    EntryKind,
    Lot,
    balance,
    check_count,
    check_entry,
    choose_lots,
    totals,
)

USE_ON = dt.date(2026, 11, 25)


def lot(name: str, days: int | None, on_hand: int = 10, **marks: bool) -> Lot:
    usable = None if days is None else USE_ON + dt.timedelta(days=days)
    return Lot(name, "ceftriaxone 2 g vial", usable, on_hand, **marks)


def names(lots: list[Lot], count: int) -> list[tuple[str, int]]:
    choice = choose_lots(lots, product="ceftriaxone 2 g vial", count=count, last_use_on=USE_ON)
    return [(pick.lot.id, pick.count) for pick in choice.picks]


def test_the_lot_that_expires_first_goes_first() -> None:
    lots = [lot("LATE", 90), lot("SOON", 5, 4), lot("MIDDLE", 30)]
    assert names(lots, 6) == [("SOON", 4), ("MIDDLE", 2)]


@pytest.mark.hazard("HZ-057")
def test_a_lot_is_usable_on_its_last_day_and_not_the_day_after() -> None:
    assert names([lot("TODAY", 0)], 1) == [("TODAY", 1)]
    assert names([lot("YESTERDAY", -1), lot("LATE", 90)], 1) == [("LATE", 1)]


@pytest.mark.hazard("HZ-057")
def test_a_lot_without_a_date_is_not_chosen() -> None:
    choice = choose_lots([lot("UNDATED", None)], product="ceftriaxone 2 g vial", count=1, last_use_on=USE_ON)
    assert choice.picks == ()
    assert "undated" in choice.findings[0].detail


@pytest.mark.hazard("HZ-060")
@pytest.mark.parametrize("mark", ["is_quarantined", "is_recalled"])
def test_quarantined_and_recalled_stock_is_never_chosen(mark: str) -> None:
    lots = [lot("HELD", 5, **{mark: True}), lot("FREE", 90)]
    assert names(lots, 3) == [("FREE", 3)]


def test_a_shortage_is_said_and_the_picks_are_still_shown() -> None:
    choice = choose_lots(
        [lot("A", 5, 2), lot("OLD", -3, 9)], product="ceftriaxone 2 g vial", count=5, last_use_on=USE_ON
    )
    assert not choice.is_complete
    assert [(f.rule, f.detail) for f in choice.findings] == [
        (
            "STOCK.SHORT",
            "3 short of what is needed on 2026-11-25. "
            "9 on the shelf are expired by then, undated, recalled or in quarantine.",
        )
    ]


def test_another_product_is_never_chosen_and_nothing_cannot_be_asked_for() -> None:
    other = Lot("X", "cefazolin 2 g vial", USE_ON, 10)
    assert names([other], 1) == []
    with pytest.raises(ValueError, match="above zero"):
        choose_lots([], product="x", count=0, last_use_on=USE_ON)


@pytest.mark.hazard("HZ-057")
@settings(max_examples=60, deadline=None)
@given(
    shelf=st.lists(st.tuples(st.integers(-30, 30) | st.none(), st.integers(0, 20)), max_size=8),
    count=st.integers(1, 60),
)
def test_an_expired_lot_is_never_chosen_and_no_more_than_there_is(
    shelf: list[tuple[int | None, int]], count: int
) -> None:
    lots = [lot(f"L{n}", days, on_hand) for n, (days, on_hand) in enumerate(shelf)]
    choice = choose_lots(lots, product="ceftriaxone 2 g vial", count=count, last_use_on=USE_ON)
    assert all(pick.lot.usable_through and pick.lot.usable_through >= USE_ON for pick in choice.picks)
    assert all(0 < pick.count <= pick.lot.on_hand for pick in choice.picks)
    usable = sum(n for days, n in shelf if days is not None and days >= 0)
    assert sum(pick.count for pick in choice.picks) == min(count, usable)
    assert choice.is_complete == (usable >= count)
    dates = [pick.lot.usable_through for pick in choice.picks]
    assert dates == sorted(dates)  # type: ignore[type-var]


def entry(kind: EntryKind, amount: str, *, by: str = "tech", witness: str | None = None) -> Entry:
    return Entry("LOT1", kind, Decimal(amount), by, witness)


RECEIVED = entry(EntryKind.RECEIVED, "10")


def test_the_balance_is_what_came_in_less_what_went_out() -> None:
    entries = [
        RECEIVED,
        entry(EntryKind.DISPENSED, "4"),
        entry(EntryKind.RETURNED, "1"),
        entry(EntryKind.WASTED, "0.5", witness="rn"),
    ]
    assert balance(entries, "LOT1") == Decimal("6.5")
    assert balance(entries, "OTHER") == 0
    assert totals(entries)[EntryKind.DISPENSED] == 4


@pytest.mark.hazard("HZ-065")
def test_stock_never_goes_below_zero() -> None:
    assert check_entry([RECEIVED], entry(EntryKind.DISPENSED, "10"), is_controlled=False) == ()
    (finding,) = check_entry([RECEIVED], entry(EntryKind.DISPENSED, "10.1"), is_controlled=False)
    assert (finding.rule, finding.detail) == ("STOCK.NEGATIVE", "0.1 more than there is.")


@pytest.mark.hazard("HZ-064")
@pytest.mark.parametrize("witness", [None, "", "tech"])
@pytest.mark.parametrize("kind", [EntryKind.WASTED, EntryKind.CORRECTED_DOWN])
def test_waste_of_a_controlled_drug_needs_a_second_person(kind: EntryKind, witness: str | None) -> None:
    new = entry(kind, "1", witness=witness)
    assert [f.rule for f in check_entry([RECEIVED], new, is_controlled=True)] == ["STOCK.WITNESS"]
    assert check_entry([RECEIVED], new, is_controlled=False) == ()
    assert check_entry([RECEIVED], entry(kind, "1", witness="rn"), is_controlled=True) == ()


@pytest.mark.hazard("HZ-064")
@pytest.mark.parametrize(("counted", "words"), [("9", "1 fewer"), ("10.5", "0.5 more")])
def test_a_count_that_differs_opens_a_case(counted: str, words: str) -> None:
    (finding,) = check_count([RECEIVED], "LOT1", Decimal(counted))
    assert words in finding.detail


def test_a_count_that_agrees_is_quiet_and_an_entry_has_an_amount() -> None:
    assert check_count([RECEIVED], "LOT1", Decimal(10)) == ()
    for wrong in ("0", "-1", "NaN"):
        with pytest.raises(ValueError, match="above zero"):
            entry(EntryKind.DISPENSED, wrong)


@settings(max_examples=60, deadline=None)
@given(moves=st.lists(st.tuples(st.sampled_from(EntryKind), st.integers(1, 9)), max_size=20))
def test_if_every_entry_is_checked_stock_is_in_minus_out_minus_waste_and_never_negative(
    moves: list[tuple[EntryKind, int]],
) -> None:
    posted: list[Entry] = []
    for kind, amount in moves:
        new = entry(kind, str(amount), witness="rn")
        if not check_entry(posted, new, is_controlled=True):
            posted.append(new)
        assert balance(posted, "LOT1") >= 0
    sums = totals(posted)
    into = sums[EntryKind.RECEIVED] + sums[EntryKind.RETURNED] + sums[EntryKind.CORRECTED_UP]
    out = sums[EntryKind.DISPENSED] + sums[EntryKind.WASTED] + sums[EntryKind.CORRECTED_DOWN]
    assert balance(posted, "LOT1") == into - out
