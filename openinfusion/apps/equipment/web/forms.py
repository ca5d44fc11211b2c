"""Forms of the pump fleet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openinfusion.platform.ui.forms import DateField, Form, RadioField, TextField

KINDS = [("ambulatory", _("Ambulatory")), ("pole", _("Pole")), ("syringe", _("Syringe")), ("pca", _("PCA"))]


class RegisterForm(Form):
    serial = TextField(_("Serial number"), max_length=60)
    family = TextField(_("Make and model"), max_length=80)
    kind = RadioField(_("Kind"), KINDS)
    eui64 = TextField(_("EUI-64"), required=False, max_length=30, hint=_("16 characters, for a pump that reports"))
    udi = TextField(_("UDI"), required=False, max_length=80)
    service_due_on = DateField(_("Next service due"), required=False)
    library_version = TextField(_("Drug library version"), required=False, max_length=40)


class CheckOutForm(Form):
    serial = TextField(_("Serial number of the pump"), max_length=60, hint=_("Scan or type the number on the pump"))


class ConfirmForm(Form):
    serial = TextField(
        _("Serial number of the pump in the home"), max_length=60, hint=_("Scan or read it from the pump")
    )


class ReasonForm(Form):
    reason = TextField(_("Why?"), max_length=200)


class CheckForm(Form):
    service_due_on = DateField(_("Next service due"), hint=_("Enter it only when every test passed"))
