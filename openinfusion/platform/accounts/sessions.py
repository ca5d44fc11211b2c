"""Session time-out (HZ-090): idle and absolute limits; the page asked for opens again after signing in."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.core.controls import control_is_on
from openinfusion.platform import clock

_PASSWORD_PAGES = ("/account/", f"/{settings.STATIC_URL.lstrip('/')}")
_STARTED, _SEEN = "session_started_at", "session_seen_at"


class SessionTimeOut:
    """Ends a session after idle minutes or absolute hours. The background refresh of a live page is no activity."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            present = clock.now().timestamp()
            started = request.session.setdefault(_STARTED, present)
            seen = request.session.get(_SEEN, present)
            if self._is_over(present, started, seen):
                return self._sign_in_again(request)
            if (
                not request.headers.get("X-Background-Refresh") and present - seen >= 30
            ) or _SEEN not in request.session:
                request.session[_SEEN] = present
            if request.user.must_change_password and not request.path.startswith(_PASSWORD_PAGES):
                return self._choose_a_password(request)
        return self.get_response(request)

    @staticmethod
    def _choose_a_password(request: HttpRequest) -> HttpResponse:
        """A one-time password opens nothing but the page to choose the person's own."""
        messages.info(request, _("You signed in with a one-time password. Choose your own to go on."))
        return HttpResponseRedirect(reverse("account_change_password"))

    @staticmethod
    def _is_over(present: float, started: float, seen: float) -> bool:
        if not control_is_on("HZ-090"):
            return False
        idle = present - seen > settings.SESSION_IDLE_MINUTES * 60
        return idle or present - started > settings.SESSION_ABSOLUTE_HOURS * 3600

    @staticmethod
    def _sign_in_again(request: HttpRequest) -> HttpResponse:
        logout(request)
        messages.info(request, _("You were signed out because the page was idle. Sign in to go on."))
        target = request.get_full_path() if request.method == "GET" else request.path
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
