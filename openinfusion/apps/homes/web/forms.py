"""Forms of the home, made from the checklist and the skill table: a new row is a new question."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from openinfusion.apps.homes.models import CaregiverCompetency
from openinfusion.apps.homes.services.assessments import METHODS, checklist
from openinfusion.apps.patients.public import Contact, Episode
from openinfusion.core import homes as rules
from openinfusion.platform.ui.forms import Form, RadioField, Section, SelectField, TextField, YesNoUnknownField

_ANSWERS = [("yes", _("Yes")), ("no", _("No")), ("not_needed", _("Not needed here")), ("not_known", _("Not known"))]


class AssessmentForm(Form):
    """One question per row of the checklist, under the heading of its area."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = [Section(_("How"), ["method"])]
        self.fields["method"] = RadioField(
            _("How did you assess this home?"), [(k, v.capitalize()) for k, v in METHODS.items()]
        )
        for _area, title, questions in rules.areas(checklist()):
            names = []
            for question in questions:
                note = f"{question.item_id}_note"
                hint = _("Without this, treatment at home does not start.") if question.is_blocking else ""
                self.fields[question.item_id] = RadioField(
                    question.prompt, _ANSWERS, hint=hint, reveals={"not_needed": note}
                )
                self.fields[note] = TextField(_("Why is it not needed?"), required=False, max_length=300)
                names.append(question.item_id)
            self.sections.append(Section(title, names))

    def answers(self) -> dict[str, str]:
        """Item id -> answer."""
        return {question.item_id: self.cleaned_data[question.item_id] for question in checklist()}

    def notes(self) -> dict[str, str]:
        """Item id -> note."""
        return {question.item_id: self.cleaned_data[f"{question.item_id}_note"] for question in checklist()}


class MendForm(Form):
    note = TextField(_("What was done?"), max_length=300)


class ConnectivityForm(Form):
    phone_works = YesNoUnknownField(_("Does a phone work in this home?"))
    internet_works = YesNoUnknownField(_("Does the internet work?"))
    mobile_signal = YesNoUnknownField(_("Is there a mobile signal?"))
    has_screen = YesNoUnknownField(_("Is there a device with a screen for video?"))
    hears_on_the_phone = YesNoUnknownField(_("Does the person hear well on the phone?"))
    sees_the_screen = YesNoUnknownField(_("Does the person see the screen well?"))
    manages_the_device = YesNoUnknownField(_("Can the person manage the device alone?"))
    note = TextField(_("Note"), required=False, max_length=300)

    def answers(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != "note"}


class CompetencyForm(Form):
    """Who showed which skill. The learner is the patient or a caregiver on the chart."""

    def __init__(self, *args: Any, episode: Episode, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        caregivers = Contact.objects.filter(patient_id=episode.patient_id, is_caregiver=True)
        self.contacts = {str(one.pk): one for one in caregivers}
        learners = [("patient", _("The patient")), *((key, one.name) for key, one in self.contacts.items())]
        skills = [(rule.skill, rule.skill.capitalize()) for rule in rules.PROPOSED_SKILLS]
        evidence = [
            (CaregiverCompetency.Evidence.RETURN_DEMONSTRATION, _("The person did it while I watched")),
            (CaregiverCompetency.Evidence.EDUCATION_DELIVERED, _("I explained it; the person has not done it yet")),
        ]
        self.fields["learner"] = RadioField(_("Who?"), learners)
        self.fields["skill"] = SelectField(_("Which skill?"), skills, blank=_("Choose a skill"))
        self.fields["evidence"] = RadioField(
            _("What happened?"), evidence, hint=_("Only what was done while a nurse watched counts as competent.")
        )
        self.fields["passed"] = RadioField(
            _("Was it done right, without help?"), [("yes", _("Yes")), ("no", _("Not yet"))]
        )
        self.fields["model"] = TextField(_("Pump model, for pump skills"), required=False, max_length=80)
        self.fields["note"] = TextField(_("Note"), required=False, max_length=300)

    def contact(self) -> Contact | None:
        return self.contacts.get(self.cleaned_data["learner"])
