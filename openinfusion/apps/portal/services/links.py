"""Portal access: a person of the program is linked to a chart, with a relation and an end (HZ-077)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from django.db import transaction

from openinfusion.apps.patients.public import ChartLink, Patient, end_chart_link, link_chart
from openinfusion.core.controls import control_is_on
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.accounts.models import Membership
from openinfusion.platform.errors import BadInput, Refused

#: From this birthday on the patient grants access, no longer the parent. State law may differ: a design proposal.
OF_AGE = 18


@transaction.atomic
def link_person(
    *, patient: Patient, email: str, relation: str, by: Access, at: datetime, ends_on: date | None = None
) -> ChartLink:
    """Link an invited person to a chart by e-mail address. A caregiver of a child loses access when the child is of age."""
    membership = Membership.objects.filter(
        user__email__iexact=email.strip(), role=relation, is_active=True
    ).select_related("user").first()  # fmt: skip
    if membership is None:
        raise BadInput(
            {
                "email": "Nobody with this address and role is in the program. Ask the administrator to invite the person."
            }
        )
    running = ChartLink.objects.filter(patient=patient, user_id=membership.user_id).exclude(ends_at__lte=at)
    if running.exists():
        raise Refused("already_linked", "This person has access to this chart already.")
    return link_chart(
        patient=patient,
        user_id=membership.user_id,
        relation=relation,
        ends_at=_end(patient, relation, ends_on, at),
        by=by,
        at=at,
    )


@transaction.atomic
def unlink_person(*, link: ChartLink, by: Access, at: datetime) -> ChartLink:
    """End the access now; the person's next request is refused."""
    return end_chart_link(link=link, by=by, at=at)


def _end(patient: Patient, relation: str, ends_on: date | None, at: datetime) -> datetime | None:
    of_age = birthday(patient.birth_date, OF_AGE)
    limits = [ends_on] if ends_on else []
    if control_is_on("HZ-077") and relation == Role.CAREGIVER and of_age > at.date():
        limits.append(of_age)
    return datetime.combine(min(limits), time(), tzinfo=UTC) if limits else None


def birthday(born: date, age: int) -> date:
    """The day a person is so old; somebody born on 29 February is on 1 March."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
