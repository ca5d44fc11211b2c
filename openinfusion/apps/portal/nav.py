"""Navigation and home screens of the portal."""

from openinfusion.apps.portal.policies import INBOX
from openinfusion.apps.portal.queries import count_waiting
from openinfusion.platform.access import navigation
from openinfusion.platform.access.homes import set_home
from openinfusion.platform.access.navigation import Entry
from openinfusion.platform.access.roles import Role

navigation.add(
    Entry(group="Today", label="Messages", url_name="portal:inbox", permission=INBOX, order=60, count=count_waiting)
)
set_home(Role.PATIENT, "portal:home")
set_home(Role.CAREGIVER, "portal:home")
set_home(Role.PHYSICIAN, "portal:physician")
