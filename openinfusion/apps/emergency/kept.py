"""Which emergency pages a phone keeps for a home without a network: the general one, and those of the nurse's next visits."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse

from openinfusion.apps.emergency.queries import episodes_ahead
from openinfusion.platform.ui import offline


def register() -> None:
    """Tell the service worker's manifest. Called once when the product starts."""
    offline.keep(pages)
    offline.keep_asset("emergency/emergency.js")


def pages(request: HttpRequest) -> Iterable[str]:
    """Addresses only: row ids, no names."""
    access = getattr(request, "access", None)
    if access is None:
        return []
    return [reverse("emergency:general"), *(reverse("emergency:page", args=[pk]) for pk in episodes_ahead(by=access))]
