"""A pharmacist decides where facts leave a question: reads a result, drops a test for a time, or says whether a kit is needed."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from openinfusion.apps.patients.public import Episode, latest
from openinfusion.apps.readiness.events import DECIDED
from openinfusion.apps.readiness.models import PharmacistDecision
from openinfusion.apps.readiness.policies import DECIDE
from openinfusion.platform import events
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.errors import BadInput

Answer = PharmacistDecision.Answer
KIT = "kit"
_OF_A_RESULT = (Answer.WITHIN, Answer.ACCEPTED)


@transaction.atomic
def decide(
    *, episode: Episode, subject: str, answer: str, reason: str, by: Access, at: datetime, until: date | None = None
) -> PharmacistDecision:
    """Record the decision. One about a result is bound to the newest result: the next result asks again."""
    by.require(DECIDE)
    episode = fetch(Episode, by=by, rows=Episode.objects.select_related("patient"), pk=episode.pk)
    subject = subject.strip()
    _check(subject, answer, reason, until, at)
    result = latest(episode.patient, subject, at=at) if answer in _OF_A_RESULT else None
    if answer in _OF_A_RESULT and result is None:
        raise BadInput({"answer": f"There is no result of {subject} to read."})
    row = PharmacistDecision.objects.create(
        tenant_id=by.tenant_id, episode=episode, subject=subject, answer=answer, until=until, reason=reason.strip()[:300],
        measurement_id=result.pk if result else None, decided_at=at, decided_by_name=by.name,
    )  # fmt: skip
    data = {"subject": "anaphylaxis kit" if subject == KIT else subject, "answer": row.get_answer_display().lower()}
    events.record(kind=DECIDED, subject=row, by=by, at=at, data=data)
    return row


def _check(subject: str, answer: str, reason: str, until: date | None, at: datetime) -> None:
    wrong = {}
    if not subject:
        wrong["subject"] = "Choose what you decide on."
    if answer not in Answer.values or (answer == Answer.NEEDED and subject != KIT):
        wrong["answer"] = "Choose one of the answers."
    if subject == KIT and answer in _OF_A_RESULT:
        wrong["answer"] = "Say whether a kit is needed."
    if not reason.strip():
        wrong["reason"] = "Write the reason."
    if until is not None and until < at.date():
        wrong["until"] = "This day is over."
    if answer == Answer.NOT_NEEDED and subject != KIT and until is None:
        wrong["until"] = "Say until when the test is not needed."
    if wrong:
        raise BadInput(wrong)
