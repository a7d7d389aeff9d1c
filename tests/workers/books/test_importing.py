from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ledgerwire.books import BankAccount
from tests.workers.books.making import COFFEE, company, import_all, statement
from workers.books.importing import prepare, prepare_shares
from workers.books.routing import Share
from workers.books.schema import transactions
from workers.books.statements import Statement, StatementLine
from workers.database import Database

CHECKING = BankAccount(account_id="a1", name="Checking", currency="USD")
SAVINGS = BankAccount(account_id="a2", name="Savings", currency="USD", number="DE89370400440532013000")


def with_ids(read: Statement, ids: list[str]) -> Statement:
    lines = [msgspec.structs.replace(line, bank_id=each) for line, each in zip(read.lines, ids, strict=True)]
    return msgspec.structs.replace(read, lines=lines)


def marks(read: Statement) -> list[str]:
    return [line.fingerprint for line in prepare(read, CHECKING)]


# --- fingerprints


def test_two_identical_coffees_are_two_lines() -> None:
    assert len(set(marks(statement(COFFEE, COFFEE)))) == 2


def test_the_same_lines_have_the_same_fingerprints_in_another_file_and_order() -> None:
    first = marks(statement(COFFEE, ("RENT", "-900"), COFFEE))
    second = marks(statement(("RENT", "-900.00"), COFFEE, COFFEE))
    assert set(first) == set(second)


def test_case_and_blanks_of_a_description_do_not_make_another_line() -> None:
    assert marks(statement(("Blue  Door", "-4.5"))) == marks(statement(("BLUE DOOR ", "-4.50")))


def test_date_amount_and_currency_each_make_another_line() -> None:
    lines = [
        statement(COFFEE),
        statement(COFFEE, day=date(2026, 6, 2)),
        statement((COFFEE[0], "4.50")),
        statement(COFFEE, currency="EUR"),
    ]
    assert len({marks(line)[0] for line in lines}) == 4


def test_a_line_without_a_currency_is_in_the_accounts() -> None:
    assert marks(statement(COFFEE)) == marks(statement(COFFEE, currency="USD"))


def test_the_banks_own_id_outlives_a_changed_description_and_date() -> None:
    before = with_ids(statement(("CARD PENDING 123", "-4.50")), ["tx-000001"])
    after = with_ids(statement(COFFEE, day=date(2026, 6, 3)), ["tx-000001"])
    assert marks(before) == marks(after)
    assert marks(with_ids(statement(COFFEE), ["tx-000002"])) != marks(after)


amounts = st.decimals(min_value=-99, max_value=99, places=2)
rows = st.lists(st.tuples(st.sampled_from(["COFFEE", "RENT", "TAXI"]), amounts.map(str)), max_size=30)


@settings(deadline=None)
@given(rows, st.data())
def test_every_line_of_a_file_has_a_fingerprint_of_its_own(
    lines: list[tuple[str, str]], data: st.DataObject
) -> None:
    found = marks(statement(*lines))
    assert len(set(found)) == len(lines)
    shuffled = data.draw(st.permutations(lines))
    assert set(marks(statement(*shuffled))) == set(found)


# --- inserting


async def test_two_coffees_import_as_two_and_the_same_file_again_adds_nothing(database: Database) -> None:
    company_id, account = await company(database)
    read = statement(COFFEE, COFFEE, ("RENT", "-900"))
    assert (await import_all(database, company_id, account, read))[1] == 3
    assert (await import_all(database, company_id, account, read))[1] == 0


async def test_an_overlapping_export_adds_only_what_is_new(database: Database) -> None:
    company_id, account = await company(database)
    first = statement(COFFEE, ("RENT", "-900"), ("SALARY", "3000"))
    second = statement(("RENT", "-900"), ("SALARY", "3000"), COFFEE, COFFEE, ("TAXI", "-12"))
    assert (await import_all(database, company_id, account, first))[1] == 3
    assert (await import_all(database, company_id, account, second))[1] == 2


async def test_the_same_file_at_the_same_time_counts_each_line_once(database: Database) -> None:
    company_id, account = await company(database)
    lines = [(f"SHOP {number}", f"-{number}.10") for number in range(250)]
    reads = [statement(*lines), statement(*reversed(lines)), statement(*lines[100:], *lines[:100])]
    imports = await asyncio.gather(*(import_all(database, company_id, account, read) for read in reads))
    assert sum(inserted for _, inserted in imports) == 250


async def test_another_account_and_another_company_keep_their_own_lines(database: Database) -> None:
    for _ in range(2):
        company_id, account = await company(database)
        assert (await import_all(database, company_id, account, statement(COFFEE)))[1] == 1


@pytest.mark.parametrize("amount", ["0.00", "-0.10", "12345678901234567.89", "0.00001", "1E+3", "-7"])
async def test_an_amount_is_kept_to_the_last_digit(database: Database, amount: str) -> None:
    company_id, account = await company(database)
    await import_all(database, company_id, account, statement(("X", amount)))
    async with database.reading() as connection:
        stored = (await connection.execute(select(transactions.c.amount, transactions.c.sign))).one()
    assert stored.amount == Decimal(amount)
    assert isinstance(stored.amount, Decimal)
    assert stored.sign == (Decimal(amount) > 0) - (Decimal(amount) < 0)


async def test_no_lines_are_no_work(database: Database) -> None:
    company_id, account = await company(database)
    assert (await import_all(database, company_id, account, statement()))[1] == 0


# --- several accounts


def test_occurrences_are_counted_for_each_account() -> None:
    """A second coffee on another account is the first one there."""
    both = statement(COFFEE, COFFEE)
    parts = [msgspec.structs.replace(both, lines=[line]) for line in both.lines]
    shares = [
        Share(account, part) for account, part in zip((CHECKING, SAVINGS), reversed(parts), strict=True)
    ]
    lines = prepare_shares(shares)
    assert [(line.line_no, line.account_id) for line in lines] == [(2, "a2"), (3, "a1")]
    assert {line.fingerprint for line in lines} == set(marks(parts[0]))


def test_a_line_keeps_its_place_in_the_file() -> None:
    line = StatementLine(line_no=17, date=date(2026, 6, 5), amount=Decimal(-1), description="x y")
    (new,) = prepare(Statement(format="csv", lines=[line]), CHECKING)
    assert (new.line_no, new.normalised, new.merchant_key, new.sign) == (17, "X Y", "X Y", -1)
