"""The on-call rota: who is told in which order, and whether every minute of the coming days is covered."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.monitoring import queries
from openinfusion.apps.monitoring.models import OnCall
from openinfusion.apps.monitoring.policies import ROTA
from openinfusion.apps.monitoring.services import rota as service
from openinfusion.apps.monitoring.web import tables
from openinfusion.apps.monitoring.web.forms import OnCallForm
from openinfusion.apps.monitoring.web.presenters import moment
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page
from openinfusion.platform.access.roles import CLINICAL, Role
from openinfusion.platform.accounts.models import Membership
from openinfusion.platform.ui.forms import Form
from openinfusion.platform.ui.pages import form_page

PAGE_SIZE = 50


@page(ROTA)
def rota_page(request: Request) -> HttpResponse:
    """The rota of the next 14 days with its gaps."""
    at = clock.now()
    rows = queries.rota(by=request.access, at=at, days=service.DAYS_AHEAD)
    found = service.gaps(rows, at=at)
    shown = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": shown, "table": tables.rota_table(shown, may_end=True), "days": service.DAYS_AHEAD,
        "gaps": [{"who": gap.who, "from": moment(gap.starts_at), "until": moment(gap.ends_at)} for gap in found],
    }  # fmt: skip
    return render(request, "monitoring/rota.html", context)


@page(ROTA)
def add(request: Request) -> HttpResponse:
    """Enter who is on call."""
    people = _people(request)
    form = OnCallForm(request.POST or None, people=[(str(pk), name) for pk, name in people.items()])
    for name in ("starts_at", "ends_at"):
        form.fields[name].set_zone(request.access.time_zone)  # type: ignore[attr-defined]

    def save(data: dict[str, Any]) -> OnCall:
        user_id = int(data["who"]) if data["who"] else None
        entry = {key: value for key, value in data.items() if key != "who"}
        entry["name"] = people[user_id] if user_id else data["name"]
        return service.add_entry(**entry, user_id=user_id, by=request.access, at=clock.now())

    return form_page(
        request, form=form, save=save, done=_("Entered in the rota."), to=reverse("monitoring:rota"),
        context={
            "title": _("Enter who is on call"), "submit": _("Enter"), "back_url": reverse("monitoring:rota"), "back_label": _("On-call rota"),
        },
    )  # fmt: skip


@page(ROTA)
def end(request: Request, pk: int) -> HttpResponse:
    """Take an entry out of the rota from now on."""
    row = fetch(OnCall, by=request.access, pk=pk)
    return form_page(
        request, form=Form(request.POST if request.method == "POST" else None), done=_("Taken out of the rota."), to=reverse("monitoring:rota"),
        save=lambda data: service.end_entry(row=row, by=request.access, at=clock.now()),
        context={
            "title": _("Take %s out of the rota") % row.name, "submit": _("Take out now"),
            "intro": _("Check afterwards that no gap is left."), "back_url": reverse("monitoring:rota"), "back_label": _("On-call rota"),
        },
    )  # fmt: skip


def _people(request: Request) -> dict[int, str]:
    """Clinical staff of the program with an open account."""
    roles = [role.value for role in CLINICAL | {Role.OPERATIONS}]
    rows = Membership.objects.filter(role__in=roles, is_active=True, user__is_active=True).select_related("user")
    return {row.user_id: str(row.user) for row in rows.order_by("user__name", "user_id")[:500]}
