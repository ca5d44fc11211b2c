"""What other apps may use of monitoring."""

from __future__ import annotations

from openinfusion.apps.monitoring.models import Alarm, DeviceObservation, Infusion, NotificationHop, OnCall, SetAside

__all__ = ["Alarm", "DeviceObservation", "Infusion", "NotificationHop", "OnCall", "SetAside"]
