"""The chart of one patient: what is known, from whom, since when; its documents; who read it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openinfusion.apps.patients import policies
from openinfusion.apps.patients.models import BreakGlass, Episode, Measurement, Patient
from openinfusion.apps.patients.queries import audit_trail, documents_of, latest_of_each, valid_measurements
from openinfusion.apps.patients.services.break_glass import end_break_glass
from openinfusion.apps.patients.services.inputs import local_day
from openinfusion.apps.patients.services.registration import (
    DEMOGRAPHICS,
    restrict_chart,
    update_demographics,
)
from openinfusion.apps.patients.summaries import banner_of
from openinfusion.apps.patients.web import presenters, privacy_presenters
from openinfusion.apps.patients.web.forms import ChangeDemographicsForm
from openinfusion.apps.patients.web.submit import act, form_page, posted
from openinfusion.platform import audit, clock
from openinfusion.platform.access import Access, Request, fetch, page
from openinfusion.platform.documents import services as documents
from openinfusion.platform.errors import NotFound

PAGE_SIZE = 50
TREND_YEARS = timedelta(days=730)


def chart_of(request: Request, pk: int) -> Patient:
    """The patient of a page, or the page that does not exist."""
    access = request.access
    rows = Patient.objects.select_related("site")
    return fetch(Patient, by=access, rows=rows, pk=pk)


def chart_context(request: Request, patient: Patient) -> dict[str, Any]:
    """What every page of a chart shows: the banner, and that it is open in an emergency."""
    access = request.access
    at = clock.now()
    opened = None
    if patient.pk in access.opened_ids:
        rows = BreakGlass.objects.filter(patient_id=patient.pk, user_id=access.user_id or 0, ends_at__gt=at)
        opened = rows.order_by("-ends_at").first()
    return {
        "patient": patient,
        "banner": banner_of(patient, at=at),
        "banner_day": local_day(at, patient.time_zone),
        "chart_url": reverse("patients:chart", args=[patient.pk]),
        "glass": opened and {"left": privacy_presenters.left_text(opened.ends_at, at), "ends_at": opened.ends_at},
        "glass_end_url": reverse("patients:break_glass_end", args=[patient.pk]),
    }


@page(policies.SEE)
@require_safe
def chart(request: Request, pk: int) -> HttpResponse:
    """Everything known about one patient on one page."""
    access: Access = request.access
    patient = chart_of(request, pk)
    at = clock.now()
    clinical = access.may(policies.RECORD_CLINICAL)
    people = access.may(policies.RECORD_CONTACTS)
    recent = valid_measurements(patient, at=at).filter(value__isnull=False, taken_at__gte=at - TREND_YEARS)
    allergies = list(patient.allergies.order_by("pk"))
    episodes = list(Episode.objects.filter(patient=patient).order_by("-referral_received_at", "-pk"))
    context = {
        **chart_context(request, patient),
        "may_clinical": clinical,
        "may_people": people,
        "may_demographics": access.may(policies.CHANGE_DEMOGRAPHICS),
        "may_episode": access.may(policies.MANAGE_EPISODE),
        "may_restrict": access.may(policies.RESTRICT),
        "may_audit": access.may(policies.SEE_AUDIT_TRAIL),
        "allergies": presenters.allergy_rows(patient, [one for one in allergies if one.is_active], may=clinical),
        "allergy_errors": presenters.error_rows(
            [one for one in allergies if one.entered_in_error_at], patient.time_zone
        ),
        "conditions": presenters.condition_rows(
            patient, list(patient.conditions.filter(is_active=True).order_by("pk")), may=clinical
        ),
        "medications": presenters.medication_rows(
            patient, list(patient.medications.filter(is_active=True).order_by("pk")), may=clinical
        ),
        "latest": presenters.latest_facts(patient, latest_of_each(patient, at=at)),
        "trends": presenters.trends(list(recent)),
        "devices": presenters.device_rows(
            patient, list(patient.access_devices.filter(entered_in_error_at=None)), may=clinical
        ),
        "contacts": presenters.contact_rows(
            patient, list(patient.contacts.filter(ended_at=None).order_by("pk")), may=people
        ),
        "identifiers": [(one.system, one.value) for one in patient.identifiers.order_by("pk")],
        "facts": presenters.person_facts(patient),
        "episodes": presenters.episode_rows(episodes, at),
        "document_count": documents_of(patient, by=access).count(),
    }
    return render(request, "patients/chart.html", context)


@page(policies.SEE)
@require_safe
def measurements(request: Request, pk: int) -> HttpResponse:
    """Every value ever recorded, with those entered in error."""
    access = request.access
    patient = chart_of(request, pk)
    rows = Measurement.objects.filter(patient=patient).order_by("-taken_at", "-pk")
    shown = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    may = access.may(policies.RECORD_CLINICAL)
    context = {
        **chart_context(request, patient),
        "page": shown,
        "may_clinical": may,
        "table": presenters.measurement_table(patient, list(shown), may=may),
    }
    return render(request, "patients/measurements.html", context)


@page(policies.CHANGE_DEMOGRAPHICS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    """Name, birth date, address, contact details."""
    access = request.access
    patient = chart_of(request, pk)
    initial = {name: getattr(patient, name) for name in DEMOGRAPHICS}
    form = ChangeDemographicsForm(posted(request), initial=initial)
    return form_page(
        request,
        form=form,
        save=lambda fields: update_demographics(patient=patient, fields=fields, by=access, at=clock.now()),
        done="Demographics saved.",
        to=reverse("patients:chart", args=[pk]),
        context={**chart_context(request, patient), "title": "Change demographics"},
    )


@page(policies.RESTRICT)
@require_POST
def restrict(request: Request, pk: int) -> HttpResponse:
    """Restrict the chart of a colleague or public figure, or open it again."""
    access = request.access
    patient = _of_program(access, pk)
    wanted = request.POST.get("restricted") == "yes"
    return act(
        request,
        do=lambda: restrict_chart(patient=patient, restricted=wanted, by=access, at=clock.now()),
        done="This chart now opens in an emergency only." if wanted else "This chart is open again.",
        to=reverse("patients:trail", args=[pk]),
    )


def _of_program(access: Access, pk: int) -> Patient:
    """A patient of the program for the privacy officer, whose work needs no reach to the chart itself."""
    patient = Patient.objects.filter(tenant_id=access.tenant_id, pk=pk).first()
    if patient is None:
        raise NotFound("patient")
    return patient


@page(policies.SEE_DOCUMENTS)
@require_safe
def document_list(request: Request, pk: int) -> HttpResponse:
    """Documents of the chart."""
    access = request.access
    patient = chart_of(request, pk)
    shown = Paginator(documents_of(patient, by=access), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        **chart_context(request, patient),
        "page": shown,
        "table": presenters.document_table(patient, list(shown)),
    }
    return render(request, "patients/documents.html", context)


@page(policies.SEE_DOCUMENTS)
@require_safe
def document(request: Request, pk: int, document_id: int) -> HttpResponse:
    """One document as a download, with its own line in the audit."""
    access = request.access
    patient = chart_of(request, pk)
    row = documents_of(patient, by=access).defer(None).filter(pk=document_id).first()
    if row is None:
        raise NotFound("document")
    audit.record(
        by=access,
        action="download",
        subject="documents.document",
        subject_id=row.pk,
        patient_id=patient.pk,
        detail="patients:document",
    )
    return documents.serve(row)


@page(policies.SEE_AUDIT_TRAIL)
@require_safe
def trail(request: Request, pk: int) -> HttpResponse:
    """Who read or changed this chart; for the privacy officer, restricted charts included."""
    access = request.access
    patient = _of_program(access, pk)
    access.reads.add(("audit.auditentry", patient.pk))
    shown = Paginator(audit_trail(patient), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "patient": patient,
        "may_restrict": access.may(policies.RESTRICT),
        "page": shown,
        "table": privacy_presenters.trail_table(list(shown), patient.time_zone),
    }
    return render(request, "patients/trail.html", context)


@page(policies.BREAK_GLASS)
@require_POST
def end_glass(request: Request, pk: int) -> HttpResponse:
    """Close a chart opened in an emergency before its time."""
    access = request.access
    patient = chart_of(request, pk)
    at = clock.now()
    opened = BreakGlass.objects.filter(patient=patient, user_id=access.user_id or 0, ends_at__gt=at).first()
    if opened is None:
        raise NotFound("emergency opening")
    return act(
        request,
        do=lambda: end_break_glass(opened=opened, by=access, at=at),
        done="The chart is closed again.",
        to=reverse("patients:search"),
    )
