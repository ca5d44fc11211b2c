"""The random numbers of a search: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), its state in the search's table.

One stream per search, so a seed gives the same plan whatever else runs in the process.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from openinfusion.planner.compiled import kernel

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 1.0 / (1 << 53)


@kernel
def uniform(search: Any) -> float:
    """A number from 0 up to, not including, 1."""
    z = search[0].random + _GOLDEN
    search[0].random = z
    z = (z ^ (z >> _30)) * _MIX_A
    z = (z ^ (z >> _27)) * _MIX_B
    z = z ^ (z >> _31)
    return (z >> _11) * _UNIT


@kernel
def below(search: Any, limit: int) -> int:
    """A whole number from 0 up to, not including, ``limit``."""
    return int(uniform(search) * limit)


@kernel
def bell(search: Any) -> float:
    """A roughly normal number: mean 0, deviation 1, never beyond 3."""
    return 2.0 * (uniform(search) + uniform(search) + uniform(search) - 1.5)
