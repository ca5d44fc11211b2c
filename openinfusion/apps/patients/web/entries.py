"""Adding to a chart and correcting it: allergies, conditions, medicines, measurements, access devices,
contacts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from openinfusion.apps.patients import policies
from openinfusion.apps.patients.models import (
    AccessDevice,
    Allergy,
    ChartEntry,
    Condition,
    Contact,
    HomeMedication,
    Measurement,
)
from openinfusion.apps.patients.services import (
    access_devices,
    allergies,
    corrections,
    measurements,
    people,
    problems,
)
from openinfusion.apps.patients.web import forms
from openinfusion.apps.patients.web.chart import chart_context, chart_of
from openinfusion.apps.patients.web.submit import act, asked_again, form_page, posted, show_form
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page
from openinfusion.platform.errors import NotFound

ENTRIES: dict[str, type[ChartEntry]] = {
    "allergy": Allergy,
    "condition": Condition,
    "medication": HomeMedication,
    "measurement": Measurement,
    "access_device": AccessDevice,
}
#: "Reviewed" and "none known" buttons: address word, service, message.
REVIEWS: dict[str, tuple[Callable[..., Any], str]] = {
    "no-known-allergies": (allergies.set_no_known_allergies, "No known allergies recorded."),
    "allergies-reviewed": (allergies.review_allergies, "Allergies reviewed."),
    "conditions-reviewed": (problems.review_conditions, "Conditions reviewed."),
    "medications-reviewed": (problems.review_medications, "Medicines reviewed."),
}
_FORM = require_http_methods(["GET", "HEAD", "POST"])


@page(policies.RECORD_CLINICAL)
@_FORM
def allergy(request: Request, pk: int) -> HttpResponse:
    """Record an allergy with its reaction."""

    def save(patient: Any, fields: dict[str, Any], by: Any) -> Any:
        severity = "" if fields["severity"] == "not_known" else fields["severity"]
        return allergies.record_allergy(**{**fields, "severity": severity}, patient=patient, by=by, at=clock.now())

    return _add(request, pk, forms.AllergyForm, save, "Record an allergy", "Allergy recorded.")


@page(policies.RECORD_CLINICAL)
@_FORM
def condition(request: Request, pk: int) -> HttpResponse:
    """Record a condition."""

    def save(patient: Any, fields: dict[str, Any], by: Any) -> Any:
        system = "ICD-10-CM" if fields["code"] else ""
        return problems.record_condition(**fields, code_system=system, patient=patient, by=by, at=clock.now())

    return _add(request, pk, forms.ConditionForm, save, "Record a condition", "Condition recorded.")


@page(policies.RECORD_CLINICAL)
@_FORM
def medication(request: Request, pk: int) -> HttpResponse:
    """Record a medicine taken at home."""

    def save(patient: Any, fields: dict[str, Any], by: Any) -> Any:
        return problems.record_medication(**fields, patient=patient, by=by, at=clock.now())

    return _add(request, pk, forms.MedicationForm, save, "Record a home medicine", "Medicine recorded.")


@page(policies.RECORD_CLINICAL)
@_FORM
def access_device(request: Request, pk: int) -> HttpResponse:
    """Record the line infusions run through."""
    answers = {"yes": True, "no": False}

    def save(patient: Any, fields: dict[str, Any], by: Any) -> Any:
        tip = answers.get(fields["tip_confirmed"])
        return access_devices.record_access_device(
            **{**fields, "tip_confirmed": tip}, patient=patient, by=by, at=clock.now()
        )

    return _add(request, pk, forms.AccessDeviceForm, save, "Record an access device", "Access device recorded.")


@page(policies.RECORD_CLINICAL)
@_FORM
def measurement(request: Request, pk: int) -> HttpResponse:
    """Record one value; a surprising weight asks before it is kept (HZ-009)."""
    access = request.access
    patient = chart_of(request, pk)
    zone = patient.time_zone

    def save(fields: dict[str, Any]) -> Any:
        test = fields["other_test"] if fields["test"] == forms.OTHER_TEST else fields["test"]
        return measurements.record_measurement(
            patient=patient,
            test=test,
            value=measurements.read_value(fields["value"]) if fields["value"] else None,
            unit=fields["unit"],
            text=fields["text"],
            taken_at=fields["taken_at"],
            method=fields["method"],
            source=fields["source"],
            confirmed=bool(fields.get("confirmed", False)),
            by=access,
            at=clock.now(),
        )

    context = {**chart_context(request, patient), "title": "Record a measurement or result"}
    try:
        return form_page(
            request,
            form=forms.MeasurementForm(posted(request), zone=zone),
            save=save,
            done="Value recorded.",
            to=reverse("patients:chart", args=[pk]),
            context=context,
        )
    except measurements.ConfirmFirst as error:
        again = asked_again(forms.MeasurementForm, request, error, zone=zone)
        return show_form(request, again, {**context, "findings": error.findings})


@page(policies.RECORD_CONTACTS)
@_FORM
def contact(request: Request, pk: int) -> HttpResponse:
    """Add a caregiver or relative."""

    def save(patient: Any, fields: dict[str, Any], by: Any) -> Any:
        return people.record_contact(**fields, patient=patient, by=by, at=clock.now())

    return _add(request, pk, forms.ContactForm, save, "Add a contact", "Contact recorded.")


@page(policies.RECORD_CONTACTS)
@_FORM
def contact_change(request: Request, pk: int, contact_id: int) -> HttpResponse:
    """Change a contact of this patient."""
    access = request.access
    patient = chart_of(request, pk)
    row = fetch(Contact, by=access, pk=contact_id, patient_id=pk, ended_at=None)
    initial = {name: getattr(row, name) for name in forms.ContactForm.base_fields}
    return form_page(
        request,
        form=forms.ContactForm(posted(request), initial=initial),
        save=lambda fields: people.record_contact(**fields, contact=row, patient=patient, by=access, at=clock.now()),
        done="Contact saved.",
        to=reverse("patients:chart", args=[pk]),
        context={**chart_context(request, patient), "title": "Change a contact"},
    )


@page(policies.RECORD_CONTACTS)
@require_POST
def contact_end(request: Request, pk: int, contact_id: int) -> HttpResponse:
    """This person no longer serves."""
    access = request.access
    row = fetch(Contact, by=access, pk=contact_id, patient_id=pk)
    return act(
        request,
        do=lambda: people.end_contact(contact=row, by=access, at=clock.now()),
        done="Contact ended.",
        to=reverse("patients:chart", args=[pk]),
    )


@page(policies.RECORD_CLINICAL)
@_FORM
def access_remove(request: Request, pk: int, device_id: int) -> HttpResponse:
    """The line was taken out."""
    access = request.access
    patient = chart_of(request, pk)
    row = fetch(AccessDevice, by=access, pk=device_id, patient_id=pk, entered_in_error_at=None)
    return form_page(
        request,
        form=forms.RemoveAccessForm(posted(request)),
        save=lambda fields: access_devices.remove_access_device(**fields, device=row, by=access, at=clock.now()),
        done="Removal recorded.",
        to=reverse("patients:chart", args=[pk]),
        context={**chart_context(request, patient), "title": f"Remove: {row.get_kind_display()}"},
    )


@page(policies.RECORD_CLINICAL)
@require_POST
def review(request: Request, pk: int, what: str) -> HttpResponse:
    """A list was read through with the patient, or the answer was none."""
    access = request.access
    if what not in REVIEWS:
        raise NotFound("step")
    patient = chart_of(request, pk)
    service, done = REVIEWS[what]
    return act(
        request,
        do=lambda: service(patient=patient, by=access, at=clock.now()),
        done=done,
        to=reverse("patients:chart", args=[pk]),
    )


@page(policies.RECORD_CLINICAL)
@_FORM
def entry_error(request: Request, pk: int, kind: str, entry_id: int) -> HttpResponse:
    """Mark an entry as entered in error, with the reason."""
    access = request.access
    patient = chart_of(request, pk)
    row = _entry(request, pk, kind, entry_id)
    form = forms.ReasonForm(
        posted(request),
        submit="Mark as entered in error",
        label="What was wrong with this entry",
        hint="The entry stays in the chart, marked, and no longer counts.",
    )
    return form_page(
        request,
        form=form,
        save=lambda fields: corrections.mark_entered_in_error(
            entry=row, reason=fields["reason"], by=access, at=clock.now()
        ),
        done="Marked as entered in error.",
        to=reverse("patients:chart", args=[pk]),
        context={
            **chart_context(request, patient),
            "title": f"Entered in error: {row._meta.verbose_name}",
            "about": str(getattr(row, "substance", "") or getattr(row, "text", "") or getattr(row, "test", "")),
        },
    )


@page(policies.RECORD_CLINICAL)
@require_POST
def entry_end(request: Request, pk: int, kind: str, entry_id: int) -> HttpResponse:
    """A condition is over or a medicine no longer taken."""
    access = request.access
    if kind not in ("condition", "medication"):
        raise NotFound("entry")
    row = _entry(request, pk, kind, entry_id)
    return act(
        request,
        do=lambda: problems.end_entry(entry=row, by=access, at=clock.now()),  # type: ignore[arg-type]
        done="Ended.",
        to=reverse("patients:chart", args=[pk]),
    )


def _entry(request: Request, pk: int, kind: str, entry_id: int) -> ChartEntry:
    """An entry of this patient; one of another patient does not exist here (HZ-001)."""
    if kind not in ENTRIES:
        raise NotFound("entry")
    access = request.access
    return fetch(ENTRIES[kind], by=access, pk=entry_id, patient_id=pk)


def _add(
    request: Request,
    pk: int,
    form_class: Any,
    save: Callable[[Any, dict[str, Any], Any], Any],
    title: str,
    done: str,
) -> HttpResponse:
    access = request.access
    patient = chart_of(request, pk)
    return form_page(
        request,
        form=form_class(posted(request)),
        save=lambda fields: save(patient, fields, access),
        done=done,
        to=reverse("patients:chart", args=[pk]),
        context={**chart_context(request, patient), "title": title},
    )
