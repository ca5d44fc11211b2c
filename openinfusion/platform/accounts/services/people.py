"""People and their roles: invite, change, end. Nobody changes the own role, and ending a role ends its sessions at once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F

from openinfusion.core.controls import control_is_on
from openinfusion.platform import audit, events
from openinfusion.platform.access.person import Access
from openinfusion.platform.access.roles import LINKED_ROLES, Role
from openinfusion.platform.accounts import events as kinds
from openinfusion.platform.accounts.models import Membership, User
from openinfusion.platform.accounts.policies import ADMINISTER, OWN_ACCOUNT
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Site

#: What a person may change in the own account (HZ-086: an allow-list per action).
OWN_FIELDS = ("name", "credentials", "phone")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that look alike


class Invitation(NamedTuple):
    """A new membership; the password is shown once and stored only as a hash. Empty: the person has an account already."""

    membership: Membership
    password: str


def one_time_password() -> str:
    """Four groups of five letters and digits, about 98 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


@transaction.atomic
def invite(
    *, email: str, name: str, role: str, starts_on: date, by: Access, at: datetime, credentials: str = "", phone: str = "",
    ends_on: date | None = None, all_sites: bool = False, sites: Sequence[Site] = (),
) -> Invitation:  # fmt: skip
    """Add a person to the program with one role. A new person gets a one-time password."""
    by.require(ADMINISTER)
    wanted = _role(role)
    _check_reach(wanted, all_sites=all_sites, sites=sites, by=by)
    _check_dates(starts_on, ends_on)
    user, password = _user(email, name=name, credentials=credentials, phone=phone, at=at)
    if Membership.objects.filter(tenant_id=by.tenant_id, user=user, role=wanted, is_active=True).exists():
        raise BadInput({"email": "This person has this role already."})
    membership = Membership.objects.create(
        tenant_id=by.tenant_id, user=user, role=wanted, all_sites=all_sites, starts_on=starts_on, ends_on=ends_on
    )
    membership.sites.set(() if all_sites else sites)
    events.record(kind=kinds.INVITED, subject=membership, by=by, at=at, data={"role": wanted, "user_id": user.pk})
    return Invitation(membership, password)


def _user(email: str, *, name: str, credentials: str, phone: str, at: datetime) -> tuple[User, str]:
    known = User.objects.filter(email__iexact=email.strip()).first()
    if known:
        if not known.is_active:
            raise BadInput({"email": "This account is closed. Ask the operator."})
        return known, ""
    password = one_time_password()
    user = User.objects.create_user(
        email=email.strip(), password=password, name=name.strip(), credentials=credentials, phone=phone, created_at=at
    )
    _require_own_password(user)
    return user, password


def _require_own_password(user: User) -> None:
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])


@transaction.atomic
def change_role(
    *, membership: Membership, role: str, by: Access, at: datetime, ends_on: date | None = None, all_sites: bool = False,
    sites: Sequence[Site] = (),
) -> Membership:  # fmt: skip
    """Change role, sites or end of a membership. It counts from the next request of that person on."""
    by.require(ADMINISTER)
    row = _locked(membership, by)
    _refuse_self(row, by)
    wanted = _role(role)
    _check_reach(wanted, all_sites=all_sites, sites=sites, by=by)
    _check_dates(row.starts_on, ends_on)
    if row.role == Role.ADMINISTRATOR and wanted != Role.ADMINISTRATOR:
        _refuse_last_administrator(row)
    twice = Membership.objects.filter(tenant_id=by.tenant_id, user_id=row.user_id, role=wanted, is_active=True).exclude(
        pk=row.pk
    )
    if twice.exists():
        raise BadInput({"role": "This person has this role already."})
    before, row.role = row.role, wanted
    row.all_sites, row.ends_on = all_sites, ends_on
    row.save()
    row.sites.set(() if all_sites else sites)
    data = {"before": before, "after": str(wanted), "user_id": row.user_id}
    events.record(kind=kinds.ROLE_CHANGED, subject=row, by=by, at=at, data=data)
    return row


@transaction.atomic
def end_membership(*, membership: Membership, by: Access, at: datetime) -> Membership:
    """End a role now: the next request is refused and every session of the person is over (HZ-092)."""
    by.require(ADMINISTER)
    row = _locked(membership, by)
    _refuse_self(row, by)
    if row.role == Role.ADMINISTRATOR:
        _refuse_last_administrator(row)
    row.ends_on = at.date()
    if control_is_on("HZ-092"):
        row.is_active = False
        end_sessions(row.user_id)
    row.save(update_fields=["ends_on", "is_active"])
    events.record(
        kind=kinds.MEMBERSHIP_ENDED, subject=row, by=by, at=at, data={"role": row.role, "user_id": row.user_id}
    )
    return row


def end_sessions(user_id: int) -> None:
    """Every session of a person is over, wherever it is stored: its hash no longer fits."""
    User.objects.filter(pk=user_id).update(sessions_ended=F("sessions_ended") + 1)


@transaction.atomic
def reset_password(*, membership: Membership, by: Access, at: datetime) -> Invitation:
    """A new one-time password for a person of this program only; the old password and all sessions end."""
    by.require(ADMINISTER)
    row = _locked(membership, by)
    if row.user_id == by.user_id:
        raise Refused("own_password", "Change your own password on the page My account.")
    with scope.every_tenant():
        elsewhere = (
            Membership.unscoped.filter(user_id=row.user_id, is_active=True).exclude(tenant_id=by.tenant_id).exists()
        )
    if elsewhere or row.user.is_operator:
        raise Refused(
            "other_program", "This person works in another program too and uses “Forgot password” at sign-in."
        )
    password = one_time_password()
    row.user.set_password(password)
    row.user.save()
    _require_own_password(row.user)
    end_sessions(row.user_id)
    events.record(kind=kinds.PASSWORD_RESET, subject=row, by=by, at=at, data={"user_id": row.user_id})
    return Invitation(row, password)


@transaction.atomic
def change_own_details(*, user: User, fields: dict[str, Any], by: Access, at: datetime) -> User:
    """Change one's own name, letters behind it and phone. Any other field is ignored and logged (HZ-086)."""
    by.require(OWN_ACCOUNT)
    if user.pk != by.user_id:
        raise Refused("not_own", "You can change only your own account here.")
    strange = sorted(set(fields) - set(OWN_FIELDS))
    if strange:
        names = " ".join(name[:40] for name in strange if name.isidentifier())[:300]
        audit.record(
            by=by,
            action="extra_fields",
            subject="accounts.user",
            subject_id=user.pk,
            outcome="ignored",
            detail=names,
            at=at,
        )
    if control_is_on("HZ-086"):
        fields = {name: value for name, value in fields.items() if name in OWN_FIELDS}
    if "name" in fields and not str(fields["name"]).strip():
        raise BadInput({"name": "Write your name."})
    for name, value in fields.items():
        setattr(user, name, value)
    user.save()
    mine = Membership.objects.filter(tenant_id=by.tenant_id, user=user, is_active=True).order_by("pk").first()
    if mine is not None:
        events.record(kind=kinds.OWN_DETAILS, subject=mine, by=by, at=at, data={"fields": ", ".join(sorted(fields))})
    return user


def _locked(membership: Membership, by: Access) -> Membership:
    row = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("user")
        .get(pk=membership.pk, tenant_id=by.tenant_id)
    )
    if not row.is_active:
        raise Refused("already_ended", "This role has ended already. Invite the person again.")
    return row


def _refuse_self(row: Membership, by: Access) -> None:
    if row.user_id == by.user_id:
        raise Refused("own_role", "You cannot change your own role. Another administrator does it.")


def _refuse_last_administrator(row: Membership) -> None:
    others = Membership.objects.filter(tenant_id=row.tenant_id, role=Role.ADMINISTRATOR, is_active=True, ends_on=None)
    if not others.exclude(pk=row.pk).exists():
        raise Refused(
            "last_administrator", "This is the last administrator without an end date. Invite another one first."
        )


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError as error:
        raise BadInput({"role": "Choose a role of the list."}) from error


def _check_reach(role: Role, *, all_sites: bool, sites: Sequence[Site], by: Access) -> None:
    if any(site.tenant_id != by.tenant_id for site in sites):
        raise BadInput({"sites": "Choose sites of this program."})
    if role in LINKED_ROLES:
        if all_sites or sites:
            raise BadInput({"sites": "Patients, caregivers and physicians see linked charts only: choose no sites."})
    elif not all_sites and not sites:
        raise BadInput({"sites": "Choose at least one site, or all sites."})


def _check_dates(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise BadInput({"ends_on": "The end is before the start. Correct the dates."})
