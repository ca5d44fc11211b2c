"""Events of the work lists."""

from openinfusion.platform.events import declare

TASK_OPENED = declare("task.opened", "Task opened: {title}")
declare("task.owner_changed", "Task given to {owner_role}: {title}")
declare("task.completed", "Task done: {title}")
declare("task.cancelled", "Task cancelled: {title}")
declare("task.reopened", "Task opened again: {title}")
