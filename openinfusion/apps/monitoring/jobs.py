"""The worker's part of monitoring: time rules, escalation, the outbox, and the look ahead on the rota."""

from openinfusion.apps.monitoring.services.escalating import escalate_due
from openinfusion.apps.monitoring.services.notifying import send_due
from openinfusion.apps.monitoring.services.rota import check_rota
from openinfusion.apps.monitoring.services.watching import watch_running
from openinfusion.platform.jobs import every

every(seconds=5, name="watch infusions", run=watch_running)
every(seconds=5, name="escalate alarms", run=escalate_due)
every(seconds=1, name="send alarm messages", run=send_due)
every(seconds=600, name="check the on-call rota", run=check_rota)
