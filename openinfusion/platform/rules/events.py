"""Events of rule packs."""

from openinfusion.platform.events import declare

PROPOSED = declare("rules.proposed", "Rule pack {pack} {version} proposed")
APPROVED = declare("rules.approved", "Rule pack {pack} {version} approved by one person")
WENT_ACTIVE = declare("rules.active", "Rule pack {pack} {version} active")
REJECTED = declare("rules.rejected", "Rule pack {pack} {version} rejected")
