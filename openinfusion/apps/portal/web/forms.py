"""Forms of the portal."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from openinfusion.apps.portal.services.counts import MOST
from openinfusion.apps.portal.services.messages import LONGEST
from openinfusion.platform.access.roles import Role
from openinfusion.platform.ui.forms import DateField, EmailField, Form, IntegerField, RadioField, TextField


class MessageForm(Form):
    """Words from home."""

    text = TextField(_("Your message"), rows=5, max_length=LONGEST, missing=_("Write your message"))


class AnswerForm(Form):
    """Words back."""

    text = TextField(
        _("Your answer"), rows=4, max_length=LONGEST, missing=_("Write the answer"),
        hint=_("Short words and short sentences. The person reads this on a phone."),
    )  # fmt: skip


class CountForm(Form):
    """One number."""

    counted = IntegerField(
        _("How many doses do you have?"), least=Decimal(0), most=Decimal(MOST), width="w5", missing=_("Write how many you have"),
        hint=_("Count the bags or syringes with your name on them. Write 0 if you have none."),
    )  # fmt: skip


class LinkForm(Form):
    """Who gets access to this chart."""

    relation = RadioField(
        _("Who is it?"),
        [(Role.PATIENT, _("The patient")), (Role.CAREGIVER, _("A caregiver")), (Role.PHYSICIAN, _("A physician"))],
    )
    email = EmailField(_("E-mail address"), hint=_("The address the administrator invited."))
    ends_on = DateField(
        _("Access ends on"),
        required=False,
        hint=_("Leave empty when no end is agreed. A parent's access ends when the child is 18."),
    )
