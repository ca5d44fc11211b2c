"""Times of visits as people read them: on the patient's clock, with the zone's name where the reader's clock differs (HZ-026)."""

from __future__ import annotations

from datetime import datetime

from openinfusion.apps.scheduling.models import Visit
from openinfusion.core.controls import control_is_on
from openinfusion.platform.ui.formats import format_date, format_time, local, zone_name


def time_text(moment: datetime, zone: str, viewer_zone: str) -> str:
    """``09:05``, or ``09:05 MST`` for a reader on another clock."""
    if not control_is_on("HZ-026"):
        return format_time(moment, viewer_zone)
    there = local(moment, zone)
    return format_time(there) + _zone_after(there, viewer_zone)


def window_text(visit: Visit, viewer_zone: str) -> str:
    """``09:00 to 11:00``, the zone named once."""
    if not control_is_on("HZ-026"):
        return f"{format_time(visit.window_start, viewer_zone)} to {format_time(visit.window_end, viewer_zone)}"
    first = format_time(visit.window_start, visit.time_zone)
    return f"{first} to {time_text(visit.window_end, visit.time_zone, viewer_zone)}"


def start_text(visit: Visit, viewer_zone: str) -> str:
    """When the nurse comes; the window where nobody set a time."""
    if visit.planned_start is None:
        return window_text(visit, viewer_zone)
    return time_text(visit.planned_start, visit.time_zone, viewer_zone)


def moment_text(moment: datetime, zone: str, viewer_zone: str) -> str:
    """``24-Nov-2026 09:05``."""
    shown = local(moment, zone if control_is_on("HZ-026") else viewer_zone)
    return f"{format_date(shown.date())} {time_text(moment, zone, viewer_zone)}"


def _zone_after(there: datetime, viewer_zone: str) -> str:
    return "" if local(there, viewer_zone).utcoffset() == there.utcoffset() else f" {zone_name(there)}"
