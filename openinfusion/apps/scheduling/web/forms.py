"""Forms of the plan. Times are typed on the patient's clock."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from openinfusion.apps.scheduling.models import Visit
from openinfusion.apps.scheduling.services.assigning import Candidate
from openinfusion.apps.scheduling.web.presenters.visits import candidate_hint
from openinfusion.apps.scheduling.web.presenters.words import KINDS
from openinfusion.apps.workforce.public import Nurse
from openinfusion.platform.ui.forms import (
    CheckboxesField,
    CheckField,
    DateField,
    DateTimeField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    TextField,
)
from openinfusion.platform.ui.forms.times import parse_time
from openinfusion.rulepacks import load_table


class AssignForm(Form):
    """A nurse and a start. Each nurse who cannot come has the reason under the name."""

    def __init__(self, *args: Any, visit: Visit, found: Sequence[Candidate], **kwargs: Any) -> None:
        start = visit.planned_start or visit.window_start
        chosen = str(visit.nurse_id) if visit.nurse_id else None
        kwargs.setdefault("initial", {"nurse": chosen, "start": start, "pin": True})
        super().__init__(*args, **kwargs)
        self._nurses = {str(one.nurse.pk): one.nurse for one in found}
        self.fields["nurse"] = RadioField(
            _("Which nurse?"), [(key, nurse.name) for key, nurse in self._nurses.items()],
            hints={str(one.nurse.pk): candidate_hint(one) for one in found},
        )  # fmt: skip
        self.fields["start"] = DateTimeField(_("When does the visit start?"), zone=visit.time_zone)
        self.fields["agreed_late"] = CheckField(
            _("The start is after the window, and the patient agreed"), hint=_("Only needed after the window.")
        )
        self.fields["pin"] = CheckField(_("Pin it: the planner keeps nurse and time"))

    def nurse(self) -> Nurse:
        return self._nurses[self.cleaned_data["nurse"]]


class EndForm(Form):
    reason = TextField(_("Why?"), max_length=200, hint=_("Shown on the time line of the episode."))


class AddForm(Form):
    """A visit by hand."""

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = SelectField(_("What kind of visit?"), list(KINDS.items()))
        self.fields["window_start"] = DateTimeField(_("Not before"), zone=zone)
        self.fields["window_end"] = DateTimeField(_("Start not after"), zone=zone)
        self.fields["duration_minutes"] = IntegerField(
            _("How long in the home?"), suffix=_("minutes"), least=Decimal(5), most=Decimal(1440)
        )
        skills = [(row["competency"], row["competency"]) for row in load_table("nurse_competencies")]
        self.fields["needs"] = CheckboxesField(_("What must the nurse be able to do?"), skills, required=False)


class TimesField(TextField):
    """Times of day with a comma between: ``09:00, 21:00``."""

    def clean(self, value: Any) -> Any:
        parts = [part for part in str(super().clean(value)).replace(";", ",").split(",") if part.strip()]
        times = [parse_time(part) for part in parts]
        if len(set(times)) < len(times):
            raise ValidationError(_("A time stands here twice"), code="twice")
        return tuple(times)


class GenerateForm(Form):
    """Visits from an order's schedule."""

    from_date = DateField(_("From which day?"))
    days = IntegerField(_("For how many days?"), suffix=_("days"), least=Decimal(1), most=Decimal(366))
    times = TimesField(
        _("At which times of day?"), required=False, width="w20",
        hint=_("On the patient's clock, one for each dose of a day, like 09:00, 21:00. Empty: as the order's rule gives."),
    )  # fmt: skip
    which = RadioField(
        _("For which doses does a nurse come?"),
        [("every", _("Every dose")), ("weekly", _("The first dose, then once a week"))],
        hints={"weekly": _("When patient or caregiver give the doses between.")},
    )
