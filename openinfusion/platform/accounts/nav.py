"""Navigation entries and home screens of the frame itself."""

from openinfusion.platform.access import navigation
from openinfusion.platform.access.navigation import Entry
from openinfusion.platform.worklist.policies import SEE
from openinfusion.platform.worklist.queries import open_count

navigation.add(Entry(group="Today", label="Work list", url_name="home:work", permission=SEE, order=90, count=open_count))
