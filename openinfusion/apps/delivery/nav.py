"""Navigation of delivery."""

from openinfusion.apps.delivery.policies import SEE
from openinfusion.apps.delivery.queries import count_to_do
from openinfusion.platform.access import navigation
from openinfusion.platform.access.navigation import Entry

navigation.add(
    Entry(
        group="Logistics", label="Packing queue", url_name="delivery:queue", permission=SEE, order=10, count=count_to_do
    )
)
