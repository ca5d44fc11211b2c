"""The port through which a person is told of an alarm. Handing over is no delivery: only a person's answer counts.

Adapters live in ``openinfusion/connectors/notify``; which one is used is decided in ``notifier_of``. A program without a
provider gets one that fails every message, so that its alarms end as "reached nobody" and never look delivered (HZ-046).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

DEMO = "openinfusion.connectors.notify.demo.DemoNotifier"
MISSING = "openinfusion.connectors.notify.missing.MissingNotifier"


@dataclass(frozen=True, slots=True)
class Page:
    """One message to one person. ``key`` is the same in every repeat, so that a provider sends it once."""

    key: str
    channel: str
    to_name: str
    to_address: str
    text: str


class NotDelivered(Exception):
    """The provider did not take the message. The text is for the hop's record and holds no health data."""


class Notifier(Protocol):
    """Hands a page to a provider, or raises ``NotDelivered``."""

    def send(self, page: Page) -> None: ...


def notifier_of(*, is_demo: bool) -> Notifier:
    """The configured provider; the readable outbox in a demo program; else one that says it is missing."""
    name = getattr(settings, "NOTIFIER", "") or (DEMO if is_demo else MISSING)
    return import_string(name)()
