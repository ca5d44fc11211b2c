"""Who may see, prepare, send and post claims, and keep the contracts."""

from openinfusion.platform.access.roles import Role, declare

SEE = declare("billing.see", "see claims and their evidence", {Role.BILLER, Role.OPERATIONS, Role.QUALITY})
CONTRACTS = declare(
    "billing.contracts", "keep payer contracts, rates and product facts", {Role.BILLER, Role.OPERATIONS}
)
#: The names the claim workflow in ``core.states`` asks for.
PREPARE = declare("claim.prepare", "draft, check and correct claims", {Role.BILLER, Role.OPERATIONS})
SEND = declare("claim.send", "send claims", {Role.BILLER})
POST = declare("claim.post", "load acknowledgements and remittances and post them", {Role.BILLER})
VOID = declare("claim.void", "void a claim that was not sent", {Role.BILLER, Role.OPERATIONS})
