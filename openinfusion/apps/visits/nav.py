"""Navigation of visits; "my day" is the nurse's home."""

from openinfusion.apps.visits.policies import PERFORM
from openinfusion.apps.visits.queries import count_my_open_visits
from openinfusion.platform.access import navigation
from openinfusion.platform.access.homes import set_home
from openinfusion.platform.access.navigation import Entry
from openinfusion.platform.access.roles import Role

navigation.add(
    Entry(
        group="Today",
        label="My day",
        url_name="visits:my-day",
        permission=PERFORM,
        order=10,
        count=count_my_open_visits,
    )
)
set_home(Role.NURSE, "visits:my-day")
