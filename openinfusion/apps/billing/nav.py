"""Navigation of billing."""

from openinfusion.apps.billing.policies import CONTRACTS, SEE
from openinfusion.apps.billing.queries import count_open, count_unbilled
from openinfusion.platform.access import navigation
from openinfusion.platform.access.homes import set_home
from openinfusion.platform.access.navigation import Entry
from openinfusion.platform.access.roles import Role

GROUP = "Business and quality"
navigation.add(Entry(group=GROUP, label="Claims", url_name="billing:queue", permission=SEE, order=10, count=count_open))
navigation.add(
    Entry(
        group=GROUP, label="Ready to bill", url_name="billing:unbilled", permission=SEE, order=12, count=count_unbilled
    )
)
navigation.add(Entry(group=GROUP, label="Remittances", url_name="billing:remittances", permission=SEE, order=14))
navigation.add(
    Entry(group=GROUP, label="Contracts and rates", url_name="billing:contracts", permission=CONTRACTS, order=16)
)
navigation.add(Entry(group=GROUP, label="Drug products", url_name="billing:products", permission=CONTRACTS, order=18))
set_home(Role.BILLER, "billing:queue")
