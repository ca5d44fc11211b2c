"""Events of the work lists."""

from openinfusion.platform.events import declare

TASK_OPENED = declare("task.opened", "Task opened: {title}")
TASK_DONE = declare("task.done", "Task done: {title}")
TASK_CANCELLED = declare("task.cancelled", "Task cancelled: {title}")
