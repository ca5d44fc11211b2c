"""The program's measures over a period, from recorded outcomes, answers and the rows of the journey.

For quality and the operations lead. Counting and ranges are core.measures; here the people counted are chosen: episodes
that ended in the period, and those still running with an outcome recorded in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet

from openinfusion.apps.billing.public import Claim
from openinfusion.apps.delivery.public import Shipment
from openinfusion.apps.patients.public import Episode
from openinfusion.apps.quality.models import Incident, Outcome, SurveyAnswer
from openinfusion.apps.quality.policies import SEE
from openinfusion.core import measures as core
from openinfusion.core.measures import Measure, proportion
from openinfusion.platform.access import Access, visible
from openinfusion.rulepacks import load_table

IN_CARE = ("active", "on_hold")


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both counted, in the program's time zone."""

    first: date
    last: date
    zone: str

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), tzinfo=ZoneInfo(self.zone))

    @property
    def end(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), tzinfo=ZoneInfo(self.zone))

    def of(self, field: str) -> Q:
        return Q(**{f"{field}__gte": self.start, f"{field}__lt": self.end})


def program_measures(*, period: Period, by: Access) -> tuple[Measure, ...]:
    """All measures of the period with counts, ranges and what is not known."""
    by.require(SEE)
    episodes = counted_episodes(period=period, by=by)
    outcomes = [_outcome(row) for row in episodes.iterator()]
    answers = visible(SurveyAnswer.objects.filter(period.of("answered_at")), by=by).order_by("topic", "id")
    given = [core.SurveyAnswer(topic, score) for topic, score in answers.values_list("topic", "score")]
    clinical = core.program_measures(outcomes, given, definitions=load_table("quality_measures"))
    return (*clinical, *_journey(period, by))


def counted_episodes(*, period: Period, by: Access) -> QuerySet[Episode]:
    """Episodes the outcome measures count."""
    running = Q(ended_at=None) & period.of("outcome__recorded_at")
    rows = Episode.objects.select_related("outcome", "patient").filter(period.of("ended_at") | running)
    return visible(rows, by=by).order_by("pk")


def _outcome(episode: Episode) -> core.EpisodeOutcome:
    row: Outcome | None = getattr(episode, "outcome", None)
    zone = ZoneInfo(episode.patient.time_zone)
    return core.EpisodeOutcome(
        id=str(episode.pk),
        ended_on=episode.ended_at.astimezone(zone).date() if episode.ended_at else None,
        is_completed_as_planned=row.therapy_completed if row else None,
        unplanned_stays=_stays(row),
        had_adverse_reaction=row.adverse_event if row else None,
        catheter_days=row.catheter_days if row else None,
        access_device_events=_device_events(row),
        bloodstream_infections=row.bloodstream_infections if row else None,
    )


def _stays(row: Outcome | None) -> tuple[core.HospitalStay, ...] | None:
    if row is None or row.unplanned_hospital_stay is None:
        return None
    if not row.unplanned_hospital_stay:
        return ()
    related = {"related": core.HospitalStay.RELATED, "unrelated": core.HospitalStay.UNRELATED}
    return (related.get(row.hospital_stay_relation, core.HospitalStay.NOT_KNOWN),)


def _device_events(row: Outcome | None) -> int | None:
    if row is None or row.access_device_event is None:
        return None
    return row.access_device_event_count if row.access_device_event else 0


def _journey(period: Period, by: Access) -> Iterable[Measure]:
    """Measures read from the rows of deliveries and claims: nothing is entered for them."""
    about = {row["measure"]: row for row in load_table("quality_measures")}
    shipments = list(
        visible(Shipment.objects.filter(period.of("delivered_at")), by=by)
        .annotate(judged=F("temperature_verdict"), late_after=F("deliver_until"))
        .values_list("needs_temperature", "judged", "delivered_at", "late_after")
    )
    cold = [verdict for needs, verdict, _at, _until in shipments if needs]
    judged = [verdict for verdict in cold if verdict]
    yield proportion(
        id="temp_excursion", title="Deliveries out of temperature", numerator=sum(one != "use" for one in judged),
        denominator=len(judged), unknown=len(cold) - len(judged), counted="deliveries judged",
        definition=about["temp_excursion"]["definition"], source=about["temp_excursion"]["sources"],
    )  # fmt: skip
    timed = [(at, until) for _needs, _verdict, at, until in shipments if until is not None]
    yield proportion(
        id="on_time_delivery", title="Deliveries before the need-by time", numerator=sum(at <= until for at, until in timed),
        denominator=len(timed), unknown=len(shipments) - len(timed), counted="deliveries",
        definition=about["on_time_delivery"]["definition"], source=about["on_time_delivery"]["sources"],
    )  # fmt: skip
    decided = list(visible(Claim.objects.filter(period.of("decided_at")), by=by).values_list("status", "sent_count"))
    yield proportion(
        id="billing_clean_claim", title="Claims paid at first pass",
        numerator=sum(status == "paid" and times == 1 for status, times in decided), denominator=len(decided),
        counted="claims decided", definition=about["billing_clean_claim"]["definition"],
        source=about["billing_clean_claim"]["sources"],
    )  # fmt: skip


def people_in_care(*, by: Access) -> int:
    """Episodes running now."""
    return visible(Episode.objects.filter(status__in=IN_CARE), by=by).count()


def without_outcome(*, by: Access) -> QuerySet[Episode]:
    """Ended episodes whose outcome nobody recorded, the latest first."""
    rows = Episode.objects.filter(ended_at__isnull=False, outcome=None).select_related("patient")
    return visible(rows, by=by).order_by("-ended_at", "pk")


def incidents(*, period: Period, by: Access) -> QuerySet[Incident]:
    """Incidents of the period, the latest first."""
    rows = Incident.objects.filter(period.of("happened_at")).select_related("episode__patient")
    return visible(rows, by=by).order_by("-happened_at", "-pk")
