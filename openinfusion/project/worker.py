"""The worker process: short jobs at their interval, each in its own transaction; one that fails is logged and tried again."""

from __future__ import annotations

import time

import structlog
from django.db import close_old_connections

from openinfusion.platform import clock
from openinfusion.platform.access import Access, system_access
from openinfusion.platform.jobs import Job, registered
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Tenant

log = structlog.get_logger("openinfusion.worker")


def run(*, rounds: int | None = None) -> int:
    """Run all jobs until stopped (or for a number of rounds, in tests)."""
    from django.utils.module_loading import autodiscover_modules

    autodiscover_modules("jobs")
    jobs = registered()
    due = {job.name: 0.0 for job in jobs}
    while rounds is None or rounds > 0:
        present = time.monotonic()
        for job in jobs:
            if due[job.name] <= present:
                due[job.name] = present + job.seconds
                run_for_every_program(job)
        close_old_connections()
        if rounds is not None:
            rounds -= 1
        else:
            time.sleep(0.2)
    return 0


def run_for_every_program(job: Job) -> None:
    """Run one job for each program; a failure in one program never stops the others."""
    with scope.every_tenant():
        tenant_ids = list(Tenant.objects.values_list("id", flat=True))
    for tenant_id in tenant_ids:
        by: Access = system_access(tenant_id)
        with scope.tenant(tenant_id):
            try:
                job.run(by=by, at=clock.now())
            except Exception:  # a worker must outlive any one job; the log says which
                log.error("job.failed", kind=job.name, tenant_id=tenant_id, exc_info=True)
