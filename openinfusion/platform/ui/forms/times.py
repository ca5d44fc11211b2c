"""Fields for days and times: never a date that reads two ways, never a local time that happens twice or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openinfusion.platform.ui import formats
from openinfusion.platform.ui.forms.base import Text
from openinfusion.platform.ui.forms.fields import Dressed

Day = date | Callable[[], date]
_ISO = re.compile(r"^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$")
_WRITTEN = re.compile(r"^([0-9]{1,2})[- ]([A-Za-z]{3,9})[- ]([0-9]{4})$")
_MONTH_NAMES = {name[:3]: number for number, name in enumerate(
    "january february march april may june july august september october november december".split(), 1
)}  # fmt: skip
_TIME = re.compile(r"^([01]?[0-9]|2[0-3])[:.]?([0-5][0-9])$")


def parse_date(text: str) -> date | None:
    """``2026-11-24`` or ``24-Nov-2026``; None for nothing; anything else is refused because it may read two ways."""
    text = text.strip()
    if not text:
        return None
    if match := _ISO.match(text):
        return make_date(*match.groups())
    if (match := _WRITTEN.match(text)) and (month := _MONTH_NAMES.get(match[2][:3].lower())):
        return make_date(match[3], str(month), match[1])
    raise ValidationError(_("Write the date like 24-Nov-2026"), code="invalid")


def make_date(year: str, month: str, day: str) -> date:
    """A day that exists, in a year a chart can hold."""
    try:
        number = int(year)
        if not 1880 <= number <= 2200:
            raise ValidationError(_("Write the year with four digits, for example 2026"), code="year")
        return date(number, int(month), int(day))
    except ValueError as error:
        raise ValidationError(_("This day does not exist. Check day, month and year"), code="no_such_day") from error


class _Days(Dressed):
    """Shared limits ``earliest`` and ``latest``: a day, or a function asked at the moment of checking."""

    def __init__(self, label: Text, *, earliest: Day | None = None, latest: Day | None = None, **kwargs: Any) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(label, **kwargs)

    def check_limits(self, day: date) -> None:
        earliest = self.earliest() if callable(self.earliest) else self.earliest
        latest = self.latest() if callable(self.latest) else self.latest
        if earliest is not None and day < earliest:
            text = gettext("Write %(day)s or a later day") % {"day": formats.format_date(earliest)}
            raise ValidationError(text, code="too_early")
        if latest is not None and day > latest:
            text = gettext("Write %(day)s or an earlier day") % {"day": formats.format_date(latest)}
            raise ValidationError(text, code="too_late")


class DateField(_Days, forms.Field):
    """A day in one box, written and shown like 24-Nov-2026; 2026-11-24 is understood too.

    Not the browser's date box: that one shows the day in the order of the device, which can be read two ways.
    """

    def __init__(self, label: Text, **kwargs: Any) -> None:
        kwargs.setdefault("widget", _date_input())
        kwargs.setdefault("hint", _("For example 24-Nov-2026"))
        super().__init__(label, **{"width": "w10", **kwargs})

    def to_python(self, value: Any) -> date | None:
        return value if isinstance(value, date) else parse_date(str(value or ""))

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day is not None:
            self.check_limits(day)
        return day

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, date) else value


def written(day: date) -> str:
    """A day as it stands in a box: English month letters in every language, so that it can be read back."""
    return f"{day.day:02d}-{list(_MONTH_NAMES)[day.month - 1].title()}-{day.year}"


def _date_input() -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})


class DatePartsWidget(forms.MultiWidget):
    template_name = "ui/forms/date_parts.html"
    use_fieldset = True

    def __init__(self) -> None:
        digits = {"inputmode": "numeric", "autocomplete": "off"}
        months = [("", _("Choose month")), *((str(number), name) for number, name in MONTHS.items())]
        super().__init__([forms.TextInput(attrs=digits), forms.Select(choices=months), forms.TextInput(attrs=digits)])

    def decompress(self, value: Any) -> list[Any]:
        return [value.day, str(value.month), value.year] if isinstance(value, date) else [None, None, None]


class DatePartsField(_Days, forms.Field):
    """A remembered date (birth, onset) as day, month by name, year."""

    def __init__(self, label: Text, **kwargs: Any) -> None:
        super().__init__(label, widget=DatePartsWidget(), **kwargs)

    def clean(self, value: Any) -> date | None:
        parts = [str(part or "").strip() for part in [*(value or []), "", "", ""][:3]]
        if not any(parts):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        names = [gettext("the day"), gettext("the month"), gettext("the year")]
        if gone := [name for part, name in zip(parts, names, strict=True) if not part]:
            raise ValidationError(gettext("Also write %(parts)s") % {"parts": ", ".join(gone)}, code="incomplete")
        if not all(re.fullmatch("[0-9]{1,4}", part) for part in parts):
            raise ValidationError(_("Write day and year in digits"), code="invalid")
        day = make_date(parts[2], parts[1], parts[0])
        self.check_limits(day)
        return day

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = [str(one or "") for one in self.widget.decompress(initial)]
        return before != [str(one or "") for one in data or ["", "", ""]]


def parse_time(text: str) -> time | None:
    """``14:05`` or ``1405``; None for nothing."""
    text = text.strip()
    if not text:
        return None
    match = _TIME.match(text)
    if match is None:
        raise ValidationError(_("Write the time on the 24-hour clock, for example 14:05"), code="invalid")
    return time(int(match[1]), int(match[2]))


def _time_input() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class TimeField(Dressed, forms.Field):
    """A time of day on the 24-hour clock."""

    def __init__(self, label: Text, **kwargs: Any) -> None:
        kwargs.setdefault("widget", _time_input())
        super().__init__(label, **{"width": "w5", **kwargs})

    def to_python(self, value: Any) -> time | None:
        return value if isinstance(value, time) else parse_time(str(value or ""))

    def prepare_value(self, value: Any) -> Any:
        return formats.format_time(value) if isinstance(value, time) else value


class DateTimeWidget(forms.MultiWidget):
    template_name = "ui/forms/date_time.html"
    use_fieldset = True
    #: Set by the field when the clock shows the typed time twice on that day.
    asks_which = False

    def __init__(self) -> None:
        which = [("", _("Choose")), ("0", _("the first, before the clock goes back")), ("1", _("the second, after"))]
        super().__init__([_date_input(), _time_input(), forms.Select(choices=which)])
        self.zone: ZoneInfo | None = None

    def decompress(self, value: Any) -> list[Any]:
        if not isinstance(value, datetime):
            return [None, None, None]
        there = value.astimezone(self.zone)
        return [written(there.date()), formats.format_time(there), ""]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "asks_which": self.asks_which, "zone": str(self.zone or "")}


class DateTimeField(_Days, forms.Field):
    """A moment on the wall clock of ``zone``; cleans to an aware datetime in UTC, where it can be subtracted.

    Set the patient's zone when the form is made: ``form.fields["given_at"].set_zone(patient.time_zone)``.
    """

    def __init__(self, label: Text, *, zone: str = "UTC", **kwargs: Any) -> None:
        super().__init__(label, widget=DateTimeWidget(), **kwargs)
        self.set_zone(zone)

    def set_zone(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.widget.zone = self.zone

    def clean(self, value: Any) -> datetime | None:
        typed_day, typed_time, which = [str(part or "").strip() for part in [*(value or []), "", "", ""][:3]]
        day, at = parse_date(typed_day), parse_time(typed_time)
        if day is None and at is None:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if day is None or at is None:
            raise ValidationError(_("Write both the day and the time"), code="incomplete")
        self.check_limits(day)
        return self._moment(datetime.combine(day, at), which)

    def _moment(self, wall: datetime, which: str) -> datetime:
        first, second = wall.replace(tzinfo=self.zone, fold=0), wall.replace(tzinfo=self.zone, fold=1)
        if first.utcoffset() == second.utcoffset():
            return first.astimezone(UTC)
        if first.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) != wall:
            raise ValidationError(_("This time does not exist: the clock goes forward on that day"), code="gap")
        self.widget.asks_which = True
        if which not in ("0", "1"):
            raise ValidationError(_("The clock shows this time twice on that day. Choose which one"), code="twice")
        return (second if which == "1" else first).astimezone(UTC)

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = [str(one or "") for one in self.widget.decompress(initial)]
        return before[:2] != [str(one or "") for one in (data or ["", "", ""])][:2]
