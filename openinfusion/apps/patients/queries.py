"""Reads of charts and episodes: always within the person's reach, or by the id of a row already fetched."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from openinfusion.apps.patients.events import CHART_CHANGES
from openinfusion.apps.patients.models import BreakGlass, ChartLink, Consent, Episode, Measurement, Patient
from openinfusion.core.controls import control_is_on
from openinfusion.core.identity import identifier_key, name_key, phone_key
from openinfusion.core.states import EPISODE
from openinfusion.platform.access import Access, visible
from openinfusion.platform.audit.models import AuditEntry
from openinfusion.platform.documents.models import Document
from openinfusion.platform.events.models import DomainEvent

SHORTEST_SEARCH = 2
MOST_FOUND = 50
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NEWEST = (F("taken_at").desc(nulls_last=True), "-pk")


def chart_access_of(*, user_id: int, at: datetime) -> tuple[frozenset[int], frozenset[int]]:
    """Charts a user is linked to, and charts opened by break-glass, at a moment. Called once per request."""
    links = ChartLink.objects.filter(user_id=user_id, starts_at__lte=at).exclude(ends_at__lte=at)
    opened = BreakGlass.objects.filter(user_id=user_id, opened_at__lte=at, ends_at__gt=at)
    if not control_is_on("HZ-088"):
        opened = opened.none()
    return (
        frozenset(links.values_list("patient_id", flat=True)),
        frozenset(opened.values_list("patient_id", flat=True)),
    )


# -- Search ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """Patients that fit, and whether there are more than shown."""

    patients: list[Patient]
    has_more: bool


def search_patients(text: str, *, by: Access) -> Found:
    """Patients in reach by name, record number, birth date or phone. Fewer than two characters find
    nobody.
    """
    rule = _search_rule(text)
    if rule is None:
        return Found([], False)
    rows = visible(Patient.objects.filter(rule), by=by).select_related("site")
    found = list(rows.order_by("family_key", "given_key", "pk")[: MOST_FOUND + 1])
    return Found(found[:MOST_FOUND], len(found) > MOST_FOUND)


def find_exactly(*, mrn: str, birth_date: date, by: Access) -> Patient | None:
    """The patient of the program with exactly these two identifiers, in reach or not: for break-glass
    only.
    """
    rows = Patient.objects.filter(tenant_id=by.tenant_id, birth_date=birth_date, mrn__iexact=mrn.strip())
    return rows.first()


def _search_rule(text: str) -> Q | None:
    text = " ".join(text.split())
    if len(identifier_key(text)) < SHORTEST_SEARCH:
        return None
    if day := read_birth_date(text):
        return Q(birth_date=day)
    rule = Q(mrn__istartswith=text) | Q(episodes__number__iexact=text)
    if rule and (digits := phone_key(text)) and not re.search(r"[A-Za-z]", text):
        rule |= Q(phone_digits=digits)
    if words := name_key(text).split():
        names = Q()
        for word in words:
            names &= Q(search_text__contains=f" {word}")
        rule |= names
    return Q(pk__in=Patient.objects.filter(rule).values("pk"))


def read_birth_date(text: str) -> date | None:
    """``2026-11-24``, ``24-Nov-2026`` or ``11/24/2026`` as a day; None when it is none of them."""
    patterns: tuple[tuple[str, tuple[int, int, int]], ...] = (
        (r"(\d{4})-(\d{1,2})-(\d{1,2})", (0, 1, 2)),
        (r"(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[- ](\d{4})", (2, 1, 0)),
        (r"(\d{1,2})/(\d{1,2})/(\d{4})", (2, 0, 1)),
    )
    for pattern, (year, month, day) in patterns:
        if match := re.fullmatch(pattern, text.strip()):
            parts = match.groups()
            word = parts[month].lower()
            number = _MONTHS.index(word) + 1 if word in _MONTHS else int(word) if word.isdigit() else 0
            try:
                return date(int(parts[year]), number, int(parts[day]))
            except ValueError:
                return None
    return None


# -- Chart -------------------------------------------------------------------------------------------------


def valid_measurements(patient: Patient, *, at: datetime | None = None) -> QuerySet[Measurement]:
    """Measurements that count: not entered in error and, with ``at``, taken by then."""
    rows = Measurement.objects.filter(patient_id=patient.pk, entered_in_error_at=None)
    return rows if at is None else rows.filter(Q(taken_at__lte=at) | Q(taken_at=None))


def latest(patient: Patient, test: str, *, at: datetime | None = None) -> Measurement | None:
    """The newest value of a test; a value without a date counts as older than any with one."""
    return valid_measurements(patient, at=at).filter(test=test.lower()).order_by(*_NEWEST).first()


def latest_many(patient: Patient, tests: Iterable[str], *, at: datetime | None = None) -> dict[str, Measurement]:
    """The newest value of each test, in one query; a test without a value is not in the answer."""
    rows = valid_measurements(patient, at=at).filter(test__in=[test.lower() for test in tests])
    return {row.test: row for row in _newest_of_each(rows)}


def latest_of_each(patient: Patient, *, at: datetime | None = None) -> dict[str, Measurement]:
    """The newest value of every test of the chart, in one query."""
    return {row.test: row for row in _newest_of_each(valid_measurements(patient, at=at))}


def _newest_of_each(rows: QuerySet[Measurement]) -> QuerySet[Measurement]:
    place = Window(RowNumber(), partition_by=F("test"), order_by=[_NEWEST[0], F("pk").desc()])
    return rows.annotate(place=place).filter(place=1)


def active_consent(episode: Episode, *, at: datetime, kind: str = "treatment") -> Consent | None:
    """The consent in force at a moment, newest first."""
    rows = Consent.objects.filter(episode_id=episode.pk, kind=kind, signed_at__lte=at)
    rows = rows.filter(Q(revoked_at=None) | Q(revoked_at__gt=at))
    rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=at.date()))
    return rows.order_by("-signed_at", "-pk").first()


def documents_of(patient: Patient, *, by: Access) -> QuerySet[Document]:
    """Documents of a chart already fetched, without their bytes; the read is noted for the audit."""
    by.reads.add(("documents.document", patient.pk))
    return (
        Document.objects.filter(tenant_id=by.tenant_id, patient_id=patient.pk)
        .defer("content")
        .order_by("-stored_at", "-pk")
    )


# -- Episodes ----------------------------------------------------------------------------------------------

OPEN_STATES = tuple(state for state in EPISODE.states if not EPISODE.is_final(state))


def episodes_in_reach(*, by: Access, status: str = "") -> QuerySet[Episode]:
    """Episodes of the program a person may see, open ones unless a state is asked for; newest referral
    first.
    """
    wanted: Any = (status,) if status in EPISODE.states else OPEN_STATES
    rows = Episode.objects.filter(status__in=wanted).select_related("patient", "patient__site", "prescriber")
    return visible(rows, by=by).order_by("-referral_received_at", "-pk")


@dataclass(frozen=True, slots=True)
class FirstDoseClock:
    """Time from referral to first dose. Running until the first dose; stopped without one when the episode
    ended.
    """

    elapsed: timedelta
    is_running: bool
    has_dose: bool


def first_dose_clock(episode: Episode, at: datetime) -> FirstDoseClock:
    """How long the patient has waited, or waited in the end."""
    stop = episode.first_dose_at or episode.ended_at
    return FirstDoseClock((stop or at) - episode.referral_received_at, stop is None, episode.first_dose_at is not None)


def timeline(episode: Episode, *, limit: int = 500) -> list[DomainEvent]:
    """Events of the episode, and chart changes since its referral, newest first. Tasks are work, not
    history.
    """
    chart = Q(
        patient_id=episode.patient_id,
        episode_id=None,
        kind__in=CHART_CHANGES,
        at__gte=episode.referral_received_at,
    )
    rows = DomainEvent.objects.filter(Q(episode_id=episode.pk) | chart).exclude(kind__startswith="task.")
    return list(rows.order_by("-at", "-pk")[:limit])


# -- Privacy -----------------------------------------------------------------------------------------------


def audit_trail(patient: Patient) -> QuerySet[AuditEntry]:
    """Who read or changed this chart, newest first."""
    return AuditEntry.objects.filter(patient_id=patient.pk).order_by("-sequence")


def break_glass_queue(*, by: Access, reviewed: bool = False) -> QuerySet[BreakGlass]:
    """Emergency openings of the program to review, the oldest first; the reviewer needs no reach to the
    chart.
    """
    rows = BreakGlass.objects.filter(tenant_id=by.tenant_id).select_related("patient", "patient__site")
    if reviewed:
        return rows.exclude(reviewed_at=None).order_by("-reviewed_at", "-pk")
    return rows.filter(reviewed_at=None).order_by("opened_at", "pk")


def restricted_charts(*, by: Access) -> QuerySet[Patient]:
    """Charts of the program that open in an emergency only; for the privacy officer, by record number."""
    rows = Patient.objects.filter(tenant_id=by.tenant_id, is_restricted=True)
    return rows.select_related("site").order_by("mrn")


def unreviewed_too_long(*, at: datetime, hours: int) -> QuerySet[BreakGlass]:
    """Openings nobody reviewed in time: must be none (HZ-089)."""
    return BreakGlass.objects.filter(reviewed_at=None, opened_at__lt=at - timedelta(hours=hours))
