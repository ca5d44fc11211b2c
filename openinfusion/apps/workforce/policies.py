"""Who may see nurses and change their qualifications."""

from openinfusion.platform.access.roles import Role, declare

SEE = declare(
    "workforce.see", "see nurses and their qualifications", {Role.SCHEDULER, Role.OPERATIONS, Role.QUALITY, Role.NURSE}
)
MANAGE = declare("workforce.manage", "change nurses, licences and shifts", {Role.SCHEDULER, Role.OPERATIONS})
CERTIFY = declare("workforce.certify", "record a nurse's competency", {Role.QUALITY, Role.OPERATIONS})
