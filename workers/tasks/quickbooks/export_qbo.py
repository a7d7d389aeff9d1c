"""``export-qbo``: send what is approved to QuickBooks, and correct there what has changed here; each line by itself.

First whatever an attempt before left on its way is brought to its end, under the same request ids. Then, round by
round, as much goes out as Intuit takes at once. At last the receipts follow what they belong to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.quickbooks import SentLine
from ledgerwire.review import LineFailure
from ledgerwire.submissions import ExportQbo
from workers.books.enlisting import came_to_none_of, matching, settle, summarise, waiting
from workers.books.quickbooks.attaching import enlist_receipts, jobs_attaching, take_over_receipts
from workers.books.quickbooks.claiming import Decision, claim, decide, to_send
from workers.books.quickbooks.intuit import page_of
from workers.books.quickbooks.sending import (
    BATCH,
    Office,
    Unit,
    jobs_sending,
    on_its_way,
    take_over,
    units_again,
)
from workers.books.quickbooks.settling import (
    GOOD,
    Arrival,
    outcome_of,
    settle_arrivals,
    settle_left,
    vendors_not_there,
    would_be,
)
from workers.books.quickbooks.vendors import forget_vendors
from workers.jobs.attempt import Attempt, Batch
from workers.jobs.ledger import Ledger
from workers.jobs.plan import Plan
from workers.tasks.bulk import Choose, Progress, chosen_ids, enlist_all
from workers.tasks.earlier import find_earlier
from workers.tasks.quickbooks.delivering import Courier, Stopped
from workers.tasks.quickbooks.pacing import Permit
from workers.tasks.quickbooks.receipts import send_receipts
from workers.tasks.quickbooks.setting_out import Desk, find_office, open_desk
from workers.tasks.quickbooks.tokens import Tokens

PLAN = Plan(select=5, send=85, attach=10)
DRY = ("would_create", "would_update", "would_delete")
#: Lines looked at in one round: what ten calls carry, and as many again of which there is nothing to send.
ROUND = 200
#: Calls that go out together.
LANES = 10
#: Lines decided on for each that may go: some of them are there already.
LOOKED_AT = 2


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """``exported + skipped + failed_count`` is all lines that were meant."""

    #: Created, updated or deleted; of a dry run, what would be.
    exported: int
    #: They are over there as they are here.
    skipped: int
    #: The first 500 of ``failed_count``; submit ``failed_of`` to try all of them again.
    failed: list[LineFailure]
    failed_count: int
    #: By the words of SentLine.outcome.
    outcomes: dict[str, int]
    receipts: int = 0
    dry_run: bool = False


async def export_qbo(attempt: Attempt, submission: ExportQbo) -> Result:
    if submission.failed_of is not None:
        await find_earlier(attempt, submission.failed_of, ExportQbo, pointer="/failed_of", noun="export")
    office = await find_office(attempt)
    tokens = Tokens(attempt, office.realm_id)
    try:
        return await _export(attempt, submission, office, tokens)
    except Stopped:
        async with attempt.checkpoint():
            pass
        # The checkpoint raises Drained; a cancel has its own way.
        return await asyncio.Future()
    finally:
        await tokens.close()


async def _export(attempt: Attempt, submission: ExportQbo, office: Office, tokens: Tokens) -> Result:
    progress = msgspec.convert(attempt.state or {}, Progress)
    progress = await enlist_all(attempt, _choice(office, submission, attempt.record.created_at), progress)
    attempt.begin("send", total=progress.total, done=progress.done)
    export = Export(attempt, office, progress, Courier(attempt, office, tokens))
    sent = 0
    if submission.dry_run:
        await export.rehearse()
    else:
        await export.finish_what_was_begun()
        await export.send_all()
        sent = await send_receipts(attempt, office, export.courier)
    return await _result(attempt, dry_run=submission.dry_run, receipts=sent)


class Export:
    """One attempt."""

    def __init__(self, attempt: Attempt, office: Office, progress: Progress, courier: Courier) -> None:
        self.attempt = attempt
        self.office = office
        self.progress = progress
        self.courier = courier

    async def rehearse(self) -> None:
        desk = await open_desk(self.attempt, self.office)
        while ids := await self._next(ROUND):
            await desk.prepare(ids, self.courier, create=False)
            async with self.attempt.checkpoint() as batch:
                decisions = await decide(batch.connection, self.office, ids, desk.compose)
                lines = [would_be(each) for each in decisions]
                await settle(batch.connection, self.attempt.job_id, map(outcome_of, lines))
                self._note(batch, lines, cursor=ids[-1])

    async def finish_what_was_begun(self) -> None:
        """By this job in an earlier attempt, or by one that ended without having seen it arrive."""
        async with self.attempt.database.reading() as connection:
            senders = await jobs_sending(connection, self.office)
            senders |= await jobs_attaching(connection, self.office)
        ended = [each for each in senders if await self._has_ended(each)]
        if not ended:
            return
        async with self.attempt.checkpoint() as batch:
            await take_over(batch.connection, self.office, ended)
            await take_over_receipts(batch.connection, self.office, ended)
        async with self.attempt.database.reading() as connection:
            units = units_again(await on_its_way(connection, self.office))
        for start in range(0, len(units), LANES):
            some = units[start : start + LANES]
            await self._deliver(some, [None] * len(some), unsure=True)

    async def send_all(self) -> None:
        desk = await open_desk(self.attempt, self.office)
        # A line whose turn comes again stands behind the cursor: it is gone through until nothing is left.
        while True:
            while ids := await self._next(ROUND):
                await self._round(desk, ids)
            if not self.progress.cursor:
                return
            self.progress = msgspec.structs.replace(self.progress, cursor="")

    async def _round(self, desk: Desk, ids: Sequence[str]) -> None:
        await desk.prepare(ids, self.courier, create=True)
        permits = await self._permits(len(ids))
        batches = sum(permit.is_batch for permit in permits)
        singles = len(permits) - batches
        used: list[Permit] = []
        try:
            some = ids[: LOOKED_AT * (batches * BATCH + singles)]
            units, cursor = await self._claim(desk, some, batches, singles)
            used = _dealt(permits, units)
        finally:
            await self.courier.withdraw([permit for permit in permits if permit not in used])
        self.progress = msgspec.structs.replace(self.progress, cursor=cursor)
        if units:
            await self._deliver(units, used, unsure=False)

    async def _permits(self, lines: int) -> list[Permit]:
        """For so many lines: batches carry ten times as much; single calls where the minute has none left."""
        batches = min(LANES, -(-lines // BATCH))
        return await self.courier.permits(batches=batches, singles=min(LANES, lines))

    async def _claim(
        self, desk: Desk, ids: Sequence[str], batches: int, singles: int
    ) -> tuple[list[Unit], str]:
        async with self.attempt.checkpoint() as batch:
            decisions = await decide(batch.connection, self.office, ids, desk.compose)
            within, cursor = _within(decisions, batches * BATCH + singles)
            claimed = await claim(batch.connection, self.office, within, batches=batches, singles=singles)
            now = datetime.now(UTC)
            lines = await settle_left(batch.connection, self.office, claimed.left, now=now)
            there = [line.transaction_id for line in lines if line.outcome == "already"]
            await enlist_receipts(batch.connection, self.office, there)
            self._note(batch, lines, cursor=self.progress.cursor)
        return claimed.units, cursor

    async def _deliver(
        self, units: Sequence[Unit], permits: Sequence[Permit | None], *, unsure: bool
    ) -> None:
        """Whatever arrives is settled, also where another unit of the round did not get through."""
        tasks = [
            self.courier.deliver(unit, permit, unsure=unsure)
            for unit, permit in zip(units, permits, strict=True)
        ]
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        arrivals = [each for outcome in outcomes if isinstance(outcome, list) for each in outcome]
        if arrivals or self.attempt.stop is not None:
            await self._settle(arrivals)
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, Stopped):
                raise outcome
        if any(isinstance(outcome, Stopped) for outcome in outcomes):
            raise Stopped

    async def _settle(self, arrivals: Sequence[Arrival]) -> None:
        async with self.attempt.checkpoint() as batch:
            lines: list[SentLine] = []
            if arrivals:
                lines = await settle_arrivals(
                    batch.connection, self.office, arrivals, page=self._page, now=datetime.now(UTC)
                )
                sent = [line.transaction_id for line in lines if line.outcome in {"created", "updated"}]
                await enlist_receipts(batch.connection, self.office, sent)
                gone = vendors_not_there(lines)
                await forget_vendors(batch.connection, self.office.company_id, self.office.realm_id, gone)
            self._note(batch, lines, cursor=self.progress.cursor)

    def _page(self, object_type: str, qbo_id: str) -> str:
        return page_of(self.attempt.shared.settings, object_type, qbo_id)

    def _note(self, batch: Batch, lines: Sequence[SentLine], *, cursor: str) -> None:
        done = min(self.progress.total, self.progress.done + len(lines))
        self.progress = msgspec.structs.replace(self.progress, done=done, cursor=cursor)
        batch.state, batch.done = self.progress, done
        for line in lines:
            level = "info" if line.outcome in GOOD or line.outcome in DRY else "warning"
            batch.log(_sentence(line), level=level, data=line)

    async def _next(self, limit: int) -> list[str]:
        async with self.attempt.database.reading() as connection:
            return await waiting(connection, self.attempt.job_id, after=self.progress.cursor, limit=limit)

    async def _has_ended(self, job_id: str) -> bool:
        if job_id == self.attempt.job_id:
            return True
        record = await Ledger(self.attempt.database).find(job_id)
        return record is None or record.status.terminal


def _dealt(permits: Sequence[Permit], units: Sequence[Unit]) -> list[Permit]:
    """One for each unit, in their order: a batch's is a batch's. One that is left for a single call serves, too."""
    of_batch = [permit for permit in permits if permit.is_batch]
    of_one = [permit for permit in permits if not permit.is_batch]
    return [of_batch.pop(0) if unit.is_batch or not of_one else of_one.pop(0) for unit in units]


def _within(decisions: Sequence[Decision], most: int) -> tuple[list[Decision], str]:
    """The first of them, of which at most so many are to be sent; and the last one's id."""
    found: list[Decision] = []
    for each in decisions:
        if each.operation is not None:
            if most == 0:
                break
            most -= 1
        found.append(each)
    return found, found[-1].transaction_id if found else ""


def _choice(office: Office, submission: ExportQbo, asked_at: datetime) -> Choose:
    async def choose(connection: AsyncConnection, after: str, limit: int) -> list[str]:
        if submission.filter is not None:
            return await matching(
                connection, office.company_id, submission.filter, there_at=asked_at, after=after, limit=limit
            )
        if submission.failed_of is not None:
            return await came_to_none_of(
                connection, submission.failed_of, (*GOOD, *DRY), after=after, limit=limit
            )
        if submission.transaction_ids is not None:
            return chosen_ids(submission.transaction_ids, after, limit)
        return await to_send(connection, office, after=after, limit=limit)

    return choose


async def _result(attempt: Attempt, *, dry_run: bool, receipts: int) -> Result:
    async with attempt.database.reading() as connection:
        found = await summarise(connection, attempt.job_id, good=(*GOOD, *DRY))
    skipped = found.outcomes.get("already", 0)
    done = sum(count for word, count in found.outcomes.items() if word in (*GOOD, *DRY)) - skipped
    return Result(
        exported=done,
        skipped=skipped,
        failed=found.failed,
        failed_count=found.failed_count,
        outcomes=found.outcomes,
        receipts=receipts,
        dry_run=dry_run,
    )


def _sentence(line: SentLine) -> str:
    name = line.description or line.transaction_id
    word = line.outcome.replace("_", " ")
    what = f"{word} ({line.object_type} {line.qbo_id})" if line.qbo_id else word
    return f"{name}: {what}, {line.detail}" if line.detail else f"{name}: {what}"
