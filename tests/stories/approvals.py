"""The claim that many lines were approved, reopened or removed exactly once each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select

from ledgerwire.jobs import Status
from workers.books.schema import approval_outcomes, audit, journal_entries, journal_movements, transactions
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord
from workers.jobs.tables import job_logs


class Books:
    """What a company's tables say now."""

    def __init__(self, kernel: Kernel, company: str) -> None:
        self.kernel = kernel
        self.company = company

    async def states(self) -> dict[str, str]:
        mine = transactions.c.company_id == self.company
        return dict(
            await self._pairs(select(transactions.c.transaction_id, transactions.c.state).where(mine))
        )

    async def revisions(self) -> dict[str, int]:
        mine = transactions.c.company_id == self.company
        return dict(
            await self._pairs(select(transactions.c.transaction_id, transactions.c.revision).where(mine))
        )

    async def assert_told_once(self, record: JobRecord, outcomes: dict[str, str]) -> None:
        """In the log, among the outcomes and in the result: each of these lines, with its outcome, and no other."""
        assert record.status is Status.COMPLETE, record.error
        assert record.result is not None
        assert (record.errors, record.timeouts) == (0, 0)
        pairs = Counter(outcomes.items())
        assert await self._logged(record.job_id) == pairs
        mine = approval_outcomes.c.job_id == record.job_id
        kept = select(approval_outcomes.c.transaction_id, approval_outcomes.c.outcome).where(mine)
        assert Counter(await self._pairs(kept)) == pairs
        assert record.result["outcomes"] == dict(Counter(outcomes.values()))

    async def assert_audited_once(self, record: JobRecord, action: str, ids: Iterable[str]) -> None:
        """One row for each of these lines, and no other row of that job."""
        rows = select(audit.c.transaction_id, audit.c.action).where(
            audit.c.company_id == self.company, audit.c.job_id == record.job_id
        )
        assert Counter(await self._pairs(rows)) == Counter((key, action) for key in ids)

    async def assert_entries(self) -> None:
        """One of one movement for each line with a category and money, posted where the line is approved."""
        wanted = select(transactions.c.transaction_id, transactions.c.state).where(
            transactions.c.company_id == self.company,
            transactions.c.category.is_not(None),
            transactions.c.sign != 0,
        )
        due = {
            key: "posted" if state == "approved" else "proposed" for key, state in await self._pairs(wanted)
        }
        mine = journal_entries.c.company_id == self.company
        found = select(journal_entries.c.transaction_id, journal_entries.c.state).where(mine)
        assert Counter(await self._pairs(found)) == Counter(due.items())
        moved = (
            select(journal_movements.c.entry_id, func.count())
            .join(journal_entries, journal_entries.c.entry_id == journal_movements.c.entry_id)
            .where(mine)
            .group_by(journal_movements.c.entry_id)
        )
        counts = [count for _entry, count in await self._pairs(moved)]
        assert counts == [1] * len(due)

    async def assert_trail(self) -> None:
        """Each change of a line begins where the one before it ended, the last ends where the line is, none is lost."""
        rows = select(audit.c.transaction_id, audit.c.from_state, audit.c.to_state).where(
            audit.c.company_id == self.company
        )
        standing: dict[str, str] = {}
        changes: Counter[str] = Counter()
        async with self.kernel.database.reading() as connection:
            for key, from_state, to_state in await connection.execute(rows.order_by(audit.c.audit_id)):
                assert from_state == standing.get(key, "imported"), key
                standing[key] = to_state
                changes[key] += 1
        assert standing == await self.states()
        assert await self.revisions() == {key: 1 + count for key, count in changes.items()}

    async def _logged(self, job_id: str) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        async with self.kernel.database.reading() as connection:
            entries = await connection.execute(select(job_logs.c.lines).where(job_logs.c.job_id == job_id))
            for lines in entries.scalars():
                found.update((line["data"]["transaction_id"], line["data"]["outcome"]) for line in lines)
        return found

    async def _pairs(self, query: Select[Any]) -> list[tuple[Any, Any]]:
        async with self.kernel.database.reading() as connection:
            return [(first, second) for first, second in await connection.execute(query)]
