"""What was sent, newest first, page by page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from ledgerwire.quickbooks import ExportFilter, SentLine
from tests.workers.books.making import JUNE, NOW, company
from workers.books.errors import BooksError
from workers.books.quickbooks.history import list_sent
from workers.books.quickbooks.schema import quickbooks_objects
from workers.database import Database

REALM, ELSEWHERE = "9130000000000001", "9130000000000002"
JOB, OTHER_JOB = (str(UUID(int=number)) for number in (1, 2))


def key(number: int) -> str:
    return str(UUID(int=1_000 + number))


async def sent(
    database: Database, company_id: str, number: int, at: datetime | None = NOW, **more: Any
) -> None:
    """An object as it stands when its answer has come; with ``at`` null it is on its way."""
    told = SentLine(
        transaction_id=key(number),
        outcome=more.pop("outcome", "created"),
        amount=Decimal("-4.50"),
        date=JUNE,
        description=f"COFFEE {number}",
        at=at,
    )
    row = {
        "company_id": company_id,
        "realm_id": REALM,
        "transaction_id": key(number),
        "state": "sending" if at is None else "sent",
        "operation": "create",
        "object_type": "Purchase",
        "sending_no": 1,
        "request_id": f"request-{number}",
        "body": "{}",
        "revision": 1,
        "digest": "",
        "shown": told,
        "job_id": JOB,
        "sent_at": at,
        **more,
    }
    async with database.transaction() as tx:
        await tx.execute(insert(quickbooks_objects), row)


async def page(
    database: Database, company_id: str, limit: int = 100, cursor: str | None = None, **wanted: Any
) -> tuple[list[SentLine], str | None]:
    async with database.reading() as connection:
        return await list_sent(connection, company_id, ExportFilter(**wanted), limit=limit, cursor=cursor)


async def numbers(database: Database, company_id: str, **wanted: Any) -> list[int]:
    lines, cursor = await page(database, company_id, **wanted)
    assert cursor is None
    return [UUID(line.transaction_id).int - 1_000 for line in lines]


async def test_it_is_told_as_it_was_when_it_arrived_newest_first(database: Database) -> None:
    mine, _ = await company(database)
    await sent(database, mine, 1)
    await sent(database, mine, 2, NOW + timedelta(minutes=1), outcome="closed", state="failed")
    (newest, oldest), cursor = await page(database, mine)
    assert cursor is None
    assert (newest.outcome, newest.at) == ("closed", NOW + timedelta(minutes=1))
    assert (oldest.amount, oldest.date, oldest.description) == (Decimal("-4.50"), JUNE, "COFFEE 1")


async def test_what_is_on_its_way_and_what_is_another_company_s_is_not_told(database: Database) -> None:
    mine, _ = await company(database)
    others, _ = await company(database)
    await sent(database, mine, 1)
    await sent(database, mine, 2, None)
    await sent(database, others, 3)
    assert await numbers(database, mine) == [1]
    assert await numbers(database, others) == [3]


async def test_what_went_to_a_company_that_is_no_longer_connected_is_told(database: Database) -> None:
    mine, _ = await company(database)
    await sent(database, mine, 1)
    await sent(database, mine, 1, NOW + timedelta(minutes=1), realm_id=ELSEWHERE)
    assert await numbers(database, mine) == [1, 1]


async def test_pages_follow_each_other_without_a_gap_also_within_one_moment(database: Database) -> None:
    """A batch arrives as a whole: all its lines bear the same time."""
    mine, _ = await company(database)
    for number in range(7):
        await sent(database, mine, number, NOW + timedelta(minutes=number // 5))
    found: list[str] = []
    cursor: str | None = None
    sizes: list[int] = []
    while cursor or not sizes:
        lines, cursor = await page(database, mine, 3, cursor)
        found += [line.transaction_id for line in lines]
        sizes.append(len(lines))
    assert sizes == [3, 3, 1]
    assert found == [key(number) for number in (6, 5, 4, 3, 2, 1, 0)]


async def test_a_last_page_that_is_full_has_none_after_it(database: Database) -> None:
    mine, _ = await company(database)
    for number in range(3):
        await sent(database, mine, number)
    lines, cursor = await page(database, mine, 3)
    assert (len(lines), cursor) == (3, None)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"job_id": OTHER_JOB}, [2]),
        ({"transaction_id": key(1)}, [1]),
        ({"object_type": "Deposit"}, [3]),
        ({"object_type": "Transfer"}, []),
        # Both days are meant, from midnight to midnight in UTC.
        ({"date_from": date(2026, 6, 30)}, [3, 2]),
        ({"date_to": date(2026, 6, 29)}, [1]),
        ({"date_from": date(2026, 6, 30), "date_to": date(2026, 6, 30)}, [2]),
        ({"date_from": date(2026, 6, 30), "object_type": "Purchase"}, [2]),
    ],
)
async def test_all_conditions_must_hold(
    database: Database, wanted: dict[str, Any], expected: list[int]
) -> None:
    mine, _ = await company(database)
    midnight = NOW.replace(hour=0)
    instant = timedelta(microseconds=1)
    await sent(database, mine, 1, midnight - instant)
    await sent(database, mine, 2, midnight + timedelta(days=1) - instant, job_id=OTHER_JOB)
    await sent(database, mine, 3, midnight + timedelta(days=1), object_type="Deposit")
    assert await numbers(database, mine, **wanted) == expected


@pytest.mark.parametrize("cursor", ["?", "bm9uc2Vuc2U", "WzEsMl0", "é", "W10"])
async def test_a_cursor_that_is_none_of_ours_is_refused(database: Database, cursor: str) -> None:
    mine, _ = await company(database)
    with pytest.raises(BooksError) as refused:
        await page(database, mine, cursor=cursor)
    assert (refused.value.code, refused.value.errors[0].pointer) == ("bad_cursor", "/cursor")
