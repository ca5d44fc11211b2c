"""Filters that write values for people in templates. Loaded through ``{% load ui %}``.

Filters that end in ``_text`` give plain text for attributes and titles; the others may give a ``<time>`` element.
``None`` is always "Not known" in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from openinfusion.platform.ui import formats
from openinfusion.platform.ui import tall_man as names


def _is_missing(value: Any) -> bool:
    """Nobody knows it: None, or the empty text Django's templates give for a key that is not there."""
    return value is None or value == ""


def not_known(value: Any) -> Any:
    """``{{ value|not_known }}``: the value, or "Not known" in words when there is none."""
    if _is_missing(value):
        return format_html('<span class="not-known">{}</span>', formats.not_known())
    return value


def day(value: Any, zone: Any = None) -> SafeString:
    """``24-Nov-2026``. A moment is taken in ``zone``, or the active zone."""
    if _is_missing(value):
        return not_known(value)
    text = day_text(value, zone)
    return format_html('<time class="nowrap" datetime="{}">{}</time>', _day_of(value, zone).isoformat(), text)


def day_text(value: Any, zone: Any = None) -> str:
    return formats.not_known() if _is_missing(value) else formats.format_date(_day_of(value, zone))


def _day_of(value: date | datetime, zone: Any) -> date:
    if isinstance(value, datetime):
        return formats.local(value, zone or timezone.get_current_timezone()).date()
    return value


def moment(value: Any, zone: Any = None) -> SafeString:
    """``24-Nov-2026 10:42`` in ``zone``; the zone is named where it is not the reader's."""
    if _is_missing(value):
        return not_known(value)
    return format_html('<time class="nowrap" datetime="{}">{}</time>', value.isoformat(), moment_text(value, zone))


def moment_text(value: Any, zone: Any = None) -> str:
    if _is_missing(value):
        return formats.not_known()
    here = timezone.get_current_timezone()
    return formats.format_datetime(value, zone or here, here)


def clock_time(value: Any, zone: Any = None) -> str:
    """``10:42``."""
    if _is_missing(value):
        return formats.not_known()
    return formats.format_time(value, zone or timezone.get_current_timezone())


def clock_seconds(value: Any, zone: Any = None) -> str:
    """``10:41:48``, for device times."""
    if _is_missing(value):
        return formats.not_known()
    return formats.local(value, zone or timezone.get_current_timezone()).strftime("%H:%M:%S")


def patient_day(value: Any, zone: Any = None) -> Any:
    """``Tuesday, December 15``, for patients."""
    return not_known(value) if _is_missing(value) else formats.format_patient_day(_day_of(value, zone))


def patient_time(value: Any, zone: Any = None) -> Any:
    """``9:00 in the morning``, for patients."""
    if _is_missing(value):
        return not_known(value)
    return formats.format_patient_time(formats.local(value, zone or timezone.get_current_timezone()))


def number(value: Any, places: int | None = None) -> Any:
    """``0.5``, ``1,000``; ``{{ share|number:1 }}`` rounds."""
    return not_known(value) if _is_missing(value) else formats.format_number(value, places)


def quantity(value: Any, unit: str = "") -> Any:
    """``{{ dose|quantity:"mg" }}``, or ``{{ dose|quantity }}`` of an object with ``value`` and ``unit``."""
    if _is_missing(value):
        return not_known(value)
    if not unit:
        return formats.format_quantity(value.value, str(value.unit))
    return formats.format_quantity(value, unit)


def money(minor: Any, currency: str = "USD") -> Any:
    """``$4,310.00`` from cents."""
    return not_known(minor) if _is_missing(minor) else formats.format_money(minor, currency)


def money_signed(minor: Any, currency: str = "USD") -> Any:
    """``+$612.40``, ``−$18.75``: a gap."""
    return not_known(minor) if _is_missing(minor) else formats.format_money(minor, currency, signed=True)


def duration(span: Any) -> Any:
    """``2 min 50 s``; a whole number is seconds."""
    if _is_missing(span):
        return not_known(span)
    return formats.format_duration(timedelta(seconds=span) if isinstance(span, int) else span)


def stopwatch(span: Any) -> Any:
    """``02:14`` since an alarm began."""
    return not_known(span) if _is_missing(span) else formats.format_stopwatch(span)


def seconds(value: Any) -> Any:
    """``12 s`` of a data age."""
    return formats.not_known() if _is_missing(value) else formats.format_duration(timedelta(seconds=value))


_DATE = re.compile(r"\b[0-9]{2}-[A-Z][a-z]{2}-[0-9]{4}\b")
_PAIR = re.compile(
    r"(?<=[0-9]) (?=(?:mg|g|kg|mL|L|mmol|mEq|micrograms?|nanograms?|units?|h|min|s|days?|weeks?|months?|%|°C|°F|mmHg|km"
    r"|mL/h|mL/min|mg/dL|mg/h|mg/min|g/L|mmol/L)(?![A-Za-z]))"
)


def keep(text: Any) -> SafeString:
    """Free text with its dates and its number-unit pairs kept on one line."""
    pairs = _PAIR.sub(formats.NBSP, conditional_escape(text))
    return mark_safe(_DATE.sub(r'<span class="nowrap">\g<0></span>', pairs))  # noqa: S308 (escaped above)


def keep_drug(text: Any) -> SafeString:
    """``keep`` with tall-man names, for sentences about drugs."""
    return keep(text if isinstance(text, SafeString) else tall_man(text))


def tall_man(text: str) -> str:
    """Look-alike names with their distinguishing capitals."""
    return names.tall_man(str(text))


FILTERS: dict[str, Callable[..., Any]] = {
    "not_known": not_known, "day": day, "day_text": day_text, "moment": moment, "moment_text": moment_text,
    "clock_time": clock_time, "clock_seconds": clock_seconds, "patient_day": patient_day,
    "patient_time": patient_time, "number": number, "quantity": quantity, "money": money,
    "money_signed": money_signed, "duration": duration, "stopwatch": stopwatch, "tall_man": tall_man,
    "keep": keep, "keep_drug": keep_drug,
}  # fmt: skip
