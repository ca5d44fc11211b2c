"""Who may open the home page and administer the program."""

from openinfusion.platform.access.roles import Role, declare

HOME = declare("home.open", "open the home page", set(Role))
ADMINISTER = declare("administration.people", "administer people and roles", {Role.ADMINISTRATOR})
READ_AUDIT = declare("administration.audit", "read the audit log", {Role.PRIVACY})
