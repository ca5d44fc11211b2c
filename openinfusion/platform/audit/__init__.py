"""Append-only, hash-chained audit of every read and write of a chart (HZ-107, HZ-108).

The chain alone does not show a cut tail, so its head is anchored outside the database (``audit anchor``).
The audit log is for investigation; features read domain events.
"""

from openinfusion.platform.audit.chain import Entry, anchor, record, record_many, verify

__all__ = ["Entry", "anchor", "record", "record_many", "verify"]
