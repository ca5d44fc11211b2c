"""Fields a request carries that its form does not offer: never used, always logged (HZ-086)."""

from __future__ import annotations

from typing import Any

from openinfusion.platform import audit
from openinfusion.platform.access import Request

_OURS = {"csrfmiddlewaretoken"}


def extra_fields(request: Request, form: Any) -> dict[str, str]:
    """Posted fields outside the form, by name."""
    return {name: request.POST[name] for name in request.POST if name not in form.fields and name not in _OURS}


def log_extra_fields(request: Request, form: Any) -> None:
    """Leave an audit entry with their names; the values are dropped."""
    names = [name[:40] for name in sorted(extra_fields(request, form)) if name.isidentifier()]
    if names:
        where = request.resolver_match.view_name if request.resolver_match else "unknown"
        audit.record(
            by=request.access, action="extra_fields", subject="page", outcome="ignored",
            detail=f"{where}: {' '.join(names)}"[:300],
        )  # fmt: skip
