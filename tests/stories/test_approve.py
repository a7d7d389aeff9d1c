"""Approving thousands of lines and taking it back, while the workers are killed: each line exactly once."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest

from ledgerwire.books import TransactionFilter
from ledgerwire.jobs import Status
from ledgerwire.submissions import BulkApprove, Submission, UndoApprove, UndoImport
from tests.stories.approvals import Books
from tests.stories.bank import assert_exact, found_company, submit_file
from tests.stories.conftest import Length
from tests.stories.fleet import Fleet
from tests.stories.jobs import assert_lost_then_complete, reach
from tests.stories.kills import kill_again_and_again
from workers.books.approval import approve_lines, reopen_lines
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord
from workers.settings import Settings

#: Three jobs over thousands of lines, on a busy machine.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def settings(settings: Settings, database_url: str) -> Settings:
    return msgspec.structs.replace(settings, database_url=database_url)


class Office:
    """One company, a fleet of workers, and jobs whose workers are killed."""

    def __init__(self, kernel: Kernel, fleet: Fleet, length: Length) -> None:
        self.kernel = kernel
        self.fleet = fleet
        self.length = length
        self.books = Books(kernel, "acme")

    async def imported(self) -> JobRecord:
        """Two workers stand ready, and the company has lines."""
        for member in [self.fleet.start(), self.fleet.start()]:
            member.await_ready()
        await found_company(self.kernel, "acme")
        job_id = await submit_file(self.kernel, "acme", self.length.lines)
        record = await reach(self.kernel, job_id, Status.COMPLETE, Status.FAILED)
        await assert_exact(self.kernel.database, record, self.length.lines)
        return record

    async def submit(self, submission: Submission) -> str:
        return (await self.kernel.submit(submission, submitted_by="story")).record.job_id

    async def through_kills(self, submission: Submission, lines: int, *, kills: int) -> JobRecord:
        """The kills come in its first half: batches take milliseconds, and it must not end before the last kill."""
        job_id = await self.submit(submission)
        half = lines // 200
        await kill_again_and_again(self.kernel, self.fleet, job_id, kills=kills, checkpoints=half)
        record = await reach(self.kernel, job_id, Status.COMPLETE, Status.FAILED, within=100)
        await assert_lost_then_complete(self.kernel, job_id, deaths=kills)
        return record


@pytest.fixture
def office(kernel: Kernel, fleet: Fleet, length: Length) -> Office:
    return Office(kernel, fleet, length)


async def test_lines_are_approved_reopened_and_removed_once_each_whoever_is_killed(
    office: Office, length: Length
) -> None:
    books, imported = office.books, await office.imported()
    before = await books.states()
    count, few = len(before), max(1, length.kills // 2)

    approval = await office.through_kills(
        BulkApprove(company_id="acme", filter=TransactionFilter()), count, kills=length.kills
    )
    approved = {key for key, state in before.items() if state == "proposed"}
    told = {key: "approved" if key in approved else "needs_category" for key in before}
    await books.assert_told_once(approval, told)
    await books.assert_audited_once(approval, "approved", approved)
    assert await books.states() == {**before, **dict.fromkeys(approved, "approved")}
    await books.assert_entries()

    undo = UndoApprove(company_id="acme", approve_job_id=approval.job_id)
    undone = await office.through_kills(undo, len(approved), kills=few)
    await books.assert_told_once(undone, dict.fromkeys(approved, "reopened"))
    await books.assert_audited_once(undone, "reopened", approved)
    assert await books.states() == before
    assert Counter((await books.revisions()).values()) == {2: count - len(approved), 4: len(approved)}
    await books.assert_entries()

    removal = UndoImport(company_id="acme", import_job_id=imported.job_id)
    removed = await office.through_kills(removal, count, kills=few)
    await books.assert_told_once(removed, dict.fromkeys(before, "removed"))
    await books.assert_audited_once(removed, "removed", before)
    assert await books.states() == {}
    await books.assert_entries()


async def test_two_approvals_and_a_person_share_the_lines_whoever_is_killed(office: Office) -> None:
    """Meanwhile a person approves and reopens lines by hand; whoever comes to a line second finds it done."""
    await office.imported()
    books, kernel = office.books, office.kernel
    before = await books.states()
    ids = sorted(key for key, state in before.items() if state == "proposed")
    by_hand = ids[:: len(ids) // 50]

    async def person() -> int:
        """How often a line was approved by hand: some, again and again."""
        approved = 0
        for key in by_hand * 2:
            async with kernel.database.transaction() as tx:
                (done,) = await approve_lines(tx, "acme", [key], actor="Ann", now=datetime.now(UTC))
            approved += done.outcome == "approved"
            async with kernel.database.transaction() as tx:
                await reopen_lines(tx, "acme", [key], actor="Ann", now=datetime.now(UTC))
        return approved

    # Named by their ids, lines stay the job's own to come to, however far the other one is by then.
    first = BulkApprove(company_id="acme", transaction_ids=ids[::-1])
    second = await office.submit(BulkApprove(company_id="acme", filter=TransactionFilter(state=["proposed"])))
    killed, _approved = await asyncio.gather(office.through_kills(first, len(ids), kills=2), person())
    other = await reach(kernel, second, Status.COMPLETE, Status.FAILED)
    for record in (killed, other):
        assert record.result is not None, record.error
        assert set(record.result["outcomes"]) <= {"approved", "already", "changed"}
    rest = await office.submit(BulkApprove(company_id="acme", transaction_ids=ids))
    assert (await reach(kernel, rest, Status.COMPLETE, Status.FAILED)).status is Status.COMPLETE
    assert await books.states() == {**before, **dict.fromkeys(ids, "approved")}
    await books.assert_entries()
    await books.assert_trail()
