"""Whether nothing more can be told to the watcher of one job: it has ended, and its end was seen."""

from __future__ import annotations

import contextlib

from server.beginning import Answer
from server.frames import glance
from workers.jobs.kernel import Kernel
from workers.jobs.live import BrokerAway
from workers.jobs.record import JobRecord


async def is_behind_the_end(kernel: Kernel, record: JobRecord, answer: Answer) -> bool:
    """Whether a watch of this job that was answered so began behind its end; ``record`` is older than ``answer``."""
    if not record.status.terminal or not answer.recovered or answer.frames:
        return False
    if record.told:
        return True
    # Its end is committed; whether it was also published, only the live side knows.
    with contextlib.suppress(BrokerAway):
        picture = await kernel.breaker(kernel.live.picture(record.company_id, [record.job_id]))
        live = picture.jobs.get(record.job_id)
        return live is not None and live.fence >= record.fence and glance(live.json).status.terminal
    return False
