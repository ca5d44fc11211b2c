"""Documents kept byte for byte with their hash: referrals as received, labels, claims, remittances."""

from __future__ import annotations

from django.db import models

from openinfusion.platform.tenancy.models import TenantRow


class Document(TenantRow):
    """Stored inside the database, so that one backup holds everything; never executed, served as a download."""

    APPEND_ONLY = True

    kind = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    patient_id = models.BigIntegerField(null=True, db_index=True)
    episode_id = models.BigIntegerField(null=True)
    stored_at = models.DateTimeField()
    stored_by_name = models.CharField(max_length=160)
