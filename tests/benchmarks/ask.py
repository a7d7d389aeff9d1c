"""Lines a second through the language model's step, with a model that thinks for no time at all.

    python -m tests.benchmarks.ask [--lines 4000] [--each 2] [--rounds 3]

Each merchant has ``each`` lines and is one question; forty go into a call, four calls are in flight. ``ask step`` is
what a real job in a real worker takes from its first call to its last line: questions, examples, calls, answers kept,
decisions, journal entries, log, checkpoints. ``known`` is the same lines categorized again, each answer from the cache.
The floor is the openai package alone sending the very same requests, four at a time, and throwing the answers away.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import msgspec
from openai import AsyncOpenAI

from ledgerwire.jobs import LogEntry, Status
from ledgerwire.submissions import Categorize, Submission, UploadAndCategorize
from tests.benchmarks import command
from tests.benchmarks.figures import OURS, Report, say
from tests.benchmarks.ground import DATABASES, ground, opened_kernel
from tests.benchmarks.kinds import ENTRY
from tests.benchmarks.marks import now
from tests.benchmarks.statement import put
from tests.databases import find_postgres
from tests.doubles.standing import LanguageModel
from workers.books.companies import create_company
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord
from workers.settings import Settings

FLOOR = "floor: openai alone"
PAGE = 500
LETTERS = "BCDFGHKLMNPRSTVZ"


class Size(msgspec.Struct, frozen=True, kw_only=True):
    lines: int = 4_000
    #: Lines of each merchant.
    each: int = 2
    rounds: int = 3
    #: 0 leaves our run on PostgreSQL out.
    postgresql: int = 1


async def measure(size: Size) -> Report:
    report = Report(title=f"Lines a second through the language model's step ({size.lines:,} lines)")
    for database in DATABASES if size.postgresql and find_postgres() is not None else DATABASES[:1]:
        name = OURS if database == "sqlite" else f"{OURS} ({database})"
        with TemporaryDirectory() as folder, closing(LanguageModel(Path(folder), latency=0)) as model:
            told = model.settings(Settings(data_dir=Path(), database_url=""))
            on = {key: getattr(told, key) for key in ("openai_api_key", "openai_model", "openai_base_url")}
            with ground(database, **on) as found:
                async with opened_kernel(found.settings) as kernel:
                    found.fleet.start(ENTRY).await_ready()
                    for number in range(size.rounds):
                        calls, figures = await _ours(kernel, size)
                        report.add(name, **figures)
                        if database == "sqlite":
                            report.add(FLOOR, ask_step=await _floor(model, found.settings, calls, size))
                        say(f"Round {number + 1} of {size.rounds} is done ({database}).")
    return report


async def _ours(kernel: Kernel, size: Size) -> tuple[int, dict[str, float]]:
    """How many calls it took, and the figures."""
    company = f"company-{uuid4().hex[:8]}"
    async with kernel.database.transaction() as tx:
        await create_company(tx, company)
    file = await put(kernel.files, _statement(size), "bank.csv")
    asked = await _done(kernel, UploadAndCategorize(company_id=company, file=file))
    known = await _done(kernel, Categorize(company_id=company, limit=size.lines))
    assert (asked.live.usage.llm_calls > 0, known.live.usage.llm_calls) == (True, 0)
    return asked.live.usage.llm_calls, {
        "ask_step": size.lines / _seconds(await _log(kernel, asked), after=size.lines),
        "known": size.lines / _seconds(await _log(kernel, known), after=0),
    }


def _statement(size: Size) -> str:
    merchants = -(-size.lines // size.each)
    rows = (f"2026-06-01,{_word(number % merchants)} BAKERY #{number},-1.00" for number in range(size.lines))
    return "\n".join(["Date,Description,Amount", *rows, ""])


def _word(number: int) -> str:
    return "".join(LETTERS[number >> shift & 15] + "AEIO"[shift // 4 % 4] for shift in (0, 4, 8, 12))


async def _done(kernel: Kernel, submission: Submission) -> JobRecord:
    submitted = await kernel.submit(submission, submitted_by="benchmark")
    while True:
        record = await kernel.ledger.find(submitted.record.job_id)
        assert record is not None
        if record.status.terminal:
            assert record.status is Status.COMPLETE, record.error
            return record
        await asyncio.sleep(0.02)


async def _log(kernel: Kernel, record: JobRecord) -> list[LogEntry]:
    entries: list[LogEntry] = []
    while page := await kernel.ledger.log_page(
        record.job_id, after=entries[-1].number if entries else 0, limit=PAGE
    ):
        entries += page
    return entries


def _seconds(entries: list[LogEntry], *, after: int) -> float:
    """From the log's line number ``after`` (0: its first) to its last."""
    moments: list[datetime] = [line.at for entry in entries for line in entry.lines]
    return (moments[-1] - moments[max(0, after - 1)]).total_seconds()


async def _floor(model: LanguageModel, settings: Settings, calls: int, size: Size) -> float:
    wanted = [entry.request for entry in model.entries() if entry.request is not None][-calls:]
    client = AsyncOpenAI(api_key=settings.openai_api_key, base_url=settings.openai_base_url, max_retries=0)
    slots = asyncio.Semaphore(settings.openai_concurrency)

    async def send(request: dict[str, Any]) -> None:
        async with slots:
            await client.chat.completions.create(**request)

    async with client:
        await send(wanted[0])
        began = now()
        await asyncio.gather(*map(send, wanted))
        return size.lines * 1_000 / (now() - began)


if __name__ == "__main__":
    sys.exit(command.run(__doc__, Size, measure))
