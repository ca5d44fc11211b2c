"""Forms of quality. Nothing is preselected: what nobody knows stays not known."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from openinfusion.apps.quality.models import Incident, Outcome
from openinfusion.apps.quality.services.outcomes import topics
from openinfusion.core.costs import CostKind
from openinfusion.platform.ui.forms import (
    DateField,
    DateTimeField,
    DecimalField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    TextField,
    YesNoUnknownField,
)

ANSWERS = {"yes": True, "no": False, "not_known": None}
WORDS = {value: key for key, value in ANSWERS.items()}


class OutcomeForm(Form):
    therapy_completed = YesNoUnknownField(_("Was the course finished as planned?"))
    unplanned_hospital_stay = YesNoUnknownField(_("Was there an unplanned hospital stay?"))
    hospital_stay_relation = RadioField(
        _("Was the stay related to the therapy?"),
        Outcome.Relation.choices,
        required=False,
        hint=_("Only with a stay; leave open when not known"),
    )
    adverse_event = YesNoUnknownField(_("Was there an adverse drug reaction?"))
    access_device_event = YesNoUnknownField(
        _("Was there an event of the access device?"), hint=_("Occlusion, dislodgement, phlebitis, site infection")
    )
    access_device_event_count = IntegerField(_("How many such events?"), least=Decimal(0), width="w5", required=False)
    bloodstream_infections = IntegerField(
        _("Bloodstream infections of the line"),
        least=Decimal(0),
        width="w5",
        required=False,
        hint=_("0 when there was none; empty when not known"),
    )
    catheter_days = IntegerField(
        _("Days with a catheter"),
        least=Decimal(0),
        width="w5",
        required=False,
        hint=_("0 without a catheter; empty when not known"),
    )
    note = TextField(_("Note"), rows=3, max_length=400, required=False)

    def facts(self) -> dict[str, Any]:
        """The answers as the service takes them."""
        yes_no = ("therapy_completed", "unplanned_hospital_stay", "adverse_event", "access_device_event")
        data = dict(self.cleaned_data)
        return data | {name: ANSWERS[data[name]] for name in yes_no}


class IncidentForm(Form):
    kind = RadioField(_("What was it about?"), Incident.Kind.choices)
    detail = TextField(_("What happened?"), rows=4, max_length=600, hint=_("Facts, without names"))
    severity = RadioField(_("How bad was it?"), Incident.Severity.choices, required=False)

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["happened_at"] = DateTimeField(_("When?"), zone=zone)
        self.order_fields(["kind", "happened_at", "detail", "severity"])


#: Our own words for the topics of satisfaction_topics.
QUESTIONS = {
    "intake and start of care explained": _("Was it clear how your treatment at home would start?"),
    "training on drug, pump and supplies understood": _(
        "Did you understand the training on the medicine, the pump and the supplies?"
    ),
    "knows who to call, day or night": _("Did you always know who to call, day or night?"),
    "after-hours call answered and useful": _("When you called after hours, were you helped?"),
    "deliveries on time and right": _("Did deliveries come on time and complete?"),
    "supplies and pump worked": _("Did the supplies and the pump work?"),
    "nurse skill": _("Did the nurse know what to do?"),
    "nurse courtesy": _("Was the nurse friendly and respectful?"),
    "pharmacist/dietitian access": _("Could you reach the pharmacist or dietitian?"),
    "side-effect and infection teaching": _("Were side effects and signs of infection explained?"),
    "billing explained": _("Was it clear what you would have to pay?"),
    "would recommend": _("Would you recommend treatment at home with us?"),
    "overall": _("All in all, how was it?"),
}
SCORES = [("5", _("5, very good")), ("4", _("4")), ("3", _("3")), ("2", _("2")), ("1", _("1, very bad"))]


class SurveyForm(Form):
    """One question for each topic; any may be left open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, topic in enumerate(topics()):
            self.fields[f"topic_{place}"] = RadioField(QUESTIONS.get(topic, topic), SCORES, required=False)

    def scores(self) -> dict[str, int | None]:
        found = {topic: self.cleaned_data.get(f"topic_{place}") for place, topic in enumerate(topics())}
        return {topic: int(score) if score else None for topic, score in found.items()}


KINDS = [(kind.value, kind.value.replace("_", " ").capitalize()) for kind in CostKind]


class CostRateForm(Form):
    kind = SelectField(_("Kind of cost"), KINDS)
    item = TextField(_("Item"), max_length=160, required=False, hint=_("Empty fits every item of the kind"))
    amount = DecimalField(
        _("Cost of one unit"),
        least=Decimal(0),
        width="w10",
        suffix="USD",
        hint=_("Nursing per hour, travel per minute, compounding per preparation, pump per day, the rest for each"),
    )
    starts_on = DateField(_("First day"))
    ends_on = DateField(_("Last day"), required=False)
    source = TextField(_("Source"), max_length=160, hint=_("Where the program takes the amount from"))


class PeriodForm(Form):
    first = DateField(_("First day"))
    last = DateField(_("Last day"))
