"""Pumps: one patient per pump in the database itself, no pump without service, the right pump at the home."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from openinfusion.apps.equipment.public import (
    DeviceAssignment,
    active_assignment,
    check_out,
    confirm_at_home,
    enroll,
    find_device,
    pass_check,
    register_device,
    return_device,
    take_step,
    token_is_right,
)
from openinfusion.apps.patients.public import Episode, Patient
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, Refused


@pytest.fixture
def episodes(site, at):
    made = []
    for number, name in enumerate(("Ficton", "Testwell"), start=1):
        patient = Patient.objects.create(
            site=site, mrn=f"T-{number}", family_name=name, given_name="Bram", birth_date=date(1950, 1, 2),
            time_zone="America/Chicago", created_at=at,
        )  # fmt: skip
        made.append(
            Episode.objects.create(
                patient=patient, number=f"E-{number}", therapy_id="milrinone", referral_received_at=at
            )
        )
    return made


@pytest.fixture
def pump(site, acting, at):
    def make(serial="CB-1", due=90, **fields):
        return register_device(
            site=site, serial=serial, family="Examplepump", kind="ambulatory",
            service_due_on=at.date() + timedelta(days=due), by=acting(Role.TECHNICIAN), at=at, **fields,
        )  # fmt: skip

    return make


@pytest.mark.hazard("HZ-044")
@pytest.mark.parametrize("due", [0, -3])
def test_a_pump_past_its_service_date_stays_on_the_shelf(pump, episodes, acting, at, due):
    with pytest.raises(Refused, match="pump_not_ready"):
        check_out(device=pump(due=due), episode=episodes[0], by=acting(Role.TECHNICIAN), at=at)


def test_a_pump_goes_to_one_patient_at_a_time(pump, episodes, acting, at):
    device = pump()
    check_out(device=device, episode=episodes[0], by=acting(Role.TECHNICIAN), at=at)
    with pytest.raises(Refused):
        check_out(device=device, episode=episodes[1], by=acting(Role.TECHNICIAN), at=at)
    assert DeviceAssignment.objects.filter(device=device).count() == 1


def test_the_database_itself_allows_one_open_assignment(pump, episodes, at):
    device = pump()
    DeviceAssignment.objects.create(device=device, episode=episodes[0], assigned_at=at, assigned_by_name="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        DeviceAssignment.objects.create(device=device, episode=episodes[1], assigned_at=at, assigned_by_name="x")


@pytest.mark.hazard("HZ-004")
def test_another_pump_in_the_home_stops_the_step(pump, episodes, acting, at):
    ours, other = pump(), pump(serial="CB-2")
    check_out(device=ours, episode=episodes[0], by=acting(Role.TECHNICIAN), at=at)
    with pytest.raises(Refused, match="other_pump"):
        confirm_at_home(device=ours, episode=episodes[0], serial=other.serial, by=acting(Role.NURSE), at=at)
    confirm_at_home(device=ours, episode=episodes[0], serial="CB-1", by=acting(Role.NURSE), at=at)
    assert active_assignment(episode=episodes[0]).confirmed_at_home_at == at


def test_a_returned_pump_is_cleaned_and_tested_before_the_next_patient(pump, episodes, acting, at):
    device = pump()
    by = acting(Role.TECHNICIAN)
    check_out(device=device, episode=episodes[0], by=by, at=at)
    device = return_device(device=device, reason="therapy ended", by=by, at=at)
    with pytest.raises(Refused):
        check_out(device=device, episode=episodes[1], by=by, at=at)
    device = take_step(device=device, action="clean", by=by, at=at)
    device = pass_check(device=device, service_due_on=at.date() + timedelta(days=300), by=by, at=at)
    assert check_out(device=device, episode=episodes[1], by=by, at=at).episode_id == episodes[1].pk


def test_a_pump_is_found_by_serial_and_by_any_spelling_of_its_eui64(pump):
    device = pump(eui64="00-11-22-33-44-55-66-77")
    assert {find_device(text).pk for text in ("CB-1", "0011223344556677", "00:11:22:33:44:55:66:77")} == {device.pk}
    assert find_device("") is None


def test_two_pumps_cannot_share_an_identity(pump):
    pump(eui64="0011223344556677")
    with pytest.raises(BadInput) as caught:
        pump(serial="CB-2", eui64="00:11:22:33:44:55:66:77")
    assert list(caught.value.fields) == ["eui64"]


@pytest.mark.hazard("HZ-093")
def test_only_the_token_of_this_pump_is_right(pump, acting, at):
    device = pump()
    assert not token_is_right(device, "")
    token = enroll(device=device, by=acting(Role.TECHNICIAN), at=at)
    assert token_is_right(device, token)
    assert not token_is_right(device, token + "x")


def test_a_biller_registers_nothing(site, acting, at):
    with pytest.raises(NotAllowed):
        register_device(site=site, serial="X", family="Y", kind="pole", by=acting(Role.BILLER), at=at)


def test_the_whole_way_by_page(episodes, browse):
    tech, nurse = browse(Role.TECHNICIAN), browse(Role.NURSE)
    new = {"serial": "CB-9", "family": "Examplepump", "kind": "pole", "service_due_on": "2027-05-01"}
    assert tech.post("/equipment/register/", new).status_code == 302
    assert tech.post("/equipment/register/", new).status_code == 422
    assert tech.post(f"/equipment/episodes/{episodes[0].pk}/check-out/", {"serial": "nope"}).status_code == 422
    assert tech.post(f"/equipment/episodes/{episodes[0].pk}/check-out/", {"serial": "CB-9"}).status_code == 302
    assert nurse.post(f"/equipment/episodes/{episodes[0].pk}/confirm/", {"serial": "CB-8"}).status_code == 422
    assert nurse.post(f"/equipment/episodes/{episodes[0].pk}/confirm/", {"serial": "CB-9"}).status_code == 302
    assert b"FICTON" in tech.get("/equipment/").content
    device = find_device("CB-9")
    assert tech.get(f"/equipment/{device.pk}/").status_code == 200
    assert b"shown once" in tech.post(f"/equipment/{device.pk}/enroll/").content


def test_the_list_makes_a_bounded_number_of_queries(pump, browse, django_assert_max_num_queries):
    for number in range(12):
        pump(serial=f"CB-{number:02}")
    client = browse(Role.TECHNICIAN)
    client.get("/equipment/")
    with django_assert_max_num_queries(30):
        client.get("/equipment/")
