"""A company whose lines are reviewed, and what must hold of its books whatever was done to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import BankAccount, Transaction
from ledgerwire.journal import AuditEntry
from tests.workers.books.making import JUNE, NOW, categorize, company, import_all, statement
from workers.books.approval import approve_lines, reopen_lines
from workers.books.audit import list_changes
from workers.books.categorizing import Decided, decide, load_categorizer, store_decisions, waiting_lines
from workers.books.correcting import set_category
from workers.books.journal import Entry, movement_of, replace_proposals
from workers.books.outcomes import Outcome
from workers.books.posting import read_entries
from workers.books.questions import Answer
from workers.books.removing import remove_lines
from workers.books.schema import accounts, companies, journal_entries, transactions
from workers.books.suggestions import suggested, unsure_decisions
from workers.books.transactions import COLUMNS
from workers.database import Database

LATER = NOW + timedelta(hours=1)


class Reviewed:
    """``say``, ``approve`` and ``reopen`` act as Ann, one hour after the lines were imported."""

    def __init__(self, database: Database, company_id: str, account: BankAccount) -> None:
        self.database = database
        self.company_id = company_id
        self.account = account

    @classmethod
    async def found(cls, database: Database) -> Reviewed:
        return cls(database, *await company(database))

    async def imported(self, *rows: tuple[str, str], day: date = JUNE, decided: bool = True) -> list[str]:
        """The ids of new lines, in the file's order; rules have had their say unless ``decided`` is false."""
        self.job_id, _ = await import_all(
            self.database, self.company_id, self.account, statement(*rows, day=day)
        )
        if decided:
            await categorize(self.database, self.company_id, self.job_id)
        mine = select(transactions.c.transaction_id).where(transactions.c.import_job_id == self.job_id)
        async with self.database.reading() as connection:
            return list((await connection.execute(mine.order_by(transactions.c.line_no))).scalars())

    # --- what people do -------------------------------------------------------------------------------

    async def say(
        self, key: str, category: str | None, *, revision: int | None = None, now: datetime = LATER
    ) -> Transaction:
        async with self.database.transaction() as tx:
            return await set_category(
                tx, self.company_id, key, category, actor="Ann", now=now, revision=revision
            )

    async def approve(self, ids: Sequence[str], **more: Any) -> list[Outcome]:
        async with self.database.transaction() as tx:
            return await approve_lines(tx, self.company_id, ids, **{"actor": "Ann", "now": LATER, **more})

    async def reopen(self, ids: Sequence[str], **more: Any) -> list[Outcome]:
        async with self.database.transaction() as tx:
            return await reopen_lines(tx, self.company_id, ids, **{"actor": "Ann", "now": LATER, **more})

    async def remove(self, ids: Sequence[str], **more: Any) -> list[Outcome]:
        known = {"import_job_id": self.job_id, "actor": "Ann", "now": LATER}
        async with self.database.transaction() as tx:
            return await remove_lines(tx, self.company_id, ids, **{**known, **more})

    # --- what jobs do ---------------------------------------------------------------------------------

    async def decide(self, ids: Sequence[str]) -> None:
        """Once more by rules and memory."""
        async with self.database.transaction() as tx:
            found = await waiting_lines(tx, self.company_id, transaction_ids=sorted(ids))
            await self._store(tx, decide(await load_categorizer(tx, self.company_id), found))

    async def hear(self, ids: Sequence[str], category: str | None) -> None:
        """Of a language model, about those that nobody is sure about."""
        answer = Answer(category, 0.97)
        async with self.database.transaction() as tx:
            unsure = await unsure_decisions(tx, self.company_id, ids, hold=True)
            found = await waiting_lines(tx, self.company_id, transaction_ids=sorted(unsure))
            heard = [Decided(line, suggested(unsure[line.transaction_id], answer, "m")) for line in found]
            await self._store(tx, heard)

    async def _store(self, tx: AsyncConnection, decided: Sequence[Decided]) -> None:
        stored = await store_decisions(tx, self.company_id, decided, actor="Ann", job_id="job-9", now=LATER)
        await replace_proposals(tx, self.company_id, stored, now=LATER)

    # --- what else happens ----------------------------------------------------------------------------

    async def close_through(self, day: date | None) -> None:
        await self.write(update(companies).values(closed_through=day))

    async def archive(self, category: str) -> None:
        await self.write(update(accounts).where(accounts.c.name == category).values(archived=True))

    async def write(self, statement: Any) -> None:
        async with self.database.transaction() as tx:
            await tx.execute(statement)

    # --- what the books say ---------------------------------------------------------------------------

    async def lines(self) -> dict[str, Transaction]:
        query = select(*COLUMNS).where(transactions.c.company_id == self.company_id)
        async with self.database.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return {row["transaction_id"]: Transaction(**row) for row in rows}

    async def line(self, key: str) -> Transaction:
        return (await self.lines())[key]

    async def entries(self) -> dict[str, tuple[str, Entry]]:
        """By their transaction: the entry's state and what it says. One a line, or this fails."""
        mine = select(journal_entries.c.transaction_id, journal_entries.c.state).where(
            journal_entries.c.company_id == self.company_id
        )
        async with self.database.reading() as connection:
            rows = (await connection.execute(mine)).all()
            said = await read_entries(connection, [row.transaction_id for row in rows])
        states = {row.transaction_id: row.state for row in rows}
        assert len(states) == len(rows) == len(said)
        return {entry.transaction_id: (states[entry.transaction_id], entry) for entry in said}

    async def trail(self, key: str | None = None) -> list[AuditEntry]:
        """Oldest first."""
        async with self.database.reading() as connection:
            found = await list_changes(connection, self.company_id, transaction_id=key, limit=10_000)
        return found[::-1]

    async def assert_sound(self) -> None:
        """Entries tell of their lines, and the audit leads to where each line stands."""
        lines, entries = await self.lines(), await self.entries()
        assert set(entries) <= set(lines)
        for key, line in lines.items():
            assert entries.get(key) == self._entry_due(line), line
            # Who approves all that is proposed approves nothing that only a language model said.
            assert (line.state, line.source) != ("proposed", "llm")
            assert (line.approved_at is not None) == (line.state == "approved") == bool(line.approved_by)
        await self._assert_replays(lines)

    def _entry_due(self, line: Transaction) -> tuple[str, Entry] | None:
        if line.category is None:
            return None
        movement = movement_of(line.amount, bank_account=self.account.name, category=line.category)
        if movement is None:
            return None
        state = "posted" if line.state in {"approved", "exported"} else "proposed"
        return state, Entry(line.transaction_id, line.date, line.currency, (movement,))

    async def _assert_replays(self, lines: dict[str, Transaction]) -> None:
        """Each change begins where the one before it ended."""
        standing: dict[str, tuple[str | None, str | None]] = {}
        changes: dict[str, int] = {}
        for each in await self.trail():
            before = standing.get(each.transaction_id, ("imported", None))
            assert (each.from_state, each.from_category) == before, each
            standing[each.transaction_id] = (each.to_state, each.to_category)
            changes[each.transaction_id] = changes.get(each.transaction_id, 0) + 1
        for key, line in lines.items():
            assert standing.get(key, ("imported", None)) == (line.state, line.category)
            assert line.revision == 1 + changes.get(key, 0)
        assert {standing[key] for key in set(standing) - set(lines)} <= {(None, None)}


def words(outcomes: Sequence[Outcome]) -> list[str]:
    return [each.outcome for each in outcomes]


async def count(database: Database, statement: Any) -> int:
    async with database.reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(statement))).scalar_one())
