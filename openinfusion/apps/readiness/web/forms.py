"""Forms of readiness."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from openinfusion.apps.readiness.models import PharmacistDecision
from openinfusion.platform.ui.forms import DateField, Form, RadioField, SelectField, TextField

Answer = PharmacistDecision.Answer


class ReleaseForm(Form):
    """The reason is asked for when the visit is at risk."""

    reason = TextField(_("Why does the visit go ahead?"), rows=3, max_length=300, required=False)

    def __init__(self, *args: Any, at_risk: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not at_risk:
            self.fields["reason"].label = _("Note")


class _DecideForm(Form):
    reason = TextField(_("Reason"), rows=2, max_length=300)
    until = DateField(_("Until"), required=False, hint=_("Last day the decision counts, for example 30-Nov-2026"))


class LabForm(_DecideForm):
    """One test of the order."""

    field_order = ["subject", "answer", "reason", "until"]

    def __init__(self, *args: Any, tests: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answers = [(one.value, one.label) for one in (Answer.WITHIN, Answer.ACCEPTED, Answer.NOT_NEEDED)]
        self.fields["subject"] = SelectField(_("Which test?"), [(test, test) for test in tests])
        self.fields["answer"] = RadioField(_("What do you decide?"), answers)
        self.order_fields(self.field_order)


class KitForm(_DecideForm):
    """Whether this therapy needs a kit, where the facts leave it to policy."""

    field_order = ["answer", "reason", "until"]
    answer = RadioField(
        _("Does an anaphylaxis kit have to be in this home?"), [(Answer.NEEDED, _("Yes")), (Answer.NOT_NEEDED, _("No"))]
    )
