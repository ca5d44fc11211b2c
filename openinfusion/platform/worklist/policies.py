"""Who may see, do and assign tasks."""

from openinfusion.platform.access.roles import CHART_STAFF, declare

SEE = declare("task.see", "see the work list", CHART_STAFF)
WORK = declare("task.work", "complete a task", CHART_STAFF)
ASSIGN = declare("task.assign", "assign or cancel a task", CHART_STAFF)
