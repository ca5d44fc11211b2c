"""Navigation of the stock."""

from openinfusion.apps.inventory.policies import SEE
from openinfusion.platform.access import navigation
from openinfusion.platform.access.navigation import Entry

navigation.add(Entry("Logistics", "Stock", "inventory:stock", SEE, order=10))
navigation.add(Entry("Logistics", "Anaphylaxis kits", "inventory:kits", SEE, order=20))
