"""Steps of a box that tests take: pick every line, hand it over, the log of its logger."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from openinfusion.apps.delivery.public import pick, prove_delivery


def pick_all(shipment, by, at):
    for line in shipment.lines.filter(picked_at=None).order_by("pk"):
        pick(line=line, code=code_for(line), by=by, at=at)
    shipment.refresh_from_db()
    return shipment


def code_for(line):
    return {"preparation": getattr(line.preparation, "number", ""), "kit": "DK-0001", "supply": f"L{line.pk}"}[
        line.kind
    ]


def deliver(shipment, by, at, **changed):
    later = at + timedelta(hours=3)
    return prove_delivery(
        **{
            "shipment": shipment,
            "received_by": "Otis Sampleford",
            "relation": "caregiver",
            "by": by,
            "at": later,
            **changed,
        }
    )


def log(at, celsius, *, minutes=10, hours=3):
    steps = range(0, hours * 60 + 1, minutes)
    return [(at + timedelta(minutes=step), Decimal(celsius(step))) for step in steps]
