"""Emergency: anaphylaxis at home. The steps, the dose for this patient, the kit and the clocks.

For the nurse in the home; opens without login and without network. Source: anaphylaxis_protocol.json.
"""

from openinfusion.core.emergency.epinephrine import Advice, Dose, TableRow, Weight, advise
from openinfusion.core.emergency.kit import Content, KitCheck, check_kit
from openinfusion.core.emergency.page import Call, EmergencyPage, page
from openinfusion.core.emergency.protocol import (
    Approval,
    KitItem,
    Protocol,
    Step,
    UnusableProtocol,
    read_protocol,
)
from openinfusion.core.emergency.timers import Timer, timers

__all__ = [
    "Advice",
    "Approval",
    "Call",
    "Content",
    "Dose",
    "EmergencyPage",
    "KitCheck",
    "KitItem",
    "Protocol",
    "Step",
    "TableRow",
    "Timer",
    "UnusableProtocol",
    "Weight",
    "advise",
    "check_kit",
    "page",
    "read_protocol",
    "timers",
]
