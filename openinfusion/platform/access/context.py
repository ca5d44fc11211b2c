"""What every page's frame needs: program, person, navigation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from openinfusion.platform.access.navigation import groups_for
from openinfusion.platform.access.roles import TITLES
from openinfusion.platform.tenancy import scope


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of the page frame. Empty for a stranger."""
    access = getattr(request, "access", None)
    if access is None:
        return {"program": None, "me": None, "nav_groups": []}
    from openinfusion.platform.tenancy.models import Tenant

    # An error page is drawn after the request left its scope; its frame still belongs to the person's program.
    with scope.tenant(access.tenant_id):
        return {
            "program": Tenant.objects.get(pk=access.tenant_id),
            "me": {"name": access.name, "role": ", ".join(TITLES[role] for role in sorted(access.roles))},
            "access": access,
            "nav_groups": groups_for(access, path=request.path),
            "search_url": reverse("patients:search") if access.may("patients.see") else "",
        }
