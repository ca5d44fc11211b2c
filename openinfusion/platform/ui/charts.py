"""Geometry of the charts drawn on the server: sparkline of a vital sign, bars with ranges, a line over months, rate steps.

Every raw reading is drawn, the lowest and highest are ringed, nothing is averaged, a stretch without readings is
dashed; each chart says the same in words for screen readers. Floats are pixels here, never doses.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext, ngettext

from openinfusion.platform.ui import formats
from openinfusion.platform.ui.shapes import Bar, Point, Vital

Pixel = tuple[str, str]
Scale = Callable[[float], float]

_WIDTH, _HEIGHT, _EDGE, _TOP, _FLOOR = 260.0, 44.0, 4.0, 5.0, 39.0


def px(value: float) -> str:
    """A coordinate, one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


@dataclass(frozen=True, slots=True)
class Sparkline:
    lines: tuple[str, ...]
    gaps: tuple[str, ...]
    dots: tuple[Pixel, ...]
    rings: tuple[Pixel, ...]
    band: Pixel | None
    words: str
    now: str
    low: str
    high: str


def sparkline(vital: Vital) -> Sparkline | None:
    """The drawing of one vital sign, or None when there is no reading."""
    points = sorted(vital.points)
    if not points:
        return None
    values = [value for _, value in points]
    low, high = min(values), max(values)
    x_of = _scale(points[0][0], points[-1][0], _EDGE, _WIDTH - _EDGE)
    y_of = _value_scale([*values, *(vital.band or ())])
    at = [(x_of(when), y_of(float(value))) for when, value in points]
    runs, gaps = _runs([when for when, _ in points], at, vital.gap_s)
    return Sparkline(
        lines=tuple(_path(run) for run in runs if len(run) > 1),
        gaps=tuple(_path(gap) for gap in gaps),
        dots=tuple((px(x), px(y)) for x, y in at),
        rings=_rings(values, at, low, high),
        band=_band(vital, y_of),
        words=_words(vital, len(points), low, high, len(gaps)),
        now=vital.now or formats.format_number(values[-1]),
        low=formats.format_number(low),
        high=formats.format_number(high),
    )


def _scale(first: float, last: float, start: float, end: float) -> Scale:
    span = last - first
    return lambda value: start if span == 0 else start + (value - first) / span * (end - start)


def _value_scale(values: Sequence[Decimal]) -> Scale:
    low, high = float(min(values)), float(max(values))
    margin = (high - low) * 0.1 or 1.0
    return _scale(low - margin, high + margin, _FLOOR, _TOP)


def _runs(
    times: Sequence[float], at: Sequence[tuple[float, float]], gap_s: float
) -> tuple[list[list[tuple[float, float]]], list[list[tuple[float, float]]]]:
    runs = [[at[0]]]
    gaps = []
    for index in range(1, len(at)):
        if times[index] - times[index - 1] > gap_s:
            gaps.append([at[index - 1], at[index]])
            runs.append([])
        runs[-1].append(at[index])
    return runs, gaps


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " ".join(f"{px(x)} {px(y)}" for x, y in points)


def _rings(
    values: Sequence[Decimal], at: Sequence[tuple[float, float]], low: Decimal, high: Decimal
) -> tuple[Pixel, ...]:
    marks = {values.index(low), values.index(high)}
    return tuple((px(at[index][0]), px(at[index][1])) for index in sorted(marks))


def _band(vital: Vital, y_of: Scale) -> Pixel | None:
    if vital.band is None:
        return None
    top, floor = y_of(float(vital.band[1])), y_of(float(vital.band[0]))
    return px(top), px(floor - top)


def _words(vital: Vital, count: int, low: Decimal, high: Decimal, gaps: int) -> str:
    text = ngettext(
        "%(label)s: %(count)s reading, lowest %(low)s, highest %(high)s %(unit)s",
        "%(label)s: %(count)s readings, lowest %(low)s, highest %(high)s %(unit)s",
        count,
    ) % {
        "label": vital.label,
        "count": count,
        "low": formats.format_number(low),
        "high": formats.format_number(high),
        "unit": vital.unit,
    }
    if vital.band is not None:
        text += gettext("; shaded band %(low)s to %(high)s") % {
            "low": formats.format_number(vital.band[0]),
            "high": formats.format_number(vital.band[1]),
        }
    if gaps:
        text += "; " + ngettext("%(n)s gap without readings", "%(n)s gaps without readings", gaps) % {"n": gaps}
    return text


# -- Bars ------------------------------------------------------------------------------------------------------------

_BAR_LEFT, _BAR_RIGHT, _BAR_STEP, _BAR_DOWN = 6.0, 600.0, 66.0, 32.0


def bar_chart(bars: Sequence[Bar], *, title: str, prefix: str = "", suffix: str = "") -> dict[str, object]:
    """Horizontal bars under their label and value in words, with whiskers where a range is known."""
    top = max((float(bar.high if bar.high is not None else bar.value) for bar in bars), default=1.0)
    ticks = nice_ticks(top)
    x_of = _scale(0.0, ticks[-1], _BAR_LEFT, _BAR_RIGHT)
    floor = _BAR_STEP * len(bars) + 4
    return {
        "title": title,
        "words": f"{title}: " + "; ".join(f"{bar.label} {bar.text}" for bar in bars) + ".",
        "width": 640,
        "height": px(floor + 34),
        "floor": px(floor),
        "tick_y": px(floor + 24),
        "ticks": [{"x": px(x_of(tick)), "text": f"{prefix}{_tick_text(tick)}{suffix}"} for tick in ticks],
        "bars": [_bar(bar, index * _BAR_STEP, x_of) for index, bar in enumerate(bars)],
    }


def _bar(bar: Bar, top: float, x_of: Scale) -> dict[str, object]:
    middle = top + _BAR_DOWN + 9
    whisker = ""
    if bar.low is not None and bar.high is not None:
        low, high = px(x_of(float(bar.low))), px(x_of(float(bar.high)))
        whisker = f"M{low} {px(middle)} H{high} M{low} {px(middle - 6)} v12 M{high} {px(middle - 6)} v12"
    return {
        "label": bar.label,
        "text": bar.text,
        "series": bar.series,
        "is_published": bar.is_published,
        "left": px(_BAR_LEFT),
        "width": px(x_of(float(bar.value)) - _BAR_LEFT),
        "top": px(top + _BAR_DOWN),
        "text_y": px(top + 24),
        "whisker": whisker,
    }


def nice_ticks(top: float, count: int = 5) -> list[float]:
    """Round tick values from 0 to at least ``top``."""
    if top <= 0:
        return [0.0, 1.0]
    rough = top / count
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= rough)
    return [index * step for index in range(math.ceil(round(top / step, 6)) + 1)]


def _tick_text(value: float) -> str:
    return formats.format_number(Decimal(f"{value:.6g}"))


# -- Line over months ----------------------------------------------------------------------------------------------------

_LINE_LEFT, _LINE_RIGHT, _LINE_TOP, _LINE_FLOOR = 44.0, 532.0, 32.0, 162.0


def line_chart(
    points: Sequence[Point], *, title: str, unit: str = "", reference: Decimal | None = None, reference_text: str = ""
) -> dict[str, object]:
    """A line with the count under each point; a point without a value leaves a gap."""
    known = [float(point.value) for point in points if point.value is not None]
    ticks = nice_ticks(max([*known, float(reference or 0)], default=1.0), 4)
    y_of = _scale(0.0, ticks[-1], _LINE_FLOOR, _LINE_TOP)
    x_of = _scale(0.0, max(len(points) - 1, 1), _LINE_LEFT + 18, _LINE_RIGHT - 34)
    marks = [_mark(point, x_of(index), y_of) for index, point in enumerate(points)]
    last = next((mark for mark in reversed(marks) if mark["y"]), None)
    return {
        "title": title,
        "words": f"{title}: " + ", ".join(_point_words(point, unit) for point in points) + ".",
        "ticks": [{"y": px(y_of(tick)), "text_y": px(y_of(tick) + 4), "text": _tick_text(tick)} for tick in ticks],
        "lines": [_path(run) for run in _known_runs(points, x_of, y_of) if len(run) > 1],
        "marks": marks,
        "last": last,
        "reference_y": px(y_of(float(reference))) if reference is not None else "",
        "reference_text_y": px(y_of(float(reference)) - 6) if reference is not None else "",
        "reference_text": reference_text,
    }


def _mark(point: Point, x: float, y_of: Scale) -> dict[str, str]:
    y = y_of(float(point.value)) if point.value is not None else None
    return {
        "x": px(x),
        "y": px(y) if y is not None else "",
        "above": px(y - 10) if y is not None else "",
        "label": point.label,
        "n": formats.format_number(point.n) if point.n is not None else "",
        "text": formats.format_number(point.value) if point.value is not None else "",
    }


def _known_runs(points: Sequence[Point], x_of: Scale, y_of: Scale) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for index, point in enumerate(points):
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append((x_of(index), y_of(float(point.value))))
    return runs


def _point_words(point: Point, unit: str) -> str:
    if point.value is None:
        return f"{point.label} {formats.not_known().lower()}"
    return f"{point.label} {formats.format_number(point.value)} {unit}".rstrip()


# -- Rate steps ------------------------------------------------------------------------------------------------------------

_STEP_LEFT, _STEP_RIGHT, _STEP_TOP, _STEP_FLOOR = 44.0, 356.0, 28.0, 160.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RateStep:
    """One step of an infusion order: the rate and how long it runs."""

    rate_ml_h: Decimal
    minutes: Decimal


def step_chart(
    steps: Sequence[RateStep], *, now_minute: Decimal | None = None, now_text: str = ""
) -> dict[str, object]:
    """The rate steps of an order as a staircase, with a line at the present minute."""
    total = float(sum(step.minutes for step in steps)) or 1.0
    ticks = nice_ticks(max(float(step.rate_ml_h) for step in steps), 4)
    x_of = _scale(0.0, total, _STEP_LEFT, _STEP_RIGHT)
    y_of = _scale(0.0, ticks[-1], _STEP_FLOOR, _STEP_TOP)
    corners, labels, edges, minute = [(x_of(0.0), _STEP_FLOOR)], [], [_edge(0.0, x_of)], 0.0
    for step in steps:
        y = y_of(float(step.rate_ml_h))
        corners += [(x_of(minute), y), (x_of(minute + float(step.minutes)), y)]
        middle = x_of(minute + float(step.minutes) / 2)
        labels.append({"x": px(middle), "y": px(y - 6), "text": formats.format_quantity(step.rate_ml_h, "mL/h")})
        minute += float(step.minutes)
        edges.append(_edge(minute, x_of))
    corners.append((x_of(minute), _STEP_FLOOR))
    return {
        "words": gettext("Rate steps in the order: %(steps)s.") % {"steps": ", ".join(map(_step_words, steps))},
        "ticks": [{"y": px(y_of(tick)), "text_y": px(y_of(tick) + 4), "text": _tick_text(tick)} for tick in ticks],
        "path": _path(corners),
        "labels": labels,
        "edges": edges,
        "now_x": px(x_of(float(now_minute))) if now_minute is not None else "",
        "now_text_x": px(x_of(float(now_minute)) + 5) if now_minute is not None else "",
        "now_text": now_text,
    }


def _edge(minute: float, x_of: Scale) -> dict[str, str]:
    return {"x": px(x_of(minute)), "text": _tick_text(minute)}


def _step_words(step: RateStep) -> str:
    return gettext("%(rate)s for %(minutes)s") % {
        "rate": formats.format_quantity(step.rate_ml_h, "mL/h"),
        "minutes": formats.format_quantity(step.minutes, "min"),
    }
