from __future__ import annotations

import asyncio

import msgspec
import pytest

from ledgerwire.books import BankAccount
from tests.workers.books.making import COFFEE, company, statement
from workers.books.companies import list_bank_accounts
from workers.books.errors import AccountError
from workers.books.routing import Share, learn_number, route
from workers.books.statements import Statement
from workers.database import Database

CHECKING = BankAccount(account_id="a1", name="Checking", currency="USD")
SAVINGS = BankAccount(account_id="a2", name="Savings", currency="USD", number="DE89370400440532013000")
CARD = BankAccount(account_id="a3", name="Card", currency="USD", number="1234")


def of(number: str | None) -> Statement:
    return msgspec.structs.replace(statement(COFFEE), account_number=number)


def mixed(*numbers: str | None) -> Statement:
    """A line of each."""
    read = statement(*[COFFEE] * len(numbers))
    lines = [
        msgspec.structs.replace(line, account_number=number)
        for line, number in zip(read.lines, numbers, strict=True)
    ]
    return msgspec.structs.replace(read, lines=lines)


def account_of(accounts: list[BankAccount], read: Statement, account_id: str | None = None) -> BankAccount:
    (share,) = route(accounts, read, account_id)
    assert share.statement.lines == read.lines
    return share.account


def refused(accounts: list[BankAccount], read: Statement, account_id: str | None = None) -> AccountError:
    with pytest.raises(AccountError) as refusal:
        route(accounts, read, account_id)
    return refusal.value


# --- one account


def test_the_account_asked_for_is_taken() -> None:
    assert account_of([CHECKING, SAVINGS], of(None), "a2") == SAVINGS


def test_an_account_of_another_company_is_refused_with_the_list_of_its_own() -> None:
    refusal = refused([CHECKING], of(None), "foreign")
    assert (refusal.code, refusal.problem.code) == ("unknown_account", "unknown_account")
    assert "Checking" in refusal.detail


@pytest.mark.parametrize("number", ["DE89 3704 0044 0532 0130 00", "532013000", "3000", "XXXX3000"])
def test_the_account_the_file_names_is_taken(number: str) -> None:
    assert account_of([CHECKING, SAVINGS, CARD], of(number)) == SAVINGS
    assert account_of([CHECKING, SAVINGS, CARD], of(number), "a2") == SAVINGS


def test_the_whole_number_goes_before_an_end_of_it() -> None:
    end = BankAccount(account_id="a4", name="End", currency="USD", number="3000")
    assert account_of([end, SAVINGS], of("DE89370400440532013000")) == SAVINGS
    assert account_of([end, SAVINGS], of("3000")) == end
    assert refused([end, SAVINGS], of("XX3000")).code == "choose_account"
    assert account_of([end, SAVINGS], of("XX3000"), "a2") == SAVINGS


def test_asking_for_an_account_does_not_override_a_file_that_names_another() -> None:
    refusal = refused([SAVINGS, CARD], of("4321********1234"), "a2")
    assert refusal.code == "wrong_account"
    assert "Card 1234" in refusal.detail
    assert "without account_id" in refusal.detail
    assert refused([CHECKING, CARD], of("1234"), "a1").code == "wrong_account"
    assert "create" in refused([SAVINGS, CARD], of("GB00 1111 2222"), "a2").detail


def test_the_only_account_is_taken_if_nothing_speaks_against_it() -> None:
    assert account_of([CHECKING], of(None)) == CHECKING
    assert account_of([SAVINGS], of(None)) == SAVINGS
    assert account_of([CHECKING], of("12345678")) == CHECKING
    refusal = refused([SAVINGS], of("GB00 1111 2222"))
    assert "none of them" in refusal.detail
    assert "Savings" in refusal.detail


def test_among_several_a_problem_lists_them() -> None:
    refusal = refused([CHECKING, SAVINGS], of(None))
    assert refusal.code == "choose_account"
    assert [error.detail.split()[0] for error in refusal.errors] == ["a1", "a2"]


def test_without_any_account_a_problem_says_what_to_do() -> None:
    assert "create one first" in refused([], of(None)).detail


def test_another_currency_is_refused_with_the_reason() -> None:
    refusal = refused([CHECKING], statement(COFFEE, currency="EUR"), "a1")
    assert refusal.code == "currency_mismatch"
    assert "Line 2 is in EUR" in refusal.detail
    whole = msgspec.structs.replace(statement(COFFEE), currency="EUR")
    assert refused([CHECKING], whole).code == "currency_mismatch"


# --- several accounts in one file


def test_each_line_goes_to_its_own_account() -> None:
    shares = route([CHECKING, SAVINGS, CARD], mixed("1234", "3000", "XXXX1234"), None)
    assert [(share.account, [line.line_no for line in share.statement.lines]) for share in shares] == [
        (CARD, [2, 4]),
        (SAVINGS, [3]),
    ]


def test_some_formats_know_accounts_by_their_names() -> None:
    shares = route([CHECKING, SAVINGS], mixed("checking", "Savings"), None)
    assert [share.account for share in shares] == [CHECKING, SAVINGS]
    assert [share.learned for share in shares] == [None, None]


def test_several_accounts_never_go_into_one() -> None:
    assert refused([CHECKING], mixed("1111", "2222")).code == "choose_account"
    assert refused([CHECKING], mixed("1111", "2222"), "a1").code == "wrong_account"
    assert refused([SAVINGS, CARD], mixed("1234", "3000"), "a3").code == "wrong_account"
    assert refused([SAVINGS, CARD], mixed("1234", "5678")).code == "choose_account"
    assert refused([SAVINGS, CARD], mixed("1234", None)).code == "choose_account"


def test_each_account_has_its_own_currency() -> None:
    euro = msgspec.structs.replace(CARD, currency="EUR")
    assert refused([SAVINGS, euro], msgspec.structs.replace(mixed("3000", "1234"), currency="USD")).code == (
        "currency_mismatch"
    )


# --- learning


def test_only_an_account_without_a_number_learns_the_files() -> None:
    assert route([CHECKING], of("GB00 1111 2222"), None)[0].learned == "GB0011112222"
    assert route([CHECKING], of("4321 **** 5678"), None)[0].learned == "5678"
    assert route([CHECKING, SAVINGS], of("GB00 1111 2222"), "a1")[0].learned == "GB0011112222"
    assert route([CHECKING], of(None), None)[0].learned is None
    assert route([CHECKING], of("main"), None)[0].learned is None
    assert route([CARD], of("99991234"), None)[0].learned is None


async def learn(database: Database, account: BankAccount, number: str) -> None:
    (share,) = route([account], of(number), None)
    async with database.transaction() as connection:
        await learn_number(connection, share)


async def test_the_next_file_of_another_account_is_refused(database: Database) -> None:
    company_id, account = await company(database)
    await learn(database, account, "GB00 1111 2222")
    async with database.reading() as connection:
        accounts = await list_bank_accounts(connection, company_id)
    assert [each.number for each in accounts] == ["GB0011112222"]
    assert refused(accounts, of("GB00 3333 4444")).code == "choose_account"


async def test_of_two_first_imports_at_the_same_time_one_gives_the_number(database: Database) -> None:
    """Both saw an account without a number; the lines of the slower one must not be mixed in."""
    _, account = await company(database)
    numbers = ["GB00 1111 2222", "GB00 3333 4444", "GB0011112222"]
    outcomes = await asyncio.gather(
        *(learn(database, account, number) for number in numbers), return_exceptions=True
    )
    failed = [outcome for outcome in outcomes if outcome is not None]
    assert all(isinstance(each, AccountError) and each.code == "wrong_account" for each in failed)
    assert len(failed) in {1, 2}


async def test_an_account_that_learns_nothing_is_left_alone(database: Database) -> None:
    company_id, account = await company(database)
    async with database.transaction() as connection:
        await learn_number(connection, Share(account, of(None)))
        assert [each.number for each in await list_bank_accounts(connection, company_id)] == [None]
