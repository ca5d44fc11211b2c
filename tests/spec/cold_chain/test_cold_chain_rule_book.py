"""Cold chain: use, hold or discard. Missing data is hold; a freeze is never averaged away."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import pytest

from openinfusion.core.cold_chain import (
    Decision,
    Journey,
    MakerStability,
    Reading,
    judge,
    mean_kinetic_temperature,
    worst_kinetic,
)
from openinfusion.core.dosing import NeedsInput
from openinfusion.rulepacks.storage import storage_windows

START = dt.datetime(2026, 11, 21, 8, 0, tzinfo=dt.UTC)
COLD, ROOM = storage_windows()["CCT"], storage_windows()["CRT"]


def log(celsius: Sequence[object], step_minutes: int = 60) -> list[Reading]:
    return [
        Reading(START + dt.timedelta(minutes=step_minutes * n), Decimal(str(value))) for n, value in enumerate(celsius)
    ]


def trip(hours: int, *, protein: bool | None = True, maker: MakerStability | None = None) -> Journey:
    return Journey(START, START + dt.timedelta(hours=hours), dt.timedelta(minutes=60), protein, maker)


def test_the_windows_are_those_of_the_facts() -> None:
    assert (COLD.low, COLD.high, COLD.kinetic_most, COLD.kinetic_hours) == (2, 8, 8, 24)
    assert (ROOM.low, ROOM.high, ROOM.excursion_low, ROOM.excursion_high) == (20, 25, 15, 30)
    assert ROOM.excursion_is_verified
    assert not COLD.excursion_is_verified


def test_a_log_inside_its_range_is_used() -> None:
    verdict = judge(log([4] * 25), window=COLD, journey=trip(24))
    assert (verdict.decision, verdict.findings, verdict.minutes_outside) == (Decision.USE, (), 0)
    assert round(verdict.worst_kinetic, 6) == 4


@pytest.mark.hazard("HZ-060")
@pytest.mark.parametrize(
    "readings",
    [
        [],
        log([4] * 20),  # logger stopped four hours early
        log([4] * 25)[5:],  # logger started late
        log([4] * 10) + log([4] * 25)[13:],  # a hole of four hours
    ],
)
def test_missing_logger_data_is_hold_not_pass(readings: list[Reading]) -> None:
    verdict = judge(readings, window=COLD, journey=trip(24))
    assert verdict.decision is Decision.HOLD
    assert verdict.findings[0].rule in ("COLD.NO_DATA", "COLD.GAP")


@pytest.mark.hazard("HZ-060")
def test_a_freeze_hidden_in_a_good_mean_is_found() -> None:
    """One reading at zero among a day of 4 to 5 °C: the mean and the kinetic temperature are fine, the
    drug is not.
    """
    readings = log([4] * 12 + [0] + [5] * 12)
    verdict = judge(readings, window=COLD, journey=trip(24))
    assert verdict.decision is Decision.DISCARD
    assert verdict.findings[0].rule == "COLD.FROZEN"
    assert verdict.worst_kinetic is not None
    assert 4 < verdict.worst_kinetic < 8


@pytest.mark.parametrize(("protein", "decision"), [(True, "discard"), (None, "hold"), (False, "hold")])
def test_a_freeze_is_discarded_for_a_protein_and_held_otherwise(protein: bool | None, decision: str) -> None:
    verdict = judge(log([4, -1, 4]), window=COLD, journey=trip(2, protein=protein))
    assert verdict.decision == decision


def test_under_the_label_minimum_but_above_freezing_is_hold() -> None:
    verdict = judge(log([4, "1.9", 4]), window=COLD, journey=trip(2))
    assert [f.rule for f in verdict.findings] == ["COLD.UNDER"]
    assert judge(log([4, 2, 4]), window=COLD, journey=trip(2)).decision is Decision.USE


# 24 readings: two hours and eight hours at 15 °C (cold_chain.json tests; dosing_math MKT3 and MKT4)
@pytest.mark.parametrize(("warm_hours", "kinetic", "passes"), [(2, "6.462", True), (8, "9.744", False)])
def test_the_kinetic_limit_of_a_day(warm_hours: int, kinetic: str, passes: bool) -> None:
    readings = log([5] * (24 - warm_hours) + [15] * warm_hours)
    assert round(worst_kinetic(readings, hours=24), 3) == Decimal(kinetic)
    verdict = judge(readings, window=COLD, journey=trip(23, protein=False))
    assert ("COLD.KINETIC" in [f.rule for f in verdict.findings]) is not passes


def test_a_biologic_is_never_released_by_kinetic_temperature_without_the_makers_data() -> None:
    readings = log([5] * 22 + [9] * 2)
    held = judge(readings, window=COLD, journey=trip(23))
    assert [f.rule for f in held.findings] == ["COLD.BIOLOGIC"]
    unknown = judge(readings, window=COLD, journey=trip(23, protein=None))
    assert unknown.decision is Decision.HOLD
    allowed = MakerStability(Decimal(25), 120, "maker letter of the lot")
    assert judge(readings, window=COLD, journey=trip(23, maker=allowed)).decision is Decision.USE
    shorter = MakerStability(Decimal(25), 119, "maker letter of the lot")
    assert [f.rule for f in judge(readings, window=COLD, journey=trip(23, maker=shorter)).findings] == ["COLD.MAKER"]
    cooler = MakerStability(Decimal("8.5"), 500, "maker letter of the lot")
    assert judge(readings, window=COLD, journey=trip(23, maker=cooler)).decision is Decision.HOLD


def test_unverified_excursion_numbers_release_nothing() -> None:
    """The cold window's 0 to 15 °C is general knowledge: the pharmacist decides, not the table."""
    verdict = judge(log([5, 9, 5]), window=COLD, journey=trip(2, protein=False))
    assert [f.rule for f in verdict.findings] == ["COLD.OVER"]


# room temperature: USP excursion window, MKT_GMP and MKT_STIM, verified
ROOM_CASES = [
    ([22] * 25, "use"),
    ([22] * 20 + [30] * 5, "use"),
    ([22] * 24 + [31], "use"),  # one short spike under 40
    ([22] * 24 + ["40.1"], "hold"),
    ([22] * 10 + [15] * 15, "use"),
    ([22] * 24 + ["14.9"], "hold"),
    ([29] * 25, "hold"),  # inside 15 to 30 but the kinetic temperature is over 25
]


@pytest.mark.parametrize(("celsius", "decision"), ROOM_CASES)
def test_room_temperature_excursions(celsius: list[object], decision: str) -> None:
    assert judge(log(celsius), window=ROOM, journey=trip(24, protein=False)).decision == decision


def test_a_spike_of_a_day_is_too_long() -> None:
    days = [20] * 24 * 20 + [32] * 24 + [20] * 24
    verdict = judge(log(days), window=ROOM, journey=trip(len(days) - 1, protein=False))
    assert [f.rule for f in verdict.findings] == ["COLD.SPIKE"]
    shorter = [20] * 24 * 20 + [32] * 23 + [20] * 24
    assert judge(log(shorter), window=ROOM, journey=trip(len(shorter) - 1, protein=False)).findings == ()


def test_a_long_log_does_not_hide_a_short_excursion() -> None:
    """cold_chain.json, misuse: the window is a day, not the whole journey."""
    readings = log([3] * 100 + [15] * 10)
    assert mean_kinetic_temperature([r.celsius for r in readings]) < 8  # type: ignore[operator]
    verdict = judge(readings, window=COLD, journey=trip(109, protein=False))
    assert "COLD.KINETIC" in [f.rule for f in verdict.findings]


def test_the_order_of_readings_and_repeats_change_nothing() -> None:
    readings = log([4, 9, 3, 12, 5])
    straight = judge(readings, window=COLD, journey=trip(4))
    assert judge([*reversed(readings), *readings], window=COLD, journey=trip(4)) == straight
    assert straight.minutes_outside == 120


def test_no_readings_give_no_kinetic_temperature() -> None:
    answer = mean_kinetic_temperature([])
    assert isinstance(answer, NeedsInput)
    assert "temperature readings" in answer.sentence
