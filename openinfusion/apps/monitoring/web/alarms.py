"""One alarm: its history, who was told, and the three things a person does with it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openinfusion.apps.monitoring import queries
from openinfusion.apps.monitoring.models import Alarm
from openinfusion.apps.monitoring.policies import ACKNOWLEDGE, CLOSE, SEE, SILENCE
from openinfusion.apps.monitoring.services import alarms as service
from openinfusion.apps.monitoring.web import presenters
from openinfusion.apps.monitoring.web.forms import CloseForm, SilenceForm
from openinfusion.apps.patients.public import banner_of
from openinfusion.platform import clock
from openinfusion.platform.access import Request, page
from openinfusion.platform.errors import BadInput
from openinfusion.platform.ui.pages import act, form_page


@page(SEE)
def alarm(request: Request, pk: int) -> HttpResponse:
    """Everything known about one alarm."""
    row = queries.reachable_alarm(pk, by=request.access)
    context = {
        "row": row, "card": presenters.alarm_shape(row, by=request.access, at=clock.now(), actions=False),
        "facts": presenters.alarm_facts(row), "calls": presenters.call_list(row), "hops": row.hops.order_by("number"),
        "actions": presenters.page_actions(row, by=request.access), "emergency_url": presenters.emergency_url(row.episode_id),
        "banner": banner_of(row.episode.patient) if row.episode else None,
        "may_take": row.state != "closed" and row.state != "acknowledged" and request.access.may(ACKNOWLEDGE),
    }  # fmt: skip
    return render(request, "monitoring/alarm.html", context)


@page(ACKNOWLEDGE)
@require_POST
def take(request: Request, pk: int) -> HttpResponse:
    """Take an alarm in the version the person saw."""
    row = queries.reachable_alarm(pk, by=request.access)
    seen = request.POST.get("version", "")
    if not seen.isdigit():
        raise BadInput({"version": "Open the alarm again, then take it."})
    return act(
        request, do=lambda: service.acknowledge(alarm=row, version=int(seen), by=request.access, at=clock.now()),
        done=_("You have this alarm. Act, then close it with what was found and done."), to=reverse("monitoring:alarm", args=[pk]),
    )  # fmt: skip


@page(SILENCE)
def silence_alarm(request: Request, pk: int) -> HttpResponse:
    """Silence an alarm for a short while, with a reason."""
    row = queries.reachable_alarm(pk, by=request.access)
    form = SilenceForm(request.POST or None, is_high=row.priority == Alarm.Priority.HIGH)
    return form_page(
        request, form=form, done=_("Silent for a while. It sounds again by itself."), to=reverse("monitoring:alarm", args=[pk]),
        context=_context(row, _("Silence this alarm"), _("Silence")),
        save=lambda data: service.silence(
            alarm=row, minutes=int(data["minutes"]), reason=data["reason"], by=request.access, at=clock.now()
        ),
    )  # fmt: skip


@page(CLOSE)
def close_alarm(request: Request, pk: int) -> HttpResponse:
    """Close an alarm with what was found and done."""
    row = queries.reachable_alarm(pk, by=request.access)
    return form_page(
        request, form=CloseForm(request.POST or None), done=_("Alarm closed."), to=reverse("monitoring:wall"),
        context=_context(row, _("Close this alarm"), _("Close")),
        save=lambda data: service.close(alarm=row, reason=data["reason"], by=request.access, at=clock.now()),
    )  # fmt: skip


def _context(row: Alarm, title: str, submit: str) -> dict[str, object]:
    return {
        "title": title, "submit": submit, "intro": presenters.what(row), "back_url": reverse("monitoring:alarm", args=[row.pk]),
        "back_label": _("Alarm"), "patient": banner_of(row.episode.patient) if row.episode else None,
    }  # fmt: skip
