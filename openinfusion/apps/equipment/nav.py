"""Navigation of the pump fleet."""

from openinfusion.apps.equipment.policies import SEE
from openinfusion.apps.equipment.queries import count_out_of_service
from openinfusion.platform.access import navigation
from openinfusion.platform.access.navigation import Entry

navigation.add(
    Entry(
        group="Logistics",
        label="Pumps",
        url_name="equipment:fleet",
        permission=SEE,
        order=30,
        count=count_out_of_service,
    )
)
