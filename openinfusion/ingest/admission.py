"""Who may speak to the gateway: which devices are known and in use, and which a credential covers.

The gateway asks; the application answers through two injected callables. Source: HZ-004,
CVE-2021-33885 class.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from openinfusion.core.telemetry.reports import DeviceIdentity


class DeviceStatus(enum.StrEnum):
    """What the program says about a device."""

    ACTIVE = "active"
    UNKNOWN = "unknown"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Admission:
    """The registry's answer about one device. ``tenant`` is empty unless it is active."""

    status: DeviceStatus
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a bearer token stands for: the devices it may speak for, in one tenant."""

    devices: frozenset[str]
    tenant: str


DeviceRegistry = Callable[[DeviceIdentity], Awaitable[Admission]]
"""Asked for every message; must be quick (cache it) and must not raise for an unknown device."""

Authenticate = Callable[[str], Awaitable[Credential | None]]
"""Asked with the bearer token of every request; None means it is not valid."""


def listed_devices(devices: Mapping[str, str]) -> DeviceRegistry:
    """A registry of fixed devices (key to tenant), for a stand-alone gateway and for tests."""

    async def lookup(device: DeviceIdentity) -> Admission:
        tenant = devices.get(device.key)
        if tenant is None:
            return Admission(DeviceStatus.UNKNOWN)
        return Admission(DeviceStatus.ACTIVE, tenant)

    return lookup


def listed_tokens(tokens: Mapping[str, Credential]) -> Authenticate:
    """Fixed tokens, for a stand-alone gateway and for tests."""

    async def lookup(token: str) -> Credential | None:
        return tokens.get(token)

    return lookup


async def nobody(token: str) -> Credential | None:
    """No token is valid: JSON is closed until the application plugs its check in."""
    return None
