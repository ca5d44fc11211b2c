"""Numbers for patients and episodes: one row of counting per program and kind, taken under a lock."""

from __future__ import annotations

from openinfusion.apps.patients.models import NumberCounter
from openinfusion.platform.tenancy.models import Tenant


def next_mrn(tenant_id: int) -> str:
    """``MRN-000042``; ``DEMO-000042`` in a demo program, so that nobody takes it for a real one."""
    prefix = "DEMO" if _is_demo(tenant_id) else "MRN"
    return f"{prefix}-{_next(tenant_id, 'patient'):06d}"


def next_episode_number(tenant_id: int) -> str:
    """``E-000042``; ``DEMO-E-000042`` in a demo program."""
    prefix = "DEMO-E" if _is_demo(tenant_id) else "E"
    return f"{prefix}-{_next(tenant_id, 'episode'):06d}"


def _next(tenant_id: int, kind: str) -> int:
    NumberCounter.objects.get_or_create(tenant_id=tenant_id, kind=kind)
    counter = NumberCounter.objects.select_for_update().get(tenant_id=tenant_id, kind=kind)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def _is_demo(tenant_id: int) -> bool:
    return Tenant.objects.values_list("is_demo", flat=True).get(pk=tenant_id)
