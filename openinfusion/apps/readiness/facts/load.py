"""Loads, once per table, every row the gate asks about for a set of visits. The number of queries does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import F, Model, QuerySet, Window
from django.db.models.functions import RowNumber

from openinfusion.apps.coverage.public import Authorization, Coverage
from openinfusion.apps.delivery.public import Shipment, Stock, next_deliveries, stock_in_homes
from openinfusion.apps.equipment.public import DeviceAssignment
from openinfusion.apps.homes.public import CaregiverCompetency, HomeAssessment
from openinfusion.apps.inventory.public import AnaphylaxisKit
from openinfusion.apps.patients.public import Consent, Measurement
from openinfusion.apps.pharmacy.public import Order, OrderRevision, PreparationLot, Verification
from openinfusion.apps.readiness.models import PharmacistDecision
from openinfusion.apps.scheduling.public import Visit
from openinfusion.apps.workforce.public import Licence, NurseCompetency
from openinfusion.core.states import ORDER
from openinfusion.platform.rules.services import active_versions

OPEN_VISITS = ("planned", "assigned", "confirmed", "under_way")
Row = TypeVar("Row", bound=Model)


@dataclass(slots=True)
class Loaded:
    """Rows by the id they hang on (episode, patient, nurse, revision, preparation)."""

    at: datetime
    library_required: str | None = None
    open_visits: dict[int, list[Visit]] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    revisions: dict[int, OrderRevision] = field(default_factory=dict)
    verifications: dict[int, Verification] = field(default_factory=dict)
    stocks: dict[int, list[Stock]] = field(default_factory=dict)
    deliveries: dict[int, Shipment] = field(default_factory=dict)
    held_preparations: set[int] = field(default_factory=set)
    authorizations: dict[int, list[Authorization]] = field(default_factory=dict)
    coverages: dict[int, list[Coverage]] = field(default_factory=dict)
    measurements: dict[tuple[int, str], Measurement] = field(default_factory=dict)
    decisions: dict[int, list[PharmacistDecision]] = field(default_factory=dict)
    pumps: dict[int, DeviceAssignment] = field(default_factory=dict)
    kits: dict[int, AnaphylaxisKit] = field(default_factory=dict)
    homes: dict[int, HomeAssessment] = field(default_factory=dict)
    competencies: dict[int, list[CaregiverCompetency]] = field(default_factory=dict)
    consents: dict[int, Consent] = field(default_factory=dict)
    licences: dict[int, list[Licence]] = field(default_factory=dict)
    nurse_skills: dict[int, list[NurseCompetency]] = field(default_factory=dict)


def load(visits: Sequence[Visit], *, at: datetime) -> Loaded:
    """Everything about these visits. They come with episode, patient and nurse loaded."""
    if not visits:
        return Loaded(at)
    episodes = {visit.episode_id for visit in visits}
    patients = {visit.episode.patient_id for visit in visits}
    nurses = {visit.nurse_id for visit in visits if visit.nurse_id}
    library = active_versions(visits[0].tenant_id).get("drug-library")
    loaded = Loaded(at, library_required=library.version if library else None)
    _load_orders(loaded, episodes)
    _load_drug(loaded, episodes)
    _load_money(loaded, episodes, patients)
    _load_chart(loaded, episodes, patients, at)
    _load_things(loaded, episodes)
    last = max(visit.on for visit in visits)
    rows = Visit.objects.filter(episode_id__in=episodes, status__in=OPEN_VISITS, on__lte=last)
    loaded.open_visits = _lists(rows.order_by("window_start", "pk"), "episode_id")
    loaded.licences = _lists(Licence.objects.filter(nurse_id__in=nurses), "nurse_id")
    loaded.nurse_skills = _lists(NurseCompetency.objects.filter(nurse_id__in=nurses), "nurse_id")
    return loaded


def _load_orders(loaded: Loaded, episodes: set[int]) -> None:
    """The order in force of each episode: the newest that has not ended, else the newest."""
    for order in Order.objects.filter(episode_id__in=episodes).order_by("pk"):
        kept = loaded.orders.get(order.episode_id)
        if kept is None or ORDER.is_final(kept.status) or not ORDER.is_final(order.status):
            loaded.orders[order.episode_id] = order
    wanted = {order.pk: order for order in loaded.orders.values()}
    verified = Verification.objects.filter(revision__order_id__in=wanted, decision="verified")
    for verification in verified.select_related("revision").order_by("pk"):
        loaded.verifications[verification.revision.order_id] = verification
    for revision in OrderRevision.objects.filter(order_id__in=wanted, number=F("order__current_revision")):
        loaded.revisions[revision.order_id] = revision


def _load_drug(loaded: Loaded, episodes: set[int]) -> None:
    loaded.stocks = stock_in_homes(episodes)
    loaded.deliveries = next_deliveries(episodes)
    ids = [stock.doses.preparation.pk for stocks in loaded.stocks.values() for stock in stocks]
    unfit = PreparationLot.objects.filter(preparation_id__in=ids).exclude(lot__status="available")
    loaded.held_preparations = set(unfit.values_list("preparation_id", flat=True))


def _load_money(loaded: Loaded, episodes: set[int], patients: set[int]) -> None:
    rows = Authorization.objects.filter(episode_id__in=episodes).prefetch_related("lines__uses")
    loaded.authorizations = _lists(rows.order_by("-pk"), "episode_id")
    plans = Coverage.objects.filter(patient_id__in=patients).prefetch_related("benefit_lines")
    loaded.coverages = _lists(plans.order_by("rank", "pk"), "patient_id")


def _load_chart(loaded: Loaded, episodes: set[int], patients: set[int], at: datetime) -> None:
    place = Window(RowNumber(), partition_by=[F("patient"), F("test")], order_by=[F("taken_at").desc(), F("pk").desc()])
    results = Measurement.objects.filter(patient_id__in=patients, entered_in_error_at=None, taken_at__lte=at)
    for row in results.annotate(place=place).filter(place=1):
        loaded.measurements[row.patient_id, row.test] = row
    decided = PharmacistDecision.objects.filter(episode_id__in=episodes).order_by("-pk")
    loaded.decisions = _lists(decided, "episode_id")
    consents = Consent.objects.filter(episode_id__in=episodes, kind="treatment").order_by("signed_at", "pk")
    loaded.consents = {row.episode_id: row for row in consents}
    skills = CaregiverCompetency.objects.filter(episode_id__in=episodes).select_related("contact")
    loaded.competencies = _lists(skills, "episode_id")


def _load_things(loaded: Loaded, episodes: set[int]) -> None:
    pumps = DeviceAssignment.objects.filter(episode_id__in=episodes, ended_at=None).select_related("device")
    loaded.pumps = {row.episode_id: row for row in pumps.order_by("assigned_at")}
    kits = AnaphylaxisKit.objects.filter(episode_id__in=episodes, status="home").order_by("expires_on")
    loaded.kits = {row.episode_id: row for row in kits if row.episode_id}
    homes = HomeAssessment.objects.filter(episode_id__in=episodes).prefetch_related("mended")
    loaded.homes = {row.episode_id: row for row in homes.order_by("assessed_at", "pk")}


def _lists(rows: QuerySet[Row] | Iterable[Row], name: str) -> dict[int, list[Row]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return dict(found)
