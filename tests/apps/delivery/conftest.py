"""A planned box and one on its way, for the tests of delivery."""

from datetime import date, timedelta

import pytest
from support.boxes import pick_all
from support.ready_cases import make_episode, make_kit, make_order, make_patient, make_preparation

from openinfusion.apps.delivery.public import (
    pack,
    plan_shipment,
    ship,
)
from openinfusion.apps.inventory.models import Item, Lot
from openinfusion.platform.access.roles import Role


@pytest.fixture
def episode(site):
    return make_episode(make_patient(site))


@pytest.fixture
def revision(episode):
    return make_order(episode)


@pytest.fixture
def preparation(revision):
    return make_preparation(revision)


@pytest.fixture
def window(at):
    return {"deliver_from": at + timedelta(hours=2), "deliver_until": at + timedelta(hours=6)}


@pytest.fixture
def bench(acting):
    return acting(Role.TECHNICIAN)


@pytest.fixture
def stock(site):
    """One lot of every supply a pick list may ask for."""

    def fill(shipment):
        for line in shipment.lines.filter(kind="supply"):
            item = Item.objects.create(kind="supply", name=line.item_name)
            Lot.objects.create(item=item, site=site, number=f"L{line.pk}", expires_on=date(2028, 1, 1), on_hand=500)

    return fill


@pytest.fixture
def planned(episode, preparation, window, bench, at, site, stock):
    shipment = plan_shipment(episode=episode, **window, by=bench, at=at)
    make_kit(site, None)
    stock(shipment)
    return shipment


@pytest.fixture
def shipped(planned, bench, at):
    pick_all(planned, bench, at)
    pack(shipment=planned, by=bench, at=at)
    return ship(shipment=planned, carrier="Juniper van", by=bench, at=at)
