"""Release of a visit by a person. A blocked visit cannot be released; one at risk needs a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openinfusion.apps.readiness.events import RELEASED
from openinfusion.apps.readiness.models import Release
from openinfusion.apps.readiness.policies import RELEASE
from openinfusion.apps.readiness.services.gates import TO_COME, gate_of, with_people
from openinfusion.apps.scheduling.public import Visit
from openinfusion.core.readiness import Gate, Verdict
from openinfusion.platform import events
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.access.roles import permission
from openinfusion.platform.errors import BadInput, Refused


@transaction.atomic
def release(*, visit: Visit, by: Access, at: datetime, reason: str = "") -> Release:
    """Release a visit with its verdict and conditions as they stand now."""
    by.require(RELEASE)
    rows = with_people(Visit.objects.select_for_update(of=("self",)))
    visit = fetch(Visit, by=by, rows=rows, pk=visit.pk)
    gate = gate_of(visit, at)
    if refusal := refusal_to_release(visit, gate):
        raise Refused("visit_not_ready", refusal)
    if gate.verdict is Verdict.AT_RISK and not reason.strip():
        raise BadInput({"reason": "The visit is at risk. Write why it goes ahead."})
    row = Release.objects.create(
        tenant_id=by.tenant_id, visit=visit, verdict=gate.verdict.value, conditions=gate.as_dict()["conditions"],
        rules_version=gate.ruleset, reason=reason.strip()[:300], released_at=at, released_by_name=by.name,
    )  # fmt: skip
    data = {"visit": visit.number, "on": visit.on.isoformat(), "verdict": gate.verdict.words}
    events.record(kind=RELEASED, subject=row, by=by, at=at, data=data)
    return row


def refusal_to_release(visit: Visit, gate: Gate) -> str:
    """Why this visit cannot be released now, as a sentence; empty when it can."""
    if visit.status not in TO_COME:
        return f"Only a visit that has not started can be released. This one is {visit.status.replace('_', ' ')}."
    return gate.refusal


def refusal_for(visit: Visit, gate: Gate, *, by: Access) -> str:
    """The sentence on the disabled button for this person."""
    if not by.may(RELEASE):
        return f"Your role may not do this: {permission(RELEASE).meaning}."
    return refusal_to_release(visit, gate)


def latest_release(visit: Visit) -> Release | None:
    """The newest release of a visit."""
    return Release.objects.filter(visit=visit).order_by("-pk").first()
