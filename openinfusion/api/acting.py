"""The acting person of a REST operation, with the permission the operation needs."""

from __future__ import annotations

from django.http import HttpRequest

from openinfusion.platform.access import Access
from openinfusion.platform.errors import NotAllowed


def acting(request: HttpRequest, permission: str) -> Access:
    """The person of the session. Raises ``NotAllowed`` without a program or without the permission."""
    access: Access | None = getattr(request, "access", None)
    if access is None:
        raise NotAllowed("no_program", "You are in no program today.")
    access.require(permission)
    return access
