"""Forms of monitoring."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from openinfusion.platform.ui.forms import (
    CheckField,
    DateTimeField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    TextField,
)

CHANNELS = [("text", _("Text message")), ("voice", _("Phone call")), ("email", _("E-mail")), ("push", _("App message"))]


class SilenceForm(Form):
    """How long: two minutes at most for a high alarm, thirty for others."""

    minutes = RadioField(_("For how long?"), [("1", _("1 minute")), ("2", _("2 minutes"))])
    reason = TextField(_("Why may it be silent?"), max_length=200)

    def __init__(self, *args: Any, is_high: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_high:
            longer = [("10", _("10 minutes")), ("30", _("30 minutes"))]
            self.fields["minutes"].choices = [*self.fields["minutes"].choices, *longer]  # type: ignore[attr-defined]


class CloseForm(Form):
    reason = TextField(_("What was found and done?"), max_length=200, rows=3)


class ResolveForm(Form):
    resolution = TextField(
        _("What was found and done?"),
        max_length=300,
        rows=3,
        hint=_("For example: pump was swapped; check-out corrected"),
    )


class OnCallForm(Form):
    """One entry of the rota."""

    who = SelectField(_("Person"), [], required=False, hint=_("Leave empty for a service that is not a user"))
    name = TextField(_("Name, when not a user"), max_length=160, required=False)
    is_staffed_phone = CheckField(_("This is the staffed phone at the end of the chain"))
    step = IntegerField(_("Step"), hint=_("1 is told first"))
    channel = SelectField(_("By"), CHANNELS)
    address = TextField(_("Number or address"), max_length=120)
    wait_seconds = IntegerField(_("Seconds to wait for an answer"), initial=120)
    starts_at = DateTimeField(_("From"))
    ends_at = DateTimeField(_("Until"))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [("", _("Nobody chosen")), *people]  # type: ignore[attr-defined]
