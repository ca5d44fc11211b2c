"""Navigation of readiness."""

from openinfusion.apps.readiness.policies import SEE
from openinfusion.apps.readiness.queries import count_tomorrow
from openinfusion.platform.access import navigation
from openinfusion.platform.access.navigation import Entry

navigation.add(
    Entry(
        group="Today",
        label="Readiness board",
        url_name="readiness:board",
        permission=SEE,
        order=10,
        count=count_tomorrow,
    )
)
