"""Authorizations: requested, decided, used by signed records, burning down against the schedule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from openinfusion.apps.coverage.events import UNITS_USED
from openinfusion.apps.coverage.models import Authorization, AuthorizationLine, AuthorizationUse, BenefitLine, Coverage
from openinfusion.apps.coverage.policies import USE
from openinfusion.apps.patients.public import Episode, same_patient
from openinfusion.core import coverage as rules
from openinfusion.core.states import AUTHORIZATION
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput
from openinfusion.platform.workflows import move
from openinfusion.platform.worklist.services import close_by_key, open_task

#: (category, code or "", units, unit)
Line = tuple[str, str, Decimal, str]


@transaction.atomic
def open_authorization(*, episode: Episode, coverage: Coverage, by: Access, at: datetime) -> Authorization:
    """Note that an authorization is needed; a task asks for the request."""
    same_patient(episode.patient_id, coverage)
    authorization = Authorization.objects.create(tenant_id=by.tenant_id, episode=episode, coverage=coverage)
    open_task(
        key=f"authorization:{authorization.pk}:request", title=f"Request the authorization from {coverage.payer.name}",
        owner_role=Role.INTAKE, due_at=at + timedelta(days=1), by=by, at=at, subject=authorization,
        clears="Record the request.", url=reverse("coverage:authorization", args=[authorization.pk]),
    )  # fmt: skip
    return authorization


@transaction.atomic
def request_authorization(
    *, episode: Episode, coverage: Coverage, by: Access, at: datetime, note: str = ""
) -> Authorization:
    """Open an authorization, when none is open, and record that it was requested."""
    authorization = (
        Authorization.objects.filter(episode=episode, coverage=coverage, status__in=("needed", "denied", "expired"))
        .order_by("-id")
        .first()
    ) or open_authorization(episode=episode, coverage=coverage, by=by, at=at)
    authorization.requested_at, authorization.note = at, note or authorization.note
    take_step(authorization=authorization, action="request", by=by, at=at)
    close_by_key(key=f"authorization:{authorization.pk}:request", by=by, at=at, outcome="requested")
    return authorization


@transaction.atomic
def take_step(*, authorization: Authorization, action: str, by: Access, at: datetime, note: str = "") -> Authorization:
    """Waive, request, pend or expire an authorization."""
    if action == "pend" and not note.strip():
        raise BadInput({"note": "Write what the payer asks for."})
    authorization.note = note or authorization.note
    move(row=authorization, workflow=AUTHORIZATION, action=action, by=by, at=at, data=_facts(authorization))
    return authorization


@transaction.atomic
def decide_authorization(
    *, authorization: Authorization, approved: bool, by: Access, at: datetime, number: str = "",
    starts_on: date | None = None, ends_on: date | None = None, lines: Sequence[Line] = (), note: str = "",
) -> Authorization:  # fmt: skip
    """Record the payer's answer. An approval needs its number, its dates and at least one line of units."""
    authorization = Authorization.objects.select_for_update().select_related("coverage__payer").get(pk=authorization.pk)
    authorization.decided_at, authorization.note = at, note
    if not approved:
        if not note.strip():
            raise BadInput({"note": "Write the payer's reason for the denial."})
        move(row=authorization, workflow=AUTHORIZATION, action="deny", by=by, at=at, data=_facts(authorization))
        return authorization
    _refuse_incomplete(number, starts_on, ends_on, lines)
    authorization.number, authorization.starts_on, authorization.ends_on = number.strip(), starts_on, ends_on
    move(row=authorization, workflow=AUTHORIZATION, action="approve", by=by, at=at, data=_facts(authorization))
    for category, code, units, unit in lines:
        AuthorizationLine.objects.create(
            tenant_id=by.tenant_id, authorization=authorization, category=category, code=code.upper(),
            units_approved=units, unit=unit,
        )  # fmt: skip
    return authorization


def _refuse_incomplete(number: str, starts_on: date | None, ends_on: date | None, lines: Sequence[Line]) -> None:
    wrong = {}
    if not number.strip():
        wrong["number"] = "Enter the authorization number."
    if starts_on is None:
        wrong["starts_on"] = "Enter the first day."
    if ends_on is None:
        wrong["ends_on"] = "Enter the last day."
    elif starts_on and ends_on < starts_on:
        wrong["ends_on"] = "The last day is before the first. Correct the dates."
    if not lines:
        wrong["lines"] = "Enter what was approved: at least one line with units."
    for category, _code, units, _unit in lines:
        if category not in BenefitLine.Category.values:
            wrong["lines"] = "Choose drug, per diem, nursing, pump or supplies for each line."
        if units <= 0:
            wrong["lines"] = "Units are above 0."
    if wrong:
        raise BadInput(wrong)


@transaction.atomic
def use_units(
    *, episode: Episode, category: str, units: Decimal, used_on: date, source: models.Model, by: Access, at: datetime,
    code: str = "",
) -> AuthorizationUse | None:  # fmt: skip
    """Count units against the authorization of a signed record (``source``), once. None when no line fits the day.

    Never refuses care: an overdrawn authorization is a finding of the burn-down, not an obstacle (HZ-084).
    """
    by.require(USE)
    line = _line_for(episode, category, code, used_on)
    if line is None:
        return None
    use, created = AuthorizationUse.objects.get_or_create(
        tenant_id=by.tenant_id, line=line, source_type=source._meta.label_lower, source_id=source.pk,
        defaults={"units": units, "used_on": used_on},
    )  # fmt: skip
    if created:
        data = {"units": f"{units.normalize():f}", "unit": line.unit, "category": category}
        events.record(kind=UNITS_USED, subject=use, by=by, at=at, episode_id=episode.pk, data=data)
    return use


def _line_for(episode: Episode, category: str, code: str, on: date) -> AuthorizationLine | None:
    rows = AuthorizationLine.objects.filter(
        authorization__episode=episode, authorization__status="approved", category=category,
        authorization__starts_on__lte=on, authorization__ends_on__gte=on,
    )  # fmt: skip
    return rows.filter(Q(code=code) | Q(code="")).order_by("-code", "id").first()


def active_authorization(episode: Episode, on: date) -> Authorization | None:
    """The approved authorization covering a day, else the latest of any state."""
    rows = (
        Authorization.objects.filter(episode=episode).select_related("coverage__payer").prefetch_related("lines__uses")
    )
    covering = rows.filter(status="approved", starts_on__lte=on, ends_on__gte=on).order_by("-id").first()
    return covering or rows.order_by("-id").first()


def burn_down_of(*, episode: Episode, scheduled: Iterable[tuple[date, str]], on: date) -> list[rules.BurnDown]:
    """The burn-down of each line of the authorization in force against planned visits (day, source).

    One unit per visit for lines counted in visits or days; lines in other units burn down by use alone.
    """
    authorization = active_authorization(episode, on)
    if authorization is None or authorization.starts_on is None or authorization.ends_on is None:
        return []
    visits = list(scheduled)
    return [_burn_down(authorization, line, visits, on) for line in authorization.lines.all()]


def _burn_down(
    authorization: Authorization, line: AuthorizationLine, visits: list[tuple[date, str]], on: date
) -> rules.BurnDown:
    by_visit = line.unit in ("visit", "day", "dose")
    return rules.burn_down(
        rules.Authorization(
            id=str(line.pk), number=authorization.number, payer=authorization.coverage.payer.name,
            benefit=rules.Benefit(line.category), codes=frozenset({line.code} if line.code else ()),
            state=rules.AuthorizationState(authorization.status), starts=_day(authorization.starts_on),
            ends=_day(authorization.ends_on), units=int(line.units_approved), unit=line.unit,
        ),
        scheduled=[rules.UnitUse(day, 1, source) for day, source in visits] if by_visit else [],
        used=[rules.UnitUse(use.used_on, int(use.units), f"{use.source_type}:{use.source_id}") for use in line.uses.all()],
        on=on,
    )  # fmt: skip


def _day(value: date | None) -> date:
    if value is None:
        raise ValueError("an approved authorization has dates")
    return value


def _facts(authorization: Authorization) -> dict[str, str]:
    return {
        "payer": authorization.coverage.payer.name,
        "number": authorization.number,
        "note": authorization.note or "no note",
        "ends_on": authorization.ends_on.isoformat() if authorization.ends_on else "not known",
    }
