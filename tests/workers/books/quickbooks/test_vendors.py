"""Who was paid, as QuickBooks may be told, and who of them is known over there."""

from __future__ import annotations

import pytest

from tests.workers.books.making import company
from tests.workers.books.receipts.filing import Filed
from workers.books.quickbooks.vendors import (
    LONGEST,
    folded,
    forget_vendors,
    known_vendors,
    remember_vendors,
    vendor_name,
    vendor_names,
)
from workers.database import Database

REALM, ELSEWHERE = "9130000000000001", "9130000000000002"


@pytest.mark.parametrize(
    ("of_receipt", "description", "expected"),
    [
        (None, "SQ *BLUE BOTTLE COFFEE", "Blue Bottle Coffee"),
        # Short words are as likely to be initials.
        (None, "BP OIL 12345", "BP OIL"),
        ("Café Zoë", "SQ *BLUE BOTTLE COFFEE", "Café Zoë"),
        ("", "SQ *BLUE BOTTLE COFFEE", "Blue Bottle Coffee"),
        # What Intuit takes in no name: a colon parts a name from its parent's.
        ("Acme: North\tBranch\r\nLtd", "X", "Acme North Branch Ltd"),
        (":\n", "X", ""),
        (None, "", ""),
        (None, "   ", ""),
    ],
)
def test_a_name_is_the_receipt_s_or_what_the_bank_tells(
    of_receipt: str | None, description: str, expected: str
) -> None:
    assert vendor_name(of_receipt, description) == expected


def test_a_long_name_is_cut_where_intuit_would_refuse_it() -> None:
    cut = vendor_name("word " * 40, "X")
    assert (len(cut), cut.split()) == (LONGEST - 1, ["word"] * 20)


async def filed_with(database: Database) -> Filed:
    return Filed(database, *await company(database))


async def names(books: Filed, *ids: str) -> dict[str, str]:
    async with books.database.reading() as connection:
        return await vendor_names(connection, books.company_id, ids)


async def test_the_receipt_s_vendor_goes_before_the_bank_s_words(database: Database) -> None:
    books = await filed_with(database)
    with_receipt, without, nameless = await books.imported(
        ("SQ *BLUE DOOR", "-4.50"), ("SQ *RED DOOR", "-4.50"), ("SQ *OLD DOOR", "-4.50")
    )
    receipt = await books.receipt("Blue Door Coffee Ltd")
    silent = await books.receipt(None)
    assert await books.attach((receipt, with_receipt), (silent, nameless)) == ["attached", "attached"]
    assert await names(books, with_receipt, without, nameless) == {
        with_receipt: "Blue Door Coffee Ltd",
        without: "RED Door",
        nameless: "OLD Door",
    }
    await books.detach(receipt, with_receipt)
    assert (await names(books, with_receipt))[with_receipt] == "Blue Door"


async def test_no_name_is_told_of_another_company_s_lines(database: Database) -> None:
    books, others = await filed_with(database), await filed_with(database)
    (line,) = await books.imported(("SQ *BLUE DOOR", "-4.50"))
    assert await names(others, line) == {}
    assert await names(books, line, "nothing") == {line: "Blue Door"}


async def known(database: Database, company_id: str, *wanted: str, realm: str = REALM) -> dict[str, str]:
    async with database.reading() as connection:
        return await known_vendors(connection, company_id, realm, wanted)


async def remember(database: Database, company_id: str, ids: dict[str, str], realm: str = REALM) -> None:
    async with database.transaction() as tx:
        await remember_vendors(tx, company_id, realm, ids)


async def test_they_are_known_in_any_case_and_by_company_over_there(database: Database) -> None:
    mine, _ = await company(database)
    others, _ = await company(database)
    await remember(database, mine, {"Straße Café": "7"})
    await remember(database, mine, {"Straße Café": "70"}, realm=ELSEWHERE)
    assert await known(database, mine, "STRASSE CAFÉ", "Nobody") == {folded("Straße Café"): "7"}
    assert await known(database, mine, "Straße Café", realm=ELSEWHERE) == {folded("Straße Café"): "70"}
    assert await known(database, others, "Straße Café") == {}
    assert await known(database, mine) == {}


async def test_who_is_met_twice_is_the_one_who_was_met_first(database: Database) -> None:
    """Two exports may meet the same at one moment."""
    mine, _ = await company(database)
    await remember(database, mine, {"Blue Door": "7"})
    await remember(database, mine, {"BLUE DOOR": "8", "Red Door": "9"})
    assert await known(database, mine, "Blue Door", "Red Door") == {"blue door": "7", "red door": "9"}
    await remember(database, mine, {})


async def test_who_is_forgotten_is_looked_for_anew(database: Database) -> None:
    mine, _ = await company(database)
    await remember(database, mine, {"Blue Door": "7", "Red Door": "9"})
    await remember(database, mine, {"Blue Door": "70"}, realm=ELSEWHERE)
    async with database.transaction() as tx:
        await forget_vendors(tx, mine, REALM, {"BLUE DOOR", "Nobody"})
        await forget_vendors(tx, mine, REALM, ())
    assert await known(database, mine, "Blue Door", "Red Door") == {"red door": "9"}
    assert await known(database, mine, "Blue Door", realm=ELSEWHERE) == {"blue door": "70"}
    await remember(database, mine, {"Blue Door": "8"})
    assert (await known(database, mine, "Blue Door"))["blue door"] == "8"
