"""Who may see the gate, release a visit and decide open questions."""

from openinfusion.platform.access.roles import CHART_STAFF, Role, declare

SEE = declare("readiness.see", "see the readiness of visits", CHART_STAFF - {Role.PRIVACY})
RELEASE = declare(
    "readiness.release", "release a visit", {Role.NURSE, Role.PHARMACIST, Role.SCHEDULER, Role.OPERATIONS}
)
DECIDE = declare("readiness.decide", "decide on laboratory results and the kit", {Role.PHARMACIST})
