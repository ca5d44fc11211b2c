"""Who may see and change charts and episodes."""

from openinfusion.platform.access.roles import CHART_STAFF, CLINICAL, Role, declare

SEE = declare("patients.see", "see patient charts", CHART_STAFF)
REGISTER = declare(
    "patients.register", "register a patient", {Role.INTAKE, Role.PHARMACIST, Role.NURSE, Role.OPERATIONS}
)
CHANGE_DEMOGRAPHICS = declare(
    "patients.change_demographics",
    "change name, address and contact details of a patient",
    {Role.INTAKE, Role.PHARMACIST, Role.NURSE, Role.SCHEDULER, Role.BILLER, Role.OPERATIONS},
)
RECORD_CLINICAL = declare(
    "patients.record_clinical",
    "record allergies, conditions, medicines, measurements and access devices",
    {Role.INTAKE, Role.PHARMACIST, Role.NURSE, Role.MONITOR},
)
RECORD_CONTACTS = declare(
    "patients.record_contacts",
    "record contacts, identifiers and prescribers",
    {Role.INTAKE, Role.PHARMACIST, Role.NURSE, Role.SCHEDULER, Role.BILLER, Role.OPERATIONS},
)
RECORD_CONSENT = declare(
    "patients.record_consent", "record and revoke consents", {Role.INTAKE, Role.PHARMACIST, Role.NURSE}
)
LINK_CHART = declare(
    "patients.link_chart",
    "give a patient, caregiver or physician access to a chart",
    {Role.INTAKE, Role.PHARMACIST, Role.NURSE, Role.OPERATIONS, Role.PRIVACY},
)
#: The names the episode workflow in ``core.states`` asks for.
MANAGE_EPISODE = declare(
    "episode.manage",
    "open, hold and end an episode",
    {Role.INTAKE, Role.PHARMACIST, Role.NURSE, Role.SCHEDULER, Role.OPERATIONS},
)
ASSESS_EPISODE = declare(
    "episode.assess", "record the assessment of an episode", {Role.INTAKE, Role.PHARMACIST, Role.NURSE}
)
SEE_DOCUMENTS = declare("patients.see_documents", "list and download documents of a chart", CHART_STAFF)
BREAK_GLASS = declare("patients.break_glass", "open a chart out of reach in an emergency", CLINICAL)
REVIEW_BREAK_GLASS = declare("patients.review_break_glass", "review charts opened in an emergency", {Role.PRIVACY})
RESTRICT = declare("patients.restrict", "restrict the chart of a colleague or public figure", {Role.PRIVACY})
SEE_AUDIT_TRAIL = declare("patients.see_audit_trail", "see who read or changed a chart", {Role.PRIVACY})
