"""A bank file of any format finds its accounts, through a real worker."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import BankAccount, CompanyChange
from ledgerwire.jobs import Status
from ledgerwire.submissions import UploadAndCategorize
from tests.workers.jobs.conftest import Workers, reach
from tests.workers.tasks.conftest import put
from workers.books.companies import change_company, create_bank_account, list_bank_accounts
from workers.books.schema import transactions
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord
from workers.tasks import KINDS, importing


def ofx(*accounts: str, lines: int = 3) -> str:
    """All on one line, as some banks send it."""
    entries = "".join(
        f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>202606{1 + number % 28:02}<TRNAMT>-{number}.50<NAME>SHOP {number}</STMTTRN>"
        for number in range(1, lines + 1)
    )
    statements = "".join(
        f"<STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>{account}</BANKACCTFROM><BANKTRANLIST>{entries}</BANKTRANLIST></STMTRS>"
        for account in accounts
    )
    return f"OFXHEADER:100<OFX>{statements}</OFX>"


async def upload(kernel: Kernel, text: str) -> JobRecord:
    submission = UploadAndCategorize(company_id="acme", file=await put(kernel, text, "june.ofx"))
    submitted = await kernel.submit(submission, submitted_by="test")
    return await reach(kernel, submitted.record.job_id, Status.COMPLETE, Status.FAILED)


async def per_account(kernel: Kernel) -> Counter[str]:
    async with kernel.database.reading() as connection:
        return Counter((await connection.execute(select(transactions.c.account_id))).scalars())


async def test_lines_that_stand_on_one_line_are_all_categorized(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(*KINDS.values())
    record = await upload(kernel, ofx("11112222", lines=250))
    assert record.status is Status.COMPLETE, record.error
    assert record.result is not None
    assert record.result["imported"] == 250 == record.result["categorized"] + record.result["needs_review"]
    async with kernel.database.reading() as connection:
        states = set((await connection.execute(select(transactions.c.state))).scalars())
    assert "imported" not in states


async def test_a_file_of_several_accounts_fills_each(kernel: Kernel, workers: Workers, company: str) -> None:
    async with kernel.database.transaction() as tx:
        first = await create_bank_account(tx, "acme", name="First", currency="USD", number="11112222")
        second = await create_bank_account(tx, "acme", name="Second", currency="USD", number="33334444")
    await workers.start(*KINDS.values())
    record = await upload(kernel, ofx("11112222", "33334444", lines=120))
    assert record.status is Status.COMPLETE, record.error
    assert await per_account(kernel) == {first.account_id: 120, second.account_id: 120}
    again = await upload(kernel, ofx("33334444", lines=120))
    assert again.result is not None
    assert (again.result["imported"], again.result["duplicates"]) == (0, 120)


async def test_a_first_import_gives_its_account_the_number(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(*KINDS.values())
    assert (await upload(kernel, ofx("11112222"))).status is Status.COMPLETE
    async with kernel.database.reading() as connection:
        (account,) = await list_bank_accounts(connection, "acme")
    assert account.number == "11112222"
    other = await upload(kernel, ofx("33334444"))
    assert other.error is not None
    assert other.error.code == "choose_account"
    assert await per_account(kernel) == {account.account_id: 3}


async def test_what_a_person_should_know_stands_in_the_log(
    kernel: Kernel, workers: Workers, company: str
) -> None:
    await workers.start(*KINDS.values())
    record = await upload(kernel, ofx("11112222").removesuffix("</OFX>"))
    assert record.status is Status.COMPLETE, record.error
    entries = await kernel.ledger.log_page(record.job_id, after=0, limit=10)
    warnings = [line.text for entry in entries for line in entry.lines if line.level == "warning"]
    assert warnings == ["The file ends without its closing tag: lines may be missing."]


async def test_a_file_is_read_again_where_its_account_is_in_another_currency_meanwhile(
    kernel: Kernel, workers: Workers, company: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[BankAccount] = []

    async def list_and_then_change(connection: AsyncConnection, company_id: str) -> list[BankAccount]:
        found = await list_bank_accounts(connection, company_id)
        if not listed:
            async with kernel.database.transaction() as tx:
                wanted = CompanyChange(base_currency="EUR")
                await change_company(tx, company_id, wanted, today=date(2026, 7, 1))
        listed.extend(found)
        return found

    monkeypatch.setattr(importing, "list_bank_accounts", list_and_then_change)
    await workers.start(*KINDS.values())
    text = "Date,Description,Amount\n2026-06-01,TEA,-1.00\n"
    submission = UploadAndCategorize(company_id="acme", file=await put(kernel, text))
    submitted = await kernel.submit(submission, submitted_by="test")
    record = await reach(kernel, submitted.record.job_id, Status.COMPLETE, Status.FAILED)
    assert record.status is Status.COMPLETE, record.error
    assert [account.currency for account in listed] == ["USD", "EUR"]
    async with kernel.database.reading() as connection:
        assert (await connection.execute(select(transactions.c.currency))).scalars().all() == ["EUR"]
