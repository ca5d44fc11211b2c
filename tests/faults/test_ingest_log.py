"""The durable log by itself: days, positions, repeats across days, kill -9. Guards HZ-111 by what survives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime, timedelta

import pytest

from openinfusion.ingest.entries import AppendOutcome, EntryStatus, NewEntry, Transport
from openinfusion.ingest.log import LogClosed, LogFull, SqliteEventLog
from openinfusion.ingest.segments import segment_days

DAY = datetime(2026, 9, 26, 23, 50, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = DAY

    def __call__(self):
        return self.now


def entry(key, body=b"body", digest=None):
    return NewEntry(
        received_at=DAY, transport=Transport.HL7V2, peer="", tenant="demo", device="P",
        status=EntryStatus.ACCEPTED, reason="", dedupe_key=key, digest=digest or key, body=body,
    )  # fmt: skip


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def log(tmp_path, clock):
    log = SqliteEventLog(tmp_path, clock=clock)
    log.start()
    yield log
    log.close()


def append(log, *args, **values):
    return log.append(entry(*args, **values)).result(10)


def test_positions_run_on_across_days_and_restarts(log, clock, tmp_path):
    assert append(log, "a").position == 1
    clock.now += timedelta(days=1)
    assert append(log, "b").position == 2
    log.close()
    again = SqliteEventLog(tmp_path, clock=clock)
    again.start()
    clock.now += timedelta(days=1)
    assert append(again, "c").position == 3
    again.close()
    assert segment_days(tmp_path) == [date(2026, 9, 26), date(2026, 9, 27), date(2026, 9, 28)]
    assert [e.dedupe_key for e in again.read(0, 10)] == ["a", "b", "c"]
    assert [e.dedupe_key for e in again.read(1, 1)] == ["b"]
    assert again.read(3, 10) == []


def test_a_repeat_after_midnight_is_still_a_repeat(log, clock):
    append(log, "a")
    clock.now += timedelta(minutes=20)
    assert append(log, "b").outcome is AppendOutcome.STORED
    found = append(log, "a")
    assert (found.outcome, found.position) == (AppendOutcome.DUPLICATE, 1)
    assert append(log, "a", digest="other").outcome is AppendOutcome.CONFLICT


def test_a_clock_that_goes_back_does_not_reopen_an_old_day(log, clock, tmp_path):
    clock.now += timedelta(days=1)
    append(log, "a")
    clock.now -= timedelta(days=1)
    append(log, "b")
    assert segment_days(tmp_path) == [date(2026, 9, 27)]


def test_old_days_are_dropped_only_when_everybody_has_read_them(log, clock, tmp_path):
    for name in "abcd":
        append(log, name)
        clock.now += timedelta(days=1)
    later = date(2026, 12, 1)
    assert log.drop_before(later) == (), "nobody has read anything"
    log.checkpoints.save("fast", 4)
    log.checkpoints.save("slow", 1)
    assert log.drop_before(later) == (date(2026, 9, 26),)
    assert [e.dedupe_key for e in log.read(0, 10)] == ["b", "c", "d"]
    log.checkpoints.save("slow", 4)
    assert log.drop_before(later) == (date(2026, 9, 27),), "the newest two days stay for recognising repeats"


def test_a_full_or_closed_log_says_so(tmp_path, clock):
    log = SqliteEventLog(tmp_path, clock=clock, queue_limit=0)
    with pytest.raises(LogClosed):
        log.append(entry("a"))
    log.start()
    with pytest.raises(LogFull):
        log.append(entry("a"))
    with pytest.raises(LogClosed, match="already started"):
        log.start()
    log.close()
    with pytest.raises(LogClosed):
        log.append(entry("a"))


def test_a_checkpoint_never_goes_back(log):
    log.checkpoints.save("monitoring", 7)
    log.checkpoints.save("monitoring", 3)
    assert log.checkpoints.load("monitoring") == 7
    assert log.checkpoints.load("other") == 0


def test_a_cancelled_future_leaves_the_writer_alive(log):
    futures = [log.append(entry(str(n))) for n in range(200)]
    for future in futures[::2]:
        future.cancel()
    assert append(log, "last").outcome is AppendOutcome.STORED
    assert len(log.read(0, 1000)) == 201, "what was queued is stored, whoever still listens"


WORKER = textwrap.dedent(
    """
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from openinfusion.ingest.entries import EntryStatus, NewEntry, Transport
    from openinfusion.ingest.log import SqliteEventLog

    log = SqliteEventLog(Path(sys.argv[1]), clock=lambda: datetime.now(UTC))
    log.start()
    print("ready", flush=True)
    for number in range(int(sys.argv[2]), 10**9):
        key = str(number)
        entry = NewEntry(datetime.now(UTC), Transport.HL7V2, "", "demo", "P", EntryStatus.ACCEPTED, "", key, key,
                         key.encode() * 50)
        log.append(entry).add_done_callback(lambda done, key=key: print(key, flush=True))
        if number % 50 == 49:
            log.append(NewEntry(datetime.now(UTC), Transport.HL7V2, "", "", "", EntryStatus.GARBLED, "", "", "x",
                                b"")).result()
    """
)


def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path):
    """Killed in full flight four times: every key the writer confirmed is in the log, once, in order."""
    confirmed = []
    for cycle in range(4):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(tmp_path), str(cycle * 1_000_000)],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert worker.stdout.readline() == "ready\n"
        lines = [worker.stdout.readline() for _ in range(300 + 100 * cycle)]
        os.kill(worker.pid, signal.SIGKILL)
        rest = worker.stdout.read().splitlines(keepends=True)
        worker.wait(10)
        confirmed += [line.strip() for line in lines + rest if line.endswith("\n")]
        worker.stdout.close()
    log = SqliteEventLog(tmp_path, clock=lambda: DAY)
    stored = [e for e in log.read(0, 10**6) if e.status is EntryStatus.ACCEPTED]
    keys = [e.dedupe_key for e in stored]
    assert len(confirmed) > 1_500
    assert set(confirmed) - set(keys) == set(), "lost although acknowledged"
    assert len(keys) == len(set(keys))
    assert all(e.body == e.dedupe_key.encode() * 50 for e in stored)
    positions = [e.position for e in stored]
    assert positions == sorted(set(positions))
