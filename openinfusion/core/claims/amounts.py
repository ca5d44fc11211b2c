"""Drug amounts and billing units: administered and discarded drug into HCPCS units with JW or JZ.

For charge capture. Sources: CGS JW and JZ guideline (worked 300 and 305 mg example), A53024 (waste under one
billing unit is not billable); vectors JU1 to JU9 of the billing unit tests. Mass converts within g, mg, mcg
and nothing else does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, gcd

from openinfusion.core.units import Quantity, UnitError, unit

MAX_VIAL_STEPS = 200_000
_TABLE_SPELLING = {"IU": "units", "unit": "units"}


def convert(amount: Quantity, *, table_unit: str) -> Fraction | None:
    """The exact amount in a unit of the code table; None when it does not measure the same or is below
    zero.
    """
    try:
        converted = amount.amount_in(unit(_TABLE_SPELLING.get(table_unit, table_unit)))
    except UnitError:
        return None
    return converted if converted >= 0 else None


@dataclass(frozen=True, slots=True)
class UnitCount:
    """Whole billing units of one dose: given rounded up, discarded within what was opened."""

    given: int
    discarded: int
    has_waste_below_one_unit: bool


def count_units(*, given: Fraction, discarded: Fraction, unit_quantity: Fraction) -> UnitCount:
    """Billing units of one dose, all three values in the same measure.

    Given drug is rounded up to the next whole unit; discarded units never exceed what was opened.
    """
    if unit_quantity <= 0:
        raise ValueError("unit_quantity must be above zero")
    if given < 0 or discarded < 0:
        raise ValueError("given and discarded must be zero or more")
    units_given = ceil(given / unit_quantity)
    units_discarded = max(0, floor((given + discarded) / unit_quantity) - units_given)
    return UnitCount(units_given, units_discarded, discarded > 0 and units_discarded == 0)


@dataclass(frozen=True, slots=True)
class VialChoice:
    """Vials for one dose, smallest first, and what they leave over."""

    vials: tuple[Decimal, ...]
    waste: Decimal


def choose_vials(*, dose: Decimal, sizes: Sequence[Decimal]) -> VialChoice:
    """The vials with the least waste, then the fewest vials. All in one measure."""
    if dose <= 0 or not sizes or any(size <= 0 for size in sizes):
        raise ValueError("dose and vial sizes must be above zero")
    places = max(0, *(-int(value.normalize().as_tuple().exponent) for value in (dose, *sizes)))
    wanted = int(dose.scaleb(places))
    scaled_sizes = sorted({int(size.scaleb(places)) for size in sizes})
    common = gcd(*scaled_sizes)
    target, steps = -(-wanted // common), [size // common for size in scaled_sizes]
    if target + steps[-1] > MAX_VIAL_STEPS:
        raise ValueError("dose is too large for these vial sizes")
    chosen = _fewest_vials(target, steps)
    one_step = Decimal(common).scaleb(-places)
    return VialChoice(tuple(step * one_step for step in chosen), sum(chosen) * one_step - dose)


def _fewest_vials(target: int, steps: list[int]) -> list[int]:
    """The smallest reachable total at or above target, with the fewest vials."""
    limit = target + steps[-1]
    best: list[int] = [0] + [-1] * limit
    last: list[int] = [0] * (limit + 1)
    for total in range(1, limit + 1):
        for step in steps:
            if step <= total and best[total - step] >= 0:
                count = best[total - step] + 1
                if best[total] < 0 or count < best[total]:
                    best[total], last[total] = count, step
    total = next(value for value in range(target, limit + 1) if best[value] >= 0)
    chosen = []
    while total:
        chosen.append(last[total])
        total -= last[total]
    return sorted(chosen)
