"""``python -m tests.benchmarks.peers.arq_queue URL POLL_DELAY``: a worker of stock arq, and its producer's pool."""

from __future__ import annotations

import sys
from typing import Any, cast

from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.worker import Worker, func

from tests.benchmarks.marks import mark

QUEUE = "peer:arq"
#: As arq ships.
POLL_DELAY = 0.5
JOBS_AT_ONCE = 10

ENTRY = (sys.executable, "-m", "tests.benchmarks.peers.arq_queue")


async def marked(_context: dict[str, Any], token: str) -> None:
    mark(token)


async def noop(_context: dict[str, Any]) -> None:
    return


async def pool(url: str) -> ArqRedis:
    return await create_pool(RedisSettings.from_dsn(url), default_queue_name=QUEUE)


def work(url: str, poll_delay: float) -> None:
    Worker(
        [func(cast("Any", task), name=task.__name__) for task in (marked, noop)],
        queue_name=QUEUE,
        redis_settings=RedisSettings.from_dsn(url),
        poll_delay=poll_delay,
        max_jobs=JOBS_AT_ONCE,
    ).run()


if __name__ == "__main__":
    work(sys.argv[1], float(sys.argv[2]))
