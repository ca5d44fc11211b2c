"""The worksheet of a preparation: what is confirmed in which order, which lots are at hand, and the FEFO suggestion.

Source: USP 797 sections 14 to 16 as read in the domain guide (second check, label, beyond-use rules).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openinfusion.apps.inventory.public import Item, Lot, choose_lots
from openinfusion.apps.pharmacy.models import Preparation
from openinfusion.core.beyond_use import CategoryRow
from openinfusion.core.controls import control_is_on
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput
from openinfusion.rulepacks.storage import beyond_use_categories

#: Confirmed one after the other; the sentence is what the person says by ticking it.
STEPS: tuple[tuple[str, str], ...] = (
    ("order", "I read the order on this page: drug, dose, diluent, volume."),
    ("garb", "Hands washed, garbed, hood cleaned."),
    ("ingredients", "Each vial and bag read against the order: name, strength, lot, expiry."),
    ("volumes", "Volumes measured and drawn as the order says."),
    ("look", "The finished bags are clear, whole and not leaking."),
    ("labelled", "Each bag carries the number of this preparation."),
)
CHECKS: tuple[tuple[str, str], ...] = (
    ("drug", "The drug and its strength are those of the order."),
    ("lots", "Lots and expiry dates are those written here."),
    ("amounts", "The amounts used and wasted add up."),
    ("diluent", "Diluent and volume are those of the order."),
    ("look", "The bags are clear, whole and not leaking."),
)


def check_steps(done: Iterable[str], steps: tuple[tuple[str, str], ...] = STEPS) -> None:
    """Every step, and none before the one above it."""
    ticked = set(done)
    missing = [key for key, _words in steps if key not in ticked]
    if not missing:
        return
    first = missing[0]
    later = [key for key, _words in steps[[key for key, _ in steps].index(first) :] if key in ticked]
    words = "Do this step before the ones below it." if later else "Confirm this step."
    raise BadInput({f"step_{key}": words if key == first else "Confirm this step." for key in missing})


def signed_steps(done: Iterable[str], *, by: Access, at: datetime) -> list[dict[str, Any]]:
    """The steps as they are kept on the worksheet."""
    return [{"step": key, "by": by.name, "at": at.isoformat()} for key in done]


def categories() -> list[CategoryRow]:
    """The rows of the beyond-use table that may decide a date; the others are not verified (HZ-057)."""
    return [row for row in beyond_use_categories() if row.may_be_proposed or not control_is_on("HZ-057")]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """So many of a lot, first expired first out; or what is short."""

    item: Item
    picks: tuple[tuple[Lot, int], ...]
    problem: str = ""


def suggest_lots(preparation: Preparation, *, at: datetime) -> list[Suggestion]:
    """For each item of the drug at the patient's pharmacy: which lots to open first, for one unit per dose."""
    order = preparation.revision.order
    site = order.episode.patient.site
    found = []
    for item in Item.objects.filter(kind=Item.Kind.DRUG, therapy_id=order.therapy_id).order_by("name"):
        choice = choose_lots(item=item, site=site, quantity=preparation.doses, use_by=at.date())
        lots = Lot.objects.in_bulk([int(pick.lot.id) for pick in choice.picks])
        picks = tuple((lots[int(pick.lot.id)], pick.count) for pick in choice.picks)
        found.append(Suggestion(item, picks, choice.findings[0].detail if choice.findings else ""))
    return found


def lot_by_number(preparation: Preparation, number: str) -> Lot:
    """The lot with this number at the patient's pharmacy; scanned or typed. Raises ``BadInput`` on field ``lot``."""
    site_id = preparation.revision.order.episode.patient.site_id
    rows = list(Lot.objects.filter(site_id=site_id, number__iexact=number.strip()).select_related("item")[:2])
    if not rows:
        raise BadInput({"lot": "No lot with this number at this pharmacy. Read it from the vial again."})
    if len(rows) > 1:
        own = [row for row in rows if row.item.therapy_id == preparation.revision.order.therapy_id]
        if len(own) != 1:
            raise BadInput({"lot": "Two items carry this lot number. Ask the pharmacist which one it is."})
        return own[0]
    return rows[0]
