"""Events of the pharmacy."""

from openinfusion.platform.events import declare

ENTERED = declare("order.entered", "Order {order} for {drug} entered, revision {revision}")
declare("order.submitted", "Order {order} revision {revision} submitted for verification")
declare("order.verified", "Order {order} revision {revision} verified: {drug}", step="verified")
declare("order.returned", "Order {order} revision {revision} returned: {note}")
declare("order.revised", "Order {order} changed to revision {revision}: {reason}")
declare("order.superseded", "Order {order} superseded")
declare("order.held", "Order {order} on hold: {reason}")
declare("order.resumed", "Order {order} resumed, to be verified again")
declare("order.stopped", "Order {order} stopped: {reason}")
PLANNED = declare("preparation.planned", "Preparation {number} of {doses} doses planned")
declare("preparation.started", "Preparation {number} started")
declare("preparation.prepared", "Preparation {number} made, use by {beyond_use_at}")
declare("preparation.checked", "Preparation {number} checked by a second person")
declare("preparation.released", "Preparation {number} released: {doses} doses", step="compounded")
declare("preparation.rejected", "Preparation {number} rejected: {note}")
declare("preparation.quarantined", "Preparation {number} put in quarantine: {note}")
declare("preparation.quarantine_lifted", "Preparation {number} taken out of quarantine")
declare("preparation.cancelled", "Preparation {number} cancelled")
