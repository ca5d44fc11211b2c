"""Forms of the workforce."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from openinfusion.platform.tenancy.models import Site
from openinfusion.platform.ui.forms import CheckField, DateField, Form, PhoneField, SelectField, TextField, TimeField
from openinfusion.rulepacks import load_table


class NurseForm(Form):
    name = TextField(_("Name"), max_length=160, one_script=True)
    credentials = TextField(_("Credentials"), max_length=40, hint=_("For example RN, CRNI"))
    phone = PhoneField(_("Phone"), required=False)
    agency = TextField(_("Agency, for a guest nurse"), required=False, max_length=120)

    def __init__(self, *args: Any, sites: Sequence[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sites = {str(site.pk): site for site in sites}
        if len(self.sites) > 1:
            self.fields["site"] = SelectField(_("Site"), [(key, site.name) for key, site in self.sites.items()])

    def facts(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        chosen = data.pop("site", None)
        return data | {"site": self.sites[chosen] if chosen else next(iter(self.sites.values()))}


class LicenceForm(Form):
    state = TextField(_("State"), max_length=2, width="w5", hint=_("Two letters"))
    number = TextField(_("Licence number"), max_length=40)
    expires_on = DateField(_("Expires"))
    is_compact = CheckField(_("Multistate (compact) licence"))


class CompetencyForm(Form):
    """Competencies named as visits ask for them, so that they match."""

    shown_on = DateField(_("Shown on"))
    expires_on = DateField(_("Valid until"))

    field_order = ("name", "shown_on", "expires_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted({row["competency"] for row in load_table("competency_needs")})
        self.fields["name"] = SelectField(_("Competency"), [(name, name.capitalize()) for name in names])
        self.order_fields(self.field_order)


class ShiftForm(Form):
    on = DateField(_("Day"))
    starts = TimeField(_("From"), hint=_("Clock of the site"))
    ends = TimeField(_("To"))


class CancelForm(Form):
    reason = TextField(_("Why is the shift cancelled?"), max_length=200)
