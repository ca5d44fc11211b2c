"""What other apps may use of equipment."""

from __future__ import annotations

from openinfusion.apps.equipment.models import Device, DeviceAssignment

__all__ = ["Device", "DeviceAssignment"]
