"""The lines to categorize, batch by batch, and what was decided about them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Select, and_, bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import CategorizedLine
from workers.books.audit import Change, record_changes
from workers.books.categorizer import Categorizer, Decision
from workers.books.holding import Books, HeldLine, hold_books, hold_lines
from workers.books.learning.opinion import Expert
from workers.books.memory import load_memory
from workers.books.receipts.standing import StandIn, twins
from workers.books.rules import load_rules
from workers.books.schema import WAITING, accounts, bank_accounts, transactions

#: The states a decision may replace; from ``approved`` on only a person may.
OPEN = ("imported", "review", "proposed")
#: Ids in one statement: SQLite takes 32,766 parameters at most.
CHUNK = 500


class Line(msgspec.Struct, frozen=True):
    """A transaction, as far as deciding about it needs."""

    transaction_id: str
    account_id: str
    #: The name of its bank account, which is an account of the chart too.
    bank_account: str
    date: date
    amount: Decimal
    sign: int
    currency: str
    description: str
    normalised: str
    merchant_key: str
    line_no: int
    state: str


class Decided(msgspec.Struct, frozen=True):
    line: Line
    decision: Decision

    @property
    def wire(self) -> CategorizedLine:
        line, decision = self.line, self.decision
        return CategorizedLine(
            transaction_id=line.transaction_id,
            date=line.date,
            amount=line.amount,
            currency=line.currency,
            description=line.description,
            category=decision.category,
            state=decision.state,
            source=decision.source,
            confidence=decision.confidence,
            reason=decision.reason,
        )


async def load_categorizer(
    connection: AsyncConnection, company_id: str, *, expert: Expert | None = None
) -> Categorizer:
    """The company's rules, memory and chart as they are now, and what was learned; once per job."""
    return Categorizer(
        await load_rules(connection, company_id),
        await load_memory(connection, company_id),
        expert=expert,
        company_id=company_id,
        categories=await _chart(connection, company_id),
    )


async def _chart(connection: AsyncConnection, company_id: str) -> frozenset[str]:
    """The accounts that are not archived, by name."""
    active = select(accounts.c.name).where(
        accounts.c.company_id == company_id, accounts.c.archived.is_(False)
    )
    return frozenset((await connection.execute(active)).scalars())


def decide(categorizer: Categorizer, lines: Sequence[Line]) -> list[Decided]:
    return [
        Decided(line, decision) for line, decision in zip(lines, categorizer.decide_all(lines), strict=True)
    ]


async def lines_of_job(
    connection: AsyncConnection, company_id: str, job_id: str, *, after: int = 0, limit: int = 100
) -> list[Line]:
    """Those the job imported, in the file's order; ``after`` is the ``line_no`` of the last one seen."""
    values = {"company": company_id, "job": job_id, "after": after, "limit": limit}
    return _lines(await connection.execute(_JOB_LINES, values))


async def count_job_lines(connection: AsyncConnection, company_id: str, job_id: str) -> int:
    counted = await connection.execute(_JOB_COUNT, {"company": company_id, "job": job_id})
    return int(counted.scalar_one())


async def waiting_lines(
    connection: AsyncConnection,
    company_id: str,
    *,
    after: str = "",
    limit: int = 100,
    transaction_ids: Sequence[str] | None = None,
) -> list[Line]:
    """Oldest import first; ``after`` is the ``transaction_id`` of the last one seen; empty means the end.

    With ``transaction_ids``, which must be in ascending order: those of them that are not yet approved.
    """
    if transaction_ids is None:
        values = {"company": company_id, "after": after, "limit": limit}
        return _lines(await connection.execute(_WAITING_LINES, values))
    start = bisect_right(transaction_ids, after)
    while chunk := transaction_ids[start : start + limit]:
        found = await connection.execute(_CHOSEN_LINES, {"company": company_id, "ids": list(chunk)})
        if lines := _lines(found):
            return lines
        start += limit
    return []


async def count_waiting(
    connection: AsyncConnection, company_id: str, *, limit: int, transaction_ids: Sequence[str] | None = None
) -> int:
    """How many lines ``waiting_lines`` would give in all, up to ``limit``."""
    if transaction_ids is None:
        counted = await connection.execute(_WAITING_COUNT, {"company": company_id, "limit": limit})
        return int(counted.scalar_one())
    total = 0
    for start in range(0, len(transaction_ids), CHUNK):
        values = {"company": company_id, "ids": list(transaction_ids[start : start + CHUNK])}
        total += int((await connection.execute(_CHOSEN_COUNT, values)).scalar_one())
    return min(total, limit)


async def store_decisions(
    connection: AsyncConnection,
    company_id: str,
    decided: Sequence[Decided],
    *,
    actor: str,
    job_id: str,
    now: datetime,
) -> list[Decided]:
    """Writes what may still be written, with its audit, and returns it as it was written.

    Lines that were approved, deleted or decided by a person meanwhile are left alone. An account that was renamed or
    archived meanwhile is no category any more: such a line waits for a person.
    """
    if not decided:
        return []
    books = await hold_books(connection, company_id)
    held = await hold_lines(connection, company_id, [each.line.transaction_id for each in decided])
    before = {key: line for key, line in held.items() if line.state in OPEN and line.source != "person"}
    stored = [
        _as_it_is(each, line, books) for each in decided if (line := before.get(each.line.transaction_id))
    ]
    stored = await _doubted(connection, company_id, stored)
    if stored:
        changes = [_change(each, before[each.line.transaction_id]) for each in stored]
        rows = [
            _values(each, before[each.line.transaction_id], now if change.is_one else None)
            for each, change in zip(stored, changes, strict=True)
        ]
        await connection.execute(_STORE, rows)
        await record_changes(connection, company_id, changes, actor=actor, job_id=job_id, now=now)
    return stored


def _as_it_is(decided: Decided, held: HeldLine, books: Books) -> Decided:
    """By the names that its accounts have now."""
    line, decision = decided.line, decided.decision
    if line.bank_account != held.bank_account:
        line = msgspec.structs.replace(line, bank_account=held.bank_account)
    if decision.category is not None and (why := books.objection(decision.category, held.bank_account)):
        decision = msgspec.structs.replace(
            decision, category=None, state="review", source=None, confidence=None, reason=why
        )
    return Decided(line, decision)


async def _doubted(connection: AsyncConnection, company_id: str, decided: list[Decided]) -> list[Decided]:
    """None may be approved unseen whose money somebody has booked already, from a receipt."""
    proposed = [each.line for each in decided if each.decision.state == "proposed"]
    found = await twins(connection, company_id, proposed) if proposed else {}
    return [
        Decided(each.line, _doubt(each.decision, twin))
        if (twin := found.get(each.line.transaction_id))
        else each
        for each in decided
    ]


def _doubt(decision: Decision, twin: StandIn) -> Decision:
    reason = (
        f"probably the same payment as {twin.description} of {twin.date}, which was booked from a receipt: "
        "attach the receipt to this line, and that one goes"
    )
    return msgspec.structs.replace(decision, state="review", reason=reason)


def _change(decided: Decided, before: HeldLine) -> Change:
    decision = decided.decision
    return Change(
        transaction_id=decided.line.transaction_id,
        action="decided",
        from_state=before.state,
        to_state=decision.state,
        from_category=before.category,
        to_category=decision.category,
        source=decision.source,
        confidence=decision.confidence,
        reason=decision.reason,
    )


def _lines(found: Iterable[Any]) -> list[Line]:
    return [Line(*row) for row in found]


def _values(decided: Decided, held: HeldLine, moved_at: datetime | None) -> dict[str, Any]:
    """Without ``moved_at`` its revision stays: who looked at a line that was decided as before has seen it."""
    decision = decided.decision
    return {
        "moved_at": moved_at or held.updated_at,
        "step": 1 if moved_at else 0,
        "id": decided.line.transaction_id,
        "category": decision.category,
        "state": decision.state,
        "source": decision.source,
        "confidence": decision.confidence,
        "reason": decision.reason,
    }


def _select_lines() -> Select[Any]:
    ledger = bank_accounts.c.name.label("bank_account")
    columns = [ledger if name == "bank_account" else transactions.c[name] for name in Line.__struct_fields__]
    return select(*columns).select_from(_JOINED)


# Built once: SQLAlchemy finds a statement it knows in its cache far quicker than it builds a new one.
# A line picked by its job or its id is scoped by the company of its bank account: a planner without statistics
# would otherwise go through all lines of the company to find a hundred.
_JOINED = transactions.join(bank_accounts, bank_accounts.c.account_id == transactions.c.account_id)
_OF_COMPANY = bank_accounts.c.company_id == bindparam("company")
_OF_JOB = transactions.c.import_job_id == bindparam("job")
_IS_CHOSEN = transactions.c.transaction_id.in_(bindparam("ids", expanding=True))
_IS_OPEN = transactions.c.state.in_(OPEN)
_IS_WAITING = and_(transactions.c.company_id == bindparam("company"), text(f"transactions.{WAITING}"))

_JOB_LINES = (
    _select_lines()
    .where(_OF_COMPANY, _OF_JOB, transactions.c.line_no > bindparam("after"))
    .order_by(transactions.c.line_no)
    .limit(bindparam("limit"))
)
_JOB_COUNT = select(func.count()).select_from(_JOINED).where(_OF_COMPANY, _OF_JOB)
_WAITING_LINES = (
    _select_lines()
    .where(_IS_WAITING, transactions.c.transaction_id > bindparam("after"))
    .order_by(transactions.c.transaction_id)
    .limit(bindparam("limit"))
)
_WAITING_COUNT = select(func.count()).select_from(
    select(transactions.c.transaction_id).where(_IS_WAITING).limit(bindparam("limit")).subquery()
)
_CHOSEN_LINES = (
    _select_lines().where(_OF_COMPANY, _IS_CHOSEN, _IS_OPEN).order_by(transactions.c.transaction_id)
)
_CHOSEN_COUNT = select(func.count()).select_from(_JOINED).where(_OF_COMPANY, _IS_CHOSEN, _IS_OPEN)
_STORE = (
    update(transactions)
    .where(transactions.c.transaction_id == bindparam("id"))
    .values(
        {
            **{name: bindparam(name) for name in ("category", "state", "source", "confidence", "reason")},
            "revision": transactions.c.revision + bindparam("step"),
            "updated_at": bindparam("moved_at"),
        }
    )
)
