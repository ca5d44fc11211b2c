"""Forms of coverage."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from openinfusion.apps.coverage.models import BenefitLine
from openinfusion.platform.ui.forms import (
    DateField,
    DecimalField,
    Form,
    RadioField,
    SelectField,
    TextField,
    YesNoUnknownField,
)

_TRUTH = {"yes": True, "no": False, "not_known": None}


class CoverageForm(Form):
    payer = TextField(_("Payer"), max_length=160, one_script=True)
    payer_code = TextField(_("Electronic payer id"), required=False, max_length=20)
    plan = TextField(_("Plan"), required=False, max_length=160)
    member_id = TextField(_("Member number"), max_length=60, hint=_("As printed on the insurance card"))
    group_number = TextField(_("Group number"), required=False, max_length=60)
    relation = RadioField(
        _("Whose insurance is it?"),
        [
            ("self", _("The patient's own")),
            ("spouse", _("The spouse's")),
            ("child", _("A parent's")),
            ("other", _("Somebody else's")),
        ],
    )
    starts_on = DateField(_("First day"), required=False)
    ends_on = DateField(_("Last day"), required=False)


class BenefitForm(Form):
    category = RadioField(_("Which part of the treatment?"), BenefitLine.Category.choices)
    covered = YesNoUnknownField(_("Is it covered?"))
    authorization = YesNoUnknownField(_("Does it need an authorization?"))
    copay = DecimalField(_("Copay"), required=False, suffix=_("dollars"))
    coinsurance_percent = DecimalField(_("Coinsurance"), required=False, suffix=_("percent"))
    reference = TextField(_("Reference"), required=False, max_length=120, hint=_("Call reference or trace number"))
    note = TextField(_("Note"), required=False, max_length=300)

    def facts(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "category": data["category"],
            "is_covered": _TRUTH[data["covered"]],
            "needs_authorization": _TRUTH[data["authorization"]],
            "copay_minor": None if data["copay"] is None else int(data["copay"] * 100),
            "coinsurance_percent": data["coinsurance_percent"],
            "reference": data["reference"],
            "note": data["note"],
        }


class ApprovalForm(Form):
    """The payer's yes, with up to three lines of units."""

    LINES = 3

    number = TextField(_("Authorization number"), max_length=60)
    starts_on = DateField(_("First day"))
    ends_on = DateField(_("Last day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = [(name, _(name)) for name in ("visit", "day", "dose", "hour", "unit")]
        for count in range(1, self.LINES + 1):
            first = count == 1
            self.fields[f"category_{count}"] = SelectField(
                _("Line %d: part of the treatment") % count,
                BenefitLine.Category.choices,
                required=first,
            )
            self.fields[f"code_{count}"] = TextField(_("Line %d: code") % count, required=False, max_length=10)
            self.fields[f"units_{count}"] = DecimalField(_("Line %d: units approved") % count, required=first)
            self.fields[f"unit_{count}"] = SelectField(_("Line %d: unit") % count, units, required=first)

    def lines(self) -> list[tuple[str, str, Any, str]]:
        """(category, code, units, unit) of each line filled in."""
        data = self.cleaned_data
        return [
            (data[f"category_{n}"], data[f"code_{n}"], data[f"units_{n}"], data[f"unit_{n}"] or "unit")
            for n in range(1, self.LINES + 1)
            if data[f"category_{n}"] and data[f"units_{n}"] is not None
        ]


class ReasonForm(Form):
    note = TextField(_("What did the payer say?"), max_length=400)


class ConfirmForm(Form):
    note = TextField(_("Reference or reason"), required=False, max_length=400)
