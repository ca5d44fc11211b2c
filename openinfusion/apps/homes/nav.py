"""Navigation of the homes app."""

from openinfusion.apps.homes.policies import SEE
from openinfusion.apps.homes.queries import count_to_assess
from openinfusion.platform.access import navigation
from openinfusion.platform.access.navigation import Entry

navigation.add(
    Entry(
        group="Patients",
        label="Home assessments",
        url_name="homes:queue",
        permission=SEE,
        order=30,
        count=count_to_assess,
    )
)
