"""Who may see, propose and approve rule packs."""

from openinfusion.platform.access.roles import STAFF, Role, declare

SEE = declare("rules.see", "see the rule packs", STAFF)
PROPOSE = declare("rules.propose", "propose a rule pack", {Role.PHARMACIST, Role.QUALITY, Role.ADMINISTRATOR})
APPROVE = declare(
    "rules.approve",
    "approve a rule pack",
    {Role.PHARMACIST, Role.NURSE, Role.QUALITY, Role.OPERATIONS, Role.BILLER, Role.MEDICAL_DIRECTOR},
)
