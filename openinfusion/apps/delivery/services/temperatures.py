"""Temperature on the way: raw readings kept, judged by the storage each preparation needs, never averaged (HZ-060).

No reading, a gap, or a storage without a rule is a hold for the pharmacist, never a pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from openinfusion.apps.delivery.events import DECIDED, READ
from openinfusion.apps.delivery.models import Shipment, TemperatureReading
from openinfusion.apps.delivery.orders import is_protein, therapy_of
from openinfusion.apps.delivery.policies import JUDGE, LOG
from openinfusion.apps.delivery.services.picking import facts
from openinfusion.apps.delivery.services.sending import lines_of, locked
from openinfusion.apps.pharmacy.public import Preparation
from openinfusion.core import cold_chain
from openinfusion.core.beyond_use import Storage
from openinfusion.core.cold_chain import Decision, ExcursionVerdict, Journey
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.rulepacks.storage import storage_windows

#: Storage of a preparation -> window of the facts. A storage that is not here has no rule: hold.
WINDOWS = {Storage.ROOM.value: "CRT", Storage.REFRIGERATOR.value: "CCT"}
#: Longest time without a reading. Own limit, not from a source: three readings of a logger that reads every 10 minutes.
LONGEST_GAP = timedelta(minutes=30)
MOST_READINGS = 20_000
_ORDER = (Decision.USE, Decision.HOLD, Decision.DISCARD)
_COLDEST, _HOTTEST = Decimal(-100), Decimal(100)


@transaction.atomic
def add_readings(
    *, shipment: Shipment, readings: Sequence[tuple[datetime, Decimal]], by: Access, at: datetime
) -> Shipment:
    """Keep the raw readings and judge the journey. The same reading twice counts once; a different one is refused."""
    by.require(LOG)
    shipment = locked(shipment, by=by)
    if shipment.packed_at is None:
        raise Refused("not_packed", "The box is not packed yet: its journey has not begun.")
    new = _new_readings(shipment, readings, at)
    TemperatureReading.objects.bulk_create(
        [
            TemperatureReading(tenant_id=by.tenant_id, shipment=shipment, at=moment, celsius=celsius)
            for moment, celsius in new.items()
        ],
        batch_size=1000,
    )
    judge_shipment(shipment, by=by, at=at)
    words = shipment.temperature_verdict or "judged when the box is delivered"
    events.record(kind=READ, subject=shipment, by=by, at=at, data=facts(shipment, readings=len(new), verdict=words))
    return shipment


def _new_readings(
    shipment: Shipment, readings: Iterable[tuple[datetime, Decimal]], at: datetime
) -> dict[datetime, Decimal]:
    rows = list(readings)
    if not rows:
        raise BadInput({"readings": "There is no reading in it. Paste lines like 2026-11-24T10:00:00-06:00,4.5"})
    if len(rows) > MOST_READINGS:
        raise BadInput({"readings": f"More than {MOST_READINGS:,} readings. Send the journey of this box only."})
    known = dict(shipment.readings.values_list("at", "celsius"))
    new: dict[datetime, Decimal] = {}
    for moment, celsius in rows:
        _check_reading(moment, celsius, at)
        seen = known.get(moment, new.get(moment))
        if seen is not None and seen != celsius:
            raise BadInput({"readings": f"Two different temperatures at {moment.isoformat()}. Read the logger again."})
        if moment not in known:
            new[moment] = celsius
    return new


def _check_reading(moment: datetime, celsius: Decimal, at: datetime) -> None:
    if moment.tzinfo is None:
        raise BadInput({"readings": "Each time needs its zone, for example 2026-11-24T10:00:00-06:00."})
    if moment > at + timedelta(minutes=5):
        raise BadInput(
            {"readings": f"The reading at {moment.isoformat()} lies in the future. Check the logger's clock."}
        )
    if not celsius.is_finite() or not _COLDEST <= celsius <= _HOTTEST:
        raise BadInput(
            {"readings": f"{celsius} °C at {moment.isoformat()} cannot be. Check that the column is Celsius."}
        )
    if celsius != celsius.quantize(Decimal("0.01")):
        raise BadInput({"readings": f"Write at most two digits after the point: {celsius}."})


def judge_shipment(shipment: Shipment, *, by: Access, at: datetime) -> None:
    """Write lowest, highest and, once delivered, the verdict over the whole journey. A pharmacist's decision stays."""
    readings = [cold_chain.Reading(row.at, row.celsius) for row in shipment.readings.all()]
    values = [reading.celsius for reading in readings]
    shipment.temperature_low_c = min(values, default=None)
    shipment.temperature_high_c = max(values, default=None)
    if shipment.delivered_at is not None and shipment.packed_at is not None and shipment.needs_temperature:
        verdicts = [_judge(row, shipment, readings) for row in _preparations(shipment)]
        decision, reasons = _worst(verdicts)
        if decision != shipment.temperature_verdict or reasons[:600] != shipment.temperature_reason:
            _withdraw_decision(shipment)
        shipment.temperature_verdict, shipment.temperature_reason = decision, reasons[:600]
    shipment.save()


def _withdraw_decision(shipment: Shipment) -> None:
    """New readings that change the verdict void a decision made on the old ones."""
    shipment.decision = shipment.decision_reason = shipment.decision_by_name = ""
    shipment.decision_at = None


def _preparations(shipment: Shipment) -> list[Preparation]:
    return [line.preparation for line in lines_of(shipment) if line.preparation]


def _judge(row: Preparation, shipment: Shipment, readings: list[cold_chain.Reading]) -> tuple[str, tuple[str, ...]]:
    window = storage_windows().get(WINDOWS.get(row.storage, ""))
    if window is None:
        return Decision.HOLD, (f"There is no temperature rule for storage {row.storage or 'not known'!r}.",)
    journey = Journey(
        begins_at=_moment(shipment.packed_at), ends_at=_moment(shipment.delivered_at), longest_gap=LONGEST_GAP,
        is_protein=is_protein(therapy_of(row.revision.order.therapy_id)),
    )  # fmt: skip
    verdict: ExcursionVerdict = cold_chain.judge(readings, window=window, journey=journey)
    return verdict.decision, tuple(finding.detail for finding in verdict.findings)


def _moment(value: datetime | None) -> datetime:
    if value is None:
        raise ValueError("a journey is judged when its box is packed and delivered")
    return value


def _worst(verdicts: list[tuple[str, tuple[str, ...]]]) -> tuple[str, str]:
    """The gravest decision with every reason once. A box without preparations has nothing to hold."""
    decision = max(
        (verdict for verdict, _ in verdicts), key=lambda one: _ORDER.index(Decision(one)), default=Decision.USE
    )
    reasons = dict.fromkeys(reason for _, found in verdicts for reason in found)
    return str(decision), " ".join(reasons)


@transaction.atomic
def decide_temperature(*, shipment: Shipment, decision: str, reason: str, by: Access, at: datetime) -> Shipment:
    """A pharmacist's decision on a hold. A discard stands: what is frozen or ruined is not released by anyone."""
    by.require(JUDGE)
    shipment = locked(shipment, by=by)
    if refusal := refusal_to_decide(shipment):
        raise Refused("nothing_to_decide", refusal)
    wrong = {}
    if decision not in (Decision.USE, Decision.DISCARD):
        wrong["decision"] = "Choose use or discard."
    if not reason.strip():
        wrong["reason"] = "Write what the decision rests on, for example the maker's answer with its reference."
    if wrong:
        raise BadInput(wrong)
    shipment.decision, shipment.decision_reason = decision, reason.strip()[:300]
    shipment.decision_by_name, shipment.decision_at = by.name, at
    shipment.save()
    events.record(kind=DECIDED, subject=shipment, by=by, at=at, data=facts(shipment, decision=decision))
    return shipment


def refusal_to_decide(shipment: Shipment) -> str | None:
    """Why there is nothing to decide, as a sentence."""
    if not shipment.temperature_verdict:
        return "The temperature is judged when the box is delivered."
    if shipment.temperature_verdict == Decision.USE:
        return "Nothing was found, so there is nothing to decide."
    if shipment.temperature_verdict == Decision.DISCARD:
        return "The doses are to be discarded. No decision changes that."
    return None
