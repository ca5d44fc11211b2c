"""Who may use the portal, and who answers."""

from openinfusion.platform.access.roles import CHART_STAFF, Role, declare

HOME = declare("portal.home", "see your own care", {Role.PATIENT, Role.CAREGIVER})
WRITE = declare("portal.write", "write to the program and count doses at home", {Role.PATIENT, Role.CAREGIVER})
PHYSICIAN = declare("portal.physician", "see the episodes of your patients", {Role.PHYSICIAN})
INBOX = declare(
    "portal.inbox", "read and answer messages from home", {Role.NURSE, Role.PHARMACIST, Role.INTAKE, Role.MONITOR}
)
SEE = declare("portal.see", "see who has portal access, messages and counts", CHART_STAFF - {Role.BILLER})
