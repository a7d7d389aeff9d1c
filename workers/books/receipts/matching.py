"""Which bank line paid a receipt: proposals, made when they are asked for, since lines may come after receipts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.receipts import Match, Receipt
from workers.books.receipts.alike import likeness
from workers.books.receipts.candidates import Candidate, candidates_of
from workers.books.receipts.odds import Fit, rivals, shared
from workers.books.receipts.selecting import read_receipt

#: A list proposes nothing that is less likely: it would only be in the way.
WORTH_SHOWING = 0.25


async def matches_of(
    connection: AsyncConnection, company_id: str, receipt_id: str, limit: int = 10
) -> list[Match]:
    """Best first; raises Missing. A line that another receipt of that sum is attached to is none."""
    receipt = await read_receipt(connection, company_id, receipt_id)
    found = await _matches(connection, company_id, [receipt])
    return found.get(receipt_id, [])[:limit]


async def with_matches(
    connection: AsyncConnection,
    company_id: str,
    page: Sequence[Receipt],
    *,
    taken: Collection[str] = (),
) -> list[Receipt]:
    """Those that are attached to nothing with their best line, no line proposed twice; none of ``taken``.

    A receipt that looks the same as an earlier one has none: the line is the earlier one's until a person says
    otherwise.
    """
    open_ones = [each for each in page if not each.transaction_ids and each.duplicate_of is None]
    best = _assign(await _matches(connection, company_id, open_ones), taken)
    return [
        msgspec.structs.replace(each, match=best[each.receipt_id]) if each.receipt_id in best else each
        for each in page
    ]


def _assign(found: dict[str, list[Match]], taken: Collection[str]) -> dict[str, Match]:
    """The surest pair first, and each line once."""
    pairs = [
        (-match.confidence, receipt_id, match)
        for receipt_id, matches in found.items()
        for match in matches
        if match.confidence >= WORTH_SHOWING
    ]
    given, used = dict[str, Match](), set(taken)
    for _rank, receipt_id, match in sorted(pairs, key=lambda pair: pair[:2]):
        key = match.transaction.transaction_id
        if receipt_id not in given and key not in used:
            given[receipt_id] = match
            used.add(key)
    return given


async def _matches(
    connection: AsyncConnection, company_id: str, wanted: Sequence[Receipt]
) -> dict[str, list[Match]]:
    found = await candidates_of(connection, company_id, wanted)
    return {
        each.receipt_id: sorted(_judge(each, found[each.receipt_id]), key=_best_first)
        for each in wanted
        if found.get(each.receipt_id)
    }


def _judge(receipt: Receipt, found: Sequence[Candidate]) -> Iterator[Match]:
    fits = [_fit(receipt, each) for each in found]
    odds = [fit.odds for fit in fits]
    for each, fit, confidence, others in zip(found, fits, shared(odds), rivals(odds), strict=True):
        if each.transaction.transaction_id not in receipt.transaction_ids and confidence:
            yield Match(transaction=each.transaction, confidence=confidence, reason=fit.reason(others))


def _fit(receipt: Receipt, candidate: Candidate) -> Fit:
    line = candidate.transaction
    return Fit(
        days=None if receipt.date is None else (line.date - receipt.date).days,
        likeness=likeness(receipt.vendor, line.description),
        sum=candidate.sum,
        currency=receipt.currency is not None,
    )


def _best_first(match: Match) -> tuple[float, str]:
    return -match.confidence, match.transaction.transaction_id
