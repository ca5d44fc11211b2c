"""Background work of the gate."""

from openinfusion.apps.readiness.services.followup import follow_up
from openinfusion.platform import jobs

jobs.every(seconds=600, name="readiness.follow_up", run=follow_up)
