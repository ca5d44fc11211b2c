"""Who may make, write and sign a visit."""

from openinfusion.platform.access.roles import CHART_STAFF, Role, declare

READ = declare("visit.read", "read visit records", CHART_STAFF)
#: The names the visit workflow in ``core.states`` asks for.
PERFORM = declare("visit.perform", "make a visit", {Role.NURSE})
SIGN = declare("visit.sign", "sign a visit note", {Role.NURSE})
