"""Events of the visit."""

from openinfusion.platform.events import declare

declare("visit.started", "Visit {number} started by {nurse}", step="visit")
declare("visit.finished", "Visit {number} finished")
declare("visit.reopened", "Visit {number} opened again: {reason}")
declare("visit.signed", "Note of visit {number} signed by {nurse}")
IDENTIFIED = declare("visit.identified", "Two identifiers checked: {identifiers}")
WROTE = declare("visit.section_saved", "Visit note, {section} saved")
VITALS = declare("visit.vitals", "Vital signs: {summary}")
STARTED = declare("administration.started", "{drug} {dose} started, preparation {preparation}")
RATE = declare("administration.rate_changed", "Rate set to {rate} mL/h")
COMPLETED = declare("administration.completed", "{drug} completed: {given} given, {wasted} wasted")
STOPPED = declare("administration.stopped", "{drug} stopped: {reason}; {given} given")
REACTION = declare("visit.reaction", "Reaction: {signs}; {action}")
