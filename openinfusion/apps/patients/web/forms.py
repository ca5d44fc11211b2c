"""Forms of charts and episodes: lists of fields; the services decide what is right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms as django_forms

from openinfusion.apps.patients.models import AccessDevice, Measurement, Patient
from openinfusion.apps.patients.services.allergies import SEVERITIES
from openinfusion.platform.tenancy.models import Site
from openinfusion.platform.ui.forms import (
    CheckField,
    DateField,
    DatePartsField,
    DateTimeField,
    DecimalField,
    EmailField,
    Form,
    IntegerField,
    PhoneField,
    RadioField,
    Section,
    SelectField,
    TextField,
    YesNoUnknownField,
)
from openinfusion.rulepacks import therapies

SOURCES = (
    ("patient", "Patient"),
    ("caregiver", "Caregiver"),
    ("nurse", "Nurse in the home"),
    ("referral", "Referral papers"),
    ("laboratory", "Laboratory report"),
    ("pharmacy", "Pharmacy record"),
)
TIME_ZONES = (
    ("America/New_York", "Eastern"),
    ("America/Chicago", "Central"),
    ("America/Denver", "Mountain"),
    ("America/Phoenix", "Mountain without summer time"),
    ("America/Los_Angeles", "Pacific"),
    ("America/Anchorage", "Alaska"),
    ("Pacific/Honolulu", "Hawaii"),
    ("America/Puerto_Rico", "Atlantic, Puerto Rico"),
)
TESTS = (
    "weight",
    "height",
    "creatinine",
    "bun",
    "potassium",
    "sodium",
    "magnesium",
    "phosphate",
    "calcium",
    "glucose",
    "alt",
    "ast",
    "bilirubin",
    "albumin",
    "hemoglobin",
    "wbc",
    "neutrophils",
    "platelets",
    "cpk",
    "inr",
    "ferritin",
    "vancomycin level",
    "tobramycin level",
    "tacrolimus level",
    "heart rate",
    "systolic blood pressure",
    "diastolic blood pressure",
    "temperature",
    "respiratory rate",
    "oxygen saturation",
)
_UPPER = {"bun", "alt", "ast", "wbc", "cpk", "inr"}
OTHER_TEST = "other"


def test_label(test: str) -> str:
    """A test as people write it."""
    return test.upper() if test in _UPPER else test[:1].upper() + test[1:]


def asked_field() -> django_forms.CharField:
    """Tells the form that its service has asked back, so that the tick box appears."""
    return django_forms.CharField(required=False, widget=django_forms.HiddenInput)


def answer_only_when_asked(form: Form) -> bool:
    """Take the tick box ``confirmed`` away until the service has asked. True when it stays."""
    if form.data.get("asked"):
        return True
    del form.fields["confirmed"]
    return False


class SearchForm(Form):
    submit_label = "Search"
    q = TextField(
        "Name, record number, date of birth or phone",
        hint="At least 2 characters. A date of birth like 14-Mar-1961. An episode number also works.",
        missing="Write at least 2 characters",
        max_length=80,
    )


class DemographicsForm(Form):
    sections: Sequence[Section] = (
        Section("Who it is", ("family_name", "given_name", "preferred_name", "birth_date", "sex")),
        Section("How to reach the patient", ("phone", "email", "language")),
        Section("Where the patient lives", ("address_line", "city", "state", "postal_code", "directions")),
    )
    family_name = TextField("Family name", one_script=True, max_length=120, missing="Write the family name")
    given_name = TextField("Given names", one_script=True, max_length=120, missing="Write the given name")
    preferred_name = TextField("Likes to be called", one_script=True, required=False, max_length=60)
    birth_date = DatePartsField("Date of birth", missing="Write the full date of birth")
    sex = RadioField("Sex", Patient.Sex.choices, missing="Choose the sex, or not known")
    phone = PhoneField("Phone", required=False)
    email = EmailField("E-mail", required=False)
    language = TextField("Language the patient speaks best", required=False, max_length=20)
    address_line = TextField("Street and number", required=False, max_length=160)
    city = TextField("City", required=False, max_length=80)
    state = TextField("State", required=False, max_length=2, width="w5", hint="Two letters, like IL")
    postal_code = TextField("ZIP code", required=False, max_length=10, width="w10")
    directions = TextField(
        "How to find the door", required=False, max_length=300, rows=2, hint="Entrance, parking, animals"
    )


class RegisterForm(DemographicsForm):
    submit_label = "Register the patient"
    asked = asked_field()
    confirmed = CheckField("None of these charts is this person: register a new patient")
    site = SelectField("Site that looks after the patient", (), missing="Choose the site")
    sections = (
        *DemographicsForm.sections,
        Section("Who looks after the patient", ("site",)),
    )

    def __init__(self, *args: Any, sites: Iterable[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(site.pk), site.name) for site in sites]
        self.fields["site"].choices = [("", "Choose"), *choices]  # type: ignore[attr-defined]
        if answer_only_when_asked(self):
            self.sections = (Section("Compare with the charts above", ("confirmed",)), *self.sections)


class ChangeDemographicsForm(DemographicsForm):
    submit_label = "Save"
    sections = (
        *DemographicsForm.sections,
        Section("Where the home is on the map", ("latitude", "longitude")),
        Section("Other", ("time_zone", "pregnancy", "lactation")),
    )
    latitude = DecimalField(
        "Latitude", required=False, hint="In degrees, like 39.7817; the planner needs it for travel"
    )
    longitude = DecimalField("Longitude", required=False, hint="In degrees, west is negative, like -89.6501")
    time_zone = SelectField("Time zone of the home", TIME_ZONES)
    pregnancy = RadioField("Pregnant", Patient.Answer.choices)
    lactation = RadioField("Breast-feeding", Patient.Answer.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = (kwargs.get("initial") or {}).get("time_zone")
        if zone and zone not in dict(TIME_ZONES):
            self.fields["time_zone"].choices = [("", "Choose"), *TIME_ZONES, (zone, zone)]  # type: ignore[attr-defined]


class AllergyForm(Form):
    submit_label = "Record the allergy"
    substance = TextField(
        "Substance", one_script=True, max_length=160, hint="Generic name of a medicine, food, material"
    )
    reaction = TextField("What happened", required=False, max_length=160, hint="Hives, anaphylaxis, rash, nausea")
    severity = RadioField(
        "How bad it was",
        [*((word, word.capitalize()) for word in SEVERITIES), ("not_known", "Not known")],
        missing="Choose how bad it was, or not known",
    )
    source = SelectField("Who told it", SOURCES, missing="Choose who told it")


class ConditionForm(Form):
    submit_label = "Record the condition"
    text = TextField("Condition", max_length=240)
    code = TextField("ICD-10-CM code", required=False, max_length=10, width="w10")
    onset_on = DatePartsField("Since", required=False)
    source = SelectField("Who told it", SOURCES, missing="Choose who told it")


class MedicationForm(Form):
    submit_label = "Record the medicine"
    text = TextField("Medicine", one_script=True, max_length=240, hint="Generic name and strength")
    dose_text = TextField("How it is taken", required=False, max_length=240, hint="Dose, route and how often, in words")
    source = SelectField("Who told it", SOURCES, missing="Choose who told it")


class MeasurementForm(Form):
    submit_label = "Record the value"
    asked = asked_field()
    confirmed = CheckField("The number and the unit are right")
    test = SelectField(
        "What was measured",
        [*((test, test_label(test)) for test in TESTS), (OTHER_TEST, "Another test")],
        missing="Choose what was measured",
    )
    other_test = TextField("Name of the other test", required=False, max_length=80)
    value = TextField("Value", required=False, width="w10", max_length=24)
    unit = TextField(
        "Unit",
        required=False,
        width="w10",
        max_length=30,
        hint="A weight in kg, g or lb; a result as reported",
    )
    text = TextField("Result in words", required=False, max_length=120, hint="When the result is no number")
    taken_at = DateTimeField("When", missing="Write the day and the time of the measurement")
    method = RadioField("How", Measurement.Method.choices, missing="Choose how the value was found")
    source = SelectField("Where the value comes from", SOURCES, missing="Choose where the value comes from")

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taken_at"].set_zone(zone)  # type: ignore[attr-defined]
        answer_only_when_asked(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("test") == OTHER_TEST and not cleaned.get("other_test"):
            self.add_error("other_test", "Write the name of the test")
        return cleaned


class AccessDeviceForm(Form):
    submit_label = "Record the access device"
    kind = RadioField("Kind of line", AccessDevice.Kind.choices, missing="Choose the kind of line")
    lumens = IntegerField("Lumens", required=False, width="w5", least=Decimal(1), most=Decimal(5))
    site = TextField("Where", required=False, max_length=80, hint="Left upper arm, right chest")
    placed_on = DatePartsField("Placed on", required=False)
    tip_confirmed = YesNoUnknownField("Tip position confirmed", missing="Choose yes, no or not known")


class RemoveAccessForm(Form):
    submit_label = "Record the removal"
    removed_on = DateField("Removed on", missing="Write the day")


class ContactForm(Form):
    submit_label = "Save the contact"
    name = TextField("Name", one_script=True, max_length=160)
    relation = TextField("Relation to the patient", required=False, max_length=60)
    phone = PhoneField("Phone", required=False)
    is_caregiver = CheckField("Helps with the infusion at home (caregiver)")
    is_emergency_contact = CheckField("Is called in an emergency")


class EpisodeForm(Form):
    submit_label = "Save"
    therapy_id = SelectField("Therapy", (), missing="Choose the therapy")
    indication = TextField("Indication", required=False, max_length=240)
    icd10 = TextField("ICD-10-CM code", required=False, width="w10", max_length=10, hint="Like M86.9")
    prescriber = SelectField("Prescriber", (), required=False, blank="Not known")
    planned_start_on = DateField("Planned start", required=False)

    def __init__(self, *args: Any, prescribers: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = sorted(therapies().values(), key=lambda one: one.generic.lower())
        therapy, prescriber = self.fields["therapy_id"], self.fields["prescriber"]
        therapy.choices = [("", "Choose"), *((one.id, one.display_name) for one in rows)]  # type: ignore[attr-defined]
        prescriber.choices = [("", "Not known"), *prescribers]  # type: ignore[attr-defined]


class NewEpisodeForm(EpisodeForm):
    submit_label = "Open the episode"
    referral_received_at = DateTimeField("Referral received", missing="Write when the referral came in")

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["referral_received_at"].set_zone(zone)  # type: ignore[attr-defined]


class ConsentForm(Form):
    submit_label = "Record the consent"
    kind = SelectField(
        "Consent to",
        (
            ("treatment", "Treatment at home"),
            ("text_messages", "Text messages"),
            ("photos", "Photos of the site"),
        ),
        missing="Choose what the consent is for",
    )
    signed_by = TextField("Signed by", one_script=True, max_length=160)
    relation = TextField("Relation to the patient", max_length=60, hint="Write self when the patient signed")
    ends_on = DateField("Ends on", required=False)


class ReasonForm(Form):
    reason = TextField("Reason", max_length=240, missing="Write the reason")

    def __init__(self, *args: Any, submit: str, label: str = "Reason", hint: str = "", needed: bool = True, **kw: Any):
        super().__init__(*args, **kw)
        self.submit_label = submit
        self.fields["reason"].label, self.fields["reason"].help_text = label, hint
        self.fields["reason"].required = needed


class IdentifyForm(Form):
    """Two exact identifiers, for the emergency flow."""

    submit_label = "Look for the chart"
    mrn = TextField("Record number (MRN)", max_length=30, width="w20", missing="Write the record number")
    birth_date = DatePartsField("Date of birth", missing="Write the full date of birth")


class OpenGlassForm(Form):
    submit_label = "Open this chart"
    token = django_forms.CharField(widget=django_forms.HiddenInput)
    reason = TextField(
        "Why you need this chart now",
        max_length=400,
        rows=3,
        missing="Write why you need this chart now",
        hint="The privacy officer reads it with your name.",
    )


class ReviewForm(Form):
    submit_label = "Record the review"
    verdict = RadioField(
        "This opening was",
        (("justified", "Justified"), ("not_justified", "Not justified")),
        missing="Choose whether the opening was justified",
    )
    note = TextField("Note", required=False, rows=3, max_length=400, hint="Needed when it was not justified")
