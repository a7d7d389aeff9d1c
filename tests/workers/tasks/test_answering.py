"""A file that leaves something open is asked about once: the answer reads it, and the next of its layout."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from ledgerwire.jobs import Status
from ledgerwire.statements import ColumnMapping
from ledgerwire.submissions import UploadAndCategorize
from tests.workers.jobs.conftest import Workers, reach
from tests.workers.tasks.conftest import put
from workers.books.companies import create_company
from workers.books.mappings import load_mappings
from workers.books.schema import transactions
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord
from workers.tasks import KINDS

JUNE = (
    "Card number,Date,Description,Amount\n1234,2026-06-13,BLUE DOOR,4.50\n1234,2026-06-14,GREEN DOOR,12.00\n"
)
JULY = "Card number,Date,Description,Amount\n1234,2026-07-02,RED DOOR,7.00\n"


async def upload(
    kernel: Kernel, text: str, *, mapping: ColumnMapping | None = None, company: str = "acme"
) -> JobRecord:
    file = await put(kernel, text)
    submission = UploadAndCategorize(company_id=company, file=file, mapping=mapping)
    submitted = await kernel.submit(submission, submitted_by="Ann")
    return await reach(kernel, submitted.record.job_id, Status.COMPLETE, Status.FAILED)


async def amounts(kernel: Kernel) -> list[Decimal]:
    query = select(transactions.c.amount).order_by(transactions.c.date)
    async with kernel.database.reading() as connection:
        return list((await connection.execute(query)).scalars())


async def test_a_question_is_answered_once(kernel: Kernel, workers: Workers, company: str) -> None:
    await workers.start(*KINDS.values())
    asked = await upload(kernel, JUNE)
    assert asked.error is not None
    assert (asked.error.code, await amounts(kernel)) == ("ambiguous_sign", [])
    assert asked.error.proposal is not None

    confirmed = await upload(kernel, JUNE, mapping=asked.error.proposal.mapping)
    assert confirmed.status is Status.COMPLETE, confirmed.error
    july = await upload(kernel, JULY)
    assert july.status is Status.COMPLETE, july.error
    assert await amounts(kernel) == [Decimal("-4.50"), -12, -7]


async def test_an_answer_that_could_not_read_its_file_is_not_kept(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(*KINDS.values())
    refused = await upload(kernel, JUNE, mapping=ColumnMapping(amount="Nowhere"))
    assert refused.error is not None
    assert refused.error.code == "bad_mapping"
    async with kernel.database.reading() as connection:
        assert await load_mappings(connection, company) == {}


async def test_an_answer_is_of_its_company(kernel: Kernel, workers: Workers, company: str) -> None:
    await workers.start(*KINDS.values())
    async with kernel.database.transaction() as connection:
        await create_company(connection, "other")
    await upload(kernel, JUNE, mapping=ColumnMapping(sign="reversed"))
    other = await upload(kernel, JULY, company="other")
    assert other.status is Status.FAILED
