"""The emergency page of one patient, and the general one: signed protocol, weight, address. Never refused for what is missing."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from openinfusion.apps.patients.public import Episode, Patient, latest
from openinfusion.core import emergency as rules
from openinfusion.core.orders.facts import ADULT_YEARS
from openinfusion.platform.rules.models import RuleApproval
from openinfusion.platform.rules.services import active_versions
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.rulepacks import load_document, pack

PACK = "emergency"


@cache
def protocol() -> rules.Protocol:
    """The shipped protocol."""
    return rules.read_protocol(load_document("anaphylaxis_protocol"))


def page_for(episode: Episode, at: datetime) -> rules.EmergencyPage:
    """Everything the page shows for the patient of an episode."""
    patient = episode.patient
    return rules.page(
        protocol(), weight=weight_of(patient, at), at=at.astimezone(ZoneInfo(patient.time_zone)),
        is_child=_age(patient.birth_date, at.astimezone(ZoneInfo(patient.time_zone)).date()) < ADULT_YEARS,
        approval=approval_of(episode.tenant_id), address=address_of(patient),
    )  # fmt: skip


def general_page(tenant: Tenant | None, at: datetime) -> rules.EmergencyPage:
    """The page for nobody in particular: steps, and the weight table of the program's signed protocol when it has one."""
    approval = None
    if tenant is not None:
        with scope.tenant(tenant.pk):
            approval = approval_of(tenant.pk)
    return rules.page(protocol(), weight=None, at=at, is_child=None, approval=approval)


def only_program() -> Tenant | None:
    """The program of an installation that has one; with several nobody knows whose protocol a stranger needs."""
    found = list(Tenant.objects.order_by("pk")[:2])
    return found[0] if len(found) == 1 else None


def approval_of(tenant_id: int) -> rules.Approval | None:
    """Who signed the emergency pack of the program; None when it is not active."""
    version = active_versions(tenant_id).get(PACK)
    if version is None:
        return None
    signed = list(RuleApproval.objects.filter(pack_version=version).order_by("at", "pk"))
    if not signed:
        return None
    return rules.Approval(
        protocol=pack(PACK).title, version=version.version, signed_by=" and ".join(row.user_name for row in signed),
        signed_date=signed[-1].at.date(), is_demo=any(row.is_demo for row in signed),
    )  # fmt: skip


def weight_of(patient: Patient, at: datetime) -> rules.Weight | None:
    """The newest weight with its day; one without a day is not used for a dose."""
    row = latest(patient, "weight", at=at)
    if row is None or row.value is None or row.taken_at is None:
        return None
    day = row.taken_at.astimezone(ZoneInfo(patient.time_zone)).date()
    return rules.Weight(row.value, row.unit, day)


def address_of(patient: Patient) -> str:
    """What to tell 911: street, town, and how to find the door."""
    if not patient.address_line.strip():
        return ""
    place = " ".join(filter(None, [patient.state, patient.postal_code]))
    return ", ".join(filter(None, [patient.address_line, patient.city, place, patient.directions]))


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
