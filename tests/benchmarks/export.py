"""Lines a minute that reach QuickBooks, against what Intuit's limits let through at best.

    python -m tests.benchmarks.export [--minutes 2] [--rounds 1]

The company's books go to the double, which counts 500 calls and 40 batches a minute and 10 calls at once as Intuit
says it does, and answers after ``--latency`` seconds. What is told is how many lines arrived there within ``minutes``
from the first on (more are waiting), and what part of the calls was admitted: none may be turned away. The ideal is ten
lines in each of the forty batches and one in each call that is left; making vendors and asking for accounts costs some
of them. ``--minute 6`` makes a minute, and all other times, a tenth.
"""

from __future__ import annotations

import asyncio
import sys
import time

import msgspec

from ledgerwire.jobs import Status
from ledgerwire.submissions import ExportQbo
from tests.benchmarks import command
from tests.benchmarks.figures import OURS, Report, say
from tests.benchmarks.ground import ground, opened_kernel
from tests.doubles.quickbooks import Limits, QuickBooksOnline
from tests.doubles.quickbooks.company import POSTING
from tests.stories.bank import found_company
from tests.stories.exports import approved, connect, joined
from tests.stories.fleet import Fleet
from workers.jobs.kernel import Kernel
from workers.settings import Tempo
from workers.tasks.quickbooks.pacing import BATCHES

#: Lines in a batch; forty of them and single calls for the rest.
IN_A_BATCH = 10
CALLS = Limits().calls
BEST = BATCHES * IN_A_BATCH + CALLS - BATCHES
IDEAL = "ideal: every call of a minute used"


class Size(msgspec.Struct, frozen=True, kw_only=True):
    minutes: int = 2
    rounds: int = 1
    #: Seconds that Intuit's minute has.
    minute: float = 60.0
    #: Seconds that a call takes over there.
    latency: float = 0.3
    #: Fewer than fit into the minutes end before them.
    lines: int = 0
    workers: int = 1
    #: Each becomes a vendor over there, by a call of its own.
    merchants: int = 50


async def measure(size: Size) -> Report:
    report = Report(
        title=f"Lines that reach QuickBooks in a minute ({size.minutes} minutes, {size.latency:g} s a call)",
        aims={"lines_a_minute": f"≥ 0.9 of {BEST}", "admitted": "1"},
    )
    for number in range(size.rounds):
        report.add(OURS, **await one_round(size))
        report.add(IDEAL, lines_a_minute=BEST)
        say(f"Round {number + 1} of {size.rounds} is done.")
    return report


async def one_round(size: Size) -> dict[str, float]:
    double = QuickBooksOnline(limits=Limits(minute=size.minute), latency=size.latency)
    await double.start()
    try:
        with ground(tempo=Tempo().scaled(size.minute / Tempo().minute)) as found:
            settings = joined(found.settings, double)
            fleet = Fleet(settings)
            try:
                for worker in [fleet.start() for _ in range(size.workers)]:
                    await asyncio.to_thread(worker.await_ready)
                async with opened_kernel(settings) as kernel:
                    return await exported(kernel, double, size)
            finally:
                fleet.close()
    finally:
        await double.stop()


async def exported(kernel: Kernel, double: QuickBooksOnline, size: Size) -> dict[str, float]:
    company = await found_company(kernel, "acme")
    await connect(kernel, double, company)
    await approved(kernel, company, size.lines or BEST * (size.minutes + 1), merchants=size.merchants)
    job_id = (await kernel.submit(ExportQbo(company_id=company), submitted_by="benchmark")).record.job_id
    while not arrived(double):
        await asyncio.sleep(0.01)
    began = time.monotonic()
    while time.monotonic() - began < size.minutes * size.minute and not await is_over(kernel, job_id):
        await asyncio.sleep(0.05)
    minutes = (time.monotonic() - began) / size.minute
    (throttle,) = double.throttles.values()
    calls = sum(double.sent.values())
    return {"lines_a_minute": arrived(double) / minutes, "admitted": calls / (calls + throttle.refused)}


def arrived(double: QuickBooksOnline) -> int:
    return sum(len(double.company.rows(entity)) for entity in POSTING)


async def is_over(kernel: Kernel, job_id: str) -> bool:
    record = await kernel.ledger.find(job_id)
    assert record is not None
    assert record.status not in {Status.FAILED, Status.CANCELLED}, record.error
    return record.status.terminal


if __name__ == "__main__":
    sys.exit(command.run(__doc__, Size, measure))
