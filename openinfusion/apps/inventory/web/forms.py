"""Forms of the stock."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from openinfusion.apps.inventory.models import Item, Lot
from openinfusion.platform.tenancy.models import Site
from openinfusion.platform.ui.forms import (
    DateField,
    Form,
    IntegerField,
    QuantityField,
    RadioField,
    SelectField,
    TextField,
)
from openinfusion.rulepacks import therapies


class SiteForm(Form):
    """A form with the pharmacy, asked only where there are several."""

    def __init__(self, *args: Any, sites: Sequence[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sites = {str(site.pk): site for site in sites}
        if len(self.sites) > 1:
            self.fields["site"] = SelectField(_("Pharmacy"), [(key, site.name) for key, site in self.sites.items()])

    def site(self) -> Site:
        return self.sites[self.cleaned_data["site"]] if len(self.sites) > 1 else next(iter(self.sites.values()))


class ItemForm(Form):
    kind = RadioField(_("Kind"), Item.Kind.choices)
    name = TextField(
        _("Name with strength and size"),
        max_length=160,
        one_script=True,
        hint=_("As on the package, generic name first"),
    )
    strength = QuantityField(
        _("Amount in one unit"), ("mg", "mcg", "g", "units", "million units", "mL", "mEq", "mmol"), required=False
    )
    ndc = TextField(_("NDC"), required=False, max_length=13)
    gtin = TextField(_("GTIN"), required=False, max_length=14)
    storage = SelectField(
        _("Storage"), [("room", _("Room")), ("fridge", _("Refrigerator")), ("freezer", _("Freezer"))], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = sorted(therapies().values(), key=lambda one: one.generic.lower())
        choices = [(one.id, one.display_name) for one in rows]
        self.fields["therapy_id"] = SelectField(_("Therapy, for a drug"), choices, required=False)
        self.order_fields(("kind", "therapy_id", "name"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == Item.Kind.DRUG and not data.get("therapy_id") and "therapy_id" not in self.errors:
            self.add_error("therapy_id", _("Choose the therapy this drug is for"))
        return data

    def facts(self) -> dict[str, Any]:
        """The fields of the catalogue row."""
        data = dict(self.cleaned_data)
        strength = data.pop("strength")
        if strength is not None:
            data |= {"strength_value": strength.value, "strength_unit": strength.unit}
        return data


class ReceiveForm(SiteForm):
    lot_number = TextField(_("Lot number"), max_length=40, hint=_("As printed on the package"))
    expires_on = DateField(_("Expires"))
    quantity = IntegerField(_("Whole units"), least=Decimal(1), width="w5")


class CountForm(Form):
    counted = IntegerField(_("How many whole units are on the shelf?"), least=Decimal(0), width="w5")


class LotStatusForm(Form):
    status = RadioField(_("What happens to this lot?"), Lot.Status.choices)
    reason = TextField(_("Why?"), max_length=200)


class KitForm(SiteForm):
    code = TextField(_("Code on the seal"), max_length=30)
    expires_on = DateField(_("First part expires"))


class LookForm(Form):
    text = TextField(_("Name or lot number"), required=False, max_length=80)
