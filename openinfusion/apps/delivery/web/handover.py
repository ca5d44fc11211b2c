"""Pages at the door and after: proof of delivery, failure, return, temperature and the pharmacist's decision."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.delivery.policies import DELIVER, JUDGE, LOG
from openinfusion.apps.delivery.readings import parse_readings
from openinfusion.apps.delivery.services.handover import bring_back, fail, prove_delivery
from openinfusion.apps.delivery.services.sending import lines_of
from openinfusion.apps.delivery.services.temperatures import add_readings, decide_temperature
from openinfusion.apps.delivery.web.forms import DecideForm, ProofForm, ReasonForm, TemperatureForm
from openinfusion.apps.delivery.web.views import acting, form_context, posted, shipment_of
from openinfusion.platform import clock
from openinfusion.platform.access import Request, page
from openinfusion.platform.ui.pages import form_page


@page(DELIVER)
def deliver(request: Request, pk: int) -> HttpResponse:
    """Who took it, when, and what arrived."""
    row = shipment_of(request, pk)
    at = clock.now()
    form = ProofForm(posted(request), shipment=row, lines=lines_of(row), at=at)
    return form_page(
        request, form=form, done=_("Delivery recorded."), to=_back(pk),
        save=lambda data: prove_delivery(
            shipment=row, received_by=data["received_by"], relation=data["relation"], parcel=data["parcel"],
            received=form.received(), delivered_at=data["delivered_at"], by=acting(request), at=at,
        ),
        context={**form_context(row, _("Hand over the delivery"), _("Record the delivery")), "back_label": _("Back")},
    )  # fmt: skip


@page(DELIVER)
def fail_delivery(request: Request, pk: int) -> HttpResponse:
    """It could not be handed over."""
    row = shipment_of(request, pk)
    return form_page(
        request, form=ReasonForm(posted(request)), done=_("Recorded. A task was opened."), to=_back(pk),
        save=lambda data: fail(shipment=row, reason=data["reason"], by=acting(request), at=clock.now()),
        context=form_context(row, _("Delivery %s failed") % row.number, _("Record the failure")),
    )  # fmt: skip


@page(DELIVER)
def bring_box_back(request: Request, pk: int) -> HttpResponse:
    """It came back."""
    row = shipment_of(request, pk)
    return form_page(
        request, form=ReasonForm(posted(request)), done=_("Recorded."), to=_back(pk),
        save=lambda data: bring_back(shipment=row, reason=data["reason"], by=acting(request), at=clock.now()),
        context=form_context(row, _("Delivery %s came back") % row.number, _("Record the return")),
    )  # fmt: skip


@page(LOG)
def temperature(request: Request, pk: int) -> HttpResponse:
    """Readings of the logger."""
    row = shipment_of(request, pk)
    form = TemperatureForm(
        posted(request), request.FILES if request.method == "POST" else None, zone=row.episode.patient.time_zone
    )
    return form_page(
        request, form=form, done=_("Readings kept."), to=_back(pk) + "#temperature",
        save=lambda data: add_readings(
            shipment=row, readings=parse_readings(data["readings"], zone=data["zone"]), by=acting(request), at=clock.now()
        ),
        context=form_context(row, _("Temperature of delivery %s") % row.number, _("Keep the readings")),
    )  # fmt: skip


@page(JUDGE)
def decide(request: Request, pk: int) -> HttpResponse:
    """The pharmacist's decision on a hold."""
    row = shipment_of(request, pk)
    context = form_context(row, _("Decide on the temperature of delivery %s") % row.number, _("Decide and sign"))
    return form_page(
        request, form=DecideForm(posted(request)), done=_("Decision recorded."), to=_back(pk) + "#temperature",
        save=lambda data: decide_temperature(
            shipment=row, decision=data["decision"], reason=data["reason"], by=acting(request), at=clock.now()
        ),
        context={**context, "intro": row.temperature_reason},
    )  # fmt: skip


def _back(pk: int) -> str:
    return reverse("delivery:shipment", args=[pk])
