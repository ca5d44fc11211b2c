"""What the durable log holds: one entry per message received, good or bad, exactly as received."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class Transport(enum.StrEnum):
    """How a body is to be read."""

    HL7V2 = "hl7v2"
    JSON = "json"


class EntryStatus(enum.StrEnum):
    """What became of a message at the gateway."""

    ACCEPTED = "accepted"
    CONFLICT = "conflict"  # same key as an earlier one, other content: both kept
    REFUSED = "refused"  # unknown or disabled device, or a device the credential does not cover
    GARBLED = "garbled"  # could not be read


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A message on its way into the log. An empty key is never a repeat."""

    received_at: datetime
    transport: Transport
    peer: str
    tenant: str
    device: str
    status: EntryStatus
    reason: str
    dedupe_key: str
    digest: str
    body: bytes
    excluded_devices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A message in the log, at its durable position."""

    position: int
    received_at: datetime
    transport: Transport
    peer: str
    tenant: str
    device: str
    status: EntryStatus
    reason: str
    dedupe_key: str
    digest: str
    body: bytes
    excluded_devices: tuple[str, ...] = ()


class AppendOutcome(enum.StrEnum):
    """What appending did."""

    STORED = "stored"
    DUPLICATE = "duplicate"  # already there: acknowledged again, not stored again
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a message is durable: its position, and whether it was there before."""

    position: int
    outcome: AppendOutcome
