"""Navigation of monitoring; the wall is the home of the monitoring clinician."""

from openinfusion.apps.monitoring.policies import OUTBOX, ROTA, SEE
from openinfusion.apps.monitoring.queries import count_open, count_set_aside
from openinfusion.platform.access import navigation
from openinfusion.platform.access.homes import set_home
from openinfusion.platform.access.navigation import Entry
from openinfusion.platform.access.roles import Role

navigation.add(
    Entry(
        group="Today", label="Monitoring wall", url_name="monitoring:wall", permission=SEE, order=30, count=count_open
    )
)
navigation.add(
    Entry(
        group="Today",
        label="Set-aside messages",
        url_name="monitoring:set_aside",
        permission=SEE,
        order=60,
        count=count_set_aside,
    )
)
navigation.add(
    Entry(group="Administration", label="On-call rota", url_name="monitoring:rota", permission=ROTA, order=40)
)
navigation.add(
    Entry(
        group="Administration", label="Alarm messages sent", url_name="monitoring:outbox", permission=OUTBOX, order=45
    )
)
set_home(Role.MONITOR, "monitoring:wall")
