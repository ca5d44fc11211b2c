"""A box: picked by code, sent only while its doses last, judged by raw temperature, handed over by scan."""

from datetime import UTC, date, datetime, timedelta

import pytest
from support.boxes import deliver, pick_all
from support.ready_cases import ROOM, make_episode, make_kit, make_order, make_patient, make_preparation

from openinfusion.apps.delivery.public import (
    Shipment,
    bring_back,
    cancel,
    fail,
    in_home,
    next_delivery,
    pack,
    pick,
    plan_shipment,
    ship,
)
from openinfusion.apps.equipment.models import Device
from openinfusion.apps.equipment.public import check_out
from openinfusion.apps.inventory.models import Item, Lot
from openinfusion.apps.inventory.public import kit_in_home
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, Refused
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.worklist.models import Task

# -- Planning ------------------------------------------------------------------------------------------------------------


def test_the_box_holds_the_preparation_the_kit_and_the_supplies_of_the_order(planned):
    kinds = list(planned.lines.order_by("pk").values_list("kind", flat=True))
    assert kinds[:2] == ["preparation", "kit"]
    assert planned.lines.get(item_name="gravity administration set").quantity == 7
    assert not planned.lines.filter(item_name="anaphylaxis kit").exists()
    assert planned.needs_temperature
    assert planned.address == "12 Fable Lane, Springfield, IL 62701"


def test_a_dose_is_never_in_two_boxes(planned, episode, window, bench, at):
    with pytest.raises(Refused) as caught:
        plan_shipment(episode=episode, **window, by=bench, at=at)
    assert caught.value.code == "nothing_to_send"
    assert Shipment.objects.count() == 1


def test_a_kit_in_date_in_the_home_is_not_sent_again(episode, preparation, window, bench, at, site):
    make_kit(site, episode)
    assert not plan_shipment(episode=episode, **window, by=bench, at=at).lines.filter(kind="kit").exists()


def test_the_pump_checked_out_to_the_patient_goes_into_the_box(episode, window, bench, at, site):
    make_preparation(make_order(episode, pump={"type": "ambulatory"}))
    device = Device.objects.create(site=site, serial="CB-2207", family="Curlin", service_due_on=date(2027, 3, 1))
    check_out(device=device, episode=episode, by=bench, at=at)
    assert plan_shipment(episode=episode, **window, by=bench, at=at).lines.get(kind="pump").device == device


def test_a_window_that_is_over_is_refused_and_changes_nothing(episode, preparation, bench, at):
    with pytest.raises(BadInput) as caught:
        plan_shipment(
            episode=episode,
            deliver_from=at - timedelta(hours=3),
            deliver_until=at - timedelta(hours=1),
            by=bench,
            at=at,
        )
    assert list(caught.value.fields) == ["deliver_until"]
    assert not Shipment.objects.exists()


def test_room_temperature_doses_need_no_logger(episode, revision, window, bench, at):
    make_preparation(revision, storage=ROOM)
    assert not plan_shipment(episode=episode, **window, by=bench, at=at).needs_temperature


@pytest.mark.parametrize("role", [Role.NURSE, Role.BILLER, Role.SCHEDULER])
def test_only_the_pharmacy_plans_and_packs(role, episode, preparation, window, acting, at):
    with pytest.raises(NotAllowed):
        plan_shipment(episode=episode, **window, by=acting(role), at=at)


# -- Picking -------------------------------------------------------------------------------------------------------------


def test_picking_every_line_by_its_code_moves_the_shipment_on(planned, bench, at):
    assert pick_all(planned, bench, at).status == "picked"
    assert planned.lines.get(kind="kit").kit.status == "packed"
    assert Lot.objects.get(item__name="gravity administration set").on_hand == 493


@pytest.mark.hazard("HZ-062")
def test_another_patients_preparation_cannot_be_picked(planned, bench, at, site):
    other = make_preparation(make_order(make_episode(make_patient(site, 2))))
    line = planned.lines.get(kind="preparation")
    with pytest.raises(Refused) as caught:
        pick(line=line, code=other.number, by=bench, at=at)
    assert caught.value.code == "wrong_item"
    line.refresh_from_db()
    assert line.picked_at is None


@pytest.mark.hazard("HZ-062")
def test_a_lot_of_another_item_cannot_be_picked(planned, bench, at, site):
    wrong = Item.objects.create(kind="supply", name="enteral feeding set")
    Lot.objects.create(item=wrong, site=site, number="X9", expires_on=date(2028, 1, 1), on_hand=50)
    with pytest.raises(Refused, match="wrong_item"):
        pick(line=planned.lines.get(item_name="gravity administration set"), code="X9", by=bench, at=at)


@pytest.mark.hazard("HZ-062")
def test_a_pump_of_another_patient_cannot_be_picked(episode, window, bench, at, site):
    make_preparation(make_order(episode, pump={"type": "ambulatory"}))
    other = make_episode(make_patient(site, 2))
    for serial, holder in (("CB-1", episode), ("CB-2", other)):
        device = Device.objects.create(site=site, serial=serial, family="Curlin", service_due_on=date(2027, 3, 1))
        check_out(device=device, episode=holder, by=bench, at=at)
    line = plan_shipment(episode=episode, **window, by=bench, at=at).lines.get(kind="pump")
    with pytest.raises(Refused, match="wrong_item"):
        pick(line=line, code="CB-2", by=bench, at=at)


def test_a_kit_that_expires_before_it_arrives_is_refused(planned, bench, at, site):
    make_kit(site, None, 2, expires_on=date(2026, 11, 24))
    with pytest.raises(Refused, match="kit_expires"):
        pick(line=planned.lines.get(kind="kit"), code="DK-0002", by=bench, at=at)


def test_a_line_is_picked_once_and_only_before_packing(planned, bench, at):
    line = planned.lines.get(kind="kit")
    pick(line=line, code="DK-0001", by=bench, at=at)
    with pytest.raises(Refused, match="picked_already"):
        pick(line=line, code="DK-0001", by=bench, at=at)
    with pytest.raises(Refused):
        pack(shipment=planned, by=bench, at=at)


# -- Sending -------------------------------------------------------------------------------------------------------------


def _good_for(preparation, window, minutes):
    preparation.beyond_use_at = window["deliver_until"] + timedelta(minutes=minutes)
    preparation.save()


@pytest.mark.hazard("HZ-057")
def test_a_dose_that_would_pass_its_beyond_use_while_infused_does_not_leave(planned, preparation, window, bench, at):
    """The infusion runs 30 minutes; the dose is good for 29 after the latest delivery."""
    _good_for(preparation, window, 29)
    pick_all(planned, bench, at)
    pack(shipment=planned, by=bench, at=at)
    with pytest.raises(Refused, match="not_fit_to_ship"):
        ship(shipment=planned, carrier="Juniper van", by=bench, at=at)


def test_a_dose_that_lasts_to_the_minute_leaves(planned, preparation, window, bench, at):
    _good_for(preparation, window, 30)
    pick_all(planned, bench, at)
    pack(shipment=planned, by=bench, at=at)
    assert ship(shipment=planned, carrier="Juniper van", by=bench, at=at).status == "shipped"


@pytest.mark.hazard("HZ-057")
@pytest.mark.parametrize("what", ["beyond use", "infusion time"])
def test_what_is_not_known_does_not_leave(planned, preparation, bench, at, what):
    if what == "beyond use":
        preparation.beyond_use_at = None
        preparation.save()
    else:
        _without_time(planned, preparation)
    pick_all(planned, bench, at)
    pack(shipment=planned, by=bench, at=at)
    with pytest.raises(Refused) as caught:
        ship(shipment=planned, carrier="Juniper van", by=bench, at=at)
    assert "not known" in caught.value.sentence


def _without_time(shipment, preparation):
    """The doses belong to an order that does not say how long they run."""
    episode = make_episode(make_patient(shipment.episode.patient.site, 9))
    preparation.revision = make_order(episode, infuse_over=None)
    preparation.save()


def test_a_box_of_an_order_changed_since_does_not_leave(planned, revision, bench, at):
    pick_all(planned, bench, at)
    pack(shipment=planned, by=bench, at=at)
    revision.order.current_revision = 2
    revision.order.save()
    with pytest.raises(Refused, match="not_fit_to_ship"):
        ship(shipment=planned, carrier="Juniper van", by=bench, at=at)


def test_the_address_is_the_one_in_force_when_the_box_leaves(planned, bench, at):
    pick_all(planned, bench, at)
    pack(shipment=planned, by=bench, at=at)
    patient = planned.episode.patient
    patient.address_line = "7 Invention Road"
    patient.save()
    assert ship(shipment=planned, carrier="van", by=bench, at=at).address.startswith("7 Invention Road")
    patient.address_line = "Elsewhere"
    patient.save()
    planned.refresh_from_db()
    assert planned.address.startswith("7 Invention Road")


def test_cancelling_frees_doses_and_kit_and_asks_to_count_back(planned, episode, window, bench, at):
    pick_all(planned, bench, at)
    cancel(shipment=planned, reason="therapy starts later", by=bench, at=at)
    assert Task.objects.get(key__startswith="delivery-put-back").owner_role == Role.TECHNICIAN
    again = plan_shipment(episode=episode, **window, by=bench, at=at)
    assert again.lines.filter(kind="preparation").exists()
    assert again.lines.filter(kind="kit").exists()


# -- Hand-over -----------------------------------------------------------------------------------------------------------


def test_proof_of_delivery_brings_doses_and_kit_into_the_home(shipped, episode, bench, at, preparation):
    assert next_delivery(episode) == shipped
    row = deliver(shipped, bench, at)
    assert row.status == "received"
    assert in_home(episode) == [(preparation, 7, preparation.beyond_use_at, "hold")]
    assert kit_in_home(episode.pk).code == "DK-0001"
    assert next_delivery(episode) is None
    said = [event.sentence for event in DomainEvent.objects.filter(kind__startswith="shipment.").order_by("pk")]
    assert f"Delivery {row.number} handed to Otis Sampleford (caregiver)" in said


@pytest.mark.hazard("HZ-062")
def test_the_wrong_box_is_not_handed_over(shipped, bench, at):
    with pytest.raises(Refused, match="wrong_parcel"):
        deliver(shipped, bench, at, parcel="S-999999")
    shipped.refresh_from_db()
    assert shipped.status == "shipped"


def test_a_line_that_did_not_arrive_opens_a_task_and_is_not_in_the_home(shipped, episode, bench, at):
    kit = shipped.lines.get(kind="kit")
    received = {line.pk: line.pk != kit.pk for line in shipped.lines.all()}
    deliver(shipped, bench, at, received=received)
    assert kit_in_home(episode.pk) is None
    assert "Anaphylaxis kit" in Task.objects.get(key__startswith="delivery-missing").why


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"received_by": " "}, "received_by"),
        ({"relation": ""}, "relation"),
        ({"delivered_at": datetime(2026, 11, 30, tzinfo=UTC)}, "delivered_at"),
        ({"delivered_at": datetime(2026, 11, 1, tzinfo=UTC)}, "delivered_at"),
    ],
)
def test_a_proof_with_a_hole_is_refused(shipped, bench, at, changed, field):
    with pytest.raises(BadInput) as caught:
        deliver(shipped, bench, at, **changed)
    assert list(caught.value.fields) == [field]


def test_a_failed_delivery_opens_a_task_that_sending_again_closes(shipped, bench, at):
    fail(shipment=shipped, reason="nobody home", by=bench, at=at)
    task = Task.objects.get(key=f"delivery-failed:{shipped.pk}")
    assert task.why == "nobody home"
    pack(shipment=shipped, by=bench, at=at)
    ship(shipment=shipped, carrier="Juniper van", by=bench, at=at)
    task.refresh_from_db()
    assert task.status == "done"


def test_doses_that_came_back_are_never_sent_again(shipped, episode, window, bench, at):
    fail(shipment=shipped, reason="wrong address", by=bench, at=at)
    bring_back(shipment=shipped, reason="courier returned it", by=bench, at=at)
    again = plan_shipment(episode=episode, **window, by=bench, at=at)
    assert list(again.lines.values_list("kind", flat=True)) == ["kit"]
