"""Pages of the design system itself: style page, service worker, what it may keep, the page for no network."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from openinfusion.platform.access.views import public_page
from openinfusion.platform.ui import offline as kept
from openinfusion.platform.ui import style_data

_WORKER = Path(__file__).parent / "static" / "ui" / "sw.js"


@public_page("invented data only, and only in a demo or while developing")
@require_http_methods(["GET", "POST"])
def style(request: HttpRequest) -> HttpResponse:
    """Every component with invented data. ``?theme=dark`` and ``?density=comfortable`` fix the look."""
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404
    form = style_data.StyleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        form.is_valid()
    page = Paginator(range(1, 134), 10).get_page(request.GET.get("page", "3"))
    context = {**style_data.context(), "form": form, "page": page, **_look(request)}
    return render(request, "ui/style.html", context)


def _look(request: HttpRequest) -> dict[str, str]:
    theme, density = request.GET.get("theme", ""), request.GET.get("density", "")
    return {
        "theme": theme if theme in ("light", "dark") else "",
        "density": density if density in ("compact", "comfortable") else "compact",
    }


@public_page("code of the product, no health information")
@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """``/sw.js``: served from the root so that its scope is the whole site."""
    response = HttpResponse(_WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response


@public_page("addresses only; pages of a person only for that person's own session")
@never_cache
@require_GET
def service_worker_manifest(request: HttpRequest) -> HttpResponse:
    """``/sw-manifest.json``: what the service worker may keep for this person."""
    return JsonResponse(kept.manifest(request))


@public_page("name and icons of the product")
@require_GET
def webmanifest(request: HttpRequest) -> HttpResponse:
    """``/manifest.webmanifest``: lets a phone put the product on its home screen."""
    icons = [
        {"src": static("ui/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": static("ui/icon-512.png"), "sizes": "512x512", "type": "image/png"},
    ]
    body = {
        "name": "OpenInfusion",
        "short_name": "OpenInfusion",
        "start_url": "/",
        "display": "standalone",
        "background_color": "#f6f5f2",
        "theme_color": "#1a232e",
        "icons": icons,
    }
    return JsonResponse(body, content_type="application/manifest+json")


@public_page("says only that there is no network")
@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """``/offline/``: shown by the service worker when a page was not kept. The same for everybody."""
    return render(request, "ui/offline.html", {"program": None, "me": None, "nav_groups": [], "csrf_token": ""})
