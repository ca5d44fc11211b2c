"""Forms of the visit, one step each; nothing is chosen beforehand."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from openinfusion.platform.ui.forms import (
    CheckboxesField,
    CheckField,
    DateField,
    DecimalField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    TextField,
    YesNoUnknownField,
)
from openinfusion.platform.ui.forms.base import Text
from openinfusion.rulepacks import load_document

YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class IdentityForm(Form):
    full_name = TextField(_("Full name, as the patient says it"), required=False, max_length=200, one_script=True)
    birth_date = DateField(_("Date of birth, as the patient says it"), required=False)
    record_number = TextField(_("Or the number on the wristband or card"), required=False, max_length=30)

    def given(self) -> dict[str, str]:
        """Identifiers given, by kind."""
        data = self.cleaned_data
        born = data["birth_date"].isoformat() if data["birth_date"] else ""
        return {"full_name": data["full_name"], "birth_date": born, "record_number": data["record_number"]}


class SectionForm(Form):
    """Base of the note's sections; the fields are the section's data."""

    title: Text = ""

    def data_to_save(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class HistoryForm(SectionForm):
    title = _("Before the infusion")
    allergies_reviewed = RadioField(_("Did you go through the allergies with the patient?"), YES_NO)
    last_reaction_asked = RadioField(_("Did you ask about the last dose: itch, chest, breath, fever?"), YES_NO)
    last_reaction = TextField(_("What did the patient say?"), required=False, rows=3, max_length=1000)
    phone_and_address = RadioField(_("Does a phone work here, and is the address ready for 911?"), YES_NO)


class AccessForm(SectionForm):
    title = _("Line and site")
    site_look = TextField(
        _("How does the site look?"), required=False, max_length=300, hint=_("Redness, swelling, pain, leaking")
    )
    patent = RadioField(_("Does it flush and draw?"), YES_NO, required=False)
    dressing = TextField(_("Dressing and securement"), required=False, max_length=300)
    reason_not_done = TextField(_("If not done, why?"), required=False, max_length=300)


class KitForm(SectionForm):
    title = _("Anaphylaxis kit")
    intact = RadioField(_("Is the kit here, sealed and undamaged?"), YES_NO)
    code = TextField(_("Code on the seal"), required=False, max_length=30)


class TeachingForm(SectionForm):
    title = _("Teaching")
    taught = TextField(_("What did you teach?"), required=False, rows=3, max_length=1000)
    teach_back = TextField(_("What did they show or say back?"), required=False, rows=3, max_length=1000)
    reason_not_done = TextField(_("If not done, why?"), required=False, max_length=300)


class SuppliesForm(SectionForm):
    title = _("Supplies")
    count = TextField(_("What is left in the home?"), required=False, rows=3, max_length=1000)
    reason_not_done = TextField(_("If not counted, why?"), required=False, max_length=300)


class NextVisitForm(SectionForm):
    title = _("Next visit")
    agreed = TextField(_("What did you agree?"), required=False, max_length=300)
    reason_not_done = TextField(_("If not agreed, why?"), required=False, max_length=300)


class PatientSignatureForm(SectionForm):
    title = _("Patient's signature")
    name = TextField(_("Name of who signs, as they write it"), required=False, max_length=160)
    relation = TextField(_("If not the patient: who is it?"), required=False, max_length=60)
    reason_not_done = TextField(_("If nobody signs, why?"), required=False, max_length=300)


class NoteForm(SectionForm):
    title = _("Note")
    reaction = RadioField(_("Was there any reaction?"), YES_NO, required=False)
    text = TextField(_("Note"), required=False, rows=8, max_length=8000)


SECTION_FORMS: dict[str, type[SectionForm]] = {
    "history": HistoryForm,
    "access": AccessForm,
    "kit": KitForm,
    "teaching": TeachingForm,
    "supplies": SuppliesForm,
    "next_visit": NextVisitForm,
    "patient_signature": PatientSignatureForm,
    "note": NoteForm,
}


class VitalsForm(Form):
    systolic = IntegerField(_("Blood pressure, upper"), required=False, suffix="mmHg", width="w5")
    diastolic = IntegerField(_("Blood pressure, lower"), required=False, suffix="mmHg", width="w5")
    heart_rate = IntegerField(_("Pulse"), required=False, suffix=_("per min"), width="w5")
    respiratory_rate = IntegerField(_("Breaths"), required=False, suffix=_("per min"), width="w5")
    temperature_c = DecimalField(_("Temperature"), required=False, suffix="°C", width="w5")
    oxygen_saturation = IntegerField(_("Oxygen"), required=False, suffix="%", width="w5")
    on_oxygen = YesNoUnknownField(_("Is the patient on oxygen?"), required=False)
    consciousness = RadioField(
        _("How awake?"),
        [
            ("A", _("Alert")),
            ("C", _("New confusion")),
            ("V", _("Answers to voice")),
            ("P", _("Answers to pain")),
            ("U", _("No answer")),
        ],
        required=False,
    )
    pain = IntegerField(_("Pain, 0 to 10"), required=False, width="w5")
    confirmed = CheckField(_("I measured again: these unusual values are right"), required=False)

    def values(self) -> dict[str, Any]:
        """The columns of one set."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("confirmed", "on_oxygen")}
        data["on_oxygen"] = {"yes": True, "no": False}.get(self.cleaned_data["on_oxygen"] or "")
        data["consciousness"] = data["consciousness"] or ""
        return data


class StartForm(Form):
    preparation = TextField(
        _("Number on the label"), max_length=60, hint=_("Scan or type it from the bag you will hang")
    )


class RateForm(Form):
    rate_ml_h = DecimalField(_("Rate now on the pump"), suffix="mL/h", width="w5")
    reason = TextField(_("If it is not a step of the order: why?"), required=False, max_length=200)


class EndForm(Form):
    """What was given and what was thrown away, in the unit of the order."""

    def __init__(self, *args: Any, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["given"] = DecimalField(_("Dose given"), suffix=unit, width="w10")
        self.fields["wasted"] = DecimalField(
            _("Dose thrown away"), suffix=unit, width="w10", hint=_("0 when nothing was")
        )
        self.fields["reason"] = TextField(_("If not the whole dose: why?"), required=False, max_length=300)


class ReactionForm(Form):
    """Signs as the signed protocol names them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        recognition = load_document("anaphylaxis_protocol", "recognition")
        signs = [sign for signs in recognition.values() if isinstance(signs, list) for sign in signs]
        self.fields["signs"] = CheckboxesField(
            _("What do you see?"), [(sign, sign) for sign in signs if len(sign) < 40]
        )
        self.fields["action"] = TextField(_("What did you do?"), rows=3, max_length=300)
        self.fields["grade"] = SelectField(
            _("Grade"), [("", _("Not graded")), *((str(n), str(n)) for n in range(1, 5))], required=False
        )
