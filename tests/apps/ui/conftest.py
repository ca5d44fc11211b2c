"""The design system is tested by itself: its own addresses, a page that may be kept and one that may not."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.urls import include, path

from openinfusion.platform.access.views import public_page

URLS = "openinfusion_ui_test_urls"


@public_page("test page")
def visit_page(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/phone.html", {"program": None, "me": None, "nav_groups": []})


@public_page("test page")
def other_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><html lang='en'><title>Other</title><body>never kept</body></html>")


@pytest.fixture
def ui_urls(settings: Any) -> str:
    """Only the addresses of the design system, sign-in and two test pages."""
    module = ModuleType(URLS)
    module.urlpatterns = [  # type: ignore[attr-defined]
        path("", include("openinfusion.platform.ui.urls")),
        path("accounts/", include("allauth.urls")),
        path("visits/7/", visit_page),
        path("other/", other_page),
    ]
    sys.modules[URLS] = module
    settings.ROOT_URLCONF = URLS
    return URLS


@pytest.fixture
def draw() -> Any:
    """Renders a piece of template with ``{% load ui %}``."""

    def _draw(source: str, **context: Any) -> str:
        return engines["django"].from_string("{% load ui %}" + source).render(context).strip()

    return _draw
