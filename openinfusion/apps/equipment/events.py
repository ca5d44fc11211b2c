"""Events of the pump fleet."""

from openinfusion.platform.events import declare

REGISTERED = declare("device.registered", "Pump {serial} registered")
ENROLLED = declare("device.enrolled", "Pump {serial} enrolled with the device gateway")
CONFIRMED = declare("device.confirmed_at_home", "Pump {serial} confirmed at the home by its serial number")
declare("device.checked_out", "Pump {serial} checked out to the patient")
declare("device.use_started", "Pump {serial} in use")
declare("device.returned", "Pump {serial} returned: {reason}")
declare("device.cleaned", "Pump {serial} cleaned")
declare("device.tested", "Pump {serial} tested, next service {service_due_on}")
declare("device.made_available", "Pump {serial} available")
declare("device.quarantined", "Pump {serial} put in quarantine: {reason}")
declare("device.recalled", "Pump {serial} recalled: {reason}")
declare("device.quarantine_ended", "Pump {serial} left quarantine")
declare("device.recall_remedied", "Recall of pump {serial} remedied")
declare("device.retired", "Pump {serial} retired")
