"""Facts of decisions about the order: its verification, and the laboratory tests it asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from openinfusion.apps.patients.public import Measurement
from openinfusion.apps.readiness.facts.load import Loaded
from openinfusion.apps.readiness.facts.moments import Moments
from openinfusion.apps.readiness.lab_plan import FOREVER, LabWish, read_monitoring
from openinfusion.apps.readiness.models import PharmacistDecision
from openinfusion.apps.scheduling.public import Visit
from openinfusion.core.readiness import LabFacts, LabStanding, OrderFacts
from openinfusion.core.readiness.words import day, number

Answer = PharmacistDecision.Answer


def order_facts(visit: Visit, loaded: Loaded) -> OrderFacts | None:
    """State of the order, its current revision, and which revision a pharmacist verified."""
    order = loaded.orders.get(visit.episode_id)
    if order is None:
        return None
    verification = loaded.verifications.get(order.pk)
    signed = verification is not None and verification.content_hash == verification.revision.content_hash
    if verification is None or not signed:
        return OrderFacts(status=order.status, revision=order.current_revision or None)
    return OrderFacts(
        status=order.status,
        revision=order.current_revision,
        verified_revision=verification.revision.number,
        verified_by=verification.signed_by_name,
        verified_at=verification.signed_at.astimezone(ZoneInfo(visit.time_zone)),
    )


def lab_facts(visit: Visit, times: Moments, loaded: Loaded) -> tuple[LabFacts, ...] | None:
    """One fact per test the order's monitoring names; None when the order does not say what to monitor."""
    if times.infuses is False:
        return ()
    if times.order is None or times.order.monitoring is None:
        return None
    return tuple(_lab(wish, visit, loaded) for wish in read_monitoring(times.order.monitoring))


def _lab(wish: LabWish, visit: Visit, loaded: Loaded) -> LabFacts:
    decision = _decision(wish.test, visit, loaded)
    if decision is not None and decision.answer == Answer.NOT_NEEDED:
        return _waived(wish, decision, visit)
    row = loaded.measurements.get((visit.episode.patient_id, wish.test))
    if row is None or not wish.is_known_test:
        return LabFacts(name=wish.test, standing=LabStanding.MISSING if wish.is_known_test else None)
    taken = row.taken_at.astimezone(ZoneInfo(visit.time_zone)) if row.taken_at else None
    if row.value is None and row.text.strip().lower() in ("pending", "collected", "registered"):
        return LabFacts(name=wish.test, standing=LabStanding.PENDING, collected_at=taken)
    within, accepted_by = _reading(row, wish.test, decision, visit, loaded)
    return LabFacts(
        name=wish.test, standing=LabStanding.RESULTED, result=_result(row), collected_at=taken,
        valid_until=taken + wish.lasts if taken and wish.lasts is not None else None, is_within_limits=within,
        accepted_by=accepted_by,
    )  # fmt: skip


def _waived(wish: LabWish, decision: PharmacistDecision, visit: Visit) -> LabFacts:
    """A test a pharmacist decided is not needed now: said so in its name, with who and until when."""
    until = f" until {day(decision.until)}" if decision.until else ""
    decided = decision.decided_at.astimezone(ZoneInfo(visit.time_zone))
    return LabFacts(
        name=f"{wish.test} not needed{until}, decided by {decision.decided_by_name}", standing=LabStanding.RESULTED,
        collected_at=decided, valid_until=decided + FOREVER, is_within_limits=True,
    )  # fmt: skip


def _decision(test: str, visit: Visit, loaded: Loaded) -> PharmacistDecision | None:
    """The newest decision on this test that still counts on the day of the visit."""
    for one in loaded.decisions.get(visit.episode_id, []):
        if one.subject == test:
            return None if one.until is not None and one.until < visit.on else one
    return None


def _reading(
    row: Measurement, test: str, decision: PharmacistDecision | None, visit: Visit, loaded: Loaded
) -> tuple[bool | None, str]:
    """Within limits or not, as a pharmacist read this very result: by decision, or when verifying the order."""
    if decision is not None and decision.measurement_id == row.pk:
        return decision.answer == Answer.WITHIN, decision.decided_by_name
    order = loaded.orders.get(visit.episode_id)
    verification = loaded.verifications.get(order.pk) if order else None
    if verification is None or not _was_seen(row, test, verification.case):
        return None, ""
    spoken = any(_is_about(finding, test) for finding in verification.findings)
    return not spoken, verification.signed_by_name if spoken else ""


def _was_seen(row: Measurement, test: str, case: Any) -> bool:
    """Whether the facts the pharmacist verified held this result: same test, same moment, same value."""
    patient = case.get("patient", {}) if isinstance(case, dict) else {}
    for lab in patient.get("labs") or ():
        try:
            same_moment = datetime.fromisoformat(lab["taken_at"]) == row.taken_at
            same_value = row.value is not None and str(lab["value"]) == number(row.value).replace(",", "")
        except (KeyError, ValueError, TypeError):
            continue
        if lab.get("test") == test and same_moment and same_value:
            return True
    return False


def _is_about(finding: Any, test: str) -> bool:
    return isinstance(finding, dict) and finding.get("severity") != "inform" and finding.get("subject") == test


def _result(row: Measurement) -> str:
    return f"{number(row.value)} {row.unit}".strip() if row.value is not None else row.text
