"""Pages for patients and caregivers: large print, plain words, one thing at a time."""

from __future__ import annotations

from django.contrib import messages as notes
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openinfusion.apps.portal.policies import HOME, WRITE
from openinfusion.apps.portal.queries import expected_doses, fetch_episode, latest_count, linked_episodes
from openinfusion.apps.portal.services.counts import count_stock
from openinfusion.apps.portal.services.messages import read_at_home, send_message
from openinfusion.apps.portal.web import presenters
from openinfusion.apps.portal.web.forms import CountForm, MessageForm
from openinfusion.platform import clock
from openinfusion.platform.access import Request, page
from openinfusion.platform.ui.pages import UNPROCESSABLE, attempt


@page(HOME)
def home(request: Request) -> HttpResponse:
    """The one linked chart, or the choice between several."""
    episodes = linked_episodes(by=request.access)
    if len(episodes) == 1:
        return redirect("portal:episode", episodes[0].pk)
    return render(request, "portal/choose.html", {"choices": presenters.choices(episodes)})


@page(HOME)
def episode(request: Request, episode_id: int) -> HttpResponse:
    """Next visit, next delivery, who to call."""
    row = fetch_episode(episode_id, by=request.access)
    context = presenters.frame(row, by=request.access, current="episode")
    return render(request, "portal/home.html", {**context, **presenters.home(row, at=clock.now())})


@page(WRITE)
def messages(request: Request, episode_id: int) -> HttpResponse:
    """Read and write messages. Emergency words lead to the 911 page at once (HZ-074)."""
    row = fetch_episode(episode_id, by=request.access)
    form = MessageForm(request.POST or None)
    if request.method == "POST":
        saved, message = attempt(
            form, lambda data: send_message(episode=row, text=data["text"], by=request.access, at=clock.now())
        )
        if saved:
            if message.is_urgent:
                return redirect("portal:call_911", row.pk)
            notes.success(request, _("We have your message. We answer within 4 hours. Call us if it cannot wait."))
            return redirect("portal:messages", row.pk)
    context = presenters.frame(row, by=request.access, current="messages")
    rows = presenters.conversation(row, by=request.access)
    context |= {"form": form, "rows": rows, "has_new": any(one["is_new"] for one in rows)}
    return render(request, "portal/messages.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
@page(WRITE)
def read(request: Request, episode_id: int) -> HttpResponse:
    """The answers were read."""
    row = fetch_episode(episode_id, by=request.access)
    read_at_home(episode=row, by=request.access, at=clock.now())
    return redirect("portal:messages", row.pk)


@page(HOME)
def call_911(request: Request, episode_id: int) -> HttpResponse:
    """Call 911: nothing else on the page."""
    row = fetch_episode(episode_id, by=request.access)
    return render(request, "portal/call_911.html", presenters.frame(row, by=request.access, current="messages"))


@page(WRITE)
def count(request: Request, episode_id: int) -> HttpResponse:
    """Count the doses at home."""
    row = fetch_episode(episode_id, by=request.access)
    form = CountForm(request.POST or None)
    if request.method == "POST":
        saved, result = attempt(
            form, lambda data: count_stock(episode=row, counted=data["counted"], by=request.access, at=clock.now())
        )
        if saved:
            say = notes.success if result.count.agrees and result.supply.verdict == "enough" else notes.warning
            say(request, presenters.counted(result.supply, result.count))
            return redirect("portal:count", row.pk)
    context = presenters.frame(row, by=request.access, current="count")
    context |= {"form": form, "expected": expected_doses(row), "last": latest_count(row)}
    return render(request, "portal/count.html", context, status=UNPROCESSABLE if form.errors else 200)


@page(HOME)
def how_to(request: Request, episode_id: int) -> HttpResponse:
    """The patient sheet of the verified order."""
    row = fetch_episode(episode_id, by=request.access)
    context = presenters.frame(row, by=request.access, current="how_to")
    return render(request, "portal/how_to.html", {**context, "lines": presenters.how_to(row, at=clock.now())})


@page(HOME)
def call(request: Request, episode_id: int) -> HttpResponse:
    """Whom to call for what."""
    row = fetch_episode(episode_id, by=request.access)
    return render(request, "portal/call.html", presenters.frame(row, by=request.access, current="call"))
