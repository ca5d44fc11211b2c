"""Finding a drug by its name: never from a few letters, always with what tells look-alikes apart (HZ-005)."""

from __future__ import annotations

import re

from openinfusion.core.controls import control_is_on
from openinfusion.core.orders.therapy import Therapy
from openinfusion.rulepacks import therapies

#: Look-alike names begin alike: a list that fills after fewer letters invites the wrong pick (HZ-005).
FEWEST_LETTERS = 4
_NO_LETTERS = re.compile(r"[^a-z0-9]+")


def letters(text: str) -> str:
    return _NO_LETTERS.sub("", text.lower())


def is_long_enough(text: str) -> bool:
    return len(letters(text)) >= FEWEST_LETTERS or not control_is_on("HZ-005")


def find_therapies(text: str) -> list[Therapy]:
    """Therapies whose generic name holds the text, by name. Nothing below four letters."""
    wanted = letters(text)
    if not wanted or not is_long_enough(text):
        return []
    found = [therapy for therapy in therapies().values() if wanted in letters(therapy.generic)]
    return sorted(found, key=lambda therapy: therapy.generic.lower())


def distinguishing_text(therapy: Therapy) -> str:
    """Class, route and risk beside the name, so that two names that look alike do not read alike."""
    routes = ", ".join(therapy.routes) or "route not known"
    risks = [f"anaphylaxis risk {therapy.anaphylaxis_risk}" if therapy.is_high_risk else ""]
    return "; ".join(filter(None, [therapy.drug_class, routes, *risks]))
