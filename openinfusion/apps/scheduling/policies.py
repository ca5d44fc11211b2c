"""Who may see and change the plan."""

from openinfusion.platform.access.roles import CHART_STAFF, Role, declare

SEE = declare("visit.see", "see planned visits", CHART_STAFF)
#: The name the visit workflow in ``core.states`` asks for.
PLAN = declare("visit.plan", "plan, assign and cancel visits", {Role.SCHEDULER, Role.OPERATIONS})
