"""The home screen of each role (DESIGN §1): the first page after signing in. Apps register theirs in ``nav.py``."""

from __future__ import annotations

from openinfusion.platform.access.roles import Role

_homes: dict[Role, str] = {}
#: With several roles, the screen where a person is missed soonest comes first.
ORDER = (
    Role.MONITOR, Role.NURSE, Role.PHARMACIST, Role.INTAKE, Role.SCHEDULER, Role.TECHNICIAN, Role.BILLER, Role.OPERATIONS,
    Role.QUALITY, Role.PRIVACY, Role.MEDICAL_DIRECTOR, Role.ADMINISTRATOR, Role.PHYSICIAN, Role.PATIENT, Role.CAREGIVER,
)  # fmt: skip


def set_home(role: Role, url_name: str) -> None:
    """Name the home screen of a role; the address takes no arguments."""
    if role in _homes:
        raise ValueError(f"{role} has a home screen already: {_homes[role]}")
    _homes[role] = url_name


def home_of(roles: frozenset[Role]) -> str | None:
    """The address name of the home screen of the first of these roles that has one."""
    return next((_homes[role] for role in ORDER if role in roles and role in _homes), None)
