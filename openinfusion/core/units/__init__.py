"""Units: amounts with a unit from the allow-list of infusion units, exact or refused, never guessed.

For every part of the program that reads, compares or shows an amount (hazards HZ-007, HZ-008, HZ-023).
"""

from openinfusion.core.units.display import say, show, show_number
from openinfusion.core.units.quantity import (
    Quantity,
    exact_decimal,
    from_json,
    parse,
    parse_number,
    plain,
    precise_decimal,
    round_fraction,
)
from openinfusion.core.units.spelling import from_wire, read_unit, to_ucum
from openinfusion.core.units.unit import ALLOWED, UNITS, Unit, UnitError, unit

__all__ = [
    "ALLOWED",
    "UNITS",
    "Quantity",
    "Unit",
    "UnitError",
    "exact_decimal",
    "from_json",
    "from_wire",
    "parse",
    "parse_number",
    "plain",
    "precise_decimal",
    "read_unit",
    "round_fraction",
    "say",
    "show",
    "show_number",
    "to_ucum",
    "unit",
]
