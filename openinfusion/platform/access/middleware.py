"""Sets the acting person on each request, keeps the rows of other programs out, audits chart reads, words refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.module_loading import import_string

from openinfusion.core.controls import control_is_on
from openinfusion.platform import audit
from openinfusion.platform.access.person import Access
from openinfusion.platform.access.sign_in import access_of
from openinfusion.platform.errors import NotAllowed, Refused
from openinfusion.platform.tenancy import scope

#: Views of libraries that guard themselves: sign-in, second factor, static files.
_LIBRARY_PREFIXES = ("allauth.", "django.views.static", "django.contrib.staticfiles", "django.views.i18n")


class AccessMiddleware:
    """One program in scope per request; a view without a declared permission is refused (default deny)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.chart_access = import_string(settings.ACCESS_PROVIDER)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        access = access_of(request, self.chart_access)
        request.access = access  # type: ignore[attr-defined]
        if access is None:
            return self.get_response(request)
        with scope.tenant(access.tenant_id), timezone.override(access.time_zone):
            response = self.get_response(request)
            self._audit_reads(request, access, response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if hasattr(view, "permission") or hasattr(view, "public_reason"):
            return
        if view.__module__.startswith(_LIBRARY_PREFIXES) or getattr(view, "guards_itself", False):
            return
        if control_is_on("HZ-087"):
            raise PermissionDenied("this page has no declared permission")

    @staticmethod
    def _audit_reads(request: HttpRequest, access: Access, response: HttpResponse) -> None:
        if not access.reads or response.status_code >= 500 or not control_is_on("HZ-108"):
            return
        charts = {(kind, patient) for kind, patient in access.reads if patient is not None}
        listed = {(kind, patient) for kind, patient in access.reads if patient is None}
        where = request.resolver_match.view_name if request.resolver_match else "unknown"
        audit.record_many(
            audit.Entry(by=access, action="read" if patient else "list", subject=kind, patient_id=patient, detail=where)
            for kind, patient in sorted(charts or listed, key=str)
        )


class RefusalMiddleware:
    """Turns a refusal into a page or JSON with its sentence, in one place."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        access = getattr(request, "access", None)
        if isinstance(error, NotAllowed) and access is not None:
            view = request.resolver_match.view_name if request.resolver_match else "unknown"
            audit.record(by=access, action="refused", subject="page", detail=view, outcome="refused")
        wants_json = request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")
        if wants_json:
            return JsonResponse({"code": error.code, "message": error.sentence}, status=error.status)
        context = {"sentence": error.sentence, "code": error.code, "status": error.status}
        template = f"{error.status}.html" if error.status in (400, 403, 404, 409, 413) else "409.html"
        return render(request, template, context, status=error.status)
