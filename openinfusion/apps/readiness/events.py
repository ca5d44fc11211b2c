"""Events of the readiness gate."""

from openinfusion.platform.events import declare

RELEASED = declare("visit.released", "Visit {visit} on {on} released: {verdict}", step="ready")
DECIDED = declare("readiness.decided", "Pharmacist decision on {subject}: {answer}")
