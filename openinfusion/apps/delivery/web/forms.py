"""Forms of delivery."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from openinfusion.apps.delivery.models import Shipment, ShipmentLine
from openinfusion.apps.delivery.readings import MOST_BYTES
from openinfusion.platform.ui.forms import (
    CheckboxesField,
    DateTimeField,
    FileField,
    Form,
    RadioField,
    SelectField,
    TextField,
)


class PlanForm(Form):
    """When the box must arrive, on the wall clock of the home."""

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deliver_from"] = DateTimeField(_("Earliest"), zone=zone, hint=_("The clock of the patient's home"))
        self.fields["deliver_until"] = DateTimeField(
            _("Latest"), zone=zone, hint=_("Doses must last until then and be infused")
        )


class CarrierForm(Form):
    carrier = TextField(_("Who carries the box?"), max_length=80, hint=_("The carrier, or the name of our driver"))


class ReasonForm(Form):
    reason = TextField(_("Reason"), max_length=300, rows=2)


class TemperatureForm(Form):
    """Paste or upload, lines of time and Celsius."""

    file = FileField(
        _("File of the logger"), required=False, hint=_("Text or CSV: time,celsius on each line, up to 2 MB")
    )
    readings = TextField(
        _("Or paste the readings"),
        required=False,
        rows=8,
        strip=False,
        hint=_("For example 2026-11-24T10:00:00-06:00,4.5"),
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [("", _("The times carry their zone")), (zone, zone), ("UTC", "UTC")]
        self.fields["zone"] = RadioField(
            _("In which zone did the logger write its times?"), dict.fromkeys(zones), required=False
        )
        self.fields["zone"].initial = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        uploaded = data.get("file")
        if uploaded and (data.get("readings") or "").strip():
            raise ValidationError(_("Send a file or paste readings, not both."))
        if uploaded:
            if uploaded.size > MOST_BYTES:
                self.add_error("file", _("The file is larger than 2 MB. Send the journey of this box only."))
                return data
            try:
                data["readings"] = uploaded.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("This is no text file. Export the log as CSV and send that."))
        elif not (data.get("readings") or "").strip() and not self.errors:
            self.add_error("readings", _("Send a file or paste the readings."))
        return data


class DecideForm(Form):
    decision = RadioField(
        _("What happens with the doses?"), [("use", _("They may be used")), ("discard", _("They are discarded"))]
    )
    reason = TextField(
        _("What does the decision rest on?"), rows=3, max_length=300,
        hint=_("For example the maker's answer with its reference. Shown with your name."),
    )  # fmt: skip


class ProofForm(Form):
    """Proof of delivery: the box, the person, and every line that arrived."""

    RELATIONS = (
        ("patient", _("The patient")), ("caregiver", _("Caregiver")), ("household", _("Somebody of the household")),
        ("neighbour", _("A neighbour")), ("nurse", _("The nurse")),
    )  # fmt: skip

    def __init__(
        self, *args: Any, shipment: Shipment, lines: Iterable[ShipmentLine], at: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        zone = shipment.episode.patient.time_zone
        choices = [(str(line.pk), _line_words(line)) for line in lines]
        self.fields["parcel"] = TextField(
            _("Number on the box"),
            max_length=30,
            hint=_("Scan or type it from the box itself, not from this page"),
            width="w20",
        )
        self.fields["received_by"] = TextField(_("Who took it?"), max_length=160)
        self.fields["relation"] = SelectField(_("Who is that?"), self.RELATIONS)
        self.fields["delivered_at"] = DateTimeField(_("When?"), zone=zone, hint=_("The clock of the patient's home"))
        self.fields["delivered_at"].initial = at
        self.fields["received"] = CheckboxesField(
            _("Tick every line that arrived"),
            choices,
            required=False,
            hint=_("Compare lot and serial numbers with the things."),
        )
        self.line_ids = [int(value) for value, _words in choices]

    def received(self) -> dict[int, bool]:
        ticked = set(self.cleaned_data["received"])
        return {pk: str(pk) in ticked for pk in self.line_ids}


def _line_words(line: ShipmentLine) -> str:
    return f"{line.quantity} x {line.label}" + (f", {code}" if (code := code_of(line)) else "")


def code_of(line: ShipmentLine) -> str:
    """The lot, serial, kit code or preparation number of what was picked."""
    if line.preparation and line.picked_at:
        return line.preparation.number
    if line.lot:
        return f"lot {line.lot.number}"
    if line.kit:
        return f"kit {line.kit.code}, expires {line.kit.expires_on:%d-%b-%Y}"
    if line.device and line.picked_at:
        return f"serial {line.device.serial}"
    return ""
