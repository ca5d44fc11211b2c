"""Navigation of the workforce."""

from openinfusion.apps.workforce.policies import SEE
from openinfusion.platform.access import navigation
from openinfusion.platform.access.navigation import Entry

navigation.add(Entry("Logistics", "Nurses", "workforce:nurses", SEE, order=40))
