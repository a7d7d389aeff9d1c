"""A company with lines to approve, and jobs over them through a real worker."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from ledgerwire.jobs import LogLine, Status
from ledgerwire.submissions import Submission, UploadAndCategorize
from tests.workers.books.reviewing import Reviewed
from tests.workers.jobs.conftest import Workers, reach
from tests.workers.tasks.conftest import put
from workers.books.companies import create_company, list_bank_accounts
from workers.books.schema import transactions
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord
from workers.tasks import KINDS


class Office(Reviewed):
    """One company's books and the jobs over them."""

    def __init__(self, kernel: Kernel, company_id: str, account: Any) -> None:
        super().__init__(kernel.database, company_id, account)
        self.kernel = kernel

    @classmethod
    async def opened(cls, kernel: Kernel, company_id: str) -> Office:
        async with kernel.database.transaction() as tx:
            await create_company(tx, company_id, starter_rules=True)
            (account,) = await list_bank_accounts(tx, company_id)
        return cls(kernel, company_id, account)

    async def upload(self, text: str) -> JobRecord:
        file = await put(self.kernel, text)
        return await self.run(UploadAndCategorize(company_id=self.company_id, file=file))

    async def coffees(self, count: int, *, first: int = 1) -> list[str]:
        """The ids of that many lines that a rule has decided."""
        lines = (f"2026-06-{1 + n % 28:02d},COFFEE {n},-{n}.50" for n in range(first, first + count))
        self.imported_by = await self.upload("\n".join(["Date,Description,Amount", *lines, ""]))
        mine = transactions.c.import_job_id == self.imported_by.job_id
        query = select(transactions.c.transaction_id).where(mine).order_by(transactions.c.line_no)
        async with self.database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def run(self, submission: Submission) -> JobRecord:
        """Its row at the end, however it ends."""
        submitted = await self.submit(submission)
        return await reach(self.kernel, submitted.job_id, Status.COMPLETE, Status.FAILED, Status.CANCELLED)

    async def submit(self, submission: Submission) -> JobRecord:
        return (await self.kernel.submit(submission, submitted_by="Ann")).record

    async def result(self, submission: Submission) -> dict[str, Any]:
        record = await self.run(submission)
        assert record.status is Status.COMPLETE, record.error
        assert record.result is not None
        return record.result

    async def log(self, job_id: str) -> list[LogLine]:
        pages = await self.kernel.ledger.log_page(job_id, limit=1_000)
        return [line for page in pages for line in page.lines]

    async def logged(self, job_id: str) -> Counter[tuple[str, str]]:
        """``(transaction_id, outcome)`` of each line of its log."""
        found = [line.data for line in await self.log(job_id)]
        return Counter((data["transaction_id"], data["outcome"]) for data in found if data)


@pytest.fixture
async def office(kernel: Kernel, workers: Workers) -> Office:
    await workers.start(*KINDS.values())
    return await Office.opened(kernel, "acme")


def failures(found: list[Any]) -> dict[str, str]:
    """The outcome of each LineFailure."""
    return {each["transaction_id"]: each["outcome"] for each in found}


def refusal(record: JobRecord) -> tuple[str, str, list[str]]:
    """What a failed job says: its code, its title, and the fields it names."""
    assert record.status is Status.FAILED, record.result
    assert record.error is not None
    assert record.error.detail
    return record.error.code, record.error.title, [each.pointer for each in record.error.errors]


__all__ = ["Office", "failures", "office", "refusal"]
