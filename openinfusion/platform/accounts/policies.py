"""Who may open the home page and administer the program."""

from openinfusion.platform.access.roles import Role, declare

HOME = declare("home.open", "open the home page", set(Role))
ADMINISTER = declare("administration.people", "administer people and roles", {Role.ADMINISTRATOR})
CHANGE_PROGRAM = declare("administration.program", "change the program and its sites", {Role.ADMINISTRATOR})
OWN_ACCOUNT = declare("account.own", "see and change your own account", set(Role))
READ_AUDIT = declare("administration.audit", "read the audit log", {Role.PRIVACY})
