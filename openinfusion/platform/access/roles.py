"""The roles of a home infusion program (DESIGN §1) and the register of who may do what.

An app declares its permissions in ``policies.py`` with ``declare``. A permission nobody declared belongs to nobody.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Role(enum.StrEnum):
    INTAKE = "intake"
    PHARMACIST = "pharmacist"
    TECHNICIAN = "technician"
    SCHEDULER = "scheduler"
    NURSE = "nurse"
    MONITOR = "monitor"
    BILLER = "biller"
    QUALITY = "quality"
    OPERATIONS = "operations"
    ADMINISTRATOR = "administrator"
    PRIVACY = "privacy"
    MEDICAL_DIRECTOR = "medical_director"
    PHYSICIAN = "physician"
    PATIENT = "patient"
    CAREGIVER = "caregiver"


TITLES = {
    Role.INTAKE: "Intake coordinator",
    Role.PHARMACIST: "Pharmacist",
    Role.TECHNICIAN: "Pharmacy technician",
    Role.SCHEDULER: "Scheduler",
    Role.NURSE: "Infusion nurse",
    Role.MONITOR: "Monitoring clinician",
    Role.BILLER: "Biller",
    Role.QUALITY: "Quality and compliance",
    Role.OPERATIONS: "Operations lead",
    Role.ADMINISTRATOR: "Administrator",
    Role.PRIVACY: "Privacy officer",
    Role.MEDICAL_DIRECTOR: "Medical director",
    Role.PHYSICIAN: "Physician",
    Role.PATIENT: "Patient",
    Role.CAREGIVER: "Caregiver",
}
ROLE_CHOICES = [(role.value, title) for role, title in TITLES.items()]

#: Roles that see only the charts they are linked to.
LINKED_ROLES = frozenset({Role.PHYSICIAN, Role.PATIENT, Role.CAREGIVER})
CLINICAL = frozenset({Role.PHARMACIST, Role.TECHNICIAN, Role.NURSE, Role.MONITOR, Role.MEDICAL_DIRECTOR})
#: Everyone employed by the program.
STAFF = frozenset(Role) - LINKED_ROLES
#: Staff whose work needs the chart.
CHART_STAFF = STAFF - {Role.ADMINISTRATOR}


@dataclass(frozen=True, slots=True)
class Permission:
    name: str
    meaning: str
    roles: frozenset[Role]


_permissions: dict[str, Permission] = {}


def declare(name: str, meaning: str, roles: Iterable[Role]) -> str:
    """Register a permission ``app.action`` with the roles that hold it. Declaring it twice is an error."""
    if name in _permissions:
        raise ValueError(f"permission {name!r} is declared twice")
    _permissions[name] = Permission(name, meaning, frozenset(roles))
    return name


def permission(name: str) -> Permission:
    """The declared permission. An unknown name is a programming error, found when the page is first declared."""
    return _permissions[name]


def every_permission() -> tuple[Permission, ...]:
    return tuple(sorted(_permissions.values(), key=lambda entry: entry.name))
