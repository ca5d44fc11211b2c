"""Events of the home."""

from openinfusion.platform.events import declare

ASSESSED = declare("home.assessed", "Home assessed by {method}: {verdict}", step="home")
MENDED = declare("home.item_mended", "Put in order at home: {item}")
SCREENED = declare("home.connectivity_screened", "Phone and internet at home checked: {needs}")
OBSERVED = declare("home.skill_observed", "{who}: {skill}, {result}", step="home")
