from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest

from ledgerwire.receipts import Alternative, TaxLine
from tests.workers.books.making import JUNE
from tests.workers.books.receipts.filing import Filed, findings
from workers.books.errors import Missing
from workers.books.receipts.findings import Findings, Found
from workers.books.receipts.listing import list_receipts

SHOP = "CHECKCARD 0612 BLUE DOOR COFFEE #12 PORTLAND OR"


def later(days: int) -> date:
    return JUNE + timedelta(days=days)


async def test_amount_day_and_name_make_it_sure(filed: Filed) -> None:
    (line,) = await filed.imported((SHOP, "-4.5"), day=later(2))
    receipt = await filed.receipt(total="4.50", currency="USD")
    (match,) = await filed.matches(receipt)
    assert (match.transaction.transaction_id, match.reason) == (line, "same amount, 2 days later, same name")
    assert match.confidence >= 0.9
    assert (await filed.find(receipt)).match == match


async def test_equal_candidates_share_and_a_worse_one_takes_little(filed: Filed) -> None:
    await filed.imported((SHOP, "-4.50"), (SHOP, "-4.50"))
    receipt = await filed.receipt()
    first, second = await filed.matches(receipt)
    assert first.confidence == second.confidence < 0.9
    assert first.reason.endswith("as 1 other")
    await filed.imported((SHOP, "-7.00"), ("QZX VENTURES", "-7.00"))
    best, rest = await filed.matches(await filed.receipt(total="7"))
    assert best.confidence >= 0.9
    assert rest.confidence < 0.2


async def test_what_speaks_against_it_lowers_it_or_excludes_it(filed: Filed, other: Filed) -> None:
    await other.imported((SHOP, "-5.00"))
    await filed.imported((SHOP, "5.00"), (SHOP, "-5.01"))
    await filed.imported((SHOP, "-5.00"), day=later(40))
    await filed.imported((SHOP, "-5.00"), day=later(-9))
    assert await filed.matches(await filed.receipt(total="5")) == []
    await filed.imported((SHOP, "-6.00"), day=later(10))
    (late,) = await filed.matches(await filed.receipt(total="6"))
    assert 0.8 < late.confidence < 0.9
    (named_otherwise,) = await filed.matches(await filed.receipt("Green Gate Tea", total="6"))
    assert named_otherwise.confidence < 0.5
    assert await filed.matches(await filed.receipt(total="6", currency="EUR")) == []
    (undated,) = await filed.matches(await filed.receipt(total="6", day=None))
    assert undated.confidence < 0.9
    with pytest.raises(Missing):
        await other.matches(await filed.receipt("Else", total="1"))


async def test_a_refund_comes_in_and_a_tip_is_added_where_it_is_known(filed: Filed) -> None:
    back, dined, lunch = await filed.imported(
        (SHOP, "8.00"), ("CASA ROMA", "-46.00"), ("CASA ROMA", "-23.00")
    )
    (refund,) = await filed.matches(await filed.receipt(total="-8.00"))
    assert refund.transaction.transaction_id == back
    (tipped,) = await filed.matches(await filed.receipt("Casa Roma", "40.00", tip=Decimal(6)))
    assert (tipped.transaction.transaction_id, tipped.confidence >= 0.9) == (dined, True)
    assert tipped.reason.startswith("same amount with the tip")
    # Where the sum has the tip in it already, it is not added again.
    tax = [TaxLine(name="Tax", amount=Decimal(2))]
    (plain,) = await filed.matches(
        await filed.receipt("Casa Roma", "23", subtotal=Decimal(18), taxes=tax, tip=Decimal(3))
    )
    assert (plain.transaction.transaction_id, plain.reason) == (lunch, "same amount, same day, same name")


async def test_the_bank_may_know_an_unsure_total_better(filed: Filed) -> None:
    (line,) = await filed.imported((SHOP, "-18.50"))
    other_readings = [Alternative("18.50", 0.3), Alternative("nonsense", 0.1)]

    def total(confidence: float) -> Findings:
        unsure = Found(value=Decimal("13.50"), confidence=confidence, alternatives=other_readings)
        return msgspec.structs.replace(findings(), total=unsure)

    unsure = (await filed.record(total(0.5))).receipt.receipt_id
    (match,) = await filed.matches(unsure)
    assert (match.transaction.transaction_id, 0.5 < match.confidence < 0.9) == (line, True)
    assert match.reason.startswith("same amount if the total is read otherwise")
    sure = (await filed.record(total(0.95))).receipt.receipt_id
    assert await filed.matches(sure) == []


async def test_a_line_that_has_its_receipt_is_no_candidate(filed: Filed) -> None:
    line, free = await filed.imported((SHOP, "-4.50"), (SHOP, "-4.50"))
    receipt, second = await filed.receipt(number="1"), await filed.receipt(number="2")
    await filed.attach((receipt, line))
    assert [match.transaction.transaction_id for match in await filed.matches(second)] == [free]
    # A receipt of another sum may be the other half of what a line paid.
    half = await filed.receipt("Elsewhere", "2.00")
    await filed.attach((half, free))
    assert [match.transaction.transaction_id for match in await filed.matches(second)] == [free]
    assert (await filed.find(receipt)).match is None


async def test_a_page_proposes_each_line_once(filed: Filed) -> None:
    lines = await filed.imported((SHOP, "-4.50"), (SHOP, "-4.50"))
    mine = [await filed.receipt(number=str(number)) for number in range(3)]
    await filed.receipt(number="0")
    async with filed.database.reading() as connection:
        page, _cursor = await list_receipts(connection, "acme")
    matched = {each.receipt_id: each.match.transaction.transaction_id for each in page if each.match}
    assert sorted(matched.values()) == sorted(lines)
    # The one that looks like the first has none before somebody says it is another.
    assert set(matched) <= set(mine)
