"""A person's word on the category of one line."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import Transaction
from ledgerwire.errors import FieldError
from workers.books.audit import Change, record_changes
from workers.books.errors import BooksError, Conflict, Missing
from workers.books.holding import Books, HeldLine, hold_books, hold_lines
from workers.books.posting import replace_entry
from workers.books.schema import transactions
from workers.books.transactions import COLUMNS


class Word(msgspec.Struct, frozen=True):
    """What a line says of its category, and on whose authority."""

    category: str | None
    state: str
    source: str | None
    confidence: float | None
    reason: str


async def set_category(
    connection: AsyncConnection,
    company_id: str,
    transaction_id: str,
    category: str | None,
    *,
    actor: str,
    now: datetime,
    revision: int | None,
) -> Transaction:
    """The line as ``actor`` wants it, with its entry and its audit; null takes its category away.

    Saying the same again changes nothing, whatever ``revision`` says, so a repeated request is harmless. Raises
    Missing; Conflict where the line is approved, has moved on from ``revision`` or lies in a closed period;
    BooksError where ``category`` is none to choose.
    """
    books = await hold_books(connection, company_id)
    lines = await hold_lines(connection, company_id, [transaction_id])
    if (line := lines.get(transaction_id)) is None:
        raise Missing("transaction")
    word = _word(category, actor)
    if not _stands(line, word):
        _check(line, books, category, revision)
        await _write(connection, company_id, line, word, actor=actor, now=now)
    return Transaction(**(await connection.execute(_READ, {"id": transaction_id})).mappings().one())


def _word(category: str | None, actor: str) -> Word:
    if category is None:
        return Word(None, "review", None, None, f"category taken away by {actor}")
    return Word(category, "proposed", "person", 1.0, f"chosen by {actor}")


def _stands(line: HeldLine, word: Word) -> bool:
    return (line.category, line.state, line.source) == (word.category, word.state, word.source)


def _check(line: HeldLine, books: Books, category: str | None, revision: int | None) -> None:
    if line.state in {"approved", "exported"}:
        raise Conflict(f"already_{line.state}", f"The transaction is {line.state}", "Reopen it first.")
    if books.closed_on(line.date):
        raise Conflict("locked_period", "The transaction lies in a closed period", books.closed_sentence)
    if revision not in {None, line.revision}:
        detail = f"You saw revision {revision}; it is at {line.revision} now. Look again, then decide."
        raise Conflict("changed", "The transaction has changed since you looked", detail)
    if category is not None and (why := books.objection(category, line.bank_account)):
        raise BooksError("not_a_category", "That is no category for it", why, [FieldError("/category", why)])


async def _write(
    connection: AsyncConnection, company_id: str, line: HeldLine, word: Word, *, actor: str, now: datetime
) -> None:
    values = {"id": line.transaction_id, "now": now, **msgspec.structs.asdict(word)}
    await connection.execute(_STORE, values)
    await replace_entry(connection, company_id, line, word.category, now=now)
    change = Change(
        transaction_id=line.transaction_id,
        action="changed",
        from_state=line.state,
        to_state=word.state,
        from_category=line.category,
        to_category=word.category,
        source=word.source,
        confidence=word.confidence,
        reason=word.reason,
    )
    await record_changes(connection, company_id, [change], actor=actor, now=now)


_READ = select(*COLUMNS).where(transactions.c.transaction_id == bindparam("id"))
_STORE = (
    update(transactions)
    .where(transactions.c.transaction_id == bindparam("id"))
    .values(
        {
            **{name: bindparam(name) for name in Word.__struct_fields__},
            "revision": transactions.c.revision + 1,
            "updated_at": bindparam("now"),
        }
    )
)
