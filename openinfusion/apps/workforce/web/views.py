"""Pages of the workforce: nurses, one nurse, licences, competencies, shifts."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.workforce import queries
from openinfusion.apps.workforce.models import Nurse, Shift
from openinfusion.apps.workforce.policies import CERTIFY, MANAGE, SEE
from openinfusion.apps.workforce.services import nurses as services
from openinfusion.apps.workforce.web import presenters
from openinfusion.apps.workforce.web.forms import CancelForm, CompetencyForm, LicenceForm, NurseForm, ShiftForm
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page
from openinfusion.platform.errors import NotFound
from openinfusion.platform.tenancy.models import Site
from openinfusion.platform.ui.pages import form_page

PAGE_SIZE = 50


@page(SEE)
def nurses(request: Request) -> HttpResponse:
    """All nurses with what they may do today."""
    rows = Paginator(queries.nurses(by=request.access), PAGE_SIZE).get_page(request.GET.get("page"))
    table = presenters.nurses_table(rows, on=clock.now().date())
    return render(
        request, "workforce/nurses.html", {"page": rows, "table": table, "may_add": request.access.may(MANAGE)}
    )


@page(SEE)
def nurse(request: Request, pk: int) -> HttpResponse:
    """One nurse."""
    on = clock.now().date()
    row = fetch(Nurse, by=request.access, rows=queries.nurse_with_shifts(by=request.access, on=on), pk=pk)
    return render(request, "workforce/nurse.html", presenters.nurse_page(row, by=request.access, on=on))


@page(MANAGE)
def add(request: Request) -> HttpResponse:
    """Add a nurse."""
    form = NurseForm(request.POST or None, sites=_sites(request))
    return form_page(
        request, form=form, done=_("Nurse added. Record licence and competencies next."),
        to=lambda row: reverse("workforce:nurse", args=[row.pk]),
        save=lambda _data: services.add_nurse(by=request.access, at=clock.now(), **form.facts()),
        context={
            "title": _("Add a nurse"), "submit": _("Add the nurse"), "back_url": reverse("workforce:nurses"), "back_label": _("Nurses"),
        },
    )  # fmt: skip


@page(MANAGE)
def licence(request: Request, pk: int) -> HttpResponse:
    """Record a licence."""
    row = _nurse(request, pk)
    return form_page(
        request, form=LicenceForm(request.POST or None), done=_("Licence recorded."), to=reverse("workforce:nurse", args=[pk]),
        save=lambda data: services.add_licence(nurse=row, by=request.access, at=clock.now(), **data),
        context=_context(row, _("Licence of %s") % row.name, _("Record the licence")),
    )  # fmt: skip


@page(CERTIFY)
def competency(request: Request, pk: int) -> HttpResponse:
    """Record a competency that was shown."""
    row = _nurse(request, pk)
    return form_page(
        request, form=CompetencyForm(request.POST or None), done=_("Competency recorded."), to=reverse("workforce:nurse", args=[pk]),
        save=lambda data: services.add_competency(nurse=row, by=request.access, at=clock.now(), **data),
        context=_context(row, _("Competency of %s") % row.name, _("Record the competency")),
    )  # fmt: skip


@page(MANAGE)
def shift(request: Request, pk: int) -> HttpResponse:
    """Set the working hours of a day."""
    row = _nurse(request, pk)
    return form_page(
        request, form=ShiftForm(request.POST or None), done=_("Shift set."), to=reverse("workforce:nurse", args=[pk]),
        save=lambda data: services.set_shift(nurse=row, by=request.access, at=clock.now(), **data),
        context=_context(row, _("Shift of %s") % row.name, _("Set the shift"))
        | {"intro": _("It replaces the shift of that day, if there is one.")},
    )  # fmt: skip


@page(MANAGE)
def cancel_shift(request: Request, pk: int) -> HttpResponse:
    """A call-off: the visits of that day become open on the planning board."""
    row = fetch(
        Shift,
        by=request.access,
        rows=Shift.objects.filter(nurse__in=queries.nurses(by=request.access)).select_related("nurse"),
        pk=pk,
    )
    return form_page(
        request, form=CancelForm(request.POST or None), done=_("Shift cancelled."), to=reverse("workforce:nurse", args=[row.nurse_id]),
        save=lambda data: services.cancel_shift(shift=row, reason=data["reason"], by=request.access, at=clock.now()),
        context=_context(row.nurse, _("Cancel the shift of %s") % row.nurse.name, _("Cancel the shift")),
    )  # fmt: skip


def _nurse(request: Request, pk: int) -> Nurse:
    return fetch(Nurse, by=request.access, rows=queries.nurses(by=request.access), pk=pk)


def _sites(request: Request) -> list[Site]:
    rows = Site.objects.filter(tenant_id=request.access.tenant_id).order_by("name")
    if request.access.site_ids is not None:
        rows = rows.filter(pk__in=request.access.site_ids)
    found = list(rows)
    if not found:
        raise NotFound("site")
    return found


def _context(row: Nurse, title: str, submit: str) -> dict[str, Any]:
    return {
        "title": title,
        "submit": submit,
        "back_url": reverse("workforce:nurse", args=[row.pk]),
        "back_label": row.name,
    }
