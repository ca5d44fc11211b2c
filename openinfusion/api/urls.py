"""The REST interface. Signed-in people use it with their session; every operation declares its permission."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.security import django_auth

from openinfusion.api.orders import router as orders


class GuardedAPI(NinjaAPI):
    """Operations sign in by themselves and name their permission with ``acting``; the page guard lets them through."""

    @property
    def urls(self) -> Any:
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            view = getattr(pattern, "callback", None)
            if getattr(view, "__module__", "") == "ninja.operation":
                view.guards_itself = True
        return patterns, app_name, namespace


api = GuardedAPI(title="OpenInfusion", version="1", urls_namespace="api", auth=django_auth, docs_url=None)
api.add_router("/orders", orders)
