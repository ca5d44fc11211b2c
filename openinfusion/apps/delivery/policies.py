"""Who may plan, pack, send, hand over and judge a shipment."""

from openinfusion.platform.access.roles import CLINICAL, Role, declare

SEE = declare(
    "shipment.see", "see the shipments", CLINICAL | {Role.OPERATIONS, Role.QUALITY, Role.SCHEDULER, Role.INTAKE}
)
PLAN = declare("shipment.plan", "plan a shipment", {Role.TECHNICIAN, Role.PHARMACIST})
PACK = declare("shipment.pack", "pick and pack a shipment", {Role.TECHNICIAN, Role.PHARMACIST})
SHIP = declare("shipment.ship", "send a shipment", {Role.TECHNICIAN, Role.PHARMACIST})
DELIVER = declare("shipment.deliver", "record a delivery", {Role.TECHNICIAN, Role.PHARMACIST, Role.NURSE})
RECEIVE = declare(
    "shipment.receive",
    "confirm what arrived",
    {Role.TECHNICIAN, Role.PHARMACIST, Role.NURSE, Role.PATIENT, Role.CAREGIVER},
)
LOG = declare("shipment.log_temperature", "record temperature readings", {Role.TECHNICIAN, Role.PHARMACIST, Role.NURSE})
JUDGE = declare("shipment.judge", "decide on a temperature hold", {Role.PHARMACIST})
