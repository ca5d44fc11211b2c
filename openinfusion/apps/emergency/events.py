"""Events of an emergency."""

from openinfusion.platform.events import declare

OPENED = declare("emergency.opened", "Emergency page opened: severe reaction at home")
STEP = declare("emergency.step_done", "Emergency step {step} done: {action}")
ENDED = declare("emergency.ended", "Emergency page closed: {note}")
