"""Sign-in rules the library asks us about: nobody signs up alone; programs invite people."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from openinfusion.core.controls import control_is_on


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Throttle failed sign-ins per address and per source, known person or not (HZ-091)."""
        if control_is_on("HZ-091"):
            super().pre_authenticate(request, **credentials)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names: a person is known by e-mail address."""
