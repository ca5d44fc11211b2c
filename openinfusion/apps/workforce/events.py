"""Events of the workforce."""

from openinfusion.platform.events import declare

NURSE_ADDED = declare("nurse.added", "{name} joined the nurses")
LICENCE_ADDED = declare("nurse.licence_added", "Licence of {name} for {state} until {expires_on}")
COMPETENCY_ADDED = declare("nurse.competency_added", "{name}: {competency} shown, until {expires_on}")
SHIFT_SET = declare("nurse.shift_set", "Shift of {name} on {on}: {starts} to {ends}")
SHIFT_CANCELLED = declare("nurse.shift_cancelled", "Shift of {name} on {on} cancelled: {reason}")
