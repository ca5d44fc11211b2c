"""Stock: never below zero, never two lives for one lot, held-back lots stay visible; kits with their expiry in words."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from openinfusion.apps.inventory.public import (
    AnaphylaxisKit,
    Item,
    Lot,
    StockMovement,
    add_item,
    add_kit,
    receive_stock,
    take,
)
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, Refused


@pytest.fixture
def item(program, acting, at):
    fields = {"kind": "drug", "name": "ceftriaxone 2 g vial", "therapy_id": "ceftriaxone"}
    return add_item(fields=fields, by=acting(Role.TECHNICIAN), at=at)


@pytest.fixture
def lot(item, site, acting, at):
    return receive_stock(
        item=item,
        site=site,
        lot_number="L1",
        expires_on=date(2027, 1, 1),
        quantity=1,
        by=acting(Role.TECHNICIAN),
        at=at,
    )


@pytest.mark.hazard("HZ-065")
def test_the_last_unit_goes_to_one_of_many(lot, acting, at):
    """A hundred people who all saw one unit on the shelf: one gets it, the others are told, nothing goes below zero."""
    by, seen = acting(Role.TECHNICIAN), [Lot.objects.get(pk=lot.pk) for _ in range(100)]
    won, told = 0, []
    for row in seen:
        try:
            take(lot=row, quantity=1, reason="used", source=row, by=by, at=at)
            won += 1
        except Refused as error:
            told.append(error.code)
    lot.refresh_from_db()
    assert (won, lot.on_hand) == (1, 0)
    assert told == ["not_enough"] * 99
    assert sum(StockMovement.objects.filter(lot=lot).values_list("quantity", flat=True)) == 0


def test_the_database_itself_refuses_a_negative_balance(lot):
    with pytest.raises(IntegrityError), transaction.atomic():
        Lot.objects.filter(pk=lot.pk).update(on_hand=-1)


@pytest.mark.hazard("HZ-057")
def test_an_expired_lot_is_not_taken(lot, acting, at):
    late = at + timedelta(days=400)
    with pytest.raises(Refused, match="lot_expired"):
        take(lot=lot, quantity=1, reason="used", source=lot, by=acting(Role.TECHNICIAN), at=late)


def test_the_whole_way_by_page(site, browse):
    tech, pharmacist = browse(Role.TECHNICIAN), browse(Role.PHARMACIST)
    new = {
        "kind": "drug",
        "name": "ceftriaxone 2 g vial",
        "therapy_id": "ceftriaxone",
        "strength_0": "2",
        "strength_1": "g",
    }
    assert tech.post("/inventory/items/new/", new | {"therapy_id": ""}).status_code == 422
    assert tech.post("/inventory/items/new/", new).status_code == 302
    item = Item.objects.get()
    url = f"/inventory/items/{item.pk}/"
    arrived = {"lot_number": "L9", "expires_on": "01-Jan-2027", "quantity": "12"}
    assert tech.post(f"{url}receive/", arrived | {"expires_on": "01-Jan-2020"}).status_code == 422
    assert tech.post(f"{url}receive/", arrived | {"quantity": "0"}).status_code == 422
    assert tech.post(f"{url}receive/", arrived).status_code == 302
    assert tech.post(f"{url}receive/", arrived | {"expires_on": "01-Feb-2027"}).status_code == 422
    lot = Lot.objects.get()
    assert tech.post(f"/inventory/lots/{lot.pk}/count/", {"counted": "-1"}).status_code == 422
    assert tech.post(f"/inventory/lots/{lot.pk}/count/", {"counted": "11"}).status_code == 302
    assert tech.post(f"/inventory/lots/{lot.pk}/status/", {"status": "recalled", "reason": "x"}).status_code == 403
    assert pharmacist.post(f"/inventory/lots/{lot.pk}/status/", {"status": "recalled", "reason": ""}).status_code == 422
    assert (
        pharmacist.post(
            f"/inventory/lots/{lot.pk}/status/", {"status": "recalled", "reason": "maker's notice"}
        ).status_code
        == 302
    )
    back = pharmacist.post(f"/inventory/lots/{lot.pk}/status/", {"status": "available", "reason": "mistake"})
    assert back.status_code == 422
    assert b"does not go back into stock" in back.content
    text = tech.get(url).content.decode()
    for words in ("L9", "Recalled", "01-Jan-2027", "\u22121", "Counted", "2\u00a0g"):
        assert words in text, words
    listed = tech.get("/inventory/?text=l9").content.decode()
    assert "no usable lot" in listed
    assert "1 held back" in listed
    assert b"Nothing here" in tech.get("/inventory/?text=nothing-like-it").content


def test_kits_are_listed_first_to_expire_first_and_an_expired_one_says_so(site, acting, browse, at):
    by = acting(Role.TECHNICIAN)
    add_kit(site=site, code="K-2", expires_on=at.date() + timedelta(days=90), by=by, at=at)
    add_kit(site=site, code="K-1", expires_on=at.date() + timedelta(days=1), by=by, at=at)
    AnaphylaxisKit.objects.filter(code="K-1").update(expires_on=at.date())
    client = browse(Role.TECHNICIAN)
    text = client.get("/inventory/kits/").content.decode()
    assert text.index("K-1") < text.index("K-2")
    assert "Expired" in text
    assert client.post("/inventory/kits/new/", {"code": "K-2", "expires_on": "01-Jan-2028"}).status_code == 422
    assert client.post("/inventory/kits/new/", {"code": "K-3", "expires_on": "01-Jan-2020"}).status_code == 422
    assert client.post("/inventory/kits/new/", {"code": "K-3", "expires_on": "01-Jan-2028"}).status_code == 302


@pytest.mark.parametrize("path", ["items/new/", "kits/new/"])
def test_a_scheduler_changes_no_stock(site, browse, path):
    assert browse(Role.SCHEDULER).post(f"/inventory/{path}", {}).status_code == 403


def test_a_biller_receives_nothing(item, site, acting, at):
    with pytest.raises(NotAllowed):
        receive_stock(
            item=item, site=site, lot_number="L", expires_on=date(2028, 1, 1), quantity=1, by=acting(Role.BILLER), at=at
        )


@pytest.mark.parametrize("path", ["items/98765/", "items/98765/receive/", "lots/98765/count/", "lots/98765/status/"])
def test_what_is_not_there_is_not_found(site, browse, path):
    assert browse(Role.PHARMACIST).get(f"/inventory/{path}").status_code == 404


def test_nothing_is_taken_by_a_count_below_one(lot, acting, at):
    with pytest.raises(BadInput):
        take(lot=lot, quantity=0, reason="used", source=lot, by=acting(Role.TECHNICIAN), at=at)


def test_the_list_makes_a_bounded_number_of_queries(site, acting, browse, at, django_assert_max_num_queries):
    by = acting(Role.TECHNICIAN)
    for number in range(12):
        row = add_item(fields={"kind": "supply", "name": f"Tubing {number}"}, by=by, at=at)
        receive_stock(
            item=row, site=site, lot_number=f"T{number}", expires_on=date(2028, 1, 1), quantity=5, by=by, at=at
        )
    client = browse(Role.TECHNICIAN)
    client.get("/inventory/")
    with django_assert_max_num_queries(30):
        client.get("/inventory/")
