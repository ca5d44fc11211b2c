"""Charges, claim lines and the draft of a claim: each line carries the ids of the records it was made from.

For charge capture and the claims queue. A charge is the smallest billable fact (code, day, source record); a
line is an unbroken run of charges within one calendar month (rule EX11). The charge key makes a second bill
visible (hazard HZ-079).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from openinfusion.core.claims.evidence import Package
from openinfusion.core.claims.money import Money, money_sum
from openinfusion.core.findings import Finding, gravest_first, may_proceed

CATEGORY = "billing"


class LineKind(enum.StrEnum):
    DRUG = "drug"
    DISCARDED_DRUG = "discarded_drug"
    PER_DIEM = "per_diem"
    NURSING = "nursing"
    SUPPLY = "supply"


@dataclass(frozen=True, slots=True, order=True)
class ChargeKey:
    """What may be billed once. ``part`` tells given from discarded drug of one record."""

    payer: str
    patient: str
    code: str
    part: str
    day: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One billable fact of one day, made from one source record."""

    kind: LineKind
    code: str
    day: date
    units: int
    source: str
    evidence: tuple[str, ...]
    modifiers: tuple[str, ...] = ()
    therapy: str = ""
    package: Package | None = None
    prescription: str = ""
    description: str = ""

    def key(self, *, payer: str, patient: str) -> ChargeKey:
        return ChargeKey(payer, patient, self.code, self.kind.value, self.day, self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """A service line. ``charge`` None means held: ``held`` says why.

    ``authorization`` is set only where it is another one than the claim's.
    """

    number: int
    kind: LineKind
    code: str
    modifiers: tuple[str, ...]
    units: int
    first_day: date
    last_day: date
    evidence: tuple[str, ...]
    keys: tuple[ChargeKey, ...]
    charge: Money | None
    expected: Money | None = None
    held: str = ""
    therapy: str = ""
    package: Package | None = None
    prescription: str = ""
    description: str = ""
    diagnosis_pointers: tuple[int, ...] = (1,)
    authorization: str = ""

    @property
    def days(self) -> tuple[date, ...]:
        span = (self.last_day - self.first_day).days + 1
        return tuple(self.first_day + timedelta(days=i) for i in range(span))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDraft:
    """Lines compiled from the record for one payer and patient, with everything found on the way."""

    payer: str
    patient: str
    currency: str
    lines: tuple[ClaimLine, ...]
    findings: tuple[Finding, ...]

    @property
    def billable(self) -> tuple[ClaimLine, ...]:
        return tuple(line for line in self.lines if line.charge is not None)

    @property
    def held(self) -> tuple[ClaimLine, ...]:
        return tuple(line for line in self.lines if line.charge is None)

    @property
    def total(self) -> Money:
        return money_sum((line.charge for line in self.lines if line.charge), currency=self.currency)

    @property
    def is_ready(self) -> bool:
        """True when there is something to bill, nothing is held and nothing blocks."""
        return bool(self.lines) and not self.held and may_proceed(self.findings)

    def with_findings(self, more: Iterable[Finding]) -> ClaimDraft:
        return ClaimDraft(
            payer=self.payer,
            patient=self.patient,
            currency=self.currency,
            lines=self.lines,
            findings=gravest_first((*self.findings, *more)),
        )


def runs(charges: Sequence[Charge], *, spans: bool) -> list[list[Charge]]:
    """Charges by day, cut where a day is missing or a month ends; without ``spans`` at every new day."""
    cut: list[list[Charge]] = []
    for charge in sorted(charges, key=lambda charge: (charge.day, charge.source)):
        if cut and _continues(cut[-1][-1].day, charge.day, spans=spans):
            cut[-1].append(charge)
        else:
            cut.append([charge])
    return cut


def _continues(before: date, day: date, *, spans: bool) -> bool:
    if before == day:
        return True
    return spans and day - before == timedelta(days=1) and (before.year, before.month) == (day.year, day.month)


def merged_package(charges: Iterable[Charge]) -> Package | None:
    """One package with the summed quantity; the charges of a line share product and unit."""
    packages = [charge.package for charge in charges if charge.package is not None]
    if not packages:
        return None
    first = packages[0]
    quantity = sum((package.quantity for package in packages[1:]), first.quantity)
    lots = ";".join(dict.fromkeys(package.lot for package in packages if package.lot))
    return Package(first.ndc, quantity, first.unit, lots)
