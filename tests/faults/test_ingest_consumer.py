"""From the log into the application: at least once, in order, past every poisoned message. Guards HZ-047."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from openinfusion.core.alarms.episodes import episodes, signals_of
from openinfusion.formats.hl7v2 import build_message
from openinfusion.ingest.consumer import Consumer, Progress, TryAgain
from openinfusion.ingest.entries import EntryStatus, NewEntry, Transport
from openinfusion.ingest.faults import parse_faults
from openinfusion.ingest.log import SqliteEventLog
from openinfusion.ingest.simulator import fleet, simulate
from openinfusion.rulepacks import devices

PACK = devices.load()
T0 = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)


def entries():
    pump = fleet(1, seed=4, faults=parse_faults("occlusion@3+2"))
    reports = simulate(pump, start=T0, interval=timedelta(minutes=1), duration=timedelta(minutes=8))
    for number, report in enumerate(reports):
        yield NewEntry(
            received_at=report.device_at + timedelta(seconds=1), transport=Transport.HL7V2, peer="", tenant="demo",
            device=report.device.key, status=EntryStatus.ACCEPTED, reason="", dedupe_key=f"k{number}", digest="d",
            body=build_message(report, vocabulary=PACK.vocabulary, sent_at=report.device_at),
        )  # fmt: skip


@pytest.fixture
def log(tmp_path):
    log = SqliteEventLog(tmp_path, clock=lambda: T0)
    log.start()
    for future in [log.append(entry) for entry in entries()]:
        future.result(10)
    yield log
    log.close()


class Application:
    """Stands for the database side: keeps what it was given, and can be told to fail."""

    def __init__(self):
        self.applied = []
        self.fail = lambda item: None

    def __call__(self, batch, position):
        for item in batch:
            error = self.fail(item)
            if error is not None:
                raise error
        self.applied += [item.entry.position for item in batch]
        self.reports = getattr(self, "reports", []) + [r for item in batch for r in item.reports]


def consumer(log, apply, **values):
    values = {"batch_size": 5, **values}
    return Consumer(log, name="monitoring", apply=apply, vocabulary=PACK.vocabulary, clock=lambda: T0, **values)


def drain(consumer, rounds=30):
    return [consumer.run_once() for _ in range(rounds)]


def test_everything_is_applied_in_order(log):
    application = Application()
    drain(consumer(log, application))
    assert application.applied == list(range(1, log.last_position() + 1))
    assert drain(consumer(log, application), 1) == [Progress.IDLE]


@pytest.mark.hazard("HZ-047")
@pytest.mark.parametrize("crash_at", [1, 2, 3])
def test_a_crash_between_log_and_application_loses_no_alarm(log, crash_at):
    """Killed before, in or after any batch: the alarm episode is whole, and a repeat makes no second one."""
    application = Application()
    rounds = 0

    class Killed(BaseException):
        """The process ends here."""

    def apply_and_die(batch, position):
        nonlocal rounds
        rounds += 1
        if rounds == crash_at:
            raise Killed
        application(batch, position)

    with pytest.raises(Killed):
        drain(consumer(log, apply_and_die))
    drain(consumer(log, application))
    assert sorted(set(application.applied)) == list(range(1, log.last_position() + 1))
    found = []
    for report in application.reports:
        found += signals_of(report, received_at=T0, table=PACK.alarms, life_sustaining=None)
    (episode,) = episodes([*found, *found])
    assert (episode.kind, episode.is_open) == ("occlusion_downstream", False)


def test_applied_but_not_remembered_is_applied_again(log):
    """Killed after the database committed and before the checkpoint: at least once, never less."""
    application = Application()
    first = consumer(log, application)
    save, log.checkpoints.save = log.checkpoints.save, lambda *args: (_ for _ in ()).throw(SystemExit)
    with pytest.raises(SystemExit):
        first.run_once()
    log.checkpoints.save = save
    drain(consumer(log, application))
    assert application.applied[:10] == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]


def test_the_application_may_keep_the_position_itself(log):
    application = Application()
    position = [0]

    def apply(batch, reached):
        application(batch, reached)
        position[0] = reached

    own = consumer(log, apply, read_position=lambda: position[0])
    own.run_once()
    position[0] = 0  # its transaction was rolled back
    own.run_once()
    assert application.applied == [1, 2, 3, 4, 5] * 2


def test_a_poisoned_message_is_set_aside_and_blocks_nobody(log):
    application = Application()
    application.fail = lambda item: ValueError("name of a person") if item.entry.position == 4 else None
    drain(consumer(log, application))
    assert application.applied == [n for n in range(1, log.last_position() + 1) if n != 4]
    (aside,) = log.checkpoints.list_set_aside("monitoring")
    assert (aside.position, aside.reason) == (4, "cannot be applied: ValueError"), "no content in the reason"


def test_a_body_that_no_longer_reads_is_set_aside(log):
    broken = next(entries())
    body = broken.body[:40]
    values = {name: getattr(broken, name) for name in broken.__slots__}
    position = log.append(NewEntry(**{**values, "body": body, "dedupe_key": "broken"})).result(10).position
    application = Application()
    drain(consumer(log, application))
    assert position not in application.applied
    assert [a.position for a in log.checkpoints.list_set_aside("monitoring")] == [position]


def test_an_outage_is_waited_for_and_sets_nothing_aside(log):
    application = Application()
    application.fail = lambda item: TryAgain("database away")
    waiting = consumer(log, application)
    assert drain(waiting, 3) == [Progress.WAITING] * 3
    application.fail = lambda item: ValueError if item.entry.position == 2 else None
    drain(waiting)
    assert [a.position for a in log.checkpoints.list_set_aside("monitoring")] == [2]
    assert application.applied == [n for n in range(1, log.last_position() + 1) if n != 2]


def test_an_outage_among_singles_repeats_the_batch(log):
    application = Application()
    application.fail = lambda item: {2: ValueError("x"), 4: TryAgain("y")}.get(item.entry.position)
    waiting = consumer(log, application)
    assert waiting.run_once() is Progress.WAITING
    application.fail = lambda item: None
    drain(waiting)
    assert set(application.applied) == set(range(1, log.last_position() + 1))


def test_refused_and_garbled_entries_are_delivered_without_reports(log):
    broken = next(entries())
    values = {name: getattr(broken, name) for name in broken.__slots__}
    for status in (EntryStatus.REFUSED, EntryStatus.GARBLED):
        log.append(NewEntry(**{**values, "status": status, "dedupe_key": status.value})).result(10)
    seen = []
    drain(consumer(log, lambda batch, position: seen.extend(batch)))
    assert [(item.entry.status, item.reports) for item in seen[-2:]] == [
        (EntryStatus.REFUSED, ()),
        (EntryStatus.GARBLED, ()),
    ]


def test_the_loop_follows_the_log_until_told_to_stop(log):
    application, stop = Application(), threading.Event()
    thread = threading.Thread(target=consumer(log, application).run, args=(stop,), kwargs={"poll_seconds": 0.01})
    thread.start()
    new = next(entries())
    values = {name: getattr(new, name) for name in new.__slots__}
    position = log.append(NewEntry(**{**values, "dedupe_key": "new"})).result(10).position
    deadline = threading.Event()
    for _ in range(500):
        if position in application.applied:
            break
        deadline.wait(0.01)
    stop.set()
    thread.join(10)
    assert application.applied[-1] == position
    assert not thread.is_alive()
