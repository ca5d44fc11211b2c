"""Cold chain: temperature logs judged as use, hold or discard; missing data is hold (hazard HZ-060)."""

from openinfusion.core.cold_chain.excursion import (
    Decision,
    ExcursionVerdict,
    Journey,
    MakerStability,
    Reading,
    StorageWindow,
    judge,
    worst_kinetic,
)
from openinfusion.core.cold_chain.kinetic import mean_kinetic_temperature

__all__ = [
    "Decision",
    "ExcursionVerdict",
    "Journey",
    "MakerStability",
    "Reading",
    "StorageWindow",
    "judge",
    "mean_kinetic_temperature",
    "worst_kinetic",
]
