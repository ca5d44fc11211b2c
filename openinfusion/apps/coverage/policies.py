"""Who may see and change coverage, benefits and authorizations."""

from openinfusion.platform.access.roles import CHART_STAFF, Role, declare

SEE = declare("coverage.see", "see coverage and authorizations", CHART_STAFF)
MANAGE = declare("coverage.manage", "change coverage and benefits", {Role.INTAKE, Role.BILLER, Role.OPERATIONS})
#: The name the authorization workflow in ``core.states`` asks for.
AUTHORIZE = declare(
    "authorization.manage", "request and record authorizations", {Role.INTAKE, Role.BILLER, Role.OPERATIONS}
)
USE = declare(
    "authorization.use", "use authorized units by a signed record", {Role.NURSE, Role.PHARMACIST, Role.BILLER}
)
