"""One 835 transaction into a remittance: payer, trace, payment, claims, lines, adjustments.

For the 835 reader. A field that is missing or not readable becomes a reason of that claim or of the whole
remittance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from openinfusion.core.claims.claim import Adjustment
from openinfusion.core.claims.money import MINOR_DIGITS, Money, parse_decimal
from openinfusion.core.claims.remittance import (
    ClaimPayment,
    ProviderAdjustment,
    Remittance,
    ServicePayment,
    Suspense,
    SuspenseReason,
)
from openinfusion.formats.x12.denials import category_of
from openinfusion.formats.x12.segments import Segment, TransactionSet
from openinfusion.formats.x12.values import read_day, read_money

_ADJUSTMENT_GROUPS = frozenset({"CO", "CR", "OA", "PI", "PR"})
_IGNORED = frozenset({"CUR", "DTM", "N3", "N4", "PER", "RDM", "TS2", "TS3", "MIA", "QTY", "AMT", "LX", "NTE", "K3"})


def read_body(transaction: TransactionSet, *, currency: str, suspense: Sequence[Suspense], is_test: bool) -> Remittance:
    """The remittance of one transaction, with ``suspense`` from its envelope."""
    reader = _Body(_currency(transaction, currency), list(suspense), is_test=is_test)
    for place, item in enumerate(transaction.segments, start=2):
        reader.take(item, place)
    return reader.finish()


def _currency(transaction: TransactionSet, otherwise: str) -> str:
    named = next((item[2] for item in transaction.segments if item.id == "CUR"), "")
    return named if named in MINOR_DIGITS else otherwise


class _Body:
    """Takes segments in order and knows in which claim and line it stands."""

    def __init__(self, currency: str, suspense: list[Suspense], *, is_test: bool) -> None:
        self.currency = currency
        self.suspense = suspense
        self.remittance = Remittance(
            payer="", payer_id="", payee_npi="", originator="", trace="", method="",
            paid=Money.zero(currency), paid_on=None, claims=(), is_test=is_test,
        )  # fmt: skip
        self.party = ""
        self.claims: list[ClaimPayment] = []
        self.claim: ClaimPayment | None = None
        self.line: ServicePayment | None = None
        self.provider_adjustments: list[ProviderAdjustment] = []
        self.place = 0
        self.has_payment = False

    def take(self, item: Segment, place: int) -> None:
        self.place = place
        handler = getattr(self, f"_take_{item.id.lower()}", None) if item.id.isalnum() else None
        if handler is not None:
            handler(item)
        elif item.id not in _IGNORED:
            self._fail("has a segment this reader does not know; a person must look")

    def _fail(self, detail: str) -> None:
        claim = self.claim.claim if self.claim is not None else ""
        sentence = f"Segment {self.place} {detail}."
        self.suspense.append(Suspense(SuspenseReason.INCOMPLETE, sentence, claim))

    def _money(self, item: Segment, element: int, name: str, *, is_required: bool = True) -> Money:
        text = item[element]
        if not text.strip() and not is_required:
            return Money.zero(self.currency)
        amount = read_money(text, self.currency)
        if amount is None:
            self._fail(f"({item.id}) has no readable {name}")
            return Money.zero(self.currency)
        return amount

    def _take_bpr(self, item: Segment) -> None:
        if self.has_payment:
            self._fail("(BPR) is there a second time")
        self.has_payment = True
        paid = self._money(item, 2, "payment amount")
        if item[3] == "D":
            paid = -paid
        elif item[3] != "C":
            self._fail("(BPR) does not say credit or debit")
        paid_on = read_day(item[16])
        self.remittance = replace(self.remittance, method=item[4], paid=paid, paid_on=paid_on)

    def _take_trn(self, item: Segment) -> None:
        if self.remittance.trace:
            self._fail("(TRN) is there a second time")
        self.remittance = replace(self.remittance, trace=item[2].strip(), originator=item[3].strip())

    def _take_n1(self, item: Segment) -> None:
        if self.claim is not None:
            return
        self.party = item[1]
        if item[1] == "PR":
            self.remittance = replace(self.remittance, payer=item[2].strip(), payer_id=item[4].strip())
        elif item[1] == "PE":
            self.remittance = replace(self.remittance, payee_npi=item[4].strip() if item[3] == "XX" else "")

    def _take_ref(self, item: Segment) -> None:
        if self.line is not None:
            if item[1] == "6R":
                self.line = replace(self.line, line_control=item[2].strip())
        elif self.claim is None and self.party == "PR" and item[1] == "2U" and not self.remittance.payer_id:
            self.remittance = replace(self.remittance, payer_id=item[2].strip())

    def _take_clp(self, item: Segment) -> None:
        self._end_claim()
        self.claim = ClaimPayment(
            claim=item[1].strip(),
            status=item[2].strip(),
            charge=Money.zero(self.currency),
            paid=Money.zero(self.currency),
            patient_responsibility=Money.zero(self.currency),
            payer_claim=item[7].strip(),
        )
        if not self.claim.claim or not self.claim.status:
            self._fail("(CLP) has no claim number or no status")
        self.claim = replace(
            self.claim,
            charge=self._money(item, 3, "charge"),
            paid=self._money(item, 4, "payment"),
            patient_responsibility=self._money(item, 5, "patient responsibility", is_required=False),
        )

    def _take_nm1(self, item: Segment) -> None:
        if self.claim is None:
            return
        if item[1] == "QC":
            self.claim = replace(
                self.claim,
                patient_last=item[3].strip(),
                patient_first=item[4].strip(),
                member_id=item[9].strip() or self.claim.member_id,
            )
        elif item[1] == "IL" and not self.claim.member_id:
            self.claim = replace(self.claim, member_id=item[9].strip())

    def _take_cas(self, item: Segment) -> None:
        if self.claim is None:
            self._fail("(CAS) stands outside a claim")
            return
        found = tuple(self._adjustments(item))
        if self.line is not None:
            self.line = replace(self.line, adjustments=(*self.line.adjustments, *found))
        else:
            self.claim = replace(self.claim, adjustments=(*self.claim.adjustments, *found))

    def _adjustments(self, item: Segment) -> list[Adjustment]:
        group = item[1].strip()
        if group not in _ADJUSTMENT_GROUPS:
            self._fail("(CAS) has an unknown adjustment group")
        found: list[Adjustment] = []
        for start in range(2, min(len(item.elements), 19) + 1, 3):
            reason, amount = item[start].strip(), item[start + 1].strip()
            if not reason and not amount:
                continue
            if not reason:
                self._fail("(CAS) has an amount without a reason")
            money = self._money(item, start + 1, "adjustment amount")
            quantity = self._quantity(item[start + 2])
            found.append(Adjustment(group, reason, money, quantity, category_of(reason)))
        if not found:
            self._fail("(CAS) has no adjustment")
        return found

    def _quantity(self, text: str) -> Decimal | None:
        if not text.strip():
            return None
        value = parse_decimal(text.strip())
        if value is None:
            self._fail("has a quantity that is not a number")
        return value

    def _take_svc(self, item: Segment) -> None:
        self._end_line()
        if self.claim is None:
            self._fail("(SVC) stands outside a claim")
            return
        parts = item.components(1)
        charge = self._money(item, 2, "line charge")
        paid = self._money(item, 3, "line payment", is_required=False)
        self.line = ServicePayment(
            code=parts[1] if len(parts) > 1 else "",
            modifiers=tuple(part for part in parts[2:6] if part),
            charge=charge,
            paid=paid,
            units=self._quantity(item[5]),
        )
        if not self.line.code:
            self._fail("(SVC) names no procedure")

    def _take_dtm(self, item: Segment) -> None:
        if self.line is None or item[1] not in ("150", "151", "472"):
            return
        day = read_day(item[2])
        if day is None:
            self._fail("(DTM) has a service date that is not a date")
        elif item[1] == "151":
            self.line = replace(self.line, last_day=day)
        elif item[1] == "150":
            self.line = replace(self.line, first_day=day)
        else:
            self.line = replace(self.line, first_day=day, last_day=day)

    def _take_lq(self, item: Segment) -> None:
        if self.line is not None and item[2]:
            self.line = replace(self.line, remarks=(*self.line.remarks, item[2].strip()))

    def _take_moa(self, item: Segment) -> None:
        if self.claim is not None:
            codes = tuple(item[place] for place in range(3, 8) if item[place])
            self.claim = replace(self.claim, remarks=(*self.claim.remarks, *codes))

    def _take_plb(self, item: Segment) -> None:
        self._end_claim()
        found = 0
        for start in range(3, min(len(item.elements), 13) + 1, 2):
            code = item.component(start, 1).strip()
            if not code and not item[start + 1].strip():
                continue
            if not code:
                self._fail("(PLB) has an amount without a reason")
            amount = self._money(item, start + 1, "provider adjustment")
            self.provider_adjustments.append(ProviderAdjustment(code, item.component(start, 2).strip(), amount))
            found += 1
        if not found:
            self._fail("(PLB) has no adjustment")

    def _end_line(self) -> None:
        if self.claim is not None and self.line is not None:
            self.claim = replace(self.claim, lines=(*self.claim.lines, self.line))
        self.line = None

    def _end_claim(self) -> None:
        self._end_line()
        if self.claim is not None:
            self.claims.append(self.claim)
        self.claim = None

    def finish(self) -> Remittance:
        self._end_claim()
        if not self.has_payment:
            detail = "The remittance names no payment amount (BPR)."
            self.suspense.append(Suspense(SuspenseReason.INCOMPLETE, detail))
        return replace(
            self.remittance,
            claims=tuple(self.claims),
            provider_adjustments=tuple(self.provider_adjustments),
            suspense=tuple(self.suspense),
        )
