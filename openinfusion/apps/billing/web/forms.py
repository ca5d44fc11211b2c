"""Forms of billing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from openinfusion.apps.billing.models import ProductFact
from openinfusion.core.claims.contract import HourRounding, NursingBasis
from openinfusion.formats.x12.claim_fields import FILING_CODES
from openinfusion.platform.ui.forms import (
    DateField,
    DecimalField,
    FileField,
    Form,
    IntegerField,
    RadioField,
    Section,
    SelectField,
    TextField,
)


class DraftForm(Form):
    from_date = DateField(_("First day"), hint=_("Days in the patient's time zone"))
    to_date = DateField(_("Last day"))


class SendForm(Form):
    """A reason is asked for when there are warnings."""

    reason = TextField(_("Why does it go out with these warnings?"), max_length=300, required=False)

    def __init__(self, *args: Any, has_warnings: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_warnings:
            del self.fields["reason"]


class ReasonForm(Form):
    reason = TextField(_("Why?"), max_length=300)


class FileForm(Form):
    file = FileField(_("File"), hint=_("As it came from the payer or the clearing house"))


class RatesFileForm(Form):
    file = FileField(
        _("Table of rates"),
        hint=_("CSV with the columns code, modifier, charge, expected, effective_from, effective_to, source"),
    )


class RateForm(Form):
    code = TextField(_("Code"), max_length=5, width="w5", hint=_("HCPCS or CPT"))
    modifier = TextField(
        _("Modifier"), max_length=2, width="w5", required=False, hint=_("SH and SJ need a rate of their own")
    )
    charge = DecimalField(_("Charge for one unit"), least=Decimal(0), width="w10", suffix="USD")
    expected = DecimalField(
        _("Expected payment for one unit"), least=Decimal(0), width="w10", suffix="USD", required=False
    )
    starts_on = DateField(_("First day"))
    ends_on = DateField(_("Last day"), required=False)
    source = TextField(_("Source"), max_length=160, hint=_("Contract or fee schedule, with its date"))


class ContractForm(Form):
    """How a payer counts; what is left empty is not known."""

    sections = (
        Section(_("Contract"), ["version", "source", "payer_code", "filing_code"]),
        Section(_("Nursing"), ["nursing_basis", "hour_rounding", "nursing_hours_per_day"]),
        Section(
            _("Drugs and per diems"), ["modifier_for_waste_below_unit", "per_diem_codes", "supplies_outside_per_diem"]
        ),
        Section(_("Limits"), ["timely_filing_days", "units_per_day"]),
    )
    version = TextField(_("Version"), max_length=40, width="w20")
    source = TextField(_("Source"), max_length=160, hint=_("The document this comes from"))
    payer_code = TextField(_("Electronic payer id"), max_length=20, width="w20", required=False)
    filing_code = SelectField(_("Claim filing code"), [(code, code) for code in FILING_CODES], required=False)
    nursing_basis = RadioField(
        _("How is nursing billed?"),
        [(NursingBasis.VISIT.value, _("99601 and 99602, by visit and hour")), (NursingBasis.MEDICARE.value, _("Medicare home infusion visit codes"))],
        required=False,
    )  # fmt: skip
    hour_rounding = RadioField(
        _("How does a started further hour count?"),
        [(HourRounding.UP.value, _("As a whole hour")), (HourRounding.DOWN.value, _("Not at all")), (HourRounding.NEAREST.value, _("From 31 minutes"))],
        required=False,
    )  # fmt: skip
    nursing_hours_per_day = IntegerField(
        _("Most nursing hours in a day"), least=Decimal(1), most=Decimal(24), width="w5", required=False
    )
    modifier_for_waste_below_unit = TextField(
        _("Modifier when less than one unit was discarded"),
        max_length=2,
        width="w5",
        required=False,
        hint=_("JZ where the payer wants it"),
    )
    per_diem_codes = TextField(
        _("Per diem codes of this payer"),
        max_length=600,
        required=False,
        hint=_("Like natalizumab=S9338; vedolizumab=S9379"),
    )
    supplies_outside_per_diem = TextField(
        _("Supplies billed apart"), max_length=200, required=False, hint=_("Codes with ; between them")
    )
    timely_filing_days = IntegerField(
        _("Days to file a claim"), least=Decimal(1), most=Decimal(3650), width="w5", required=False
    )
    units_per_day = TextField(_("Most units in a day"), max_length=200, required=False, hint=_("Like J0696=8; S9500=1"))

    POLICY = (
        "nursing_basis", "hour_rounding", "nursing_hours_per_day", "modifier_for_waste_below_unit",
        "supplies_outside_per_diem", "timely_filing_days", "units_per_day",
    )  # fmt: skip

    def policy(self) -> dict[str, str]:
        """The rules as text, as the core reads them."""
        data = self.cleaned_data
        return {name: str(data[name]).strip() for name in self.POLICY if data.get(name) not in (None, "")}


class ProductForm(Form):
    container = RadioField(
        _("Container"), ProductFact.Container.choices, hint=_("Single-dose containers need JW or JZ")
    )
    ndc_unit = SelectField(_("The NDC counts in"), ProductFact.NdcUnit.choices)
    ndc_quantity = DecimalField(
        _("NDC units in one stock unit"), least=Decimal("0.001"), width="w10", hint=_("1 for a vial of powder")
    )
    source = TextField(_("Source"), max_length=160, hint=_("The label or package insert"))
