"""One infusion with its series; messages set aside; the outbox of alarm messages."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.monitoring import queries
from openinfusion.apps.monitoring.models import Infusion, SetAside
from openinfusion.apps.monitoring.policies import OUTBOX, RESOLVE, SEE
from openinfusion.apps.monitoring.services import set_asides
from openinfusion.apps.monitoring.services.folding import present_state
from openinfusion.apps.monitoring.snapshots import ordered_from_json
from openinfusion.apps.monitoring.web import presenters, tables
from openinfusion.apps.monitoring.web.forms import ResolveForm
from openinfusion.apps.monitoring.web.series import draw
from openinfusion.apps.patients.public import banner_of
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page
from openinfusion.platform.ui.pages import form_page
from openinfusion.platform.ui.shapes import Filter

PAGE_SIZE = 50


@page(SEE)
def infusion(request: Request, pk: int) -> HttpResponse:
    """One infusion: what the pump says, what the order asks, every report."""
    rows = Infusion.objects.select_related("episode__patient", "device")
    row = fetch(Infusion, by=request.access, rows=rows, pk=pk)
    at, reports = clock.now(), queries.series(row)
    ordered, state = ordered_from_json(row.ordered), present_state(row)
    asked = ordered.rate_high_ml_h if ordered else None
    context = {
        "row": row, "banner": banner_of(row.episode.patient), "tile": presenters.tile(row, at=at, alarms=()),
        "program": presenters.program_rows(row), "facts": tables.infusion_facts(row, state), "findings": tables.shown_findings(row),
        "rates": draw(reports, field="rate_ml_h", unit="mL/h", title=_("Rate"), reference=asked),
        "volumes": draw(reports, field="volume_given_ml", unit="mL", title=_("Volume given")),
        "reports": tables.report_table(reports[-20:]), "report_count": len(reports), "alarms": tables.alarm_table(queries.alarms_of(row)),
        "emergency_url": presenters.emergency_url(row.episode_id),
    }  # fmt: skip
    return render(request, "monitoring/infusion.html", context)


@page(SEE)
def set_aside(request: Request) -> HttpResponse:
    """Messages nobody may trust yet, open ones first."""
    is_open = request.GET.get("show") != "done"
    rows = Paginator(queries.set_aside_rows(by=request.access, is_open=is_open), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    url = reverse("monitoring:set_aside")
    filters = [
        Filter(label=_("Open"), url=url, current=is_open, count=queries.count_set_aside(request.access)),
        Filter(label=_("Dealt with"), url=f"{url}?show=done", current=not is_open),
    ]
    table = tables.set_aside_table(rows, may_resolve=is_open and request.access.may(RESOLVE))
    return render(request, "monitoring/set_aside.html", {"page": rows, "table": table, "filters": filters})


@page(RESOLVE)
def resolve_set_aside(request: Request, pk: int) -> HttpResponse:
    """Deal with messages set aside."""
    row = fetch(SetAside, by=request.access, pk=pk)
    return form_page(
        request, form=ResolveForm(request.POST or None), done=_("Recorded."), to=reverse("monitoring:set_aside"),
        save=lambda data: set_asides.resolve(row=row, resolution=data["resolution"], by=request.access, at=clock.now()),
        context={
            "title": _("Messages of pump %s") % (row.device_text or _("not known")), "intro": row.reason, "submit": _("Dealt with"),
            "back_url": reverse("monitoring:set_aside"), "back_label": _("Set-aside messages"),
        },
    )  # fmt: skip


# A message nobody may trust yet belongs to no chart and no site.
resolve_set_aside.program_wide = True  # type: ignore[attr-defined]


@page(OUTBOX)
def sent(request: Request) -> HttpResponse:
    """Every message about an alarm: to whom, by what, and what became of it."""
    rows = Paginator(queries.outbox(by=request.access), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "monitoring/outbox.html", {"page": rows, "table": tables.outbox_table(rows)})
