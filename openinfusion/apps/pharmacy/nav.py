"""Navigation of the pharmacy, and the home screens of pharmacist and technician."""

from openinfusion.apps.pharmacy.policies import COMPOUND, VERIFY
from openinfusion.apps.pharmacy.queries import count_to_prepare, count_to_verify
from openinfusion.platform.access import navigation
from openinfusion.platform.access.homes import set_home
from openinfusion.platform.access.navigation import Entry
from openinfusion.platform.access.roles import Role

navigation.add(Entry("Pharmacy", "Verification queue", "pharmacy:queue", VERIFY, order=10, count=count_to_verify))
navigation.add(Entry("Pharmacy", "Preparations", "pharmacy:preparations", COMPOUND, order=20, count=count_to_prepare))
set_home(Role.PHARMACIST, "pharmacy:queue")
set_home(Role.TECHNICIAN, "pharmacy:preparations")
