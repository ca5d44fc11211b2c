"""Who may see, propose and approve rule packs."""

from openinfusion.platform.access.roles import STAFF, Role, declare

SEE = declare("rules.see", "see the rule packs", STAFF)
PROPOSE = declare("rules.propose", "propose a rule pack", {Role.PHARMACIST, Role.QUALITY, Role.ADMINISTRATOR})
_APPROVERS = {
    Role.PHARMACIST, Role.NURSE, Role.QUALITY, Role.OPERATIONS, Role.BILLER, Role.MEDICAL_DIRECTOR,
}  # fmt: skip
APPROVE = declare("rules.approve", "approve a rule pack", _APPROVERS)
APPROVE_SECOND = declare("rules.approve_second", "give the second approval of a rule pack", _APPROVERS)
