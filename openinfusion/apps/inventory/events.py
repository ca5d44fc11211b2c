"""Events of the stock."""

from openinfusion.platform.events import declare

ITEM_ADDED = declare("stock.item_added", "Item added to the catalogue: {item}")
RECEIVED = declare("stock.received", "{quantity} of {item} received, lot {lot}")
TAKEN = declare("stock.taken", "{quantity} of {item} taken, lot {lot}: {reason}")
COUNTED = declare("stock.counted", "{item}, lot {lot} counted: {counted}, expected {expected}")
QUARANTINED = declare("stock.quarantined", "Lot {lot} of {item} put in quarantine: {reason}")
RECALLED = declare("stock.recalled", "Lot {lot} of {item} recalled: {reason}")
RELEASED = declare("stock.released", "Lot {lot} of {item} taken out of quarantine: {reason}")
KIT_MADE = declare("kit.made", "Anaphylaxis kit {code} made up, expires {expires_on}")
KIT_MOVED = declare("kit.moved", "Anaphylaxis kit {code}: {status}")
