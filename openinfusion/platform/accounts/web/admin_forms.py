"""Forms of administration."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openinfusion.platform.access.roles import ROLE_CHOICES
from openinfusion.platform.ui.forms import (
    CheckboxesField,
    CheckField,
    DateField,
    DecimalField,
    EmailField,
    Form,
    IntegerField,
    PhoneField,
    SelectField,
    TextField,
)


def _name(label: Any) -> TextField:
    return TextField(label, max_length=120, one_script=True)


class _Reach(Form):
    """Role, sites and dates; ``sites`` are those of the program."""

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(site.pk): site for site in sites}
        self.fields["role"] = SelectField(_("Role"), ROLE_CHOICES)
        self.fields["all_sites"] = CheckField(_("All sites"))
        self.fields["sites"] = CheckboxesField(
            _("Sites"), [(key, site.name) for key, site in self.rows.items()], required=False,
            hint=_("None for patients, caregivers and physicians: they see linked charts only."),
        )  # fmt: skip

    def reach(self) -> dict[str, Any]:
        """Role and sites as the services take them."""
        data = self.cleaned_data
        sites = [] if data["all_sites"] else [self.rows[key] for key in data["sites"]]
        return {"role": data["role"], "all_sites": data["all_sites"], "sites": sites, "ends_on": data["ends_on"]}


class InviteForm(_Reach):
    """A person new to the program."""

    email = EmailField(_("E-mail address"), hint=_("The person signs in with it."), max_length=254)
    name = _name(_("Name"))
    credentials = TextField(
        _("Letters behind the name"), required=False, max_length=40, hint=_("For example RN or PharmD"), width="w10"
    )
    starts_on = DateField(_("First day"))
    ends_on = DateField(_("Last day"), required=False)
    field_order = ("email", "name", "credentials", "role", "all_sites", "sites", "starts_on", "ends_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)


class RoleForm(_Reach):
    """A change of role, sites or end."""

    ends_on = DateField(_("Last day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(("role", "all_sites", "sites", "ends_on"))


class _Address(Form):
    name = _name(_("Name"))
    phone = PhoneField(_("Phone"), required=False, max_length=30, hint=_("Patients are told to call this number."))
    address_line = TextField(_("Address"), required=False, max_length=120)
    city = TextField(_("City"), required=False, max_length=80)
    state = TextField(_("State"), required=False, max_length=2, width="w5", hint=_("Two letters"))
    postal_code = TextField(_("Postal code"), required=False, max_length=10, width="w10")
    time_zone = TextField(_("Time zone"), max_length=64, hint=_("For example America/Chicago"))


class ProgramForm(_Address):
    """The program. Whether it is a demo is not for a form."""

    npi = TextField(_("NPI"), required=False, max_length=10, width="w10")
    tax_id = TextField(_("Tax number"), required=False, max_length=20, width="w20")


class SiteForm(_Address):
    """A pharmacy or branch."""

    latitude = DecimalField(
        _("Latitude"), required=False, least=Decimal(-90), most=Decimal(90), hint=_("For driving times")
    )
    longitude = DecimalField(_("Longitude"), required=False, least=Decimal(-180), most=Decimal(180))

    def values(self) -> dict[str, Any]:
        """As the site stores them."""
        data = dict(self.cleaned_data)
        for name in ("latitude", "longitude"):
            data[name] = None if data[name] is None else float(data[name])
        return data


class AuditForm(Form):
    """What to look for in the audit log."""

    person = TextField(_("Person"), required=False, max_length=120, hint=_("Part of the name of who did it"))
    patient_id = IntegerField(_("Patient id"), required=False, least=Decimal(1), most=Decimal(10) ** 15)
    action = TextField(_("Action"), required=False, max_length=40, hint=_("For example read, refused, order.verified"))
    first = DateField(_("From"), required=False)
    last = DateField(_("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The end is before the start. Correct the dates"))
        return data


class OwnDetailsForm(Form):
    """One's own name and phone; the e-mail address is the administrator's to change."""

    name = _name(_("Name"))
    credentials = TextField(_("Letters behind the name"), required=False, max_length=40, width="w10")
    phone = PhoneField(_("Phone"), required=False, max_length=30)


class NewProgramForm(Form):
    """A new program with its first administrator."""

    name = _name(_("Name of the program"))
    slug = forms.SlugField(label=_("Short name"), max_length=50, help_text=_("Small letters, digits and hyphens"))
    time_zone = TextField(_("Time zone"), max_length=64, hint=_("For example America/Chicago"))
    phone = PhoneField(_("Phone"), required=False, max_length=30)
    administrator_name = _name(_("Name of the first administrator"))
    administrator_email = EmailField(_("E-mail address of the first administrator"), max_length=254)
