"""What a phone may keep for a home without a network: static files, and the pages apps register.

An app calls ``offline.keep(provider)``; the provider gives the addresses of visit and emergency pages of the person
signed in. Only addresses under ``KEPT_PATHS`` are accepted, the same that ``sw.js`` keeps.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.crypto import salted_hmac

import openinfusion

KEPT_PATHS = ("/visits/", "/emergency/")
_STATIC = Path(__file__).parent / "static" / "ui"
#: Every page needs these; the plan grid and the vendored libraries are for desks with a network.
_ASSETS = ("tokens.css", "components.css", "extra.css", "app.js", "icon.svg", "icon-180.png")
_HTMX = ("django_htmx/htmx-2.min.js", "django_htmx/ext/hx-sse-2.min.js")

Provider = Callable[[HttpRequest], Iterable[str]]
_providers: list[Provider] = []
_extra_assets: list[str] = []


def keep(provider: Provider) -> None:
    """Register a function that gives addresses to keep for the person of a request."""
    if provider not in _providers:
        _providers.append(provider)


def keep_asset(path: str) -> None:
    """Register a static file (``visits/visit.js``) that a kept page needs."""
    if path not in _extra_assets:
        _extra_assets.append(path)


def manifest(request: HttpRequest) -> dict[str, object]:
    """Version, owner, static files and pages for the service worker. No names, no health data: addresses only."""
    assets = [static(f"ui/{name}") for name in _ASSETS]
    assets += [static(path) for path in (*_HTMX, *_extra_assets)] + [reverse("ui:offline")]
    return {"version": _version(tuple(assets)), "owner": owner_of(request), "assets": assets, "pages": _pages(request)}


def owner_of(request: HttpRequest) -> str:
    """An opaque name for the person signed in, so that a shared phone never shows another person's pages."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    return salted_hmac("openinfusion.ui.offline", str(user.pk)).hexdigest()[:20]


def _pages(request: HttpRequest) -> list[str]:
    if not owner_of(request):
        return []
    addresses = [address for provider in _providers for address in provider(request)]
    if strange := [address for address in addresses if not address.startswith(KEPT_PATHS)]:
        raise ValueError(f"{len(strange)} addresses to keep are outside {', '.join(KEPT_PATHS)}")
    return addresses


@functools.cache
def _version(assets: tuple[str, ...]) -> str:
    digest = hashlib.sha256(openinfusion.__version__.encode())
    for address in assets:
        digest.update(address.encode())
    for name in (*_ASSETS, "sw.js"):
        digest.update((_STATIC / name).read_bytes())
    return digest.hexdigest()[:16]
