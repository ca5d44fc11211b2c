"""What other apps may use of the pump fleet."""

from __future__ import annotations

from openinfusion.apps.equipment.models import Device, DeviceAssignment
from openinfusion.apps.equipment.services.custody import (
    active_assignment,
    check_out,
    confirm_at_home,
    refusal_to_check_out,
    return_device,
)
from openinfusion.apps.equipment.services.fleet import (
    enroll,
    find_device,
    pass_check,
    register_device,
    take_step,
    token_is_right,
)

__all__ = [
    "Device",
    "DeviceAssignment",
    "active_assignment",
    "check_out",
    "confirm_at_home",
    "enroll",
    "find_device",
    "pass_check",
    "refusal_to_check_out",
    "register_device",
    "return_device",
    "take_step",
    "token_is_right",
]
