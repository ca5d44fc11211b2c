"""How dates, times, numbers, quantities and money are written for people (ISMP display rules, DESIGN section 6).

Plain text in, plain text out, no clock: the pages, the labels and the messages all write through here. Leading zero,
no trailing zero, comma in thousands, number-space-unit, never U, IU, QD or a micro sign; 24-hour clock, DD-MMM-YYYY.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from django.utils import dateformat
from django.utils.translation import gettext, ngettext

from openinfusion.core.controls import control_is_on

NBSP = "\u00a0"
MINUS = "\u2212"
Number = Decimal | int | str


def not_known() -> str:
    """The words for a value nobody has. Never a blank, never a default."""
    return gettext("Not known")


# -- Dates and times ------------------------------------------------------------------------------------------------


def format_date(day: date) -> str:
    """``24-Nov-2026``. For a moment, pick the day in the patient's zone first: ``local(at, zone).date()``."""
    return dateformat.format(day, "d-M-Y")


def local(at: datetime, zone: str | tzinfo) -> datetime:
    """An aware moment on the wall clock of a zone."""
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be shown; make it aware where it is read")
    return at.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)


def format_time(at: datetime | time, zone: str | tzinfo | None = None) -> str:
    """``09:05``, 24-hour clock."""
    if isinstance(at, datetime):
        at = (local(at, zone) if zone is not None else at).timetz()
    return f"{at.hour:02d}:{at.minute:02d}"


def format_datetime(at: datetime, zone: str | tzinfo, viewer_zone: str | tzinfo | None = None) -> str:
    """``24-Nov-2026 10:42`` in the patient's zone; ``24-Nov-2026 10:42 CST`` where the reader's clock differs."""
    there = local(at, zone)
    text = f"{format_date(there.date())} {format_time(there)}"
    if viewer_zone is None or local(at, viewer_zone).utcoffset() == there.utcoffset():
        return text
    return f"{text} {zone_name(there)}"


def zone_name(at: datetime) -> str:
    """``CST``, or ``UTC-03:00`` for zones that have no letters."""
    name = at.tzname() or ""
    if name[:1].isalpha():
        return name
    offset = at.utcoffset() or timedelta()
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    return f"UTC{'-' if offset < timedelta() else '+'}{hours:02d}:{minutes:02d}"


def format_patient_day(day: date, *, today: date | None = None) -> str:
    """``Tuesday, December 15``; with the year when it is not this year's."""
    pattern = "l, F j" if today is None or today.year == day.year else "l, F j, Y"
    return dateformat.format(day, pattern)


def format_patient_time(at: time | datetime) -> str:
    """``9:00 in the morning``, for patients."""
    hour = at.hour % 12 or 12
    clock = f"{hour}:{at.minute:02d}"
    if at.hour < 12:
        return gettext("%(clock)s in the morning") % {"clock": clock}
    if at.hour < 18:
        return gettext("%(clock)s in the afternoon") % {"clock": clock}
    return gettext("%(clock)s in the evening") % {"clock": clock}


def format_patient_window(start: time | datetime, end: time | datetime) -> str:
    """``9:00 to 10:00 in the morning``, for patients; both halves named when they differ."""
    first, last = format_patient_time(start), format_patient_time(end)
    start_clock, _, start_half = first.partition(" ")
    if start_half == last.partition(" ")[2]:
        return gettext("%(start)s to %(end)s") % {"start": start_clock, "end": last}
    return gettext("%(start)s to %(end)s") % {"start": first, "end": last}


def format_age(born: date, on: date) -> str:
    """``65 y``; months under two years, days under four weeks."""
    if born > on:
        raise ValueError("a date of birth after the day it is read on")
    days = (on - born).days
    if days < 28:
        return _unit_pair(days, ngettext("day", "days", days))
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if months < 24:
        return _unit_pair(months, ngettext("month", "months", months))
    return _unit_pair(months // 12, gettext("y"))


def format_duration(span: timedelta) -> str:
    """``50 s``, ``2 min 50 s``, ``5 h 48 min``, ``3 days``: the two largest parts, cut down, never rounded up."""
    seconds = int(span.total_seconds())
    if seconds < 0:
        return MINUS + format_duration(-span)
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [(days, ngettext("day", "days", days)), (hours, "h"), (minutes, "min"), (seconds, "s")]
    first = next((index for index, (count, _) in enumerate(parts) if count), 3)
    shown = [part for part in parts[first : first + 2] if part[0]] or [parts[3]]
    return " ".join(_unit_pair(count, word) for count, word in shown)


def format_stopwatch(span: timedelta) -> str:
    """``02:14`` since an alarm began; ``1:02:14`` from an hour on."""
    seconds = max(0, int(span.total_seconds()))
    hours, rest = divmod(seconds, 3600)
    tail = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{hours}:{tail}" if hours else tail


# -- Numbers, quantities, money ----------------------------------------------------------------------------------------


def to_decimal(value: Number) -> Decimal:
    """An exact decimal. A float has already lost its digits and is refused; so is anything not finite."""
    if isinstance(value, float) or isinstance(value, bool):
        raise TypeError(f"a {type(value).__name__} cannot be shown as a number; pass a Decimal, int or text")
    try:
        number = Decimal(value)
    except (InvalidOperation, ValueError) as error:
        raise ValueError("not a number that can be shown") from error
    if not number.is_finite():
        raise ValueError("not a number that can be shown")
    return number


def format_number(value: Number, places: int | None = None) -> str:
    """``0.5``, ``5``, ``1,000``: leading zero, no trailing zero, comma in thousands (HZ-007).

    ``places`` rounds half up, for rates and averages, never for a dose; what rounds to nothing is ``under 0.1``.
    """
    number = to_decimal(value)
    if places is not None:
        rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if number and not rounded:
            return gettext("under %(least)s") % {"least": format_number(Decimal(1).scaleb(-places))}
        number = rounded
    digits = format(number.copy_abs(), "f")
    if control_is_on("HZ-007"):
        digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
        whole, point, fraction = digits.partition(".")
        digits = f"{int(whole or '0'):,}{point}{fraction}"
    return (MINUS if number < 0 else "") + digits


def format_quantity(value: Number, unit: str) -> str:
    """``0.5 mg``, ``5 micrograms per kg in 1 min``, ``8,000 units``, with a space that does not break."""
    number = to_decimal(value)
    return f"{format_number(number)}{NBSP}{unit_text(unit, one=abs(number) == 1)}"


def format_strength(value: Number, unit: str, per_value: Number, per_unit: str) -> str:
    """``100 mg in 1 mL``: "in", not a stroke that reads as a one."""
    return gettext("%(amount)s in %(volume)s") % {
        "amount": format_quantity(value, unit),
        "volume": format_quantity(per_value, per_unit),
    }


#: Spellings that get misread (ISMP) or that only machines write (UCUM), and what people read instead.
_PLAIN_UNITS = {
    "ml": "mL", "cc": "mL", "l": "L", "dl": "dL", "meq": "mEq", "Cel": "°C", "[degF]": "°F",
    "mm[Hg]": "mmHg", "[lb_av]": "lb", "[in_i]": "in", "m2": "m²", "hr": "h", "hrs": "h", "hour": "h", "wk": "week", "mo": "month",
    "/min": "per min", "{beats}/min": "per min",
}  # fmt: skip
_MICRO = ("ug", "mcg", "\u00b5g", "\u03bcg", "microgram", "micrograms")
_NANO = ("ng", "nanogram", "nanograms")
_UNITS = ("U", "u", "IU", "iu", "[iU]", "[IU]", "unit", "units")
_MILLIUNITS = ("mU", "mIU", "m[iU]", "m[IU]", "milliunits")
_MILLION_UNITS = ("MU", "MIU", "10*6.[iU]", "million units")
_COUNTED = re.compile(r"^\{(.+)\}$")


def unit_text(unit: str, *, one: bool = False) -> str:
    """A unit as people read it: ``micrograms per kg in 1 min`` for ``ug/kg/min``, ``units`` for ``[iU]``."""
    if not unit:
        raise ValueError("a quantity without a unit cannot be shown")
    if unit in _PLAIN_UNITS:
        return _PLAIN_UNITS[unit]
    top, *below = unit.split("/")
    text = _unit_word(top, one=one)
    per_size = [part for part in below if part in ("kg", "m2")]
    per_time = [_unit_word(part, one=True) for part in below if part not in ("kg", "m2")]
    for size in per_size:
        text = gettext("%(unit)s per %(size)s") % {"unit": text, "size": _unit_word(size, one=True)}
    for part in per_time:
        text = gettext("%(unit)s in 1 %(time)s") % {"unit": text, "time": part} if per_size else f"{text}/{part}"
    return text.replace(" 1 ", f" 1{NBSP}")


def _unit_word(unit: str, *, one: bool) -> str:
    count = 1 if one else 2
    if unit in _MICRO:
        return ngettext("microgram", "micrograms", count)
    if unit in _NANO:
        return ngettext("nanogram", "nanograms", count)
    if unit in _UNITS:
        return ngettext("unit", "units", count)
    if unit in _MILLIUNITS:
        return ngettext("milliunit", "milliunits", count)
    if unit in _MILLION_UNITS:
        return gettext("million units")
    if counted := _COUNTED.match(unit):
        return counted.group(1)
    if unit == "d":
        return ngettext("day", "days", count)
    return _PLAIN_UNITS.get(unit, unit)


#: Currency code: sign, minor digits (ISO 4217).
_CURRENCIES = {"USD": ("$", 2), "CAD": ("CA$", 2), "EUR": ("€", 2), "GBP": ("£", 2), "AUD": ("A$", 2), "JPY": ("¥", 0)}


def format_money(minor: int, currency: str = "USD", *, signed: bool = False) -> str:
    """``$4,310.00`` from 431000 cents; ``−$18.75``; ``+$612.40`` when ``signed``."""
    if isinstance(minor, bool) or not isinstance(minor, int):
        raise TypeError("money is shown from whole minor units (cents)")
    if currency not in _CURRENCIES:
        raise ValueError(f"no way to write {currency!r}; add it to the currencies of formats")
    sign, digits = _CURRENCIES[currency]
    whole, cents = divmod(abs(minor), 10**digits)
    amount = f"{sign}{whole:,}" + (f".{cents:0{digits}d}" if digits else "")
    if minor < 0:
        return MINUS + amount
    return ("+" if signed and minor else "") + amount


def format_percent(numerator: int, denominator: int, places: int = 1) -> str:
    """``1.2 %``. A share of nothing is not known."""
    if denominator == 0:
        return not_known()
    share = Decimal(numerator) * 100 / Decimal(denominator)
    return f"{format_number(share, places)}{NBSP}%"


def format_count(numerator: int, denominator: int) -> str:
    """``5 of 412``: what a rate was counted from."""
    return gettext("%(part)s of %(whole)s") % {"part": format_number(numerator), "whole": format_number(denominator)}


def _unit_pair(count: int, word: str) -> str:
    return f"{format_number(count)}{NBSP}{word}"


#: Abbreviations that must never reach a screen or a label (ISMP list of error-prone abbreviations).
ERROR_PRONE = re.compile(
    r"(?<![\w-])(?:\d+\s?(?:U|IU|u)|IU|QD|QOD|Q\.D\.|Q\.O\.D\.|cc|µg|μg|mcg|MgSO4|MSO4)(?![\w-])"
    r"|(?<![\d.])\.\d|\d\.\d*0(?![\d.])"
)
