"""One page per step of a visit. Each saves by one service call and goes back to the visit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.patients.public import banner_of
from openinfusion.apps.visits.models import Administration, VisitRecord
from openinfusion.apps.visits.policies import PERFORM, SIGN
from openinfusion.apps.visits.queries import fetch_record
from openinfusion.apps.visits.services import infusing, records, signing
from openinfusion.apps.visits.web import forms, presenters
from openinfusion.core.units import Quantity, unit
from openinfusion.platform import clock
from openinfusion.platform.access import Request, page
from openinfusion.platform.errors import NotFound, Refused
from openinfusion.platform.ui.forms import Form
from openinfusion.platform.ui.pages import form_page

TEMPLATE = "visits/step.html"


def _context(record: VisitRecord, title: Any, submit: Any, **more: Any) -> dict[str, Any]:
    return {
        "title": title, "submit": submit, "visit": record.visit, "patient": banner_of(record.visit.episode.patient),
        "order": presenters.order_line(record), "version": record.version, **more,
    }  # fmt: skip


def _step(
    request: Request, record: VisitRecord, form: Any, save: Any, title: Any, submit: Any, done: Any, **more: Any
) -> HttpResponse:
    return form_page(
        request, form=form, save=save, done=done, to=reverse("visits:visit", args=[record.visit_id]), template=TEMPLATE,
        context=_context(record, title, submit, **more),
    )  # fmt: skip


@page(PERFORM)
def identity(request: Request, pk: int) -> HttpResponse:
    """Two identifiers, compared with the chart."""
    record = fetch_record(pk, by=request.access)
    form = forms.IdentityForm(request.POST or None)
    intro = _("Ask; do not read out. Two of them must fit.")
    return _step(
        request, record, form,
        lambda _data: records.confirm_patient(record=record, given=form.given(), by=request.access, at=clock.now()),
        _("Is this the right patient?"), _("Compare"), _("It is the right patient."), intro=intro,
    )  # fmt: skip


@page(PERFORM)
def section(request: Request, pk: int, section: str) -> HttpResponse:
    """One section of the note; what was saved before is shown for correction."""
    record = fetch_record(pk, by=request.access)
    if section not in forms.SECTION_FORMS:
        raise NotFound("part of the note")
    form = forms.SECTION_FORMS[section](request.POST or None, initial=record.sections.get(section))
    base = request.POST.get("base_version", "")

    def save(_data: dict[str, Any]) -> records.Saved:
        saved = records.save_section(
            record=record, section=section, data=form.data_to_save(), by=request.access, at=clock.now(),
            base_version=int(base) if base.isdecimal() else record.version, client_id=request.POST.get("client_id", "")[:40],
        )  # fmt: skip
        for conflict in saved.conflicts:
            messages.warning(request, presenters.conflict_sentence(conflict))
        return saved

    return _step(request, record, form, save, form.title, _("Save"), _("Saved."), section=section)


@page(PERFORM)
def vitals(request: Request, pk: int) -> HttpResponse:
    """One set of vital signs."""
    record = fetch_record(pk, by=request.access)
    form = forms.VitalsForm(request.POST or None)
    return _step(
        request, record, form,
        lambda data: records.record_vitals(
            record=record, values=form.values(), confirmed=data["confirmed"], by=request.access, at=clock.now()
        ),
        _("Vital signs"), _("Save the vital signs"), _("Vital signs saved."),
    )  # fmt: skip


@page(PERFORM)
def infusion(request: Request, pk: int) -> HttpResponse:
    """Scan the label and start; what is missing stands on the page before anything is typed."""
    record = fetch_record(pk, by=request.access)
    form = forms.StartForm(request.POST or None)
    open_steps = [
        one for one in infusing.steps_before_start(record, None, clock.now()) if not one.is_done and one.code != "label"
    ]
    return _step(
        request, record, form,
        lambda data: infusing.start_administration(
            record=record, code=data["preparation"], by=request.access, at=clock.now()
        ),
        _("Start the infusion"), _("Start now"), _("Infusion started."), open_steps=open_steps,
    )  # fmt: skip


def _running(record: VisitRecord) -> Administration:
    row = record.administrations.filter(status="running").select_related("revision", "preparation").first()
    if row is None:
        raise Refused("not_running", "No infusion is running in this visit.")
    return row


@page(PERFORM)
def rate(request: Request, pk: int) -> HttpResponse:
    """Record the rate now on the pump."""
    record = fetch_record(pk, by=request.access)
    row = _running(record)
    return _step(
        request, record, forms.RateForm(request.POST or None),
        lambda data: infusing.set_rate(
            administration=row, rate_ml_h=data["rate_ml_h"], reason=data["reason"], by=request.access, at=clock.now()
        ),
        _("Rate"), _("Record the rate"), _("Rate recorded."), steps=presenters.rate_steps(row),
    )  # fmt: skip


@page(PERFORM)
def end(request: Request, pk: int) -> HttpResponse:
    """End the infusion with what was given and thrown away."""
    record = fetch_record(pk, by=request.access)
    row = _running(record)
    name = presenters.dose_unit(row)

    def save(data: dict[str, Any]) -> Administration:
        given, wasted = (Quantity(Decimal(data[key]), unit(name)) for key in ("given", "wasted"))
        return infusing.end_administration(
            administration=row, given=given, wasted=wasted, reason=data["reason"], by=request.access, at=clock.now()
        )

    form = forms.EndForm(request.POST or None, unit=name)
    return _step(request, record, form, save, _("End the infusion"), _("End it"), _("Infusion ended."))


@page(PERFORM)
def reaction(request: Request, pk: int) -> HttpResponse:
    """Record a reaction; the emergency page is one press away and needs no form."""
    record = fetch_record(pk, by=request.access)
    return _step(
        request, record, forms.ReactionForm(request.POST or None),
        lambda data: records.record_reaction(
            record=record, signs=data["signs"], action=data["action"], grade=data["grade"], by=request.access, at=clock.now()
        ),
        _("Reaction"), _("Save the reaction"), _("Reaction saved; a pharmacist was asked to look."), is_emergency=True,
    )  # fmt: skip


@page(SIGN)
def sign(request: Request, pk: int) -> HttpResponse:
    """Read the note once more and sign it."""
    record = fetch_record(pk, by=request.access)
    return _step(
        request, record, Form(request.POST if request.method == "POST" else None),
        lambda _data: signing.sign_note(record=record, by=request.access, at=clock.now()),
        _("Sign the note"), _("Sign as %s") % request.access.name, _("Note signed."), missing=signing.missing(record),
        note=presenters.note_facts(record),
    )  # fmt: skip
