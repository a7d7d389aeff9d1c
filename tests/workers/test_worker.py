"""``python -m workers``: a process that takes jobs until it is told to stop."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.brokers import Broker
from tests.processes import until
from tests.running import environment
from workers.database import Database
from workers.jobs.tables import workers


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "workers", *words]


async def known(database: Database) -> list[str]:
    async with database.reading() as connection:
        return list((await connection.execute(select(workers.c.worker_id))).scalars())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_introduces_itself_and_stops_in_order(
    broker: Broker, database: Database, tmp_path: Path, number: signal.Signals
) -> None:
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command("--worker-id", "worker-7"),
            env=environment(tmp_path, DATABASE_URL=database.url, REDIS_URL=broker.url),
            stderr=out,
        )
    until(lambda: b"takes 4 jobs at a time" in log.read_bytes(), "the worker", within=30)
    while not await known(database):
        assert process.poll() is None
    assert await known(database) == ["worker-7"]
    process.send_signal(number)
    assert process.wait(10) == 0
    assert await known(database) == []
    assert b"Traceback" not in log.read_bytes()


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [("REDIS_URL", "", "REDIS_URL is not set"), ("PORT", "x", "PORT should be")],
)
def test_a_bad_environment_gets_one_line(tmp_path: Path, variable: str, value: str, says: str) -> None:
    ended = subprocess.run(
        command(),
        env=environment(tmp_path) | {variable: value},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1
    assert says in ended.stderr
    assert ended.stderr.count("\n") == 1
