"""The program and its sites."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.platform import clock
from openinfusion.platform.access import Request, page
from openinfusion.platform.accounts import queries
from openinfusion.platform.accounts.policies import CHANGE_PROGRAM
from openinfusion.platform.accounts.services import programs as services
from openinfusion.platform.accounts.web.admin_forms import ProgramForm, SiteForm
from openinfusion.platform.accounts.web.extra_fields import log_extra_fields
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.platform.ui.pages import form_page


@page(CHANGE_PROGRAM)
def program(request: Request) -> HttpResponse:
    """Name, address, numbers, and the list of sites."""
    tenant = Tenant.objects.get(pk=request.access.tenant_id)
    form = ProgramForm(request.POST or None, initial={name: getattr(tenant, name) for name in services.PROGRAM_FIELDS})
    if request.method == "POST":
        log_extra_fields(request, form)
    return form_page(
        request, form=form, to=reverse("home:program"), done=_("Program saved."),
        save=lambda data: services.change_program(fields=data, by=request.access, at=clock.now()),
        context={"tenant": tenant, "sites": list(queries.sites_of(by=request.access))}, template="accounts/program.html",
    )  # fmt: skip


@page(CHANGE_PROGRAM)
def add_site(request: Request) -> HttpResponse:
    """A new site."""
    tenant = Tenant.objects.get(pk=request.access.tenant_id)
    form = SiteForm(request.POST or None, initial={"time_zone": tenant.time_zone})
    return _site_page(
        request, form, title=_("Add a site"), done=_("Site added."),
        save=lambda data: services.add_site(fields=form.values(), by=request.access, at=clock.now()),
    )  # fmt: skip


@page(CHANGE_PROGRAM)
def site(request: Request, pk: int) -> HttpResponse:
    """Change a site."""
    row = queries.fetch_site(pk, by=request.access)
    form = SiteForm(request.POST or None, initial={name: getattr(row, name) for name in services.SITE_FIELDS})
    return _site_page(
        request, form, title=row.name, done=_("Site saved."),
        save=lambda data: services.change_site(site=row, fields=form.values(), by=request.access, at=clock.now()),
    )  # fmt: skip


def _site_page(request: Request, form: SiteForm, *, title: str, done: str, save) -> HttpResponse:  # type: ignore[no-untyped-def]
    if request.method == "POST":
        log_extra_fields(request, form)
    back = reverse("home:program")
    context = {"title": title, "submit": _("Save"), "back_url": back, "back_label": _("Program and sites")}
    return form_page(request, form=form, save=save, done=done, to=back, context=context)
