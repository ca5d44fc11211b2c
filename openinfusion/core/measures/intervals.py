"""95 percent intervals: Wilson for a share of a count, exact Poisson (Garwood) for events in a time at
risk.

For the program measures. Sources: Wilson 1927; Garwood 1936. Decimal arithmetic, so that every machine
shows the same.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

Z_95 = Decimal("1.959963984540054")
_TAIL = Decimal("0.025")
_PRECISION = 30
_STEPS = 80


def wilson_interval(numerator: int, denominator: int) -> tuple[Decimal, Decimal]:
    """The Wilson score interval of a proportion, as fractions from 0 to 1."""
    if denominator < 1 or not 0 <= numerator <= denominator:
        raise ValueError("numerator must be from 0 to denominator, denominator at least 1")
    with localcontext() as context:
        context.prec = _PRECISION
        n, share, square = Decimal(denominator), Decimal(numerator) / denominator, Z_95 * Z_95
        centre = share + square / (2 * n)
        spread = Z_95 * (share * (1 - share) / n + square / (4 * n * n)).sqrt()
        scale = 1 + square / n
        low, high = (centre - spread) / scale, (centre + spread) / scale
    if numerator == 0:
        low = Decimal(0)
    if numerator == denominator:
        high = Decimal(1)
    return max(low, Decimal(0)), min(high, Decimal(1))


def poisson_interval(events: int) -> tuple[Decimal, Decimal]:
    """The exact interval of an expected number of events when ``events`` were seen."""
    if events < 0:
        raise ValueError("events must be zero or more")
    with localcontext() as context:
        context.prec = _PRECISION
        low = Decimal(0) if events == 0 else _mean_where(events - 1, 1 - _TAIL)
        high = _mean_where(events, _TAIL)
    return low, high


def _mean_where(count: int, probability: Decimal) -> Decimal:
    """The mean at which seeing ``count`` events or fewer has this probability, by halving."""
    low, high = Decimal(0), Decimal(count + 10) * 2 + 10
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _chance_of_at_most(count, middle) > probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _chance_of_at_most(count: int, mean: Decimal) -> Decimal:
    term = total = (-mean).exp()
    for k in range(1, count + 1):
        term = term * mean / k
        total += term
    return total
