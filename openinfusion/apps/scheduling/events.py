"""Events of the plan."""

from openinfusion.platform.events import declare

GENERATED = declare("visit.planned", "{count} visits planned from the order, first on {first}")
ADDED = declare("visit.added", "Visit {number} added for {on}")
declare("visit.assigned", "Visit {number} on {on} assigned to {nurse}")
declare("visit.unassigned", "Visit {number} on {on} has no nurse any more")
declare("visit.confirmed", "Visit {number} on {on} confirmed with the patient")
declare("visit.cancelled", "Visit {number} on {on} cancelled: {reason}")
declare("visit.missed", "Visit {number} on {on} was missed")
PROPOSED = declare("plan.proposed", "Plan proposed for {on}: {placed} visits placed, {unplaced} not")
ACCEPTED = declare("plan.accepted", "Plan for {on} accepted: {changed} visits changed")
DISCARDED = declare("plan.discarded", "Proposed plan for {on} discarded")
