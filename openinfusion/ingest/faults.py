"""The fault plan of a pump simulation, written as text: ``occlusion@20+5:3, silence@40, rate@10+30*1.11:2``.

Each fault: kind, minute it begins, ``+`` minutes it lasts, ``*`` factor (``rate`` only), ``:`` pump number
(all pumps when left out). The word ``home`` draws random alarms at the assumed home rate.
"""

from __future__ import annotations

import enum
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_FOR_GOOD = 10**9
_HOME = "home"
_FAULT = re.compile(
    r"^(?P<kind>[a-z-]+)@(?P<begins>\d{1,6})(?:\+(?P<lasts>\d{1,6}))?"
    r"(?:\*(?P<factor>\d{1,3}(?:\.\d{1,3})?))?(?::(?P<pump>\d{1,6}))?$"
)


class FaultKind(enum.StrEnum):
    """What can go wrong in a simulation."""

    OCCLUSION = "occlusion"
    UPSTREAM = "upstream-occlusion"
    AIR = "air"
    DOOR = "door"
    VENDOR = "vendor"
    BATTERY = "battery"
    SILENCE = "silence"
    RATE = "rate"
    DRUG = "drug"
    NOT_STARTED = "not-started"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one pump, or of all (``pump`` None), in minutes from the start."""

    kind: FaultKind
    begins: int
    lasts: int = _FOR_GOOD
    pump: int | None = None
    factor: Decimal | None = None

    @property
    def ends(self) -> int:
        return self.begins + self.lasts


def parse_faults(plan: str) -> tuple[Fault, ...]:
    """The faults of a plan. An empty plan has none."""
    parts = [part.strip() for part in plan.split(",")]
    return tuple(_parse_fault(part) for part in parts if part and part != _HOME)


def wants_home_alarms(plan: str) -> bool:
    return _HOME in [part.strip() for part in plan.split(",")]


def _parse_fault(text: str) -> Fault:
    match = _FAULT.match(text)
    kinds = ", ".join(kind.value for kind in FaultKind)
    if match is None:
        raise ValueError(f"fault {text!r} is not like occlusion@20+5:3; kinds: {kinds}")
    if match["kind"] not in set(FaultKind):
        raise ValueError(f"fault {text!r}: there is no kind {match['kind']!r}; kinds: {kinds}")
    kind = FaultKind(match["kind"])
    if (kind is FaultKind.RATE) != (match["factor"] is not None):
        raise ValueError(f"fault {text!r}: rate needs a factor like *1.11, and only rate has one")
    return Fault(
        kind=kind,
        begins=int(match["begins"]),
        lasts=int(match["lasts"]) if match["lasts"] else _FOR_GOOD,
        pump=int(match["pump"]) if match["pump"] else None,
        factor=Decimal(match["factor"]) if match["factor"] else None,
    )


def home_faults(
    pumps: int, *, hours: float, per_hour: tuple[float, float], high_share: float, seed: int
) -> Sequence[Fault]:
    """Random alarms: each pump at a rate drawn from the assumed range, a share of them high priority."""
    chance = random.Random(seed)  # noqa: S311  (a simulation, not a secret)
    high = (FaultKind.OCCLUSION, FaultKind.AIR, FaultKind.DOOR)
    faults: list[Fault] = []
    for pump in range(1, pumps + 1):
        rate = chance.uniform(*per_hour)
        at = chance.expovariate(rate)
        while at < hours:
            kind = chance.choice(high) if chance.random() < high_share else FaultKind.VENDOR
            faults.append(Fault(kind, int(at * 60), chance.randint(1, 5), pump))
            at += chance.expovariate(rate)
    return tuple(faults)
