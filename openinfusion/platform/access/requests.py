"""The request a view gets: Django's, with the acting person set by the middleware."""

from __future__ import annotations

from django.http import HttpRequest

from openinfusion.platform.access.person import Access


class Request(HttpRequest):
    """For annotations: behind ``@page`` every request carries ``access``."""

    access: Access
