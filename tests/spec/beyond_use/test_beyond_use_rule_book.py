"""Beyond-use date: the earliest of all limits; administration begins by then or not at all."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from openinfusion.core.beyond_use import (
    BeyondUse,
    CategoryRow,
    Limit,
    LimitKind,
    Storage,
    beyond_use,
    category_limit,
    check_use,
)
from openinfusion.rulepacks.storage import beyond_use_categories

PREPARED = dt.datetime(2026, 11, 21, 14, 0, tzinfo=ZoneInfo("America/New_York"))
MINUTE = dt.timedelta(minutes=1)


def limit(kind: LimitKind, hours: int, begins_at: dt.datetime = PREPARED) -> Limit:
    return Limit(kind, begins_at, dt.timedelta(hours=hours), "test")


def both(category_hours: int = 96, stability_hours: int = 240) -> list[Limit]:
    return [limit(LimitKind.CATEGORY, category_hours), limit(LimitKind.STABILITY, stability_hours)]


# which limit decides (compounding_rules.csv row 2, BUD_WK)
DECIDES = [
    (both(24, 240), LimitKind.CATEGORY, 24),
    (both(240, 24), LimitKind.STABILITY, 24),
    ([*both(), limit(LimitKind.OPENED_VIAL, 6)], LimitKind.OPENED_VIAL, 6),
    ([*both(), limit(LimitKind.THAW, 12)], LimitKind.THAW, 12),
    ([*both(), limit(LimitKind.COMPONENT, 20)], LimitKind.COMPONENT, 20),
]


@pytest.mark.hazard("HZ-057")
@pytest.mark.parametrize(("limits", "kind", "hours"), DECIDES)
def test_the_earliest_limit_decides(limits: list[Limit], kind: LimitKind, hours: int) -> None:
    bud = beyond_use(limits)
    assert bud.at == PREPARED + dt.timedelta(hours=hours)
    assert bud.decided_by is not None
    assert bud.decided_by.kind is kind


def test_a_vial_opened_before_counts_from_its_own_moment() -> None:
    opened = limit(LimitKind.OPENED_VIAL, 12, PREPARED - dt.timedelta(hours=10))
    assert beyond_use([*both(), opened]).at == PREPARED + dt.timedelta(hours=2)


@pytest.mark.parametrize("kind", [LimitKind.CATEGORY, LimitKind.STABILITY])
def test_without_category_or_stability_there_is_no_date(kind: LimitKind) -> None:
    bud = beyond_use([item for item in both() if item.kind is not kind])
    assert bud.at is None
    assert [finding.rule for finding in bud.findings] == [f"BUD.NO_{kind.name}"]
    assert check_use(bud, begins_at=PREPARED, infused_over=MINUTE) == bud.findings


@pytest.mark.hazard("HZ-057")
def test_administration_begins_by_the_beyond_use_time_and_may_then_finish() -> None:
    bud = beyond_use(both(24))
    at = PREPARED + dt.timedelta(hours=24)
    assert check_use(bud, begins_at=at, infused_over=dt.timedelta(hours=3)) == ()
    (late,) = check_use(bud, begins_at=at + MINUTE, infused_over=MINUTE)
    assert late.rule == "BUD.PAST"
    assert "category" in late.detail


@pytest.mark.hazard("HZ-057")
def test_an_infusion_longer_than_the_drug_is_stable_is_refused() -> None:
    """A 24 h bag of a drug stable for 1 h at room temperature (meropenem, MERO) is in date and still
    wrong.
    """
    bud = beyond_use(both(24))
    day, hour = dt.timedelta(hours=24), dt.timedelta(hours=1)
    (finding,) = check_use(bud, begins_at=PREPARED, infused_over=day, in_use_stability=hour)
    assert finding.rule == "BUD.HANG_TIME"
    assert check_use(bud, begins_at=PREPARED, infused_over=hour, in_use_stability=hour) == ()


# every row of the category table, at its last moment and one minute later (hours or days as shipped)
ROWS = [(row, storage, lasts) for row in beyond_use_categories() for storage, lasts in row.lasts.items() if lasts]


@pytest.mark.hazard("HZ-057")
@pytest.mark.parametrize(
    ("row", "storage", "lasts"), ROWS, ids=[f"{r.category}-{r.process}-{s.name}" for r, s, _ in ROWS]
)
def test_every_category_row_at_its_boundary(row: CategoryRow, storage: Storage, lasts: dt.timedelta) -> None:
    category = category_limit(row, storage=storage, prepared_at=PREPARED)
    assert category is not None
    bud = beyond_use([category, limit(LimitKind.STABILITY, 24 * 365)])
    last = PREPARED.astimezone(dt.UTC) + lasts
    assert check_use(bud, begins_at=last, infused_over=MINUTE) == ()
    assert check_use(bud, begins_at=last + MINUTE, infused_over=MINUTE) != ()


def test_the_table_says_what_may_be_activated() -> None:
    """Only category 1 is verified at grade A or B; the usual category 2 row is verified in study cards
    only.
    """
    assert [row.category for row in beyond_use_categories() if row.may_be_proposed] == ["1"]
    first = next(row for row in beyond_use_categories() if row.category == "1")
    assert first.lasts[Storage.ROOM] == dt.timedelta(hours=12)
    assert first.lasts[Storage.REFRIGERATOR] == dt.timedelta(hours=24)
    assert category_limit(first, storage=Storage.FREEZER, prepared_at=PREPARED) is None


def test_a_clock_change_neither_adds_nor_takes_an_hour() -> None:
    """The night the clocks go back, 24 hours after 14:00 is 13:00."""
    before = dt.datetime(2026, 10, 31, 14, 0, tzinfo=ZoneInfo("America/New_York"))
    bud = beyond_use([limit(LimitKind.CATEGORY, 24, before), limit(LimitKind.STABILITY, 48, before)])
    assert bud.at is not None
    assert bud.at.astimezone(ZoneInfo("America/New_York")).hour == 13


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        beyond_use([limit(LimitKind.CATEGORY, 1, dt.datetime(2026, 1, 1)), limit(LimitKind.STABILITY, 1)])  # noqa: DTZ001


def test_the_order_of_limits_is_irrelevant() -> None:
    limits = [*both(), limit(LimitKind.THAW, 12), limit(LimitKind.OPENED_VIAL, 30)]
    assert beyond_use(limits) == beyond_use(list(reversed(limits)))
    assert isinstance(beyond_use(limits), BeyondUse)
