"""Events of coverage."""

from openinfusion.platform.events import declare

PAYER_ADDED = declare("coverage.payer_added", "Payer {payer} added")
ADDED = declare("coverage.added", "Coverage added: {payer}, {plan}", step="benefits")
VERIFIED = declare("coverage.benefit_verified", "Benefit verified with {payer}: {category}, {answer}", step="benefits")
declare("authorization.found_not_required", "No authorization needed from {payer}", step="benefits")
declare("authorization.requested", "Authorization requested from {payer}")
declare("authorization.pended", "{payer} asks for more: {note}")
declare("authorization.approved", "Authorization {number} approved by {payer} until {ends_on}", step="benefits")
declare("authorization.denied", "{payer} denied the authorization: {note}")
declare("authorization.expired", "Authorization {number} expired")
UNITS_USED = declare("authorization.units_used", "{units} authorized {unit} used")
