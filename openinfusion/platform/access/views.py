"""How a page declares who may open it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from openinfusion.platform.access.roles import permission

View = Callable[..., Any]


def page(name: str) -> Callable[[View], View]:
    """Declare the permission a view needs. ``request.access`` is set for the view; a stranger goes to sign-in."""

    def declare_on(view: View) -> View:
        permission(name)  # a misspelled permission fails at import, not at the first click

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            access = getattr(request, "access", None)
            if access is None:
                return HttpResponseRedirect(
                    f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}"
                )
            access.require(name)
            return view(request, *args, **kwargs)

        guarded.permission = name  # type: ignore[attr-defined]
        return guarded

    return declare_on


def public_page(reason: str) -> Callable[[View], View]:
    """Declare a view open to anyone, with the reason why. It must show no health information."""

    def declare_on(view: View) -> View:
        view.public_reason = reason  # type: ignore[attr-defined]
        return view

    return declare_on
