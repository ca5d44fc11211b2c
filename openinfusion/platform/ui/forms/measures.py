"""Fields for numbers that matter: exact decimals, whole numbers, and quantities that are a value and a chosen unit.

A bare number is never a dose (HZ-008), a number that could be misread is never accepted (HZ-007): no comma, no
exponent, no letters behind it, no digits of another script, a zero before the point.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openinfusion.core.controls import control_is_on
from openinfusion.platform.ui import formats
from openinfusion.platform.ui.forms.base import Text
from openinfusion.platform.ui.forms.fields import Dressed
from openinfusion.platform.ui.forms.hygiene import refusal_of

_NUMBER = re.compile(r"^[+-]?[0-9]+(?:\.[0-9]+)?$")
_LOOSE = re.compile(r"^[+-]?[0-9]*\.?[0-9]*$")
_LONGEST = 30


def parse_decimal(text: str) -> Decimal | None:
    """The exact number a person typed, None for nothing. Raises ``ValidationError`` with what to do."""
    text = text.strip(" \t\u00a0")
    if not text:
        return None
    sentence = _refusal_of_number(text)
    if sentence and (control_is_on("HZ-007") or not _LOOSE.match(text)):
        raise ValidationError(sentence, code="invalid")
    return Decimal(text)


def _refusal_of_number(text: str) -> str:
    if len(text) > _LONGEST:
        return gettext("Write a shorter number")
    if _NUMBER.match(text):
        return ""
    if hidden := refusal_of(text):
        return hidden
    if "," in text:
        return gettext("Write the number without commas and with a point for decimals, for example 1250.5")
    if re.match(r"^[+-]?\.[0-9]", text):
        return gettext("Write a zero before the point: 0%(typed)s") % {"typed": text.lstrip("+-")}
    if re.match(r"^[+-]?[0-9]+\.$", text):
        return gettext("Write a digit after the point, or leave out the point")
    if re.match(r"^[+-]?[0-9.]+\s*[^\W\d_]", text):
        return gettext("Write only the number in this box, without letters or a unit")
    return gettext("Write a number in digits, for example 12.5")


def _number_input() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "spellcheck": "false"})


@dataclass(frozen=True, slots=True)
class Limits:
    """Plausibility of typing, not clinical limits: those are findings of the core."""

    least: Decimal | None = None
    most: Decimal | None = None
    places: int | None = None

    def check(self, value: Decimal, unit: str = "") -> None:
        """Raise ``ValidationError`` with the limit in words."""

        def shown(number: Decimal) -> str:
            return formats.format_quantity(number, unit) if unit else formats.format_number(number)

        if self.least is not None and value < self.least:
            raise ValidationError(gettext("Write %(least)s or more") % {"least": shown(self.least)}, code="min")
        if self.most is not None and value > self.most:
            raise ValidationError(gettext("Write %(most)s or less") % {"most": shown(self.most)}, code="max")
        exponent = value.normalize().as_tuple().exponent
        if self.places is not None and isinstance(exponent, int) and -exponent > self.places:
            message = gettext("Write at most %(places)s digits after the point") % {"places": self.places}
            raise ValidationError(message, code="places")


class DecimalField(Dressed, forms.Field):
    """An exact decimal. ``suffix`` shows its fixed unit; ``least``, ``most``, ``places`` bound what may be typed."""

    def __init__(
        self,
        label: Text,
        *,
        least: Decimal | None = None,
        most: Decimal | None = None,
        places: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.limits = Limits(least=least, most=most, places=places)
        kwargs.setdefault("widget", _number_input())
        super().__init__(label, **{"width": "w10", **kwargs})

    def to_python(self, value: Any) -> Decimal | None:
        return value if isinstance(value, Decimal) else parse_decimal(str(value or ""))

    def clean(self, value: Any) -> Decimal | None:
        number = super().clean(value)
        if number is not None:
            self.limits.check(number)
        return number

    def prepare_value(self, value: Any) -> Any:
        return _plain(value) if isinstance(value, Decimal | int) else value


class IntegerField(DecimalField):
    """A whole number; cleans to ``int``."""

    def to_python(self, value: Any) -> Any:
        number = super().to_python(value)
        if number is not None and number != number.to_integral_value():
            raise ValidationError(_("Write a whole number, without a point"), code="whole")
        return number

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        return None if number is None else int(number)


def _plain(value: Decimal | int) -> str:
    """A number as it goes back into a box: exact, no exponent, no comma, no trailing zero."""
    text = format(Decimal(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_unit_words = lazy(formats.unit_text, str)


@dataclass(frozen=True, slots=True)
class EnteredQuantity:
    """A value with the unit somebody chose."""

    value: Decimal
    unit: str


class QuantityWidget(forms.MultiWidget):
    template_name = "ui/forms/quantity.html"
    use_fieldset = True

    def __init__(self, units: Sequence[tuple[str, Text]]) -> None:
        choices = [("", _("Choose unit")), *units]
        super().__init__([_number_input(), forms.Select(choices=choices)])

    def decompress(self, value: Any) -> list[Any]:
        if value is None:
            return [None, None]
        return [_plain(value.value), str(value.unit)]


class QuantityField(Dressed, forms.Field):
    """A value and a unit chosen beside it; no unit is ever preselected (HZ-008).

    ``units`` are codes (``"mg"``) or (code, words) pairs. ``build(value, unit)`` makes the object cleaned to, for
    example the quantity class of the core; without it an ``EnteredQuantity``.
    """

    def __init__(
        self,
        label: Text,
        units: Sequence[str | tuple[str, Text]],
        *,
        build: Callable[[Decimal, str], Any] = EnteredQuantity,
        least: Decimal | None = None,
        most: Decimal | None = None,
        places: int | None = None,
        **kwargs: Any,
    ) -> None:
        pairs = [(unit, _unit_words(unit)) if isinstance(unit, str) else unit for unit in units]
        for _code, words in pairs:
            if isinstance(words, str) and formats.ERROR_PRONE.search(f"5 {words}"):
                raise ValueError(f"{words!r} is misread by people; give the unit in words")
        if len(pairs) > 1 and (least is not None or most is not None):
            raise ValueError("limits of typing need one unit; with several, check the cleaned quantity")
        self.build, self.limits = build, Limits(least=least, most=most, places=places)
        self.codes = {code for code, _words in pairs}
        super().__init__(label, widget=QuantityWidget(pairs), **kwargs)

    def clean(self, value: Any) -> Any:
        typed, unit = [*(value or []), "", ""][:2]
        number = parse_decimal(str(typed or ""))
        if number is None and not unit:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if number is None:
            raise ValidationError(_("Write the amount, or choose no unit"), code="no_amount")
        if control_is_on("HZ-008") and unit not in self.codes:
            raise ValidationError(_("Choose the unit"), code="no_unit")
        self.limits.check(number, str(unit or ""))
        return self.build(number, str(unit or ""))

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = self.widget.decompress(initial)
        return [str(one or "") for one in before] != [str(one or "") for one in data or ["", ""]]
