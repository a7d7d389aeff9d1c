"""The journal as it is read: every entry balances, and so does what they add up to."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledgerwire.journal import JournalEntry, JournalFilter, TrialBalance
from tests.workers.books.making import NOW
from tests.workers.books.reviewing import Reviewed
from workers.books import entries
from workers.books.entries import list_entries, trial_balance
from workers.books.errors import BooksError
from workers.books.journal import Entry, Movement, write_entries
from workers.database import Database

RENT, SALES, CHECKING = "Rent and storage", "Sales income", "Checking"


class Journal:
    """One company's, whose entries need not be those of its lines."""

    def __init__(self, reviewed: Reviewed) -> None:
        self.reviewed = reviewed
        self.database = reviewed.database
        self._number = count()

    async def write(
        self, *movements: Movement, day: int = 1, currency: str = "USD", state: str = "posted"
    ) -> str:
        """The description of its transaction."""
        description = f"LINE {next(self._number)}"
        (key,) = await self.reviewed.imported((description, "-1"), decided=False)
        entry = Entry(key, date(2026, 6, day), currency, movements)
        async with self.database.transaction() as tx:
            await write_entries(tx, self.reviewed.company_id, [entry], state=state, now=NOW)
        return description

    async def read(self, limit: int = 50, **wanted: object) -> list[JournalEntry]:
        """All of it, page by page."""
        found: list[JournalEntry] = []
        cursor: str | None = None
        async with self.database.reading() as connection:
            while True:
                page, cursor = await list_entries(
                    connection,
                    self.reviewed.company_id,
                    JournalFilter(**wanted),  # type: ignore[arg-type]
                    limit=limit,
                    cursor=cursor,
                )
                found += page
                if cursor is None:
                    return found

    async def balance(self, **wanted: object) -> TrialBalance:
        async with self.database.reading() as connection:
            return await trial_balance(
                connection,
                self.reviewed.company_id,
                JournalFilter(**wanted),  # type: ignore[arg-type]
            )


@pytest.fixture
async def journal(database: Database) -> Journal:
    return Journal(await Reviewed.found(database))


def moved(amount: str, debit: str = RENT, credit: str = CHECKING) -> Movement:
    return Movement(debit, credit, Decimal(amount))


async def test_pages_follow_each_other_from_the_newest_without_gap_or_repeat(journal: Journal) -> None:
    written = [await journal.write(moved("1"), day=day) for day in (3, 1, 2, 3, 1)]
    seen = await journal.read(limit=2)
    assert [entry.date.day for entry in seen] == [3, 3, 2, 1, 1]
    assert {entry.description for entry in seen} == set(written)


async def test_an_entry_of_several_movements_is_shown_as_one_line_an_account(journal: Journal) -> None:
    await journal.write(moved("90"), moved("10.50", "Taxes and licenses"))
    (entry,) = await journal.read()
    assert [(line.account, line.debit, line.credit) for line in entry.lines] == [
        (RENT, Decimal(90), Decimal(0)),
        ("Taxes and licenses", Decimal("10.50"), Decimal(0)),
        (CHECKING, Decimal(0), Decimal("100.50")),
    ]


async def test_entries_are_found_by_state_day_and_account(journal: Journal) -> None:
    rent = await journal.write(moved("1"), day=1)
    sale = await journal.write(moved("2", CHECKING, SALES), day=5, state="proposed")

    async def found(**wanted: object) -> list[str]:
        return [entry.description for entry in await journal.read(**wanted)]  # type: ignore[arg-type]

    assert await found() == [sale, rent]
    assert await found(state="posted") == [rent]
    assert await found(date_from=date(2026, 6, 2)) == [sale]
    assert await found(date_to=date(2026, 6, 4)) == [rent]
    assert await found(account=CHECKING) == [sale, rent]
    assert await found(account=SALES) == [sale]
    assert await found(account="Sales") == []


async def test_another_companys_journal_is_not_read(journal: Journal) -> None:
    await journal.write(moved("1"))
    other = Journal(await Reviewed.found(journal.database))
    assert await other.read() == []
    assert (await other.balance()).data == []


async def test_a_made_up_cursor_is_refused(database: Database) -> None:
    async with database.reading() as connection:
        with pytest.raises(BooksError) as refused:
            await list_entries(connection, "acme", cursor="x")
    assert refused.value.code == "bad_cursor"


async def test_currencies_are_not_added_together(journal: Journal) -> None:
    await journal.write(moved("1"))
    await journal.write(moved("2"), currency="EUR")
    found = {(each.account, each.currency): each.debit for each in (await journal.balance()).data}
    assert found == {
        (RENT, "USD"): Decimal(1),
        (RENT, "EUR"): Decimal(2),
        (CHECKING, "USD"): Decimal(0),
        (CHECKING, "EUR"): Decimal(0),
    }


async def test_an_account_that_is_no_more_is_added_up_under_its_name(journal: Journal) -> None:
    await journal.write(moved("1", "Long gone"))
    *_, gone = (await journal.balance()).data
    assert (gone.account, gone.code, gone.type) == ("Long gone", None, None)


AMOUNTS = st.decimals(min_value="0.001", max_value="99999999999", places=3)
MOVEMENTS = st.builds(
    Movement, st.sampled_from([RENT, "Insurance"]), st.sampled_from([CHECKING, SALES]), AMOUNTS
)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["USD", "EUR"]), MOVEMENTS), min_size=1, max_size=8))
async def test_debits_equal_credits_to_the_last_digit_whatever_was_moved(
    database: Database, moves: list[tuple[str, Movement]]
) -> None:
    journal = Journal(await Reviewed.found(database))
    due: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for currency, movement in moves:
        await journal.write(movement, currency=currency)
        due[movement.debit_account, currency] += movement.amount
        due[movement.credit_account, currency] -= movement.amount
    balance = await journal.balance()
    assert {(each.account, each.currency): each.debit - each.credit for each in balance.data} == due
    for currency in ("USD", "EUR"):
        mine = [each for each in balance.data if each.currency == currency]
        assert sum(each.debit for each in mine) == sum(each.credit for each in mine)
    for entry in await journal.read():
        assert sum(line.debit for line in entry.lines) == sum(line.credit for line in entry.lines) > 0


async def test_what_does_not_fit_in_one_fetch_is_added_up_too(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "BATCH", 2)
    for amount in ("1", "2", "3", "3", "4"):
        await journal.write(moved(amount))
    (checking, rent) = (await journal.balance()).data
    assert (checking.credit, rent.debit) == (Decimal(13), Decimal(13))
