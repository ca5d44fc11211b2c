"""The current order and its open findings on the episode page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from openinfusion.apps.patients.public import Episode, Panel, Tab, add_panel, add_tab
from openinfusion.apps.pharmacy.models import OrderRevision, Verification
from openinfusion.apps.pharmacy.policies import ENTER, SEE
from openinfusion.apps.pharmacy.services.orders import active_order, drug_name
from openinfusion.apps.pharmacy.services.verification import check
from openinfusion.apps.pharmacy.web import order_words, presenters
from openinfusion.platform import clock
from openinfusion.platform.access import Request
from openinfusion.platform.errors import Refused
from openinfusion.platform.ui.formats import format_datetime


def current_order(request: Request, episode: Episode) -> dict[str, Any]:
    """The order that is not over: verified before submitted before draft."""
    order, revision = _current(episode)
    new_url = reverse("pharmacy:new_order", args=[episode.pk]) if request.access.may(ENTER) else ""
    if order is None or revision is None:
        return {"order": None, "new_url": new_url, "chip": ("unknown", "No order")}
    content = presenters.structured(revision)
    if content is None:
        return {"order": order, "left": None, "chip": ("blocked", "Cannot be read")}
    left, right = order_words.facts_of(content, drug=drug_name(order.therapy_id), compiled=_compiled(revision))
    return {
        "order": order, "left": left, "right": right, "url": reverse("pharmacy:order", args=[order.pk]),
        "chip": presenters.chip_of(order), "foot": _foot(revision, episode),
    }  # fmt: skip


def _compiled(revision: OrderRevision) -> Any:
    try:
        return presenters.compiled_of(revision, at=clock.now())
    except Refused:
        return None


def open_findings(request: Request, episode: Episode) -> dict[str, Any] | None:
    """What the checks say today about the order in force, with the reasons given at its verification."""
    order, revision = _current(episode)
    if order is None or revision is None:
        return None
    try:
        _case, verdict = check(revision=revision, at=clock.now())
    except Refused as error:
        return {"findings": None, "sentence": error.sentence}
    decisions = list(Verification.objects.filter(revision=revision).order_by("-id"))
    shown = presenters.shown_findings(verdict, presenters.reasons_of(decisions, revision))
    checks = presenters.checks_of(verdict)
    count = len(verdict.findings)
    return {"findings": shown, "checks": checks, "note": f"{count} now" if count else "None now"}


def _current(episode: Episode) -> tuple[Any, OrderRevision | None]:
    order = active_order(episode)
    if order is None:
        return None, None
    rows = OrderRevision.objects.select_related("order__episode__patient__site")
    return order, rows.filter(order=order, number=order.current_revision).first()


def _foot(revision: OrderRevision, episode: Episode) -> str:
    signed = Verification.objects.filter(revision=revision, decision="verified").order_by("-id").first()
    if signed is None:
        return f"Revision {revision.number}, not verified."
    when = format_datetime(signed.signed_at, episode.patient.time_zone)
    return f"Revision {revision.number}, verified {when} by {signed.signed_by_name}."


add_panel(Panel("order", "Current order", 20, current_order, SEE, "pharmacy/panels/order.html"))
add_panel(Panel("findings", "Open findings", 30, open_findings, SEE, "pharmacy/panels/findings.html"))
add_tab(Tab("orders", "Orders", 20, lambda episode: reverse("pharmacy:orders", args=[episode.pk]), SEE))
