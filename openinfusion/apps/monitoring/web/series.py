"""The raw reports of an infusion as a drawing: every report a step, gaps dashed, nothing averaged (HZ-032)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from openinfusion.apps.monitoring.models import DeviceObservation
from openinfusion.platform.ui import formats
from openinfusion.platform.ui.charts import nice_ticks, px

_LEFT, _RIGHT, _TOP, _FLOOR = 44.0, 606.0, 16.0, 160.0
GAP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Drawing:
    """One series: solid steps, dashed gaps, ticks, and the same in words."""

    words: str
    steps: tuple[str, ...]
    gaps: tuple[str, ...]
    y_ticks: tuple[tuple[str, str, str], ...]
    x_ticks: tuple[tuple[str, str], ...]
    reference: str
    points: int


def draw(
    rows: Sequence[DeviceObservation], *, field: str, unit: str, title: str, reference: Decimal | None = None
) -> Drawing | None:
    """The series of one field by the pump's clock; None without two points."""
    points = [(row.device_at or row.received_at, value) for row in rows if (value := getattr(row, field)) is not None]
    if len(points) < 2:
        return None
    start, end = points[0][0], points[-1][0]
    ticks = nice_ticks(float(max([*(value for _at, value in points), reference or Decimal(0)])), 4)
    span = max((end - start).total_seconds(), 1.0)

    def x_of(at: datetime) -> float:
        return _LEFT + (at - start).total_seconds() / span * (_RIGHT - _LEFT)

    def y_of(value: float) -> float:
        return _FLOOR - value / ticks[-1] * (_FLOOR - _TOP)

    steps, gaps = _lines(points, x_of, y_of)
    return Drawing(
        words=_words(points, unit=unit, title=title, gaps=len(gaps)), steps=steps, gaps=gaps,
        y_ticks=tuple((px(y_of(tick)), px(y_of(tick) + 4), formats.format_number(Decimal(f"{tick:.6g}"))) for tick in ticks),
        x_ticks=tuple((px(x_of(start + (end - start) * part / 4)), _clock(start + (end - start) * part / 4)) for part in range(5)),
        reference=px(y_of(float(reference))) if reference is not None else "", points=len(points),
    )  # fmt: skip


def _lines(points, x_of, y_of):  # type: ignore[no-untyped-def]
    """A value holds until the next report; where none came in time the line is dashed."""
    steps, gaps = [], []
    at, value = points[0]
    path = f"M{px(x_of(at))} {px(y_of(float(value)))}"
    for (before, low), (now, high) in itertools.pairwise(points):
        x, y = px(x_of(now)), px(y_of(float(high)))
        if now - before > GAP:
            steps.append(path)
            gaps.append(f"M{px(x_of(before))} {px(y_of(float(low)))} L{x} {y}")
            path = f"M{x} {y}"
        else:
            path += f" H{x} V{y}"
    return tuple([*steps, path]), tuple(gaps)


def _words(points: Sequence[tuple[datetime, Decimal]], *, unit: str, title: str, gaps: int) -> str:
    values = [value for _at, value in points]
    text = _("%(title)s: %(n)d reports from %(start)s to %(end)s, lowest %(low)s, highest %(high)s, last %(last)s %(unit)s") % {
        "title": title, "n": len(points), "start": _clock(points[0][0]), "end": _clock(points[-1][0]),
        "low": formats.format_number(min(values)), "high": formats.format_number(max(values)),
        "last": formats.format_number(values[-1]), "unit": unit,
    }  # fmt: skip
    return text + (_("; %d gaps without reports") % gaps if gaps else "")


def _clock(at: datetime) -> str:
    return formats.local(at, timezone.get_current_timezone()).strftime("%H:%M")
