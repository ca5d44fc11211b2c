"""From preparation lots to the product facts of a drug line: amounts, container, NDC and what was discarded.

For charge capture. Sources: CGS_JW and A53024 (discarded drug is what is left of single-dose containers). Nothing is
assumed: an amount or container nobody recorded is None or unknown, and the core blocks on it.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from openinfusion.apps.billing.models import ProductFact
from openinfusion.apps.pharmacy.public import Preparation, PreparationLot
from openinfusion.apps.visits.public import Administration
from openinfusion.core.claims.evidence import Container, Package
from openinfusion.core.units import Quantity, UnitError, read_unit

_PLACES = 10_000


def quantity_of(value: Decimal | None, unit: str) -> Quantity | None:
    """The recorded amount; None when it or its unit is not known."""
    if value is None:
        return None
    try:
        return Quantity(value, read_unit(unit))
    except UnitError:
        return None


def drug_lots(preparation: Preparation | None) -> list[PreparationLot]:
    """The lots of the drug itself, not of diluents and supplies."""
    return [row for row in preparation.lots.all() if row.lot.item.kind == "drug"] if preparation else []


def facts_of(row: PreparationLot) -> ProductFact | None:
    return getattr(row.lot.item, "billing_facts", None)


def container_of(preparation: Preparation | None) -> Container:
    """The container of the drug lots when all of them are known and alike."""
    facts = [facts_of(row) for row in drug_lots(preparation)]
    kinds = {fact.container if fact else "" for fact in facts}
    return Container(kinds.pop()) if len(kinds) == 1 and "" not in kinds else Container.UNKNOWN


def package_of(preparation: Preparation | None) -> Package | None:
    """One dose's share of the product; None when the NDC is not recorded or the batch mixes products."""
    lots = drug_lots(preparation)
    products = {row.lot.item_id for row in lots}
    if preparation is None or len(products) != 1 or not preparation.doses:
        return None
    fact, ndc = facts_of(lots[0]), lots[0].lot.item.ndc
    if fact is None or not ndc:
        return None
    opened = sum(row.quantity for row in lots)
    share = (fact.ndc_quantity * opened / preparation.doses).quantize(Decimal("0.001"))
    return Package(ndc, share, fact.ndc_unit, ";".join(dict.fromkeys(row.lot.number for row in lots)))


def code_of(preparation: Preparation | None) -> str:
    """The drug code named by the product itself, when the lots name one."""
    codes = {row.lot.item.hcpcs for row in drug_lots(preparation)}
    return codes.pop() if len(codes) == 1 else ""


def discarded_of(row: Administration, given: Quantity | None) -> Quantity | None:
    """What was thrown away for this dose: the rest of the bag at the home and its share of opened vials.

    None unless both are known. A vial's rest is known by record, or because every opened vial went in whole.
    """
    if given is None or row.wasted_value is None or row.preparation is None or not row.preparation.doses:
        return None
    into_doses = (Fraction(given.value) + Fraction(row.wasted_value)) * row.preparation.doses
    lots = drug_lots(row.preparation)
    rest = _recorded_waste(lots, given)
    if rest is None:
        opened = _opened(lots, given)
        rest = Fraction(0) if opened is not None and opened == into_doses else None
    if rest is None:
        return None
    total = Fraction(row.wasted_value) + rest / row.preparation.doses
    return Quantity(Decimal(int(total * _PLACES)) / _PLACES, given.unit)


def _recorded_waste(lots: list[PreparationLot], given: Quantity) -> Fraction | None:
    return _sum([_amount(row.amount_wasted, row.amount_unit, given) for row in lots])


def _opened(lots: list[PreparationLot], given: Quantity) -> Fraction | None:
    found = []
    for row in lots:
        strength = _amount(row.lot.item.strength_value, row.lot.item.strength_unit, given)
        found.append(None if strength is None else strength * row.quantity)
    return _sum(found)


def _sum(amounts: list[Fraction | None]) -> Fraction | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Fraction(0)) if known and len(known) == len(amounts) else None


def _amount(value: Decimal | None, unit: str, like: Quantity) -> Fraction | None:
    """An amount in the unit of ``like``; None when it is not known or measures something else. Nothing is nothing."""
    if value is not None and value == 0:
        return Fraction(0)
    quantity = quantity_of(value, unit)
    if quantity is None:
        return None
    try:
        return quantity.amount_in(like.unit)
    except UnitError:
        return None
