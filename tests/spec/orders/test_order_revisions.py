"""Revisions: the canonical form of an order, its hash, and that any change voids its verification
(HZ-021).
"""

import dataclasses
import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from openinfusion.core.orders import (
    AccessType,
    CaseError,
    DoseBasis,
    Frequency,
    InfusionOrder,
    Ingredient,
    Pca,
    Pump,
    PumpType,
    RateStep,
    Route,
    check_verification,
    content_hash,
    differences,
    order_from_json,
    order_to_json,
)
from openinfusion.core.orders.writing import NOT_CONTENT
from openinfusion.core.units import Quantity
from openinfusion.rulepacks import therapies
from openinfusion.rulepacks.examples import example_case, example_therapies


def q(value: object, unit: str) -> Quantity:
    return Quantity.of(Decimal(str(value)), unit)


ORDER = InfusionOrder(
    id="o1",
    therapy="hydromorphone_pca",
    route=Route.INTRAVENOUS,
    dose=q("0.2", "mg/h"),
    dose_basis=DoseBasis.ABSOLUTE,
    frequency=Frequency(is_continuous=True),
    brand="brand A",
    indication="pain",
    diluent="sodium chloride 0.9 %",
    volume=q(100, "mL"),
    concentration=q("0.2", "mg/mL"),
    rate_steps=(RateStep(q(1, "mL/h"), q(30, "min")),),
    infuse_over=q(100, "h"),
    pump=Pump(PumpType.PCA, q(100, "mL"), Pca(q("0.2", "mg"), q(10, "min"), q(1, "mg"), q("0.2", "mg/h"))),
    access=AccessType.PORT,
    filter="0.2 micron",
    flush="saline 10 mL",
    lock="heparin by order",
    premedication=("acetaminophen",),
    reaction_medication=("epinephrine",),
    monitoring=("sedation score",),
    sites=1,
    composition=(Ingredient("dextrose", q(250, "g")),),
    line_shared_with=("o2",),
    start_on=dt.date(2026, 11, 22),
    stop_on=dt.date(2026, 12, 1),
    first_dose=False,
    prepared_at=dt.datetime(2026, 11, 21, 14, 0, tzinfo=dt.UTC),
    ordered_by="prescriber 1",
    verified_by="pharmacist 1",
)
OTHER: dict[str, Any] = {
    "id": "o9",
    "therapy": "morphine_pca",
    "route": Route.SUBCUTANEOUS,
    "dose": q("0.3", "mg/h"),
    "dose_basis": DoseBasis.PER_KG,
    "frequency": Frequency(1, q(24, "h")),
    "brand": None,
    "indication": "cancer pain",
    "diluent": "dextrose 5 %",
    "volume": q(50, "mL"),
    "concentration": q("1", "mg/mL"),
    "rate_steps": (RateStep(q(2, "mL/h"), q(30, "min")),),
    "infuse_over": q(10, "h"),
    "pump": Pump(PumpType.PCA, q(100, "mL"), Pca(q("0.4", "mg"), q(10, "min"), q(1, "mg"), q("0.2", "mg/h"))),
    "access": AccessType.PICC,
    "filter": None,
    "flush": "saline 20 mL",
    "lock": None,
    "premedication": (),
    "reaction_medication": None,
    "monitoring": (),
    "sites": 2,
    "composition": (Ingredient("dextrose", q(251, "g")),),
    "line_shared_with": None,
    "start_on": dt.date(2026, 11, 23),
    "stop_on": None,
    "first_dose": True,
    "prepared_at": None,
    "ordered_by": "prescriber 2",
}


@pytest.mark.hazard("HZ-021")
@pytest.mark.parametrize("field", sorted(OTHER))
def test_a_change_of_any_field_voids_the_verification(field: str) -> None:
    verified = content_hash(ORDER)
    assert check_verification(ORDER, verified_hash=verified) == ()
    edited = dataclasses.replace(ORDER, **{field: OTHER[field]})
    (finding,) = check_verification(edited, verified_hash=verified)
    assert finding.rule == "ORDER.CHANGED"
    (difference,) = differences(ORDER, edited)
    assert (difference.field, difference.voids_verification) == (field, True)


def test_every_field_is_in_the_table_above() -> None:
    assert {item.name for item in dataclasses.fields(InfusionOrder)} == set(OTHER) | NOT_CONTENT


def test_who_verified_is_not_part_of_what_was_verified() -> None:
    signed = dataclasses.replace(ORDER, verified_by="pharmacist 2")
    assert check_verification(signed, verified_hash=content_hash(ORDER)) == ()
    assert [d.voids_verification for d in differences(ORDER, signed)] == [False]


def test_an_order_that_nobody_verified_does_not_go_on() -> None:
    assert [f.rule for f in check_verification(ORDER, verified_hash=None)] == ["ORDER.NOT_VERIFIED"]


def test_the_order_written_and_read_is_the_same_order() -> None:
    written = json.loads(json.dumps(order_to_json(ORDER)))
    read, reader = order_from_json(written, therapies=therapies())
    assert (read, reader.unit_problems) == (ORDER, [])
    assert content_hash(read) == content_hash(ORDER)


@pytest.mark.parametrize("therapy", example_therapies())
def test_each_example_survives_writing_and_reading(therapy: str) -> None:
    first, _ = order_from_json(example_case(therapy)["order"], therapies=therapies())
    second, _ = order_from_json(order_to_json(first), therapies=therapies())
    assert second == first


def test_the_same_amount_written_otherwise_has_the_same_hash() -> None:
    """2 and 2.0 are one number, so a re-typed zero does not void a signature."""
    one = dataclasses.replace(ORDER, volume=Quantity(Decimal("100"), q(1, "mL").unit))
    other = dataclasses.replace(ORDER, volume=Quantity(Decimal("1.00E+2"), q(1, "mL").unit))
    assert content_hash(one) == content_hash(other)
    assert differences(one, other) == ()


def test_unknown_is_left_out_and_none_is_kept() -> None:
    bare = InfusionOrder(id="o1", therapy="ceftriaxone", premedication=())
    assert order_to_json(bare) == {"id": "o1", "therapy": "ceftriaxone", "premedication": []}


def test_a_stored_order_of_an_unknown_therapy_or_field_is_refused() -> None:
    with pytest.raises(CaseError, match=r"order\.therapy"):
        order_from_json({"id": "o1", "therapy": "unobtainium"}, therapies=therapies())
    with pytest.raises(CaseError, match=r"order\.color"):
        order_from_json({"id": "o1", "therapy": "ceftriaxone", "color": "red"}, therapies=therapies())


def test_a_frequency_is_one_of_three_things() -> None:
    for wrong in ({}, {"times": 1}, {"is_once": True, "is_continuous": True}, {"times": 0, "per": q(1, "d")}):
        with pytest.raises(ValueError, match="frequency"):
            Frequency(**wrong)
