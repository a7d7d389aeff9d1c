"""Which approved merchants are shown as examples."""

from __future__ import annotations

from tests.workers.books.making import approve, company, import_all, job_lines, statement
from workers.books.precedents import Precedent, Precedents, load_precedents
from workers.database import Database

MEALS, FUEL, TRAVEL = "Meals and entertainment", "Vehicle fuel", "Travel transport"
KNOWN = Precedents(
    [
        Precedent("RENTED HALL", -1, "Rent and storage", 40),
        Precedent("BLUE DOOR", -1, MEALS, 9),
        Precedent("NORTHERN FUEL", -1, FUEL, 5),
        Precedent("NORTHERN FUEL", 1, FUEL, 1),
        Precedent("BLUE DOORS", -1, MEALS, 1),
    ]
)


def test_the_nearest_come_first_and_the_commonest_fill_up() -> None:
    found = KNOWN.examples([("BLUE DOOR CAFE", -1)], most=3)
    assert [each.merchant for each in found] == ["BLUE DOOR", "BLUE DOORS", "RENTED HALL"]


def test_likeness_is_looked_for_in_the_same_direction() -> None:
    (found,) = KNOWN.examples([("NORTHERN FUELS", 1)], most=1)
    assert found.sign == 1


def test_what_is_like_nothing_shows_what_is_common() -> None:
    (found,) = KNOWN.examples([("QZX", -1), ("", 0)], most=1)
    assert found.merchant == "RENTED HALL"


def test_no_example_is_shown_twice_and_no_more_than_wanted() -> None:
    found = KNOWN.examples([("BLUE DOOR", -1)] * 50, most=40)
    assert len(found) == len(set(found)) == 5
    assert KNOWN.examples([("BLUE DOOR", -1)], most=0) == []
    assert Precedents([]).examples([("BLUE DOOR", -1)], most=5) == []


def test_of_many_that_are_much_alike_the_likest_are_found() -> None:
    known = Precedents(Precedent(f"MERCHANT {number:04} STORE", -1, MEALS, 1) for number in range(2_000))
    (found, *_) = known.examples([("MERCHANT 0050 SHOP", -1)], most=2)
    assert found.merchant == "MERCHANT 0050 STORE"


async def test_they_are_what_this_company_approved_as_what_still_is_an_account(database: Database) -> None:
    company_id, account = await company(database)
    other_id, other = await company(database)
    job_id, _ = await import_all(
        database,
        company_id,
        account,
        statement(*[("BLUE DOOR CAFE", "-4")] * 3, ("HILL TAXI", "-9"), ("OPEN SHOP", "-1"), ("0012", "-1")),
    )
    lines = await job_lines(database, company_id, job_id)
    await approve(database, [line.transaction_id for line in lines[:3]], MEALS)
    await approve(database, [lines[3].transaction_id, lines[5].transaction_id], TRAVEL)
    foreign, _ = await import_all(database, other_id, other, statement(("FOREIGN SHOP", "-1")))
    await approve(
        database, [line.transaction_id for line in await job_lines(database, other_id, foreign)], MEALS
    )
    async with database.reading() as connection:
        known = await load_precedents(connection, company_id, {MEALS, TRAVEL})
        fewer = await load_precedents(connection, company_id, {TRAVEL})
    assert known.examples([], most=10) == [
        Precedent("BLUE DOOR", -1, MEALS, 3),
        Precedent("HILL TAXI", -1, TRAVEL, 1),
    ]
    assert fewer.examples([], most=10) == [Precedent("HILL TAXI", -1, TRAVEL, 1)]
