"""Events of rule packs."""

from openinfusion.platform.events import declare

declare("rule_pack.proposed", "Rule pack {pack} {version} proposed")
declare("rule_pack.first_approved", "Rule pack {pack} {version} approved by one person")
declare("rule_pack.activated", "Rule pack {pack} {version} approved by a second person and active")
declare("rule_pack.taken_back", "Rule pack {pack} {version} taken back")
declare("rule_pack.rejected", "Rule pack {pack} {version} rejected")
declare("rule_pack.retired", "Rule pack {pack} {version} retired")
