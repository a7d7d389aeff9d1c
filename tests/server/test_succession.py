"""Whether streams go on from one start of everything to the next: after an end in order they do, after a kill not."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from ledgerwire import Ledgerwire
from ledgerwire.events import JobEvent, Snapshot
from server import succession
from server.broker import address
from tests.brokers import Broker, found_program
from tests.running import Running
from workers.jobs import keys

JUNE = b"Date,Description,Amount\n2026-06-01,COFFEE,-4.50\n2026-06-02,TEA,-2.80\n"


@contextmanager
def started(data_dir: Path) -> Iterator[Running]:
    found_program()
    found = Running(data_dir)
    try:
        found.await_start()
        yield found
    finally:
        found.stop()


@pytest.mark.story
def test_after_an_end_in_order_what_was_missed_is_told(tmp_path: Path) -> None:
    with started(tmp_path) as running, Ledgerwire(running.url, running.api_key) as client:
        job = client.upload_and_categorize(("june.csv", JUNE), company="demo")
        since = job.position
        job.wait(30)
    with started(tmp_path) as running, Ledgerwire(running.url, running.api_key) as client:
        events = list(client.job(job.id).events(since))
        more = client.categorize(company="demo")
        later = list(more.events(since))
    assert not any(isinstance(event, Snapshot) for event in events)
    assert isinstance(events[-1], JobEvent)
    assert events[-1].job.status == "complete"
    assert since is not None
    offsets = [event.position.removeprefix(f"{since.partition('.')[0]}.") for event in (*events, *later)]
    assert all(offset.isdecimal() for offset in offsets)
    assert int(offsets[len(events)]) > int(offsets[len(events) - 1]), "no position is given out twice"


@pytest.mark.story
def test_after_a_kill_the_stream_starts_over(tmp_path: Path) -> None:
    with started(tmp_path) as running, Ledgerwire(running.url, running.api_key) as client:
        job = client.upload_and_categorize(("june.csv", JUNE), company="demo")
        since = job.position
        job.wait(30)
        os.kill(running.process.pid, signal.SIGKILL)
        running.process.wait(10)
    with started(tmp_path) as running, Ledgerwire(running.url, running.api_key) as client:
        (only,) = client.job(job.id).events(since)
    assert isinstance(only, Snapshot)
    assert only.reason == "gap"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    (tmp_path / "broker").mkdir()
    return tmp_path


def test_only_streams_of_the_life_that_ended_in_order_are_taken_up(broker: Broker, data_dir: Path) -> None:
    with redis.Redis.from_url(broker.url, decode_responses=True) as client:
        for company, life in (("acme", "before"), ("globex", "long ago")):
            client.hset(keys.meta(company), mapping={"epoch": "e", "offset": "7", "run_id": life})
        succession.leave_word(data_dir, "before")
        now = succession.take_up(data_dir, broker.url)
        assert now == client.info("server")["run_id"]
        assert client.hgetall(keys.meta("acme")) == {"epoch": "e", "offset": "7", "run_id": now}
        assert client.hget(keys.meta("globex"), "run_id") == "long ago"
        assert client.config_get("appendfsync") == {"appendfsync": "everysec"}
        client.hset(keys.meta("acme"), "run_id", "before")
        succession.take_up(data_dir, broker.url)
        assert client.hget(keys.meta("acme"), "run_id") == "before", "a word holds for one start"


def test_a_broker_that_is_gone_again_costs_the_word_and_no_more(data_dir: Path) -> None:
    succession.leave_word(data_dir, "before")
    assert succession.take_up(data_dir, address(data_dir)) is None
    assert not (data_dir / "broker" / succession.WORD).exists()
