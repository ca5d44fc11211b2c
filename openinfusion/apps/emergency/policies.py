"""Who may open the emergency page of a patient: everybody who may stand beside one. The general page is open to anyone."""

from openinfusion.platform.access.roles import CHART_STAFF, Role, declare

OPEN = declare(
    "emergency.open",
    "open the emergency page",
    (CHART_STAFF - {Role.BILLER, Role.PRIVACY}) | {Role.PATIENT, Role.CAREGIVER},
)
