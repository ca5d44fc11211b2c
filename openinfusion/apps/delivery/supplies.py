"""The supplies of the compiled order: names and counts for a number of doses."""

from __future__ import annotations

from openinfusion.apps.pharmacy import public as pharmacy
from openinfusion.apps.pharmacy.public import OrderRevision


def supplies_of(revision: OrderRevision, *, doses: int) -> list[tuple[str, int]]:
    """(name, count) of each supply for so many doses, in the order of the kit."""
    compiled = pharmacy.compiled(revision)
    return [(supply.name, supply.count * doses) for supply in compiled.supplies]
