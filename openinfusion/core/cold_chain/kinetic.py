"""Mean kinetic temperature: the one temperature that would have done the same damage as the logged ones.

For pharmacists judging an excursion. Formula and constants of ``cold_chain.json`` (MKT_USP, MKT_CT,
verified): activation energy over gas constant = 10,000 K. It is a degradation model: never for freezing,
never alone for a biologic.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from openinfusion.core.dosing.needs import NeedsInput
from openinfusion.core.dosing.precise import exponential, natural_log, quotient, result

_RATIO_KELVIN = Decimal(10000)
_ZERO_CELSIUS = Decimal("273.15")


def damage_rate(celsius: Decimal) -> Decimal:
    """exp(-10,000 / T), the relative speed of degradation at one temperature."""
    return exponential(quotient(-_RATIO_KELVIN, celsius + _ZERO_CELSIUS))


def mean_kinetic_temperature(readings: Sequence[Decimal]) -> Decimal | NeedsInput:
    """The mean kinetic temperature of equally spaced readings, in Celsius."""
    if not readings:
        return NeedsInput("The mean kinetic temperature", ("temperature readings",))
    return from_damage([damage_rate(reading) for reading in readings], [1] * len(readings))


def from_damage(rates: Sequence[Decimal], weights: Sequence[int]) -> Decimal:
    """The mean kinetic temperature of damage rates that lasted for the given times (any one unit of time)."""
    total = sum((rate * weight for rate, weight in zip(rates, weights, strict=True)), Decimal(0))
    mean = quotient(total, Decimal(sum(weights)))
    return result(quotient(_RATIO_KELVIN, -natural_log(Fraction(mean))) - _ZERO_CELSIUS)
