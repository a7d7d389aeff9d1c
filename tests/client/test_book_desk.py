"""The books through both clients: accounts, files, figures and who changed what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ledgerwire import AsyncLedgerwire, Conflict, InvalidSubmission, Ledgerwire
from ledgerwire.books import Account, AccountPage, BankAccount, BankAccountPage, TransactionPage
from ledgerwire.journal import AuditEntry, AuditPage, JournalEntry, JournalLine, JournalPage
from tests.client.jobs import NOON, a_line
from tests.client.server import Server, lose, problem, raw, reply, unavailable

ROOT = "/api/companies/demo"
CHART = f"{ROOT}/accounts"
BANKS = f"{CHART}/bank"
RENT = Account("6000", "City rent", "expense")
CHECKING = BankAccount(account_id="a1", name="Checking", currency="USD")
TAKEN = problem(409, "There is an account of this code already", detail="Take another.")


def an_entry(entry_id: str) -> JournalEntry:
    line = JournalLine(account="Rent", debit=Decimal("4.50"), credit=Decimal(0))
    return JournalEntry(
        entry_id=entry_id,
        transaction_id="t1",
        date=date(2026, 6, 1),
        currency="USD",
        state="posted",
        description="CITY RENT",
        lines=[line],
    )


def test_only_what_is_said_is_changed(client: Ledgerwire, server: Server) -> None:
    server.on("PATCH", f"{CHART}/6000", reply(RENT))
    books = client.books("demo")
    assert books.change_account("6000", archived=False) == RENT
    server.on("PATCH", f"{BANKS}/a1", reply(CHECKING))
    assert books.change_bank_account("a1", number=None) == CHECKING
    assert [call.json for call in server.calls] == [{"archived": False}, {"number": None}]


def test_a_name_with_a_slash_stays_one_name(client: Ledgerwire, server: Server) -> None:
    server.on("DELETE", f"{CHART}/60/00", raw(b"", 204))
    client.books("demo").delete_account("60/00")
    assert len(server.calls) == 1


def test_fields_that_cannot_be_are_not_sent(client: Ledgerwire, server: Server) -> None:
    books = client.books("demo")
    with pytest.raises(InvalidSubmission, match=r"account: .*type"):
        books.create_account(code="6000", name="Rent", type="spending")
    with pytest.raises(InvalidSubmission, match=r"company: .*currency"):
        books.change(currency="EUR")
    with pytest.raises(InvalidSubmission, match="journal"):
        list(books.journal(state="lost"))
    assert server.calls == []


def test_an_account_whose_answer_was_lost_is_found(client: Ledgerwire, server: Server) -> None:
    server.on("POST", CHART, lose, TAKEN)
    server.on("GET", CHART, reply(AccountPage([Account("1000", "Cash", "asset"), RENT], None)))
    assert client.books("demo").create_account(code="6000", name=" City  rent", type="expense") == RENT
    server.on("POST", BANKS, unavailable(), TAKEN)
    server.on("GET", BANKS, reply(BankAccountPage([CHECKING], None)))
    assert client.books("demo").open_bank_account(name="Checking", currency="USD") == CHECKING


def test_an_account_of_somebody_else_is_not_taken_for_it(client: Ledgerwire, server: Server) -> None:
    server.on("POST", CHART, lose, TAKEN)
    server.on("GET", CHART, reply(AccountPage([RENT], None)))
    with pytest.raises(Conflict, match="Take another"):
        client.books("demo").create_account(code="6000", name="Rates", type="expense")
    server.on("POST", CHART, TAKEN)
    server.calls.clear()
    with pytest.raises(Conflict):
        client.books("demo").create_account(code="6000", name="City rent", type="expense")
    assert len(server.calls) == 1


def test_lines_are_counted_without_being_fetched(client: Ledgerwire, server: Server) -> None:
    server.on("GET", f"{ROOT}/transactions", reply(TransactionPage([a_line()], "more", 812)))
    assert client.books("demo").count(state=["review"], amount_max=Decimal("-5.00")) == 812
    assert server.calls[0].query == {"state": "review", "amount_max": "-5.00", "limit": "1", "count": "true"}


def test_a_file_that_broke_off_is_fetched_again(client: Ledgerwire, server: Server) -> None:
    server.on("GET", f"{ROOT}/journal.csv", lose, raw(b"Date\r\n2026-06-01\r\n", media_type="text/csv"))
    assert client.books("demo").journal_csv(date_to=date(2026, 6, 30)) == b"Date\r\n2026-06-01\r\n"
    assert server.calls[-1].query == {"date_to": "2026-06-30"}


async def test_entries_and_changes_are_read_to_the_last_page(
    async_client: AsyncLedgerwire, server: Server
) -> None:
    server.on(
        "GET", f"{ROOT}/journal", reply(JournalPage([an_entry("e1")], "c2")), reply(JournalPage([], None))
    )
    books = async_client.books("demo")
    assert [each.entry_id async for each in books.journal(account="Rent")] == ["e1"]
    assert server.calls[-1].query == {"account": "Rent", "limit": "500", "cursor": "c2"}
    change = AuditEntry(
        audit_id=1,
        transaction_id="t1",
        at=NOON,
        actor="Ann",
        job_id=None,
        action="approved",
        from_state="proposed",
        to_state="approved",
        from_category="Rent",
        to_category="Rent",
        source=None,
        confidence=None,
        reason=None,
    )
    server.on("GET", f"{ROOT}/transactions/t1/audit", reply(AuditPage([change], None)))
    assert [each async for each in books.audit("t1")] == [change]
