"""Text and choice fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from openinfusion.platform.ui.forms.base import Text
from openinfusion.platform.ui.forms.hygiene import normalise, refusal_of


class Dressed:
    """Shared arguments: ``label``, ``hint``, ``missing`` (said when empty), ``width`` (w5, w10, w20), ``suffix``."""

    missing_verb: Text = _("Write")
    error_messages: Any

    def __init__(
        self,
        label: Text,
        *args: Any,
        hint: Text = "",
        missing: Text = "",
        width: str = "",
        suffix: Text = "",
        **kwargs: Any,
    ) -> None:
        self.width = width
        self.suffix = suffix
        kwargs.setdefault("label", label)
        kwargs.setdefault("help_text", hint)
        super().__init__(*args, **kwargs)
        self.error_messages["required"] = missing or _Missing(self.missing_verb, label)


class _Missing:
    """``Write: Home phone``, put together when shown so that both halves are translated."""

    def __init__(self, verb: Text, label: Text) -> None:
        self.verb, self.label = verb, label

    def __str__(self) -> str:
        return f"{self.verb}: {self.label}"

    def __mod__(self, values: Any) -> str:
        return str(self)


class TextField(Dressed, forms.CharField):
    """A line of text, or ``rows`` lines. ``one_script`` for names of people, drugs and labels (HZ-006)."""

    def __init__(self, label: Text, *, rows: int = 0, one_script: bool = False, **kwargs: Any) -> None:
        self.rows, self.one_script = rows, one_script
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows, "cols": False}))
        super().__init__(label, **kwargs)

    def to_python(self, value: Any) -> str:
        return normalise(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if refusal := refusal_of(value, multiline=bool(self.rows), one_script=self.one_script):
            raise ValidationError(refusal, code="hidden_characters")


class EmailField(Dressed, forms.EmailField):
    """An e-mail address."""

    def __init__(self, label: Text, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.error_messages["invalid"] = _("Write an e-mail address like name@example.org")
        self.validators = [EmailValidator(message=self.error_messages["invalid"])]


class PhoneField(TextField):
    """A telephone number as people write it; letters are refused."""

    _ALLOWED = re.compile(r"^\+?[0-9][0-9 ().\-]{2,28}(?: ?(?:x|ext\.?) ?[0-9]{1,6})?$", re.IGNORECASE)

    def __init__(self, label: Text, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}))
        super().__init__(label, **{"width": "w20", **kwargs})

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not self._ALLOWED.match(value):
            raise ValidationError(_("Write a telephone number in digits, for example 555-0142"), code="invalid")


class PasswordField(Dressed, forms.CharField):
    """A password; never shown again."""

    def __init__(self, label: Text, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.PasswordInput(attrs={"autocomplete": "current-password"}))
        super().__init__(label, **{"strip": False, **kwargs})


class FileField(Dressed, forms.FileField):
    """An upload."""

    missing_verb = _("Choose a file")


class CheckField(Dressed, forms.BooleanField):
    """One tick box that a person may leave empty, or must tick when required."""

    missing_verb = _("Tick")

    def __init__(self, label: Text, *, required: bool = False, **kwargs: Any) -> None:
        super().__init__(label, required=required, **kwargs)


class _Choices(Dressed):
    missing_verb = _("Choose")

    def __init__(self, label: Text, choices: Any, **kwargs: Any) -> None:
        super().__init__(label, choices=choices, **kwargs)
        self.error_messages["invalid_choice"] = _("Choose one of the answers shown")


class SelectField(_Choices, forms.ChoiceField):
    """A drop-down list that starts with nothing chosen."""

    def __init__(self, label: Text, choices: Any, *, blank: Text = "", **kwargs: Any) -> None:
        super().__init__(label, [("", blank or _("Choose")), *choices], **kwargs)


class RadioField(_Choices, forms.ChoiceField):
    """Radio buttons, none chosen. ``hints`` by value; ``reveals`` names the field a value brings up."""

    def __init__(
        self,
        label: Text,
        choices: Any,
        *,
        hints: Mapping[str, Text] | None = None,
        reveals: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.hints, self.reveals = dict(hints or {}), dict(reveals or {})
        kwargs.setdefault("widget", forms.RadioSelect)
        super().__init__(label, choices, **kwargs)


class YesNoUnknownField(RadioField):
    """Yes, no, not known. "Not known" is an answer, and never counts as yes."""

    YES, NO, NOT_KNOWN = "yes", "no", "not_known"

    def __init__(self, label: Text, **kwargs: Any) -> None:
        choices = [(self.YES, _("Yes")), (self.NO, _("No")), (self.NOT_KNOWN, _("Not known"))]
        super().__init__(label, choices, **kwargs)


class CheckboxesField(_Choices, forms.MultipleChoiceField):
    """Tick boxes; any number of them."""

    def __init__(
        self,
        label: Text,
        choices: Any,
        *,
        hints: Mapping[str, Text] | None = None,
        reveals: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.hints, self.reveals = dict(hints or {}), dict(reveals or {})
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(label, choices, **kwargs)
