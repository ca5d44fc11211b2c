"""Facts of things: doses in the home, pump and anaphylaxis kit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from openinfusion.apps.delivery.public import Shipment, Stock, needs_kit, therapy_of
from openinfusion.apps.readiness.facts.load import Loaded
from openinfusion.apps.readiness.facts.moments import INFUSES, Moments
from openinfusion.apps.scheduling.public import Visit
from openinfusion.core.readiness import DrugFacts, KitFacts, PumpFacts
from openinfusion.core.readiness.words import moment as written
from openinfusion.platform.ui.formats import format_number

#: What one visit gives.
DOSES_PER_VISIT = 1


@dataclass(slots=True)
class _Shelf:
    """Doses of one preparation left for this visit and those after it."""

    stock: Stock
    left: int
    is_held: bool

    @property
    def is_usable(self) -> bool:
        return not self.is_held and self.stock.doses.temperature == "use"


def drug_facts(visit: Visit, times: Moments, loaded: Loaded) -> DrugFacts:
    """The dose this visit would take: visits before it take theirs first, first to expire first."""
    shelves = _shelves(visit, loaded)
    chosen = _choose(shelves, times.infusion_ends_at or times.ends_at)
    if chosen is None:
        return DrugFacts(doses_needed=DOSES_PER_VISIT, doses_in_home=0, expected_at=_due(visit, loaded))
    box = chosen.stock.shipment
    return DrugFacts(
        doses_needed=DOSES_PER_VISIT,
        doses_in_home=sum(shelf.left for shelf in shelves),
        in_temperature=_in_temperature(chosen.stock),
        temperature=temperature_words(box),
        use_by=_local(chosen.stock.doses.beyond_use_at, visit),
        on_hold=chosen.is_held,
        parcel=f"{box.number} received {_words(box.delivered_at, visit)}",
    )


def _shelves(visit: Visit, loaded: Loaded) -> list[_Shelf]:
    """Doses left, less those that earlier open visits will take; a dose this visit has begun still counts as its own."""
    shelves = [
        _Shelf(stock, stock.doses.doses + stock.given_at_visits.get(visit.pk, 0), _is_held(stock, loaded))
        for stock in loaded.stocks.get(visit.episode_id, [])
        if _is_current(stock, loaded)
    ]
    for earlier in _visits_before(visit, loaded):
        shelf = _choose(shelves, earlier.window_end)
        if shelf is not None:
            shelf.left -= DOSES_PER_VISIT
    return shelves


def _visits_before(visit: Visit, loaded: Loaded) -> list[Visit]:
    rows = loaded.open_visits.get(visit.episode_id, [])
    mine = (visit.window_start, visit.pk)
    return [
        row for row in rows
        if (row.window_start, row.pk) < mine and row.status != "under_way" and INFUSES.get(row.kind) is not False
    ]  # fmt: skip


def _choose(shelves: list[_Shelf], needed_until: datetime | None) -> _Shelf | None:
    """A dose that may be used and lasts; else one that may be used; else any, so that its problem is named."""
    filled = [shelf for shelf in shelves if shelf.left > 0]
    usable = [shelf for shelf in filled if shelf.is_usable]
    lasting = [shelf for shelf in usable if _lasts(shelf, needed_until)]
    return next(iter([*lasting, *usable, *filled]), None)


def _lasts(shelf: _Shelf, needed_until: datetime | None) -> bool:
    use_by = shelf.stock.doses.beyond_use_at
    return needed_until is not None and use_by is not None and use_by >= needed_until


def _is_current(stock: Stock, loaded: Loaded) -> bool:
    """Doses made for an earlier revision are no doses of this order (HZ-021)."""
    revision = stock.doses.preparation.revision
    order = loaded.orders.get(revision.order.episode_id)
    return order is not None and revision.order_id == order.pk and revision.number == order.current_revision


def _is_held(stock: Stock, loaded: Loaded) -> bool:
    preparation = stock.doses.preparation
    return preparation.pk in loaded.held_preparations or preparation.status != "released"


def _in_temperature(stock: Stock) -> bool | None:
    """Not known only where no logger was read; a hold with readings is out of range until a pharmacist decides."""
    if stock.doses.temperature == "use":
        return True
    return None if stock.doses.temperature == "hold" and stock.shipment.temperature_low_c is None else False


def temperature_words(box: Shipment) -> str:
    """The raw lowest and highest reading, never an average (HZ-060)."""
    if not box.needs_temperature:
        return "room temperature, no logger needed"
    if box.temperature_low_c is None or box.temperature_high_c is None:
        return "no logger data"
    span = f"logger {format_number(box.temperature_low_c)} to {format_number(box.temperature_high_c)} °C"
    if box.decision:
        return f"{span}, {box.decision} decided by {box.decision_by_name}"
    return span if box.temperature_verdict == "use" else f"{span}. {box.temperature_reason}".strip()


def pump_facts(visit: Visit, loaded: Loaded) -> PumpFacts | None:
    """The pump checked out to the episode; the library the program has approved is the one required."""
    assignment = loaded.pumps.get(visit.episode_id)
    if assignment is None:
        return None
    device = assignment.device
    return PumpFacts(
        identifier=device.serial,
        in_service=device.status in ("checked_out", "in_use"),
        is_recalled=device.status == "recalled" or bool(device.recall_note),
        service_due_date=device.service_due_on,
        library_version=device.library_version or None,
        library_required=loaded.library_required,
    )


def kit_facts(visit: Visit, loaded: Loaded) -> KitFacts:
    """The kit scanned into this home, the one that lasts longest."""
    kit = loaded.kits.get(visit.episode_id)
    if kit is None:
        return KitFacts(in_home=False)
    return KitFacts(identifier=kit.code, in_home=True, is_intact=kit.is_intact, expires_date=kit.expires_on)


def kit_is_needed(visit: Visit, times: Moments, loaded: Loaded) -> bool | None:
    """By the therapy table, else by the order, else by a pharmacist's decision; else nobody has said."""
    if not times.infuses:
        return times.infuses
    said = needs_kit(therapy_of(visit.episode.therapy_id), times.order)
    if said is not None:
        return said
    decided = next((one for one in loaded.decisions.get(visit.episode_id, []) if one.subject == "kit"), None)
    if decided is None or (decided.until is not None and decided.until < visit.on):
        return None
    return decided.answer == decided.Answer.NEEDED


def _due(visit: Visit, loaded: Loaded) -> datetime | None:
    """When the next box is promised; a promise that has passed is none."""
    coming = loaded.deliveries.get(visit.episode_id)
    if coming is None or coming.deliver_until is None or coming.deliver_until <= loaded.at:
        return None
    return _local(coming.deliver_until, visit)


def _local(moment: datetime | None, visit: Visit) -> datetime | None:
    return moment.astimezone(ZoneInfo(visit.time_zone)) if moment else None


def _words(moment: datetime | None, visit: Visit) -> str:
    local = _local(moment, visit)
    return written(local) if local else "at a time not known"
