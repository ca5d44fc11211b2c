"""Navigation of quality."""

from openinfusion.apps.quality.policies import COST, SEE
from openinfusion.platform.access import navigation
from openinfusion.platform.access.homes import set_home
from openinfusion.platform.access.navigation import Entry
from openinfusion.platform.access.roles import Role

GROUP = "Business and quality"
navigation.add(Entry(group=GROUP, label="Program overview", url_name="quality:program", permission=SEE, order=30))
navigation.add(Entry(group=GROUP, label="Incidents", url_name="quality:incidents", permission=SEE, order=32))
navigation.add(Entry(group=GROUP, label="Cost rates", url_name="quality:cost_rates", permission=COST, order=34))
for _role in (Role.QUALITY, Role.OPERATIONS):
    set_home(_role, "quality:program")
