"""Background work of the plan."""

from openinfusion.apps.scheduling.services.tasks import watch_starts
from openinfusion.platform import jobs

jobs.every(seconds=60, name="scheduling.watch_starts", run=watch_starts)
