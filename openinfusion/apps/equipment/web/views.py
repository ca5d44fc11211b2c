"""Pages of the pump fleet: list, one pump, its steps, and custody by episode."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.equipment.models import Device, DeviceAssignment
from openinfusion.apps.equipment.policies import CHECK_OUT, RECALL, REGISTER, SEE, SERVICE, USE
from openinfusion.apps.equipment.queries import counts, devices
from openinfusion.apps.equipment.services import custody
from openinfusion.apps.equipment.services.fleet import enroll, find_device, pass_check, register_device, take_step
from openinfusion.apps.equipment.web import presenters
from openinfusion.apps.equipment.web.forms import CheckForm, CheckOutForm, ConfirmForm, ReasonForm, RegisterForm
from openinfusion.apps.patients.public import Episode, banner_of
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page
from openinfusion.platform.errors import BadInput, NotFound
from openinfusion.platform.tenancy.models import Site
from openinfusion.platform.ui.pages import form_page

PAGE_SIZE = 50
NEED_REASON = ("quarantine", "recall")


@page(SEE)
def fleet(request: Request) -> HttpResponse:
    """All pumps, or those in one state."""
    by_status = counts(by=request.access)
    status = request.GET.get("status", "")
    status = status if status in by_status else ""
    rows = Paginator(devices(by=request.access, status=status), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": rows, "table": presenters.fleet_table(rows, on=clock.now().date()),
        "filters": presenters.fleet_filters(by_status, status), "may_register": request.access.may(REGISTER),
    }  # fmt: skip
    return render(request, "equipment/fleet.html", context)


@page(REGISTER)
def register(request: Request) -> HttpResponse:
    """Register a pump."""
    site = Site.objects.order_by("id").first()
    if site is None:
        raise NotFound("site")
    return form_page(
        request, form=RegisterForm(request.POST or None), done=_("Pump registered."),
        to=lambda row: reverse("equipment:device", args=[row.pk]),
        save=lambda data: register_device(site=site, by=request.access, at=clock.now(), **data),
        context={
            "title": _("Register a pump"), "submit": _("Register"), "back_url": reverse("equipment:fleet"), "back_label": _("Pumps"),
        },
    )  # fmt: skip


@page(SEE)
def device(request: Request, pk: int) -> HttpResponse:
    """One pump: state, service, who has it, what can be done next."""
    row = fetch(Device, by=request.access, rows=devices(by=request.access), pk=pk)
    for one in row.open_assignments:  # type: ignore[attr-defined]
        request.access.reads.add((DeviceAssignment._meta.label_lower, one.episode.patient_id))
    return render(request, "equipment/device.html", presenters.device_page(row, by=request.access))


@page(REGISTER)
def enroll_device(request: Request, pk: int) -> HttpResponse:
    """Give the pump a new gateway token, shown once."""
    row = fetch(Device, by=request.access, pk=pk)
    token = enroll(device=row, by=request.access, at=clock.now()) if request.method == "POST" else ""
    return render(request, "equipment/enroll.html", {"device": row, "token": token})


@page(CHECK_OUT)
def take_back(request: Request, pk: int) -> HttpResponse:
    """Take a pump back from a patient."""
    row = fetch(Device, by=request.access, pk=pk)
    return form_page(
        request, form=ReasonForm(request.POST or None), done=_("Pump returned. Clean and test it before the next patient."),
        to=reverse("equipment:device", args=[pk]), context=_context(row, _("Take pump %s back") % row.serial, _("Take it back")),
        save=lambda data: custody.return_device(device=row, reason=data["reason"], by=request.access, at=clock.now()),
    )  # fmt: skip


@page(SERVICE)
def check(request: Request, pk: int) -> HttpResponse:
    """Record a passed check."""
    row = fetch(Device, by=request.access, pk=pk)
    return form_page(
        request, form=CheckForm(request.POST or None), done=_("Check recorded; the pump is available."),
        to=reverse("equipment:device", args=[pk]), context=_context(row, _("Check of pump %s") % row.serial, _("Every test passed")),
        save=lambda data: pass_check(
            device=row, service_due_on=data["service_due_on"], by=request.access, at=clock.now()
        ),
    )  # fmt: skip


@page(SEE)
def step(request: Request, pk: int, action: str) -> HttpResponse:
    """Clean, quarantine, recall, retire: the workflow says who may and when."""
    row = fetch(Device, by=request.access, pk=pk)
    if action not in presenters.STEPS:
        raise NotFound("step")
    request.access.require(RECALL if "recall" in action else SERVICE)
    return form_page(
        request, form=ReasonForm(request.POST or None), done=_("Recorded."), to=reverse("equipment:device", args=[pk]),
        context=_context(row, presenters.STEPS[action] % row.serial, _("Record it")),
        save=lambda data: take_step(device=row, action=action, reason=data["reason"], by=request.access, at=clock.now()),
    )  # fmt: skip


@page(CHECK_OUT)
def check_out_to(request: Request, episode_id: int) -> HttpResponse:
    """Check a pump out to the patient of an episode, by its serial number."""
    episode = _episode(request, episode_id)

    def save(data: dict) -> DeviceAssignment:
        found = find_device(data["serial"])
        if found is None:
            raise BadInput({"serial": "No pump has this number. Read it from the pump again."})
        return custody.check_out(device=found, episode=episode, by=request.access, at=clock.now())

    return form_page(
        request, form=CheckOutForm(request.POST or None), save=save, done=_("Pump checked out."),
        to=reverse("patients:episode", args=[episode.pk]), context=_episode_context(episode, _("Check out a pump"), _("Check out")),
    )  # fmt: skip


@page(USE)
def confirm(request: Request, episode_id: int) -> HttpResponse:
    """Confirm at the home that the pump is the one checked out to this patient."""
    episode = _episode(request, episode_id)

    def save(data: dict) -> DeviceAssignment:
        assignment = custody.active_assignment(episode=episode)
        if assignment is None:
            raise BadInput({"serial": "No pump is checked out to this patient. Do not start; call the pharmacy."})
        return custody.confirm_at_home(
            device=assignment.device, episode=episode, serial=data["serial"], by=request.access, at=clock.now()
        )

    return form_page(
        request, form=ConfirmForm(request.POST or None), save=save, done=_("It is the right pump."),
        to=reverse("patients:episode", args=[episode.pk]), context=_episode_context(episode, _("Is it the right pump?"), _("Compare")),
    )  # fmt: skip


def _episode(request: Request, episode_id: int) -> Episode:
    return fetch(Episode, by=request.access, rows=Episode.objects.select_related("patient"), pk=episode_id)


def _context(row: Device, title: str, submit: str) -> dict[str, object]:
    return {
        "title": title, "submit": submit, "back_url": reverse("equipment:device", args=[row.pk]), "back_label": row.serial,
    }  # fmt: skip


def _episode_context(episode: Episode, title: str, submit: str) -> dict[str, object]:
    return {
        "title": title, "submit": submit, "patient": banner_of(episode.patient),
        "back_url": reverse("patients:episode", args=[episode.pk]), "back_label": _("Episode"),
    }  # fmt: skip
