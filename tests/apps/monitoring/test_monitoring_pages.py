"""Pages of monitoring: what a watcher sees and does; nobody else, no other program, in a bounded number of queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from support.people import make_person, make_program
from support.pump_messages import entries, make_episode, messages

from openinfusion.apps.monitoring.models import LogCheckpoint
from openinfusion.apps.monitoring.public import Alarm, Infusion, OnCall, SetAside, send_due
from openinfusion.platform.access.roles import Role
from openinfusion.platform.audit.models import AuditEntry
from openinfusion.platform.live import streams
from openinfusion.platform.tenancy import scope


@pytest.fixture
def occluded(in_use, verified, rota, apply, at):
    apply(entries(messages(at, faults="occlusion@35")))
    return Alarm.objects.get(rule="PUMP-occlusion_downstream")


def text_of(response) -> str:
    return response.content.decode()


def test_the_wall_shows_the_alarm_the_infusion_and_what_to_do_first(occluded, browse):
    page = text_of(browse(Role.MONITOR).get(reverse("monitoring:wall")))
    assert "FICTON, Bram" in page
    assert "No owner yet" in page
    assert "patient line: clamp, kink" in page
    assert "Take it" in page
    assert "Order: 125" in page
    assert f"take-{occluded.pk}" in page
    assert "data-stream=" in page


def test_the_wall_is_the_home_of_the_monitoring_clinician(browse):
    response = browse(Role.MONITOR).get("/")
    assert response.status_code == 302
    assert response["Location"] == reverse("monitoring:wall")


@pytest.mark.parametrize("name", ["wall", "board"])
def test_the_wall_makes_a_bounded_number_of_queries(
    occluded, site, at, pump, put_to_use, apply, browse, django_assert_max_num_queries, name
):
    for number in range(2, 10):
        device = pump(serial=f"CB-{number}", eui64=f"02000000000000{number:02X}")
        put_to_use(device, make_episode(site, at, number=number))
        apply(entries(messages(at, eui=device.eui64, minutes=10, faults="air@5"), first=number * 1000))
    client = browse(Role.MONITOR)
    client.get(reverse("monitoring:wall"))
    with django_assert_max_num_queries(40):
        page = text_of(client.get(reverse(f"monitoring:{name}")))
    assert page.count('class="alarm alarm--high"') >= 9


@pytest.mark.hazard("HZ-032")
def test_a_silent_pump_shows_no_number_as_current_on_the_wall(in_use, verified, rota, apply, browse, at):
    apply(entries(messages(at - timedelta(hours=1))))
    page = text_of(browse(Role.MONITOR).get(reverse("monitoring:wall")))
    assert "tile--silent" in page
    assert "No number is shown as current" in page
    assert "data-live-now" not in page


def test_the_wall_says_when_monitoring_itself_stands_still(program, browse, at):
    client = browse(Role.MONITOR)
    assert "Monitoring itself stands still" in text_of(client.get(reverse("monitoring:wall")))
    for name in ("gateway", "watch"):
        LogCheckpoint.objects.create(name=name, beat_at=at - timedelta(seconds=3))
    assert "Monitoring itself stands still" not in text_of(client.get(reverse("monitoring:wall")))


def test_taking_an_alarm_on_the_wall(occluded, browse, person):
    response = browse(Role.MONITOR).post(reverse("monitoring:take", args=[occluded.pk]), {"version": "1"}, follow=True)
    occluded.refresh_from_db()
    assert (occluded.state, occluded.owner_id) == ("acknowledged", person(Role.MONITOR).pk)
    assert "You have this alarm" in text_of(response)


@pytest.mark.hazard("HZ-051")
def test_taking_an_alarm_in_an_old_version_changes_nothing_and_says_so(occluded, browse):
    Alarm.objects.filter(pk=occluded.pk).update(version=2)
    response = browse(Role.MONITOR).post(reverse("monitoring:take", args=[occluded.pk]), {"version": "1"}, follow=True)
    occluded.refresh_from_db()
    assert occluded.state == "raised"
    assert "has changed since you opened it" in text_of(response)


def test_taking_without_a_version_is_refused(occluded, browse):
    assert browse(Role.MONITOR).post(reverse("monitoring:take", args=[occluded.pk])).status_code == 400


def test_the_alarm_page_shows_times_hops_and_whom_to_call(occluded, browse, gateway_access, at):
    send_due(by=gateway_access, at=at)
    page = text_of(browse(Role.MONITOR).get(reverse("monitoring:alarm", args=[occluded.pk])))
    assert "Tess Ficton" in page
    assert "Handed over; no answer yet" in page
    assert "tel:217-555-0101" in page
    assert "somebody must acknowledge it before it is closed" in page
    assert "Pump&#x27;s clock" in page or "Pump's clock" in page


def test_silencing_and_closing_need_a_reason_and_keep_what_was_typed(occluded, browse):
    client = browse(Role.MONITOR)
    silence, close = (reverse(f"monitoring:{name}", args=[occluded.pk]) for name in ("silence", "close"))
    assert client.post(silence, {"minutes": "2", "reason": ""}).status_code == 422
    assert client.post(silence, {"minutes": "30", "reason": "x"}).status_code == 422
    assert client.post(silence, {"minutes": "2", "reason": "clearing the line"}).status_code == 302
    refused = client.post(close, {"reason": "clamp opened"})
    assert refused.status_code == 422
    assert "clamp opened" in text_of(refused)
    client.post(reverse("monitoring:take", args=[occluded.pk]), {"version": "1"})
    assert client.post(close, {"reason": "clamp opened"}).status_code == 302
    occluded.refresh_from_db()
    assert occluded.state == "closed"


def test_an_alarm_that_stood_on_a_screen_is_noted_once(occluded, browse, at):
    client = browse(Role.MONITOR)
    assert client.post(reverse("monitoring:shown"), {"alarm": [occluded.pk, "x"]}).status_code == 204
    occluded.refresh_from_db()
    assert occluded.displayed_at == at
    assert client.get(reverse("monitoring:shown")).status_code == 405


def test_the_infusion_page_draws_every_report_beside_the_order(occluded, browse):
    infusion = Infusion.objects.get()
    page = text_of(browse(Role.MONITOR).get(reverse("monitoring:infusion", args=[infusion.pk])))
    assert "reports from" in page
    assert "vancomycin" in page
    assert "chart--steps" in page
    assert AuditEntry.objects.filter(action="read", subject="monitoring.infusion").exists()


def test_set_aside_messages_are_seen_and_dealt_with(in_use, verified, rota, apply, browse, at):
    apply(entries(messages(at, patient="T-999")))
    client, row = browse(Role.MONITOR), SetAside.objects.get()
    assert "Another patient is named" in text_of(client.get(reverse("monitoring:set_aside")))
    url = reverse("monitoring:resolve", args=[row.pk])
    assert client.post(url, {"resolution": ""}).status_code == 422
    assert client.post(url, {"resolution": "pump was swapped"}).status_code == 302
    assert client.post(url, {"resolution": "again"}).status_code == 422
    row.refresh_from_db()
    assert row.resolution == "pump was swapped"
    assert "pump was swapped" in text_of(client.get(reverse("monitoring:set_aside") + "?show=done"))


def test_the_rota_shows_its_gaps_and_takes_an_entry(person, browse):
    client = browse(Role.MONITOR)
    assert "nobody from" in text_of(client.get(reverse("monitoring:rota")))
    entry = {
        "who": str(person(Role.NURSE).pk), "name": "", "step": "1", "channel": "text", "address": "217-555-0110", "wait_seconds": "120",
        "starts_at_0": "24-Nov-2026", "starts_at_1": "08:00", "ends_at_0": "20-Dec-2026", "ends_at_1": "08:00",
    }  # fmt: skip
    response = client.post(reverse("monitoring:rota_add"), entry)
    assert response.status_code == 302, text_of(response)
    row = OnCall.objects.get()
    assert (row.user_id, row.name) == (person(Role.NURSE).pk, str(person(Role.NURSE)))
    assert client.post(reverse("monitoring:rota_end", args=[row.pk])).status_code == 302


def test_the_outbox_shows_what_was_sent_and_names_no_patient(occluded, browse, gateway_access, at):
    send_due(by=gateway_access, at=at)
    page = text_of(browse(Role.MONITOR).get(reverse("monitoring:outbox")))
    assert "HIGH pump alarm" in page
    assert "FICTON" not in page


def test_the_episode_page_has_the_live_infusion_and_its_alarms(occluded, browse):
    page = text_of(browse(Role.MONITOR).get(reverse("patients:episode", args=[occluded.episode_id])))
    assert reverse("monitoring:infusion", args=[occluded.infusion_id]) in page
    assert reverse("monitoring:alarm", args=[occluded.pk]) in page


@pytest.mark.parametrize("name", ["wall", "board", "set_aside", "outbox", "rota", "rota_add", "stream"])
@pytest.mark.parametrize("role", [Role.BILLER, Role.PATIENT])
def test_pages_of_the_wall_are_for_watchers(program, browse, role, name):
    assert browse(role).get(reverse(f"monitoring:{name}")).status_code == 403


@pytest.mark.parametrize("name", ["alarm", "take", "silence", "close"])
def test_an_alarm_of_another_program_does_not_exist(occluded, name, client):
    stranger = make_program("stranger")
    user = make_person(stranger, Role.MONITOR, email="watch@stranger.example")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    ask = client.post if name == "take" else client.get
    assert ask(reverse(f"monitoring:{name}", args=[occluded.pk]), {"version": "1"}).status_code == 404
    assert client.get(reverse("monitoring:infusion", args=[occluded.infusion_id])).status_code == 404


def test_a_missing_alarm_is_not_found(program, browse):
    assert browse(Role.MONITOR).get(reverse("monitoring:alarm", args=[999])).status_code == 404


def test_an_alarm_without_a_patient_is_shown_to_watchers(in_use, verified, rota, apply, browse, at):
    apply(entries(messages(at, patient="T-999", faults="occlusion@35")))
    alarm = Alarm.objects.get()
    client = browse(Role.MONITOR)
    assert "Patient not certain" in text_of(client.get(reverse("monitoring:wall")))
    assert "Find out who has it" in text_of(client.get(reverse("monitoring:alarm", args=[alarm.pk])))


def test_the_stream_says_changed_and_nothing_else(monkeypatch):
    import asyncio

    monkeypatch.setattr(streams, "LOOK_EVERY_S", 0.02)
    states = iter([(1, 1), (1, 1), (2, 1), (2, 1)])
    known = {"last": (1, 1)}

    def look():
        known["last"] = next(states, known["last"])
        return known["last"]

    async def read():
        return [part async for part in streams.changes(board="test", look=look, longest_s=0.3)]

    found = b"".join(asyncio.run(read()))
    assert found.count(b"event: changed\ndata: 1\n\n") == 1
    assert found.startswith(b"retry: 2000\nevent: open")


def test_the_stream_is_an_event_stream_of_this_program(occluded, browse, program):
    response = browse(Role.MONITOR).get(reverse("monitoring:stream"))
    assert response["Content-Type"] == "text/event-stream"
    assert response["Cache-Control"] == "no-store"
    with scope.tenant(program.pk):
        assert Alarm.objects.exists()
