"""Who may see and move stock."""

from openinfusion.platform.access.roles import CLINICAL, Role, declare

SEE = declare("inventory.see", "see the stock", CLINICAL | {Role.OPERATIONS, Role.QUALITY})
RECEIVE = declare("inventory.receive", "receive and count stock", {Role.TECHNICIAN, Role.PHARMACIST})
MOVE = declare("inventory.move", "take stock", {Role.TECHNICIAN, Role.PHARMACIST})
QUARANTINE = declare("inventory.quarantine", "quarantine or recall a lot", {Role.PHARMACIST, Role.QUALITY})
KITS = declare("inventory.kits", "make up and move anaphylaxis kits", {Role.TECHNICIAN, Role.PHARMACIST, Role.NURSE})
