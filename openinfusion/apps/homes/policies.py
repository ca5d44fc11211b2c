"""Who may assess a home and observe a caregiver."""

from openinfusion.platform.access.roles import CHART_STAFF, Role, declare

SEE = declare("home.see", "see the home assessment", CHART_STAFF - {Role.BILLER})
ASSESS = declare("home.assess", "assess a home", {Role.NURSE, Role.INTAKE, Role.PHARMACIST})
OBSERVE = declare("home.observe", "observe a return demonstration", {Role.NURSE})
TEACH = declare("home.teach", "record teaching", {Role.NURSE, Role.PHARMACIST})
