"""Settings of the device gateway, checked when they are made. Source: design section 7."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MLLP_PORT = 2575


@dataclass(frozen=True, slots=True)
class GatewayConfig:
    """How one gateway listens and how much it takes at a time.

    ``sender_zones`` names the time zone of senders whose messages carry none (MSH-3 as text, zone name).
    ``processing_ids``: MSH-11 values taken; training and debugging messages are refused by default.
    """

    log_dir: Path
    mllp_host: str = "127.0.0.1"
    mllp_port: int = MLLP_PORT
    tls: ssl.SSLContext | None = None
    allow_plain_network: bool = False
    max_message_bytes: int = 256 * 1024
    max_body_bytes: int = 1024 * 1024
    queue_limit: int = 20_000
    max_connections: int = 2_000
    idle_seconds: float = 600.0
    retry_after_seconds: int = 2
    stop_seconds: float = 5.0
    processing_ids: frozenset[str] = frozenset({"P", ""})
    sender_zones: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.mllp_port <= 65535:
            raise ValueError("mllp_port must be a port number from 0 to 65535 (0: any free port)")
        for name in ("max_message_bytes", "max_body_bytes", "queue_limit", "max_connections"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        if self.tls is None and not self.allow_plain_network and not _is_loopback(self.mllp_host):
            raise ValueError(
                "mllp_host is not this machine and no TLS is configured: device data would cross the network "
                "in clear. Give tls, or set allow_plain_network where a TLS proxy stands in front."
            )
        for sender, zone in self.sender_zones.items():
            _require_zone(sender, zone)

    def zone_of(self, sender: str) -> ZoneInfo | None:
        """The configured time zone of a sender."""
        name = self.sender_zones.get(sender)
        return ZoneInfo(name) if name else None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _require_zone(sender: str, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(
            f"sender_zones: {zone!r} of sender {sender!r} is not a time zone like America/Chicago"
        ) from None
