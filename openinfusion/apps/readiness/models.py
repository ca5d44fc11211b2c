"""The gate computes from events and rows of other apps; only releases are kept here."""

from __future__ import annotations

from django.db import models

from openinfusion.apps.scheduling.public import Visit
from openinfusion.platform.tenancy.models import TenantRow


class Release(TenantRow):
    """A person's release of a visit, with the verdict and conditions as they stood."""

    PATIENT_PATH = "visit__episode__patient"
    APPEND_ONLY = True

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="releases")
    verdict = models.CharField(max_length=10)
    conditions = models.JSONField()
    rules_version = models.CharField(max_length=60)
    reason = models.CharField(max_length=300, blank=True)
    released_at = models.DateTimeField()
    released_by_name = models.CharField(max_length=160)
