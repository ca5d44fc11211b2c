"""Forms of the pharmacy besides the order itself: reasons, verification, worksheet, second check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openinfusion.apps.pharmacy.models import Preparation
from openinfusion.apps.pharmacy.services.preparations import Limits, UsedLot, category_key
from openinfusion.apps.pharmacy.services.verification import override_key
from openinfusion.apps.pharmacy.services.worksheets import CHECKS, STEPS, categories, check_steps, lot_by_number
from openinfusion.core.beyond_use import Storage
from openinfusion.core.findings import Finding
from openinfusion.platform.errors import BadInput
from openinfusion.platform.ui.forms import (
    CheckField,
    DateTimeField,
    DecimalField,
    Form,
    IntegerField,
    QuantityField,
    RadioField,
    Section,
    SelectField,
    TextField,
)

MOST_LOTS = 6
STEPS_TITLE = gettext_lazy("Confirm in this order")
_AMOUNTS = ("mg", "mcg", "g", "units", "million units", "mL", "mEq", "mmol")
STORAGES = [
    (Storage.ROOM.value, gettext_lazy("Room, 20 to 25 °C")),
    (Storage.REFRIGERATOR.value, gettext_lazy("Refrigerator, 2 to 8 °C")),
    (Storage.FREEZER.value, gettext_lazy("Freezer, -25 to -10 °C")),
]


class ReasonForm(Form):
    reason = TextField(gettext_lazy("Why?"), max_length=300)


class NoteForm(Form):
    note = TextField(gettext_lazy("What did you see?"), max_length=300)


class OptionalNoteForm(Form):
    note = TextField(gettext_lazy("Note"), required=False, max_length=300)


class HoldForm(Form):
    reason = TextField(gettext_lazy("Why is the order held?"), max_length=300)

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["review_at"] = DateTimeField(_("Look at it again"), hint=_("A task comes due then"), zone=zone)


class VerifyForm(Form):
    """A reason for each finding that interrupts, and the note of a return."""

    def __init__(self, *args: Any, findings: Sequence[Finding], is_return: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = [override_key(finding) for finding in findings]
        for number, (name, finding) in enumerate(zip(self.asked, findings, strict=True), start=1):
            self.fields[name] = TextField(
                _("%(number)s. %(detail)s Reason to go on") % {"number": number, "detail": finding.detail},
                required=not is_return, max_length=300, missing=_("Give a reason to go on: %s") % finding.detail,
                hint=_("Shown with your name on the order and to the prescriber."),
            )  # fmt: skip
        hint, missing = _("Needed when you return the order"), _("Say what must change.")
        self.fields["note"] = TextField(
            _("Note to who entered it"), required=is_return, rows=2, max_length=400, hint=hint, missing=missing
        )

    def overrides(self) -> list[tuple[str, str]]:
        return [(name, self.cleaned_data[name]) for name in self.asked if self.cleaned_data.get(name)]


class PlanForm(Form):
    doses = IntegerField(gettext_lazy("How many doses?"), least=Decimal(1), most=Decimal(200), width="w5")


class WorksheetForm(Form):
    """The worksheet: steps in order, lots, limits of life. Nothing is filled in beforehand."""

    storage = RadioField(gettext_lazy("Where is it kept?"), STORAGES)
    stability_hours = DecimalField(
        gettext_lazy("Stable for, by its source"), least=Decimal(1), most=Decimal(4320), suffix=gettext_lazy("hours")
    )
    stability_source = TextField(
        gettext_lazy("Source of the stability time"),
        max_length=160,
        hint=gettext_lazy("Label section, study or data sheet"),
    )

    def __init__(self, *args: Any, preparation: Preparation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preparation = preparation
        for key, words in STEPS:
            self.fields[f"step_{key}"] = CheckField(words)
        for n in range(1, MOST_LOTS + 1):
            needed = n == 1
            self.fields[f"lot_{n}"] = TextField(
                _("Lot %s: number on the package") % n,
                required=needed,
                max_length=40,
                hint=_("Scan or type it") if needed else "",
            )
            self.fields[f"count_{n}"] = IntegerField(
                _("Lot %s: whole units opened") % n, required=needed, least=Decimal(1), width="w5"
            )
            self.fields[f"used_{n}"] = QuantityField(_("Lot %s: amount that went in") % n, _AMOUNTS, required=False)
            self.fields[f"wasted_{n}"] = QuantityField(_("Lot %s: amount wasted") % n, _AMOUNTS, required=False)
        rows = [(category_key(row), f"{row.category}: {row.process}, {row.components}") for row in categories()]
        hint = _("Only rows of the table seen in a source may decide")
        self.fields["category"] = SelectField(_("Category of the preparation"), rows, hint=hint)
        lots = [f"{part}_{n}" for n in range(1, MOST_LOTS + 1) for part in ("lot", "count", "used", "wasted")]
        self.sections = (
            Section(STEPS_TITLE, [f"step_{key}" for key, _words in STEPS]),
            Section(_("Lots that went in"), lots),
            Section(_("How long it may be used"), ["category", "storage", "stability_hours", "stability_source"]),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        try:
            check_steps(self.done())
        except BadInput as error:
            for name, sentence in error.fields.items():
                self.add_error(name, sentence)
        data["lots"] = [used for n in range(1, MOST_LOTS + 1) if (used := self._lot(n, data))]
        return data

    def done(self) -> list[str]:
        return [key for key, _words in STEPS if self.cleaned_data.get(f"step_{key}")]

    def _lot(self, n: int, data: dict[str, Any]) -> UsedLot | None:
        number, count = data.get(f"lot_{n}"), data.get(f"count_{n}")
        used, wasted = data.get(f"used_{n}"), data.get(f"wasted_{n}")
        if not number:
            for name in (f"count_{n}", f"used_{n}", f"wasted_{n}"):
                if data.get(name) is not None and f"lot_{n}" not in self.errors:
                    self.add_error(f"lot_{n}", _("Write the lot number too"))
            return None
        if count is None:
            if f"count_{n}" not in self.errors:
                self.add_error(f"count_{n}", _("Write how many whole units you opened"))
            return None
        if used and wasted and used.unit != wasted.unit:
            self.add_error(f"wasted_{n}", _("Use the same unit as the amount that went in"))
        try:
            lot = lot_by_number(self.preparation, number)
        except BadInput as error:
            self.add_error(f"lot_{n}", error.fields["lot"])
            return None
        amount = used or wasted
        unit = amount.unit if amount else ""
        return UsedLot(
            lot, count, used=used.value if used else None, wasted=wasted.value if wasted else None, unit=unit
        )

    def limits(self) -> Limits:
        data = self.cleaned_data
        hours = timedelta(seconds=int(data["stability_hours"] * 3600))
        return Limits(data["category"], data["storage"], hours, data["stability_source"])


class CheckForm(Form):
    """What the second person confirms."""

    sections: Sequence[Section] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, words in CHECKS:
            self.fields[f"step_{key}"] = CheckField(words, required=True, missing=_("Confirm: %s") % words)

    def done(self) -> list[str]:
        return [key for key, _words in CHECKS if self.cleaned_data.get(f"step_{key}")]
