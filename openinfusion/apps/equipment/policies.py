"""Who may see pumps and move them along their life cycle."""

from openinfusion.platform.access.roles import CLINICAL, Role, declare

SEE = declare("device.see", "see the pumps", CLINICAL | {Role.OPERATIONS, Role.QUALITY, Role.SCHEDULER})
REGISTER = declare("device.register", "register and enroll a pump", {Role.TECHNICIAN, Role.OPERATIONS})
CHECK_OUT = declare("device.check_out", "check a pump out or back in", {Role.TECHNICIAN, Role.NURSE, Role.PHARMACIST})
USE = declare("device.use", "confirm a pump at the home", {Role.NURSE})
SERVICE = declare("device.service", "clean, test and release a pump", {Role.TECHNICIAN})
RECALL = declare("device.recall", "recall a pump", {Role.QUALITY, Role.PHARMACIST, Role.OPERATIONS})
