"""Reads of the billing pages, all in the reader's reach, each list in a bounded number of queries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Case, Count, Exists, F, Max, Min, OuterRef, QuerySet, When

from openinfusion.apps.billing.models import Claim, ClaimRecord, ContractRate, LedgerEntry, Remittance
from openinfusion.apps.billing.services.evidence import AUTHORED
from openinfusion.apps.coverage.public import Payer
from openinfusion.apps.delivery.public import ShipmentLine
from openinfusion.apps.inventory.public import Item
from openinfusion.apps.visits.public import Administration, VisitRecord, VisitSignature
from openinfusion.platform.access import Access, visible

#: Filters of the queue: the name in the address and the states it holds.
FILTERS: dict[str, tuple[str, ...]] = {
    "blocked": ("draft", "blocked"),
    "ready": ("ready",),
    "sent": ("sent", "accepted"),
    "rejected": ("rejected",),
    "denied": ("denied", "partly_paid"),
    "paid": ("paid",),
}
OPEN = ("draft", "blocked", "ready", "sent", "accepted", "rejected", "denied", "partly_paid")
#: What waits for us comes before what waits for the payer.
FIRST = ("blocked", "draft", "rejected", "denied", "partly_paid", "ready")
LOOK_BACK = timedelta(days=90)


def claims(*, by: Access, state: str = "") -> QuerySet[Claim]:
    """Claims of a state, or all open ones: blocked first, then the oldest days."""
    rows = visible(Claim.objects.select_related("episode__patient", "coverage__payer"), by=by)
    first = Case(*(When(status=status, then=place) for place, status in enumerate(FIRST)), default=len(FIRST))
    return rows.filter(status__in=FILTERS.get(state, OPEN)).order_by(first, "from_date", "id")


def count_open(by: Access) -> int:
    """Claims that wait for somebody here."""
    return visible(Claim.objects.filter(status__in=("draft", "blocked", "ready", "rejected")), by=by).count()


@dataclass(slots=True)
class Stakes:
    """Counts and money by state, and how the last three months went."""

    counts: dict[str, int] = field(default_factory=dict)
    minor: dict[str, int] = field(default_factory=dict)
    not_known: dict[str, int] = field(default_factory=dict)
    oldest: datetime | None = None
    decided: int = 0
    paid_first_time: int = 0
    days_to_payment: list[int] = field(default_factory=list)

    @property
    def median_days(self) -> int | None:
        return int(median(self.days_to_payment)) if self.days_to_payment else None


def stakes(*, by: Access, at: datetime) -> Stakes:
    """What is ready, blocked, on its way and refused, with the money in it. Money is summed here, not in SQL."""
    found = Stakes()
    rows = visible(Claim.objects.exclude(status="voided"), by=by).values_list(
        "status",
        "expected_minor",
        "total_minor",
        "denied_minor",
        "paid_minor",
        "created_at",
        "sent_at",
        "decided_at",
        "sent_count",
    )
    names = {status: name for name, statuses in FILTERS.items() for status in statuses}
    for status, expected, _total, denied, paid, created, sent, decided, times in rows.iterator():
        name = names[status] if status in names else "blocked"
        found.counts[name] = found.counts.get(name, 0) + 1
        amount = denied if name == "denied" else paid if name == "paid" else expected
        if amount is None:
            found.not_known[name] = found.not_known.get(name, 0) + 1
        else:
            found.minor[name] = found.minor.get(name, 0) + amount
        if name == "blocked":
            found.oldest = min(found.oldest or created, created)
        if decided and sent and decided >= at - LOOK_BACK:
            found.decided += 1
            found.paid_first_time += status == "paid" and times == 1
            if status in ("paid", "partly_paid"):
                found.days_to_payment.append((decided - sent).days)
    return found


def unbilled(*, by: Access) -> QuerySet[Any]:
    """Episodes with signed visits no claim has counted: first and last day, and how many."""
    signed = VisitSignature.objects.filter(record=OuterRef("pk"), meaning=AUTHORED, version=OuterRef("version"))
    counted = ClaimRecord.objects.filter(record=OuterRef("pk")).exclude(claim__status="voided")
    rows = visible(VisitRecord.objects.filter(Exists(signed), ~Exists(counted)), by=by)
    return rows.values(
        "visit__episode_id", "visit__episode__number", "visit__episode__therapy_id",
        "visit__episode__patient__family_name", "visit__episode__patient__given_name", "visit__episode__patient__mrn",
    ).annotate(first=Min("visit__on"), last=Max("visit__on"), count=Count("pk")).order_by("first", "visit__episode_id")  # fmt: skip


def count_unbilled(by: Access) -> int:
    return unbilled(by=by).count()


def unbilled_days(episode_id: int, *, by: Access) -> tuple[date | None, date | None]:
    """First and last day of signed, unbilled visits of one episode."""
    row = unbilled(by=by).filter(visit__episode_id=episode_id).first()
    return (row["first"], row["last"]) if row else (None, None)


def claims_of_episode(episode_id: int, *, by: Access) -> list[Claim]:
    rows = visible(Claim.objects.select_related("coverage__payer", "episode__patient"), by=by)
    return list(rows.filter(episode_id=episode_id).order_by("-from_date", "-id"))


def claim_rows() -> QuerySet[Claim]:
    """A claim with everything its page shows."""
    rows = Claim.objects.select_related("episode__patient", "episode__prescriber", "coverage__payer", "x12")
    return rows.prefetch_related("lines__charges")


def ledger_of(claim: Claim) -> list[LedgerEntry]:
    return list(LedgerEntry.objects.filter(claim=claim).select_related("remittance").order_by("at", "id"))


def remittances(*, by: Access, state: str = "") -> QuerySet[Remittance]:
    """Remittances, newest first; ``suspense`` holds those with anything parked."""
    rows = visible(Remittance.objects.all(), by=by).order_by("-received_at", "-id")
    return rows.filter(status__in=("suspense", "partly")) if state == "suspense" else rows


def payers(*, by: Access) -> QuerySet[Payer]:
    """Payers with their contract and how many rates they have."""
    rows = visible(Payer.objects.select_related("contract"), by=by)
    return rows.annotate(rate_count=Count("rates")).order_by("name", "id")


def rates(payer: Payer) -> QuerySet[ContractRate]:
    return ContractRate.objects.filter(payer=payer).order_by("code", "modifier", F("starts_on").desc())


def products(*, by: Access) -> QuerySet[Item]:
    """Drug products with what billing knows of them."""
    rows = visible(Item.objects.filter(kind=Item.Kind.DRUG).select_related("billing_facts"), by=by)
    return rows.order_by("name", "id")


#: How the core names a record in a finding: its kind, then its name in the evidence.
_SUBJECT = re.compile(r"^(?:administration|visit|supply) ([avs]\d+)$")


def record_names(claim: Claim) -> set[str]:
    """Every record the lines and the findings of a claim name."""
    names: set[str] = set()
    for line in claim.lines.all():
        names |= {str(name) for name in line.evidence} if isinstance(line.evidence, list) else set()
    return names | {
        name for one in claim.findings if isinstance(one, dict) and (name := record_in(str(one.get("subject"))))
    }


def record_in(subject: str) -> str:
    """The record a finding is about, or an empty text."""
    found = _SUBJECT.match(subject)
    return found[1] if found else ""


def evidence_rows(names: Iterable[str]) -> dict[str, Any]:
    """The records behind the names: administrations (a), visits (v), box lines (s). A bounded number of queries."""
    wanted: dict[str, set[int]] = {"a": set(), "v": set(), "s": set()}
    for name in names:
        if name[:1] in wanted and name[1:].isdigit():
            wanted[name[0]].add(int(name[1:]))
    doses = Administration.objects.filter(pk__in=wanted["a"]).select_related(
        "record__visit", "preparation", "revision__order"
    ).prefetch_related("preparation__shipment_lines__shipment", "preparation__lots__lot__item")  # fmt: skip
    records = VisitRecord.objects.filter(pk__in=wanted["v"]).select_related("visit").prefetch_related("signatures")
    boxes = ShipmentLine.objects.filter(pk__in=wanted["s"]).select_related("shipment")
    found: dict[str, Any] = {f"a{row.pk}": row for row in doses}
    found |= {f"v{row.pk}": row for row in records}
    return found | {f"s{row.pk}": row for row in boxes}
