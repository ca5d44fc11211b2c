"""Reads of the home pages."""

from __future__ import annotations

from django.db.models import QuerySet

from openinfusion.apps.homes.models import CaregiverCompetency, ConnectivityScreen
from openinfusion.apps.patients.public import Episode
from openinfusion.platform.access import Access, visible

ACTIVE = ("referred", "accepted", "assessed", "active", "on_hold")


def episodes_to_assess(*, by: Access) -> QuerySet[Episode]:
    """Episodes under way whose home was never assessed, oldest referral first."""
    rows = visible(Episode.objects.filter(status__in=ACTIVE), by=by)
    return rows.filter(home_assessments=None).select_related("patient").order_by("referral_received_at")


def count_to_assess(by: Access) -> int:
    """How many homes wait for an assessment."""
    return episodes_to_assess(by=by).count()


def latest_connectivity(episode: Episode) -> ConnectivityScreen | None:
    """The connectivity screen in force."""
    return ConnectivityScreen.objects.filter(episode=episode).order_by("-screened_at", "-id").first()


def competencies_of(episode: Episode) -> list[CaregiverCompetency]:
    """Skills taught and shown, newest first."""
    rows = CaregiverCompetency.objects.filter(episode=episode).select_related("contact")
    return list(rows.order_by("-observed_at", "-id"))
