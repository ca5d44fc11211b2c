"""Who may see and close tasks."""

from openinfusion.platform.access.roles import CHART_STAFF, declare

SEE = declare("worklist.see", "see the work list", CHART_STAFF)
CLOSE = declare("worklist.close", "close a task", CHART_STAFF)
