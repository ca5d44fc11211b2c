"""A stored body as device reports: the same reading at the gateway and at every later consumer."""

from __future__ import annotations

from datetime import tzinfo
from typing import Protocol

from openinfusion.core.telemetry.reports import DeviceReport
from openinfusion.core.telemetry.vocabulary import Vocabulary
from openinfusion.formats import device_json, hl7v2
from openinfusion.ingest.entries import Entry, EntryStatus, Transport


class ZoneOf(Protocol):
    """The time zone configured for a sender, or None."""

    def __call__(self, sender: str) -> tzinfo | None: ...


def no_zone(sender: str) -> tzinfo | None:
    """No sender has a configured zone."""
    return None


def read_entry(entry: Entry, *, vocabulary: Vocabulary, zone_of: ZoneOf = no_zone) -> tuple[DeviceReport, ...]:
    """The reports of an accepted entry, without those of devices the gateway did not admit."""
    if entry.status not in (EntryStatus.ACCEPTED, EntryStatus.CONFLICT):
        return ()
    reports = read_reports(entry.body, entry.transport, vocabulary=vocabulary, zone_of=zone_of)
    return tuple(report for report in reports if report.device.key not in entry.excluded_devices)


def read_reports(
    body: bytes, transport: Transport, *, vocabulary: Vocabulary, zone_of: ZoneOf
) -> tuple[DeviceReport, ...]:
    """The reports of one body."""
    if transport is Transport.JSON:
        return (device_json.read_report(body, vocabulary=vocabulary),)
    message = hl7v2.parse(body)
    return hl7v2.read_reports(message, vocabulary=vocabulary, zone=zone_of(hl7v2.sender_of(message)))
