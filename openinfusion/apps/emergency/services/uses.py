"""What was pressed in an emergency, as the device sends it, perhaps much later and more than once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from openinfusion.apps.emergency.events import ENDED, OPENED, STEP
from openinfusion.apps.emergency.models import EmergencyUse
from openinfusion.apps.emergency.policies import OPEN
from openinfusion.apps.emergency.services.pages import protocol
from openinfusion.apps.patients.public import Episode
from openinfusion.platform import events
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput
from openinfusion.platform.worklist.services import open_task

_KEY = re.compile(r"^[A-Za-z0-9-]{8,40}$", re.ASCII)
#: A phone may be without a network for days; older records are written by hand.
OLDEST = timedelta(days=7)
MOST_STEPS = 200
#: (number of the step, when it was pressed)
Press = tuple[int, datetime]


@transaction.atomic
def record_use(
    *, episode: Episode, key: str, opened_at: datetime, by: Access, at: datetime, steps: Sequence[Press] = (),
    ended_at: datetime | None = None, note: str = "",
) -> EmergencyUse:  # fmt: skip
    """Record an opening with the steps pressed so far. The same key adds to the record it made; a step counts once."""
    by.require(OPEN)
    episode = fetch(Episode, by=by, rows=Episode.objects.select_related("patient"), pk=episode.pk)
    _check(key, opened_at, steps, at)
    use, created = EmergencyUse.objects.select_for_update().get_or_create(
        tenant_id=by.tenant_id, episode=episode, key=key,
        defaults={"opened_at": min(opened_at, at), "opened_by_name": by.name},
    )  # fmt: skip
    if created:
        events.record(kind=OPENED, subject=use, by=by, at=use.opened_at)
    new = _add_steps(use, steps, at)
    ends_now = ended_at is not None and use.ended_at is None
    if ends_now and ended_at is not None:
        use.ended_at, use.note = min(ended_at, at), note.strip()[:400]
    use.save()
    _tell(use, new, ends_now=ends_now, by=by, at=at)
    return use


def _check(key: str, opened_at: datetime, steps: Sequence[Press], at: datetime) -> None:
    wrong = {}
    if not _KEY.match(key):
        wrong["key"] = "The key of the record is 8 to 40 letters, digits or hyphens."
    if opened_at < at - OLDEST:
        wrong["opened_at"] = "This is more than 7 days ago. Write a late entry in the chart instead."
    if len(steps) > MOST_STEPS:
        wrong["steps"] = f"More than {MOST_STEPS} presses."
    known = {step.number for step in protocol().steps}
    if any(number not in known for number, _moment in steps):
        wrong["steps"] = "The protocol has no such step."
    if wrong:
        raise BadInput(wrong)


def _add_steps(use: EmergencyUse, steps: Sequence[Press], at: datetime) -> list[Press]:
    seen = {(one["step"], one["at"]) for one in use.steps_done}
    new = [
        (number, min(moment, at))
        for number, moment in dict.fromkeys(steps)
        if (number, min(moment, at).isoformat()) not in seen
    ]
    use.steps_done = sorted(
        [*use.steps_done, *({"step": number, "at": moment.isoformat()} for number, moment in new)],
        key=lambda one: one["at"],
    )
    return new


def _tell(use: EmergencyUse, new: list[Press], *, ends_now: bool, by: Access, at: datetime) -> None:
    """Events for the time line; the first step done asks for the calls that follow an emergency."""
    words = {step.number: step.action.split(";")[0] for step in protocol().steps}
    for number, moment in new:
        events.record(kind=STEP, subject=use, by=by, at=moment, data={"step": number, "action": words[number]})
    if ends_now:
        events.record(kind=ENDED, subject=use, by=by, at=use.ended_at or at, data={"note": use.note or "no note"})
    if new:
        open_task(
            key=f"emergency:{use.pk}:calls", title="Severe reaction at home: tell prescriber and pharmacy, keep the lot",
            owner_role=Role.PHARMACIST, due_at=at + timedelta(hours=1), by=by, at=at, subject=use,
            why="Steps of the emergency page were pressed.",
            clears="Prescriber told, lot in quarantine, incident and MedWatch report decided.",
            url=reverse("patients:episode", args=[use.episode_id]),
        )  # fmt: skip
