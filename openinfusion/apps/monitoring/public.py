"""What other apps, the gateway and the notifier adapters may use of monitoring."""

from __future__ import annotations

from openinfusion.apps.monitoring.models import Alarm, DeviceObservation, Infusion, NotificationHop, OnCall, SetAside
from openinfusion.apps.monitoring.notifier import NotDelivered, Notifier, Page
from openinfusion.apps.monitoring.queries import live_infusion as _live_infusion
from openinfusion.apps.monitoring.queries import open_alarms
from openinfusion.apps.monitoring.services.alarms import acknowledge, close, silence
from openinfusion.apps.monitoring.services.applying import (
    Applied,
    LogEntry,
    applied_position,
    apply_device_log,
    beat,
)
from openinfusion.apps.monitoring.services.escalating import escalate_due
from openinfusion.apps.monitoring.services.notifying import send_due
from openinfusion.apps.monitoring.services.rota import add_entry as add_on_call
from openinfusion.apps.monitoring.services.set_asides import Doubt, resolve, set_aside
from openinfusion.apps.monitoring.services.watching import watch_running
from openinfusion.apps.patients.public import Episode

__all__ = [
    "Alarm",
    "Applied",
    "DeviceObservation",
    "Doubt",
    "Infusion",
    "LogEntry",
    "NotDelivered",
    "NotificationHop",
    "Notifier",
    "OnCall",
    "Page",
    "SetAside",
    "acknowledge",
    "add_on_call",
    "applied_position",
    "apply_device_log",
    "beat",
    "close",
    "escalate_due",
    "live_infusion",
    "open_alarms",
    "resolve",
    "send_due",
    "set_aside",
    "silence",
    "watch_running",
]


def live_infusion(episode: Episode) -> Infusion | None:
    """The infusion that runs for an episode now, or the one that ended last."""
    return _live_infusion(episode.pk)
