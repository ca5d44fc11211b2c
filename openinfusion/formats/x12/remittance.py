"""The 835 reader (005010X221A1): any bytes give remittances, or reasons why they wait in suspense. Never a
traceback.

For posting. Balancing is in core; here a field that cannot be read, a damaged envelope or another
transaction is a reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from openinfusion.core.claims.remittance import Remittance, Suspense, SuspenseReason
from openinfusion.formats.x12.reading import read_interchanges
from openinfusion.formats.x12.remittance_body import read_body
from openinfusion.formats.x12.segments import Interchange, Problem, TransactionSet, UnreadableX12

CONVENTIONS = ("005010X221A1", "005010X221")


@dataclass(frozen=True, slots=True)
class RemittanceFile:
    """What a file held. ``suspense`` are reasons about the file itself; each remittance carries its own."""

    remittances: tuple[Remittance, ...]
    suspense: tuple[Suspense, ...]

    @property
    def is_clean(self) -> bool:
        return bool(self.remittances) and not self.suspense and not any(r.suspense for r in self.remittances)


def read_835(raw: bytes | str, *, currency: str = "USD") -> RemittanceFile:
    """All remittances of a file. ``currency`` holds where the file names none."""
    try:
        interchanges = read_interchanges(raw)
    except UnreadableX12 as problem:
        return RemittanceFile((), (Suspense(SuspenseReason.UNREADABLE, str(problem)),))
    remittances: list[Remittance] = []
    suspense: list[Suspense] = []
    for interchange in interchanges:
        shared = _envelope(interchange)
        transactions = interchange.transactions
        if not transactions:
            suspense.append(Suspense(SuspenseReason.INCOMPLETE, "The file holds no transaction."))
            suspense.extend(shared)
        for transaction in transactions:
            if transaction.code != "835":
                suspense.append(_not_a_remittance(transaction))
                continue
            own = tuple(_reason(problem) for problem in transaction.problems)
            remittances.append(
                read_body(
                    transaction,
                    currency=currency,
                    suspense=(*shared, *own),
                    is_test=interchange.usage != "P",
                )
            )
    return RemittanceFile(tuple(remittances), tuple(suspense))


def _envelope(interchange: Interchange) -> tuple[Suspense, ...]:
    problems = (*interchange.problems, *(p for group in interchange.groups for p in group.problems))
    return tuple(_reason(problem) for problem in problems if problem.code != "isa_width")


def _reason(problem: Problem) -> Suspense:
    return Suspense(SuspenseReason.ENVELOPE, f"{problem.detail} (segment {problem.place})")


def _not_a_remittance(transaction: TransactionSet) -> Suspense:
    code = transaction.code if transaction.code.isalnum() and len(transaction.code) <= 3 else "unknown"
    detail = f"The file holds a transaction {code}, not a remittance (835). Load it where it belongs."
    return Suspense(SuspenseReason.NOT_A_REMITTANCE, detail)
