"""The packing bench in the browser: each page for the right person, a refusal in words for the others."""

from datetime import timedelta

import pytest
from django.test import Client
from support.people import make_person, make_program
from support.ready_cases import make_delivery, make_episode, make_kit, make_order, make_patient, make_preparation

from openinfusion.apps.delivery.models import Shipment
from openinfusion.apps.delivery.public import plan_shipment
from openinfusion.apps.inventory.models import Item, Lot
from openinfusion.platform.access.roles import Role


@pytest.fixture
def episode(site):
    return make_episode(make_patient(site))


@pytest.fixture
def preparation(episode):
    return make_preparation(make_order(episode))


@pytest.fixture
def shipment(episode, preparation, acting, at, site):
    row = plan_shipment(
        episode=episode, deliver_from=at + timedelta(hours=2), deliver_until=at + timedelta(hours=6),
        by=acting(Role.TECHNICIAN), at=at,
    )  # fmt: skip
    make_kit(site, None)
    for line in row.lines.filter(kind="supply"):
        item = Item.objects.create(kind="supply", name=line.item_name)
        Lot.objects.create(item=item, site=site, number=f"L{line.pk}", expires_on="2028-01-01", on_hand=500)
    return row


def code_of(line):
    return {"preparation": getattr(line.preparation, "number", ""), "kit": "DK-0001"}.get(line.kind, f"L{line.pk}")


def test_the_whole_way_by_page(shipment, browse, at):
    bench = browse(Role.TECHNICIAN)
    here = f"/delivery/{shipment.pk}/"
    assert b"Pick every line first" in bench.get(here).content
    for line in shipment.lines.order_by("pk"):
        assert bench.post(f"/delivery/lines/{line.pk}/pick/", {"code": code_of(line)}).status_code == 302
    bench.post(f"{here}pack/")
    assert bench.post(f"{here}ship/", {"carrier": "Juniper van"}).status_code == 302
    shipment.refresh_from_db()
    assert shipment.status == "shipped"
    log = "".join(f"{(at + timedelta(minutes=step)).isoformat()},4.5\n" for step in range(0, 5, 1))
    assert bench.post(f"{here}temperature/", {"readings": log, "zone": ""}).status_code == 302
    proof = {
        "parcel": shipment.number, "received_by": "Otis Sampleford", "relation": "caregiver",
        "delivered_at_0": "24-Nov-2026", "delivered_at_1": "10:42", "received": [str(line.pk) for line in shipment.lines.all()],
    }  # fmt: skip
    sent = bench.post(f"{here}deliver/", proof)
    assert sent.status_code == 302, sent.content.decode()
    shipment.refresh_from_db()
    assert (shipment.status, shipment.temperature_verdict) == ("received", "use")
    page = bench.get(here).content.decode()
    assert "4.5 to 4.5" in page
    assert "arrived" in page


def test_a_wrong_code_is_said_in_words_and_picks_nothing(shipment, browse):
    bench = browse(Role.TECHNICIAN)
    line = shipment.lines.get(kind="preparation")
    page = bench.post(f"/delivery/lines/{line.pk}/pick/", {"code": "NOT-IT"}, follow=True).content.decode()
    assert "The code is not that of this line" in page
    line.refresh_from_db()
    assert line.picked_at is None


def test_a_box_that_would_arrive_too_late_shows_why_on_the_button(shipment, preparation, browse, at):
    shipment.status, shipment.packed_at = "packed", at
    shipment.save()
    preparation.beyond_use_at = at + timedelta(hours=6)
    preparation.save()
    assert b"it would be past that. Make a new one." in browse(Role.TECHNICIAN).get(f"/delivery/{shipment.pk}/").content


def test_a_proof_with_a_hole_keeps_what_was_typed(shipment, browse, at):
    shipment.status, shipment.packed_at, shipment.shipped_at = "shipped", at, at
    shipment.save()
    response = browse(Role.NURSE).post(f"/delivery/{shipment.pk}/deliver/", {"received_by": "Otis Sampleford"})
    assert response.status_code == 422
    assert b"Otis Sampleford" in response.content


def test_the_wrong_box_is_stopped_on_the_page(shipment, browse, at):
    shipment.status, shipment.packed_at, shipment.shipped_at = "shipped", at, at
    shipment.save()
    proof = {
        "parcel": "S-999999", "received_by": "Otis", "relation": "caregiver", "delivered_at_0": "24-Nov-2026",
        "delivered_at_1": "10:42",
    }  # fmt: skip
    response = browse(Role.NURSE).post(f"/delivery/{shipment.pk}/deliver/", proof)
    assert response.status_code == 422
    assert b"This is not the box for this home" in response.content


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Send a file or paste the readings"),
        ({"readings": "10:00,5"}, "Line 1: the time cannot be read"),
        ({"readings": "2026-11-24 10:00,5"}, "the time has no zone"),
    ],
)
def test_a_log_that_cannot_be_read_is_said_and_kept(shipment, browse, at, data, words):
    shipment.status, shipment.packed_at = "packed", at
    shipment.save()
    response = browse(Role.TECHNICIAN).post(f"/delivery/{shipment.pk}/temperature/", data)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_a_file_that_is_no_text_is_refused(shipment, browse, at):
    from django.core.files.uploadedfile import SimpleUploadedFile

    shipment.status, shipment.packed_at = "packed", at
    shipment.save()
    sent = {"file": SimpleUploadedFile("log.bin", b"\xff\xfe\x00\x80", "application/octet-stream")}
    response = browse(Role.TECHNICIAN).post(f"/delivery/{shipment.pk}/temperature/", sent)
    assert response.status_code == 422
    assert "This is no text file" in response.content.decode()


def test_the_packing_list_names_lots_and_numbers(preparation, browse):
    row = make_delivery(preparation)
    page = browse(Role.TECHNICIAN).get(f"/delivery/{row.pk}/list/").content.decode()
    assert preparation.number in page


def test_planning_by_page(episode, preparation, browse):
    times = {
        "deliver_from_0": "24-Nov-2026",
        "deliver_from_1": "13:00",
        "deliver_until_0": "24-Nov-2026",
        "deliver_until_1": "15:00",
    }
    assert browse(Role.TECHNICIAN).post(f"/delivery/episodes/{episode.pk}/plan/", times).status_code == 302
    assert Shipment.objects.get().lines.count() > 3


@pytest.mark.parametrize("step", ["pack", "ship", "cancel", "temperature", "decide", "deliver", "fail", "return"])
def test_a_biller_does_nothing_to_a_box(shipment, browse, step):
    assert browse(Role.BILLER).post(f"/delivery/{shipment.pk}/{step}/").status_code == 403


@pytest.mark.parametrize("path", ["", "list/", "ship/", "deliver/", "temperature/"])
def test_another_program_finds_no_box(shipment, program, path):
    stranger = Client()
    person = make_person(make_program("elsewhere"), Role.TECHNICIAN)
    stranger.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert stranger.get(f"/delivery/{shipment.pk}/{path}").status_code == 404


def test_the_episode_page_shows_what_is_in_the_home(preparation, browse):
    make_delivery(preparation)
    page = browse(Role.NURSE).get(f"/patients/episodes/{preparation.revision.order.episode_id}/").content.decode()
    assert "7 doses" in page
    assert f"{preparation.number}" in page


def test_the_queue_makes_a_bounded_number_of_queries(site, browse, django_assert_max_num_queries):
    for number in range(1, 13):
        preparation = make_preparation(make_order(make_episode(make_patient(site, number))))
        if number % 2:
            make_delivery(preparation, status="shipped")
    client = browse(Role.TECHNICIAN)
    client.get("/delivery/")
    with django_assert_max_num_queries(30):
        page = client.get("/delivery/").content.decode()
    assert page.count("SAMPLEFORD") == 12
