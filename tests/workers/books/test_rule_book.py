"""Rules as people write, change, order and delete them."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgerwire.errors import FieldError
from ledgerwire.rules import NewRule, Rule
from tests.workers.books.making import NOW, a_line, company
from workers.books import rule_book
from workers.books.errors import BooksError, Missing
from workers.books.rule_book import create_rule, delete_rule, faults_of, list_rules, replace_rule
from workers.books.rules import load_rules
from workers.database import Database

MEALS = "Meals and entertainment"


def rule(match: str | None = None, **more: Any) -> NewRule:
    return NewRule(**{"category": MEALS, "match": match, **more})


class Book:
    """The rules of a new company."""

    def __init__(self, database: Database, company_id: str, account_id: str) -> None:
        self.database = database
        self.company_id = company_id
        self.account_id = account_id

    async def create(self, wanted: NewRule) -> Rule:
        async with self.database.transaction() as tx:
            return await create_rule(tx, self.company_id, wanted, now=NOW)

    async def replace(self, rule_id: str, wanted: NewRule) -> Rule:
        async with self.database.transaction() as tx:
            return await replace_rule(tx, self.company_id, rule_id, wanted)

    async def delete(self, rule_id: str) -> None:
        async with self.database.transaction() as tx:
            await delete_rule(tx, self.company_id, rule_id)

    async def rules(self) -> list[Rule]:
        async with self.database.reading() as connection:
            return await list_rules(connection, self.company_id)

    async def order(self) -> list[str | None]:
        """What each looks for, having made sure that there is no gap between their positions."""
        found = await self.rules()
        assert [each.position for each in found] == list(range(1, len(found) + 1))
        return [each.match for each in found]


@pytest.fixture
async def book(database: Database) -> Book:
    company_id, account = await company(database, starter_rules=False)
    return Book(database, company_id, account.account_id)


async def test_what_is_written_is_what_stands_there(book: Book) -> None:
    wanted = rule(
        "UBER",
        pattern="trip|fare",
        amount_min=Decimal("0.10"),
        amount_max=Decimal(99),
        account_id=book.account_id,
        sign=-1,
    )
    written = await book.create(wanted)
    assert await book.rules() == [written]
    assert msgspec.structs.asdict(wanted) | {"position": 1} == {
        name: value for name, value in msgspec.structs.asdict(written).items() if name != "rule_id"
    }
    async with book.database.reading() as connection:
        rules = await load_rules(connection, book.company_id)
    found = rules.find(a_line("UBER TRIP", "-5", account_id=book.account_id))
    assert found
    assert found.words == "rule: contains UBER and matches /trip|fare/ and from 0.10 to 99"
    assert rules.find(a_line("UBER TRIP", "5", account_id=book.account_id)) is None


async def test_a_new_rule_is_the_last_or_where_it_is_put(book: Book) -> None:
    await book.create(rule("A"))
    await book.create(rule("B"))
    await book.create(rule("FIRST", position=1))
    await book.create(rule("FAR", position=99))
    await book.create(rule("THIRD", position=3))
    assert await book.order() == ["FIRST", "A", "THIRD", "B", "FAR"]


async def test_a_rule_is_moved_up_and_down_and_stays_where_nothing_is_said(book: Book) -> None:
    ids = {text: (await book.create(rule(text))).rule_id for text in "ABCDE"}
    await book.replace(ids["D"], rule("D", position=2))
    assert await book.order() == ["A", "D", "B", "C", "E"]
    await book.replace(ids["A"], rule("A", position=4))
    assert await book.order() == ["D", "B", "C", "A", "E"]
    await book.replace(ids["C"], rule("CC"))
    assert await book.order() == ["D", "B", "CC", "A", "E"]
    moved = await book.replace(ids["D"], rule("D", position=10_000))
    assert moved.position == 5
    assert await book.order() == ["B", "CC", "A", "E", "D"]


async def test_replacing_takes_away_what_is_not_said_again(book: Book) -> None:
    held = await book.create(rule("A", sign=1, amount_min=Decimal(5)))
    replaced = await book.replace(held.rule_id, rule(pattern="a"))
    assert await book.rules() == [replaced]
    assert (replaced.match, replaced.sign, replaced.amount_min, replaced.pattern) == (None, None, None, "a")


async def test_the_others_close_up_where_one_is_deleted(book: Book) -> None:
    ids = [(await book.create(rule(text))).rule_id for text in "ABC"]
    await book.delete(ids[1])
    assert await book.order() == ["A", "C"]
    with pytest.raises(Missing):
        await book.delete(ids[1])


async def test_many_at_once_each_find_their_place(book: Book) -> None:
    await asyncio.gather(*(book.create(rule(f"R{number}", position=1)) for number in range(6)))
    assert len(await book.order()) == 6


async def test_another_companys_rule_is_unknown(book: Book) -> None:
    held = await book.create(rule("A"))
    other_id, _ = await company(book.database, starter_rules=False)
    other = Book(book.database, other_id, "")
    with pytest.raises(Missing):
        await other.replace(held.rule_id, rule("B"))
    with pytest.raises(Missing):
        await other.delete(held.rule_id)
    await other.create(rule("THEIRS"))
    assert await book.order() == ["A"]


async def test_there_is_an_end_to_how_many(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_book, "MOST_RULES", 2)
    await book.create(rule("A"))
    await book.create(rule("B"))
    with pytest.raises(BooksError, match="too many") as refused:
        await book.create(rule("C"))
    assert refused.value.code == "too_many_rules"
    assert await book.order() == ["A", "B"]


# --- what a rule must be --------------------------------------------------------------------------------


def pointers(wanted: NewRule) -> list[str]:
    return [fault.pointer for fault in faults_of(wanted)]


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        (rule(), ""),
        (rule("  "), "/match"),
        (rule(pattern="("), "/pattern"),
        (rule(amount_min=Decimal("NaN")), "/amount_min"),
        (rule(amount_max=Decimal("1e999999")), "/amount_max"),
        (rule(amount_min=Decimal(-5)), "/amount_min"),
        (rule(amount_min=Decimal(5), amount_max=Decimal(4)), "/amount_max"),
    ],
)
def test_a_rule_that_cannot_be_says_where(wanted: NewRule, pointer: str) -> None:
    assert pointers(wanted) == [pointer]


@pytest.mark.parametrize(
    "wanted",
    [
        rule("x"),
        rule("*"),
        rule(pattern="x"),
        rule(amount_min=Decimal(0)),
        rule(amount_max=Decimal(5)),
        rule(amount_min=Decimal(5), amount_max=Decimal("5.00")),
        rule(sign=1),
        rule(account_id="a"),
    ],
)
def test_one_condition_is_enough(wanted: NewRule) -> None:
    assert pointers(wanted) == []


@given(st.text(max_size=40))
def test_any_text_is_a_pattern_or_told_why_not(text: str) -> None:
    for fault in faults_of(rule("x", pattern=text)):
        assert fault.pointer == "/pattern"
        assert len(fault.detail) > 20


async def test_all_faults_are_told_at_once_and_nothing_is_written(book: Book) -> None:
    _, other = await company(book.database)
    wanted = NewRule(category="Nonsense", pattern="a**", account_id=other.account_id)
    with pytest.raises(BooksError) as refused:
        await book.create(wanted)
    assert [fault.pointer for fault in refused.value.errors] == ["/pattern", "/category", "/account_id"]
    assert refused.value.errors[0] == FieldError(
        "/pattern", "cannot be used: bad repetition operator: **; see github.com/google/re2/wiki/Syntax"
    )
    assert await book.order() == []
