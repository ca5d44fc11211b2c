"""People of the program: list, invite, change, end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from openinfusion.platform import clock
from openinfusion.platform.access import Request, page
from openinfusion.platform.access.roles import LINKED_ROLES, TITLES, Role
from openinfusion.platform.accounts import queries
from openinfusion.platform.accounts.models import Membership
from openinfusion.platform.accounts.policies import ADMINISTER
from openinfusion.platform.accounts.services import people as services
from openinfusion.platform.accounts.web.admin_forms import InviteForm, RoleForm
from openinfusion.platform.accounts.web.extra_fields import log_extra_fields
from openinfusion.platform.ui.formats import format_date
from openinfusion.platform.ui.pages import act, attempt, form_page, show_form
from openinfusion.platform.ui.shapes import Cell, Column, Filter, Row, Table

PAGE_SIZE = 50


@page(ADMINISTER)
def people(request: Request) -> HttpResponse:
    """Everyone with a role, or whose role ended."""
    ended = request.GET.get("show") == "ended"
    rows = Paginator(queries.people(by=request.access, ended=ended), PAGE_SIZE).get_page(request.GET.get("page"))
    address = reverse("home:people")
    filters = [
        Filter(label=_("With a role"), url=address, current=not ended), Filter(label=_("Ended"), url=f"{address}?show=ended", current=ended),
    ]  # fmt: skip
    return render(
        request, "accounts/people.html", {"page": rows, "table": _table(rows, ended=ended), "filters": filters}
    )


def _table(rows: Iterable[Membership], *, ended: bool) -> Table:
    heads = (_("Name"), _("Role"), _("Sites"), _("From, until"), _("Second factor"))
    return Table(
        caption=_("People of the program"), columns=[Column(label=head) for head in heads],
        rows=[Row(cells=_cells(row, ended)) for row in rows], empty_title=_("Nobody here"),
    )  # fmt: skip


def _cells(row: Membership, ended: bool) -> list[Cell]:
    linked = row.role in LINKED_ROLES
    sites = (
        _("linked charts only")
        if linked
        else _("all")
        if row.all_sites
        else ", ".join(site.name for site in row.sites.all())
    )
    until = _("until %s") % format_date(row.ends_on) if row.ends_on else _("no end")
    second = row.has_second_factor  # type: ignore[attr-defined]
    return [
        Cell(text=str(row.user), sub=row.user.email, url="" if ended else reverse("home:person", args=[row.pk])),
        Cell(text=TITLES[Role(row.role)]),
        Cell(text=sites or _("none")),
        Cell(text=format_date(row.starts_on), sub=until),
        Cell(chip="ready", chip_label=_("Set up"))
        if second
        else Cell(chip="plain" if linked else "risk", chip_label=_("None")),
    ]


@never_cache
@page(ADMINISTER)
def invite(request: Request) -> HttpResponse:
    """Add a person. The one-time password stands on the answer to this request and nowhere else."""
    form = InviteForm(
        request.POST or None, sites=queries.sites_of(by=request.access), initial={"starts_on": clock.now().date()}
    )
    if request.method == "POST":
        log_extra_fields(request, form)
        saved, result = attempt(
            form, lambda data: services.invite(**_invitation(form, data), by=request.access, at=clock.now())
        )
        if saved:
            return render(
                request, "accounts/invited.html", {"person": result.membership.user, "password": result.password}
            )
    context = {
        "title": _("Invite a person"), "submit": _("Invite"), "back_url": reverse("home:people"), "back_label": _("People and roles"),
        "intro": _("A new person gets a one-time password, shown once. Give it by phone or in person, not by e-mail."),
    }  # fmt: skip
    return show_form(request, form, context)


def _invitation(form: InviteForm, data: dict[str, Any]) -> dict[str, Any]:
    own = {name: data[name] for name in ("email", "name", "credentials", "starts_on")}
    return {**own, **form.reach()}


@page(ADMINISTER)
def change(request: Request, pk: int) -> HttpResponse:
    """Change role, sites or end; end the role; make a new one-time password."""
    row = queries.fetch_membership(pk, by=request.access)
    initial = {
        "role": row.role, "all_sites": row.all_sites, "sites": [str(site.pk) for site in row.sites.all()], "ends_on": row.ends_on,
    }  # fmt: skip
    form = RoleForm(request.POST or None, sites=queries.sites_of(by=request.access), initial=initial)
    if request.method == "POST":
        log_extra_fields(request, form)
    return form_page(
        request, form=form, to=reverse("home:people"), done=_("Changed. It counts from the person's next click on."),
        save=lambda data: services.change_role(membership=row, **form.reach(), by=request.access, at=clock.now()),
        template="accounts/person.html",
        context={"row": row, "is_own": row.user_id == request.access.user_id, "role": TITLES[Role(row.role)]},
    )  # fmt: skip


@require_POST
@page(ADMINISTER)
def end(request: Request, pk: int) -> HttpResponse:
    """End a role now."""
    row = queries.fetch_membership(pk, by=request.access)
    return act(
        request, do=lambda: services.end_membership(membership=row, by=request.access, at=clock.now()),
        done=_("Role ended. The person is signed out everywhere."), to=reverse("home:people"),
    )  # fmt: skip


@never_cache
@require_POST
@page(ADMINISTER)
def password(request: Request, pk: int) -> HttpResponse:
    """A new one-time password, shown once."""
    row = queries.fetch_membership(pk, by=request.access)
    made = services.reset_password(membership=row, by=request.access, at=clock.now())
    return render(
        request, "accounts/invited.html", {"person": made.membership.user, "password": made.password, "is_reset": True}
    )
