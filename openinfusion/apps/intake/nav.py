"""Navigation of intake, and the home screen of the intake coordinator."""

from openinfusion.apps.intake.policies import SEE
from openinfusion.apps.intake.queries import count_new
from openinfusion.platform.access import navigation
from openinfusion.platform.access.homes import set_home
from openinfusion.platform.access.navigation import Entry
from openinfusion.platform.access.roles import Role

navigation.add(
    Entry(group="Patients", label="Referrals", url_name="intake:inbox", permission=SEE, order=5, count=count_new)
)
set_home(Role.INTAKE, "intake:inbox")
