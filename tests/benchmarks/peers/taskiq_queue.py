"""taskiq with its Redis list broker; runs in an environment of its own (see taskiq_peer.py).

``broker`` is what ``taskiq worker`` serves. As a program: the producer, which submits one task for each line it is
given and answers with its latency in milliseconds.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from taskiq_redis import ListQueueBroker  # type: ignore[import-not-found]

from tests.benchmarks.marks import Marks, mark, now

broker = ListQueueBroker(url=os.environ["LEDGERWIRE_BENCHMARK_REDIS"], queue_name="peer:taskiq")


@broker.task(task_name="marked")  # type: ignore[untyped-decorator]
async def marked(token: str) -> None:
    mark(token)


async def produce() -> None:
    marks = Marks(Path(os.environ["LEDGERWIRE_BENCHMARK_FOLDER"]))
    await broker.startup()
    while token := (await asyncio.to_thread(sys.stdin.readline)).strip():
        started = marks.expect(token)
        began = now()
        await marked.kiq(token)
        print(await asyncio.wait_for(started, 20) - began, flush=True)
    await broker.shutdown()
    marks.close()


if __name__ == "__main__":
    asyncio.run(produce())
