"""Navigation of the plan; the planning board is the scheduler's home."""

from openinfusion.apps.scheduling.policies import PLAN, SEE
from openinfusion.apps.scheduling.queries import count_without_nurse
from openinfusion.platform.access import navigation
from openinfusion.platform.access.homes import set_home
from openinfusion.platform.access.navigation import Entry
from openinfusion.platform.access.roles import Role

navigation.add(
    Entry(
        group="Today",
        label="Planning board",
        url_name="scheduling:board",
        permission=PLAN,
        order=25,
        count=count_without_nurse,
    )
)
navigation.add(Entry(group="Today", label="Visits of the week", url_name="scheduling:week", permission=SEE, order=26))
set_home(Role.SCHEDULER, "scheduling:board")
