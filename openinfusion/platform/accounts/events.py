"""Events of people, roles, the program and its sites. The audit entry beside each names who did it."""

from openinfusion.platform.events import declare

INVITED = declare("person.invited", "Person invited as {role}")
ROLE_CHANGED = declare("person.role_changed", "Role changed from {before} to {after}")
MEMBERSHIP_ENDED = declare("person.role_ended", "Role {role} ended and signed out everywhere")
PASSWORD_RESET = declare("person.password_reset", "New one-time password made; signed out everywhere")
OWN_DETAILS = declare("person.details_changed", "Own details changed: {fields}")
PROGRAM_CREATED = declare("program.created", "Program created")
PROGRAM_CHANGED = declare("program.changed", "Program changed: {fields}")
SITE_ADDED = declare("site.added", "Site added")
SITE_CHANGED = declare("site.changed", "Site changed: {fields}")
