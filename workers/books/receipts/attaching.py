"""Which receipts and bank lines belong together.

One receipt may be paid by several lines, and one line may have several receipts; but where both were allowed at once,
nobody could say any more which line paid what. So whatever hangs together is a star: one receipt with its lines, or
one line with its receipts.

An approved line and one in a closed period may get a receipt and lose it: a receipt is evidence for a figure and
changes none, and evidence is what people look for when the figures have long been closed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.receipts import Attachment, AttachmentOutcome, Receipt
from workers.books.receipts.audit import Deed, record_deeds
from workers.books.receipts.listing import find_receipt
from workers.books.receipts.schema import attachments, receipts
from workers.books.receipts.selecting import read_receipt
from workers.books.receipts.standing import Standing, replace_standing
from workers.books.schema import companies, transactions

#: Ids in one statement: SQLite takes 32,766 parameters at most.
CHUNK = 500
UNKNOWN = "There is no such receipt or no such transaction here (any more). Look at the lists again."
MANY_TO_MANY = (
    "That receipt or that line is one of several already. Take off what does not belong there first: a receipt may "
    "have several lines, or a line several receipts, not both."
)
BOOKED = "The line that was booked from this receipt is approved. Reopen it first, or the money stands there twice."


class Star:
    """What is attached to what, as far as the wanted pairs touch it."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.lines: defaultdict[str, set[str]] = defaultdict(set)
        self.receipts: defaultdict[str, set[str]] = defaultdict(set)
        for receipt, line in pairs:
            self.add(receipt, line)

    def add(self, receipt: str, line: str) -> None:
        self.lines[receipt].add(line)
        self.receipts[line].add(receipt)

    def drop(self, receipt: str, line: str) -> None:
        self.lines[receipt].discard(line)
        self.receipts[line].discard(receipt)

    def has(self, receipt: str, line: str) -> bool:
        return line in self.lines[receipt]

    def bears(self, receipt: str, line: str) -> bool:
        """Whether it stays a star with this pair added.

        Not both ends may have another already; and what the one end has must hang on nothing else.
        """
        lines, others = self.lines[receipt], self.receipts[line]
        if lines and others:
            return False
        return all(len(self.receipts[each]) == 1 for each in lines) and all(
            len(self.lines[each]) == 1 for each in others
        )


async def attach(
    connection: AsyncConnection, company_id: str, wanted: Sequence[Attachment], *, actor: str, now: datetime
) -> list[AttachmentOutcome]:
    """An outcome for each of ``wanted``, in their order; each sees what those before it have done.

    A line that was booked from the receipt stood in for the bank's; the bank's own takes its place, and it is removed
    with its proposal, unless somebody has approved it.
    """
    await hold_alone(connection, company_id)
    pairs = [(each.receipt_id, each.transaction_id) for each in wanted]
    known = await _known(connection, company_id, pairs)
    star = Star(await _attached(connection, pairs))
    standing = await Standing.of(connection, company_id, [receipt for receipt, _line in pairs])
    outcomes = [_outcome(pair, known, star, standing) for pair in pairs]
    done = [pair for pair, outcome in zip(pairs, outcomes, strict=True) if outcome.outcome == "attached"]
    await replace_standing(connection, company_id, standing.replaced, actor=actor, now=now)
    await _write(connection, company_id, done, actor=actor, now=now)
    return outcomes


async def detach(
    connection: AsyncConnection,
    company_id: str,
    receipt_id: str,
    transaction_id: str,
    *,
    actor: str,
    now: datetime,
) -> Receipt:
    """The receipt without that line; one that it is not attached to changes nothing. Raises Missing."""
    await hold_alone(connection, company_id)
    receipt = await read_receipt(connection, company_id, receipt_id)
    if transaction_id in receipt.transaction_ids:
        await connection.execute(_DETACH, {"receipt": receipt_id, "line": transaction_id})
        await _moved(connection, company_id, [(receipt_id, transaction_id)], "detached", actor=actor, now=now)
    return await find_receipt(connection, company_id, receipt_id)


async def attach_new(
    connection: AsyncConnection,
    company_id: str,
    receipt_id: str,
    transaction_id: str,
    *,
    actor: str,
    now: datetime,
) -> None:
    """A line that was made this moment, to a receipt that has none: nothing to ask."""
    await _insert(connection, company_id, [(receipt_id, transaction_id)], actor=actor, now=now)


def _outcome(pair: tuple[str, str], known: set[str], star: Star, standing: Standing) -> AttachmentOutcome:
    if not known.issuperset(pair):
        return AttachmentOutcome(*pair, "unknown", UNKNOWN)
    if star.has(*pair):
        return AttachmentOutcome(*pair, "already")
    receipt, line = pair
    if standing.is_in_the_way(receipt, line):
        return AttachmentOutcome(*pair, "booked", BOOKED)
    stand_in = standing.line_of(receipt)
    if stand_in is not None and star.has(receipt, stand_in):
        star.drop(receipt, stand_in)
    if not star.bears(receipt, line):
        if stand_in is not None:
            star.add(receipt, stand_in)
        return AttachmentOutcome(*pair, "many_to_many", MANY_TO_MANY)
    standing.replace(receipt, line)
    star.add(receipt, line)
    return AttachmentOutcome(*pair, "attached")


async def hold_alone(connection: AsyncConnection, company_id: str) -> None:
    """Until the transaction ends nobody else changes what belongs together in this company.

    Two who attach at the same time could each see a star and together make a chain. Taken before all receipts and
    lines, in the order of holding.py.
    """
    await connection.execute(_HOLD, {"company": company_id})


async def _known(connection: AsyncConnection, company_id: str, pairs: Sequence[tuple[str, str]]) -> set[str]:
    """The ids among ``pairs`` that are the company's; a receipt's is never a line's."""
    found: set[str] = set()
    for ids in _chunks({receipt for receipt, _line in pairs}):
        found.update((await connection.execute(_RECEIPTS, {"company": company_id, "ids": ids})).scalars())
    for ids in _chunks({line for _receipt, line in pairs}):
        found.update((await connection.execute(_TRANSACTIONS, {"company": company_id, "ids": ids})).scalars())
    return found


async def _attached(connection: AsyncConnection, pairs: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """What hangs on either end of ``pairs``, and what hangs on that: of stars there is no more."""
    touched = set(pairs)
    for _round in range(2):
        found: set[tuple[str, str]] = set()
        ids = {key for pair in touched for key in pair}
        for chunk in _chunks(ids):
            found.update((row[0], row[1]) for row in await connection.execute(_ATTACHED, {"ids": chunk}))
        touched = found
    return touched


async def _write(
    connection: AsyncConnection,
    company_id: str,
    pairs: Sequence[tuple[str, str]],
    *,
    actor: str,
    now: datetime,
) -> None:
    if pairs:
        await _insert(connection, company_id, pairs, actor=actor, now=now)
        await _moved(connection, company_id, pairs, "attached", actor=actor, now=now)


async def _insert(
    connection: AsyncConnection,
    company_id: str,
    pairs: Sequence[tuple[str, str]],
    *,
    actor: str,
    now: datetime,
) -> None:
    common = {"company_id": company_id, "attached_at": now, "attached_by": actor}
    rows = [{**common, "receipt_id": receipt, "transaction_id": line} for receipt, line in pairs]
    await connection.execute(insert(attachments), rows)


async def _moved(
    connection: AsyncConnection,
    company_id: str,
    pairs: Sequence[tuple[str, str]],
    action: str,
    *,
    actor: str,
    now: datetime,
) -> None:
    await connection.execute(_TOUCH, [{"id": receipt, "now": now} for receipt, _line in pairs])
    deeds = [Deed(receipt_id=receipt, action=action, transaction_id=line) for receipt, line in pairs]
    await record_deeds(connection, company_id, deeds, actor=actor, now=now)


def _chunks(ids: set[str]) -> Iterator[list[Any]]:
    listed = sorted(ids)
    return (listed[start : start + CHUNK] for start in range(0, len(listed), CHUNK))


_HOLD = (
    select(companies.c.company_id)
    .where(companies.c.company_id == bindparam("company"))
    .with_for_update(key_share=True)
)
_IDS: Any = bindparam("ids", expanding=True)
_RECEIPTS = select(receipts.c.receipt_id).where(
    receipts.c.company_id == bindparam("company"), receipts.c.receipt_id.in_(_IDS)
)
_TRANSACTIONS = select(transactions.c.transaction_id).where(
    transactions.c.company_id == bindparam("company"), transactions.c.transaction_id.in_(_IDS)
)
_ATTACHED = select(attachments.c.receipt_id, attachments.c.transaction_id).where(
    or_(attachments.c.receipt_id.in_(_IDS), attachments.c.transaction_id.in_(_IDS))
)
_DETACH = delete(attachments).where(
    attachments.c.receipt_id == bindparam("receipt"), attachments.c.transaction_id == bindparam("line")
)
_TOUCH = (
    update(receipts)
    .where(receipts.c.receipt_id == bindparam("id"))
    .values({"revision": receipts.c.revision + 1, "updated_at": bindparam("now")})
)
