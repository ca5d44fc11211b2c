"""Who may enter, verify, hold, prepare, check and release."""

from openinfusion.platform.access.roles import CHART_STAFF, Role, declare

SEE = declare("order.see", "see orders and preparations", CHART_STAFF)
#: The names the order and preparation workflows in ``core.states`` ask for.
ENTER = declare("order.enter", "enter or change an order", {Role.INTAKE, Role.PHARMACIST, Role.NURSE})
VERIFY = declare("order.verify", "verify an order", {Role.PHARMACIST})
HOLD = declare("order.hold", "hold or resume an order", {Role.PHARMACIST})
STOP = declare("order.stop", "stop an order", {Role.PHARMACIST})
COMPOUND = declare("preparation.compound", "prepare doses", {Role.TECHNICIAN, Role.PHARMACIST})
CHECK = declare("preparation.check", "make the second check", {Role.TECHNICIAN, Role.PHARMACIST})
RELEASE = declare("preparation.release", "release a preparation", {Role.PHARMACIST})
