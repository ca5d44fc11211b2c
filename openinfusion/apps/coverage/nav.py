"""Navigation of coverage."""

from openinfusion.apps.coverage.policies import AUTHORIZE
from openinfusion.apps.coverage.queries import count_open
from openinfusion.platform.access import navigation
from openinfusion.platform.access.navigation import Entry

navigation.add(
    Entry(
        group="Business and quality", label="Authorizations", url_name="coverage:board", permission=AUTHORIZE, order=20,
        count=count_open,
    )
)  # fmt: skip
