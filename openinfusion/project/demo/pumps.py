"""The pumps that report in the demo: enrolled, in the home, running what the verified order says."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from openinfusion.apps.equipment.public import DeviceAssignment, enroll
from openinfusion.apps.monitoring.public import add_on_call
from openinfusion.apps.pharmacy.public import active_order, current_revision, read_order
from openinfusion.platform.access.roles import Role
from openinfusion.project.demo.program import Program
from openinfusion.rulepacks import therapies

REPORTING = 6


def enroll_some(program: Program, *, at: datetime) -> None:
    """Enroll the first pumps of continuous therapies with the gateway, and fill the on-call chain."""
    for assignment in _assignments():
        enroll(device=assignment.device, by=program.acting(Role.TECHNICIAN), at=at)
    chain = ((Role.MONITOR, "push", False), (Role.NURSE, "text", False), (Role.OPERATIONS, "voice", True))
    for step, (role, channel, is_phone) in enumerate(chain, start=1):
        person = program.acting(role)
        add_on_call(
            step=step, name=person.name, channel=channel, address=f"555-010{step}", user_id=person.user_id, is_staffed_phone=is_phone,
            starts_at=at - timedelta(days=1), ends_at=at + timedelta(days=30), by=program.acting(Role.MONITOR), at=at,
        )  # fmt: skip


def write_devices(path: Path) -> int:
    """Write what the simulator plays: device, drug, rate and volume of the order. Returns how many pumps."""
    rows = []
    for assignment in _assignments():
        order = active_order(assignment.episode)
        if order is None:
            continue
        content = read_order(current_revision(order).content)
        rate = next((step.rate for step in content.rate_steps or () if str(step.rate.unit) == "mL/h"), None)
        if rate is None or content.volume is None:
            continue
        name = therapies()[content.therapy].generic
        rows.append(
            {
                "device": assignment.device.eui64,
                "drug": name,
                "rate_ml_h": str(rate.value),
                "volume_ml": str(content.volume.value),
            }
        )
    path.write_text(json.dumps(rows))
    return len(rows)


def _assignments() -> list[DeviceAssignment]:
    """Open assignments of background pumps on continuous therapies, in a steady order."""
    rows = DeviceAssignment.objects.filter(
        ended_at=None, device__status="in_use", episode__therapy_id__in=("milrinone", "tpn")
    )
    return list(rows.select_related("device", "episode").order_by("id")[:REPORTING])
