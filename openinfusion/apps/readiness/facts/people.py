"""Facts of people and place: home, caregiver, nurse and consent."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from openinfusion.apps.delivery.public import therapy_of
from openinfusion.apps.homes.public import caregiver_facts_of, home_facts_of
from openinfusion.apps.patients.public import Consent
from openinfusion.apps.readiness.facts.load import Loaded
from openinfusion.apps.readiness.facts.moments import Moments
from openinfusion.apps.scheduling.public import Visit
from openinfusion.apps.workforce.public import Licence
from openinfusion.core.orders.model import InfusionOrder, Route
from openinfusion.core.readiness import CaregiverFacts, ConsentFacts, HomeFacts, NurseFacts

#: The skill table spells one access kind the British way.
_TAG_OF_ACCESS = {"tunneled": "tunnelled"}


def home_facts(visit: Visit, loaded: Loaded) -> HomeFacts | None:
    return home_facts_of(loaded.homes.get(visit.episode_id))


def caregiver_is_needed(visit: Visit, times: Moments) -> bool | None:
    """Somebody in the home must be able when the infusion goes on after the nurse has left."""
    if times.infuses is False or visit.must_stay:
        return False
    if times.infuses is None or times.infusion_ends_at is None or times.ends_at is None:
        return None
    return times.infusion_ends_at > times.ends_at


def caregiver_facts(visit: Visit, times: Moments, loaded: Loaded) -> CaregiverFacts | None:
    """The learner closest to competent, for the skills this device, access and therapy ask for."""
    assignment = loaded.pumps.get(visit.episode_id)
    return caregiver_facts_of(
        loaded.competencies.get(visit.episode_id, []), tags=_tags(visit, times), on=visit.on,
        model=assignment.device.family if assignment else "",
    )  # fmt: skip


def _tags(visit: Visit, times: Moments) -> set[str]:
    therapy = therapy_of(visit.episode.therapy_id)
    tags = set(therapy.therapy_type.split("/")) if therapy else set()
    if times.needs_pump:
        tags.add("pump")
    return tags | _order_tags(times.order)


def _order_tags(order: InfusionOrder | None) -> set[str]:
    if order is None:
        return set()
    tags = {order.pump.type.value} if order.pump and order.pump.type else set()
    if order.access is not None:
        tags.add(_TAG_OF_ACCESS.get(order.access.value, order.access.value))
    if order.route is Route.SUBCUTANEOUS:
        tags.add("subcutaneous")
    return tags


def nurse_facts(visit: Visit, loaded: Loaded) -> NurseFacts:
    """Licence in the patient's state and every competency on the day (HZ-067)."""
    nurse = visit.nurse
    if nurse is None:
        return NurseFacts(is_assigned=False)
    licensed, licence_until = _licence(loaded.licences.get(nurse.pk, []), visit.episode.patient.state)
    missing, until = _skills(visit, loaded)
    return NurseFacts(
        is_assigned=True, name=f"{nurse.name}, {nurse.credentials}" if nurse.credentials else nurse.name,
        missing_competencies=missing, competent_until=until or licence_until, is_licensed_here=licensed,
        licence_until=licence_until,
    )  # fmt: skip


def _licence(licences: list[Licence], state: str) -> tuple[bool | None, date | None]:
    """A licence of the state counts. A multistate licence of another state is not known to reach here: not in the data."""
    if not state:
        return None, None
    here = [row.expires_on for row in licences if row.state == state]
    if here:
        return True, max(here)
    elsewhere = [row.expires_on for row in licences if row.is_compact]
    return (None, max(elsewhere)) if elsewhere else (False, max((row.expires_on for row in licences), default=date.min))


def _skills(visit: Visit, loaded: Loaded) -> tuple[tuple[str, ...], date | None]:
    """Competencies missing on the day, and the earliest end of those held; None when the visit asks for none."""
    missing, ends = [], []
    for need in visit.needs:
        held = [
            row.expires_on for row in loaded.nurse_skills.get(visit.nurse_id or 0, [])
            if row.name == need and row.shown_on <= visit.on
        ]  # fmt: skip
        if not held:
            missing.append(need)
        else:
            ends.append(max(held))
    return tuple(missing), min(ends, default=None)


def consent_facts(visit: Visit, loaded: Loaded) -> ConsentFacts:
    """The latest consent to treatment; one that has ended by the visit is no signature any more."""
    row: Consent | None = loaded.consents.get(visit.episode_id)
    if row is None:
        return ConsentFacts(is_withdrawn=False)
    if row.ends_on is not None and row.ends_on < visit.on:
        return ConsentFacts(is_withdrawn=row.revoked_at is not None)
    signed = row.signed_at.astimezone(ZoneInfo(visit.time_zone)).date()
    return ConsentFacts(signed_date=signed, is_withdrawn=row.revoked_at is not None)
