"""Navigation entries and home screens of the frame itself and of administration."""

from openinfusion.platform.access import navigation
from openinfusion.platform.access.homes import set_home
from openinfusion.platform.access.navigation import Entry
from openinfusion.platform.access.roles import Role
from openinfusion.platform.accounts.policies import ADMINISTER, CHANGE_PROGRAM, OWN_ACCOUNT, READ_AUDIT
from openinfusion.platform.rules.policies import SEE as SEE_RULES
from openinfusion.platform.worklist.policies import SEE
from openinfusion.platform.worklist.queries import open_count

navigation.add(
    Entry(group="Today", label="Work list", url_name="home:work", permission=SEE, order=90, count=open_count)
)
for _order, (_label, _url_name, _permission) in enumerate(
    (
        ("People and roles", "home:people", ADMINISTER),
        ("Program and sites", "home:program", CHANGE_PROGRAM),
        ("Rule packs", "home:rules", SEE_RULES),
        ("Audit log", "home:audit", READ_AUDIT),
        ("My account", "home:account", OWN_ACCOUNT),
    )
):
    navigation.add(
        Entry(group="Administration", label=_label, url_name=_url_name, permission=_permission, order=10 * _order)
    )
set_home(Role.ADMINISTRATOR, "home:people")
set_home(Role.PRIVACY, "home:audit")
set_home(Role.MEDICAL_DIRECTOR, "home:rules")
