"""Live tiles, alarms and charts: nothing old is shown as current, nothing is averaged, gaps are shown as gaps."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from openinfusion.platform.ui import charts, shapes


def words(html: str) -> str:
    """The text of a piece of HTML, spaces folded."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


# -- Live ---------------------------------------------------------------------------------------------------------------------------------

RUNNING = shapes.Infusion(
    rate_ml_h=Decimal("120.0"), given_ml=Decimal(69), total_ml=Decimal(240), left=timedelta(minutes=59), message_age_s=12,
    last_at="10:41", last_known="120 mL/h",
)  # fmt: skip


def test_a_running_infusion_shows_rate_given_left_and_the_age_of_the_message(draw: Any) -> None:
    html = draw('{% infusion tile label="SAMPLEFORD" %}', tile=RUNNING)
    text = words(html)
    assert "Rate 120 mL/h Given 69 of 240 mL Left 59 min" in text
    assert "Pump message 12 s old" in text
    assert 'aria-label="SAMPLEFORD: 69 of 240 mL given"' in html
    assert re.search(r"data-live-silent hidden", html)


@pytest.mark.hazard("HZ-032")
@pytest.mark.parametrize("age", [301, 3340, None])
def test_a_silent_pump_shows_no_number_as_current(draw: Any, age: int | None) -> None:
    """Old data shown as current hides that nobody knows."""
    old = shapes.Infusion(
        rate_ml_h=Decimal(167), given_ml=Decimal(1410), message_age_s=age, last_at="09:46", last_known="167 mL/h"
    )
    html = draw("{% infusion tile %}", tile=old)
    text = words(html)
    assert "data-live-now" not in html
    assert "1,410" not in text
    assert "Not known since 09:46. Last known: 167 mL/h. No number is shown as current." in text


@pytest.mark.hazard("HZ-032")
def test_an_old_age_says_not_current(draw: Any) -> None:
    html = draw("{% data_age 400 300 %}")
    assert "is-old" in html
    assert 'data-age__old">' in html
    assert " hidden" in draw("{% data_age 12 300 %}")
    assert words(draw("{% data_age None %}")) == "age not known"


ALARM = shapes.Alarm(
    priority="high", what="Line blocked", who="MOCKRIDGE, Odalys", therapy="dobutamine 500 mg", age=timedelta(minutes=2, seconds=14),
    device="Pump CB-1988", device_at=datetime(2026, 11, 24, 16, 39, 46, tzinfo=UTC),
    received_at=datetime(2026, 11, 24, 16, 39, 48, tzinfo=UTC), first_act="open clamp",
)  # fmt: skip


@pytest.mark.parametrize(
    ("priority", "css", "word"), [("high", "high", "HIGH"), ("medium", "med", "MEDIUM"), ("low", "low", "LOW")]
)
def test_an_alarm_has_shape_word_age_both_times_owner_and_first_act(
    draw: Any, priority: str, css: str, word: str
) -> None:
    html = draw('{% alarm one zone="America/Chicago" %}', one=replace(ALARM, priority=priority))
    text = words(html)
    assert f"alarm--{css}" in html
    assert text.startswith(f"{word} 02:14 since start Line blocked MOCKRIDGE, Odalys , DOBUTamine 500 mg")
    assert "Pump CB-1988: 10:39:46 Received: 10:39:48" in text
    assert "First: open clamp No owner yet" in text
    assert html.count("<svg") == 1


@pytest.mark.hazard("HZ-048")
def test_a_late_alarm_says_late_beside_both_times(draw: Any) -> None:
    text = words(draw('{% alarm one zone="UTC" %}', one=replace(ALARM, is_late=True, age=None)))
    assert text.startswith("HIGH LATE age not known")
    assert "16:39:46 Received: 16:39:48" in text


# -- Charts ------------------------------------------------------------------------------------------------------------------------------------


def test_a_sparkline_draws_every_reading_rings_the_extremes_and_dashes_the_gap(draw: Any) -> None:
    vital = shapes.Vital(
        label="Pulse", unit="per min", band=(Decimal(60), Decimal(100)), gap_s=900,
        points=[(0, Decimal(90)), (300, Decimal(102)), (4000, Decimal(88)), (4300, Decimal("88.50"))],
    )  # fmt: skip
    html = draw("{% vital one %}", one=vital)
    assert html.count('r="1.8"') == 4
    assert html.count('class="ext"') == 2
    assert html.count('class="gap"') == 1
    assert (
        'aria-label="Pulse: 4 readings, lowest 88, highest 102 per min; shaded band 60 to 100; 1 gap without readings"'
        in html
    )
    assert "88.5 per min" in words(html)


def test_a_vital_without_a_reading_is_not_known(draw: Any) -> None:
    text = words(draw("{% vital one %}", one=shapes.Vital(label="Pulse", unit="per min", points=())))
    assert text == "Pulse Not known No reading yet."


def test_one_reading_is_one_dot() -> None:
    spark = charts.sparkline(shapes.Vital(label="SpO₂", unit="%", points=[(10, Decimal(96))]))
    assert spark is not None
    assert (len(spark.dots), len(spark.rings), spark.lines, spark.gaps) == (1, 1, (), ())


def test_readings_in_any_order_draw_the_same_line() -> None:
    points = [(float(index), Decimal(60 + index % 7)) for index in range(12)]
    one = charts.sparkline(shapes.Vital(label="P", unit="per min", points=points))
    other = charts.sparkline(shapes.Vital(label="P", unit="per min", points=points[::-1]))
    assert one == other


def test_bars_are_told_apart_by_label_and_say_their_range(draw: Any) -> None:
    bars = [
        shapes.Bar(label="Home", value=Decimal(131), text="131 (104 to 168)", low=Decimal(104), high=Decimal(168)),
        shapes.Bar(label="Hospital", value=Decimal(798), text="798 (one value, no range)", series=3),
    ]
    html = draw('{% bar_chart bars title="Cost" prefix="$" %}', bars=bars)
    assert 'aria-label="Cost: Home 131 (104 to 168); Hospital 798 (one value, no range)."' in html
    assert html.count('class="now"') == 1
    assert "$1,000" in html or "$800" in html


@pytest.mark.parametrize(
    ("top", "ticks"), [(0, [0, 1]), (0.63, [0, 0.2, 0.4, 0.6, 0.8]), (798, [0, 200, 400, 600, 800])]
)
def test_ticks_are_round_and_reach_the_top(top: float, ticks: list[float]) -> None:
    assert charts.nice_ticks(top, 4) == pytest.approx(ticks)


def test_a_month_without_a_value_is_a_gap_not_a_zero(draw: Any) -> None:
    points = [shapes.Point(label="Jun", value=Decimal("0.6"), n=1580), shapes.Point(label="Jul", value=None, n=3),
              shapes.Point(label="Aug", value=Decimal(0), n=9)]  # fmt: skip
    html = draw('{% line_chart points title="Infections" %}', points=points)
    assert "Jul not known" in html
    assert html.count("<circle") == 2
    assert "n 1,580" in html


def test_rate_steps_say_the_order_in_words(draw: Any) -> None:
    steps = [
        charts.RateStep(rate_ml_h=Decimal(30), minutes=Decimal(30)),
        charts.RateStep(rate_ml_h=Decimal(60), minutes=Decimal(15)),
    ]
    html = draw('{% step_chart steps now_minute=10 now_text="now 10:42" %}', steps=steps).replace("\u00a0", " ")
    assert "Rate steps in the order: 30 mL/h for 30 min, 60 mL/h for 15 min. now 10:42." in html
