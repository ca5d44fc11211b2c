"""The REST interface. Signed-in people use it with their session; every operation declares its permission."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.security import django_auth

from openinfusion.api.orders import router as orders
from openinfusion.api.referrals import router as referrals


class Api(NinjaAPI):
    """Operations of routers guard themselves with ``needs``; every other address of the interface stays closed."""

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        patterns = super()._get_urls()
        for pattern in patterns:
            if isinstance(pattern, URLPattern) and pattern.callback.__module__ == "ninja.operation":
                pattern.callback.guards_itself = True  # type: ignore[attr-defined]
        return patterns


api = Api(title="OpenInfusion", version="1", urls_namespace="api", auth=django_auth, docs_url=None)
api.add_router("/referrals", referrals)
api.add_router("/orders", orders)
