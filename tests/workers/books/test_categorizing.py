from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from ledgerwire.books import AccountChange, BankAccountChange
from tests.workers.books.making import (
    COFFEE,
    NOW,
    approve,
    categorize,
    company,
    import_all,
    job_lines,
    statement,
    states,
)
from workers.books.accounts import change_account
from workers.books.bank_accounts import change_bank_account
from workers.books.categorizing import (
    count_job_lines,
    count_waiting,
    decide,
    load_categorizer,
    store_decisions,
    waiting_lines,
)
from workers.books.journal import replace_proposals
from workers.books.schema import journal_entries, journal_movements, rules, transactions
from workers.database import Database

UNKNOWN = ("QZX VENTURES 991", "-20.00")


async def journal(database: Database, company_id: str) -> list[tuple[str, str, str, str]]:
    query = (
        select(
            journal_entries.c.transaction_id,
            journal_movements.c.debit_account,
            journal_movements.c.credit_account,
            journal_movements.c.amount,
        )
        .join(journal_movements, journal_movements.c.entry_id == journal_entries.c.entry_id)
        .where(journal_entries.c.company_id == company_id)
        .order_by(journal_entries.c.transaction_id, journal_movements.c.position)
    )
    async with database.reading() as connection:
        return [(row[0], row[1], str(row[2]), str(row[3])) for row in await connection.execute(query)]


async def test_rules_decide_the_rest_waits_and_each_decided_line_has_one_entry(database: Database) -> None:
    company_id, account = await company(database)
    read = statement(COFFEE, COFFEE, UNKNOWN, ("STRIPE PAYOUT", "800.25"), ("COFFEE REVERSAL VOID", "0.00"))
    job_id, _ = await import_all(database, company_id, account, read)
    decided = await categorize(database, company_id, job_id)
    assert [each.decision.state for each in decided] == [
        "proposed",
        "proposed",
        "review",
        "proposed",
        "review",
    ]
    assert await states(database, company_id) == [each.decision.state for each in decided]
    rows = await journal(database, company_id)
    assert Counter(row[1:] for row in rows) == {
        ("Meals and entertainment", "Checking", "4.50"): 2,
        ("Checking", "Sales income", "800.25"): 1,
    }


async def test_a_categorized_line_crosses_the_wire_whole(database: Database) -> None:
    company_id, account = await company(database)
    job_id, _ = await import_all(database, company_id, account, statement(COFFEE))
    (decided,) = await categorize(database, company_id, job_id)
    wire = decided.wire
    assert wire.transaction_id == decided.line.transaction_id
    assert (str(wire.amount), wire.currency, wire.category) == ("-4.50", "USD", "Meals and entertainment")
    assert (wire.source, wire.confidence, wire.reason) == ("rule", 1.0, "rule: contains COFFEE")


async def test_what_was_approved_decides_about_the_same_merchant(database: Database) -> None:
    company_id, account = await company(database)
    first, _ = await import_all(database, company_id, account, statement(*[UNKNOWN] * 14))
    await approve(
        database,
        [line.transaction_id for line in await job_lines(database, company_id, first)],
        "Professional services",
    )
    again = statement(("QZX VENTURES 4711", "-35.00"), ("QZX VENTURES 4711", "35.00"))
    second, _ = await import_all(database, company_id, account, again)
    spent, refunded = await categorize(database, company_id, second)
    assert spent.decision.category == "Professional services"
    assert spent.decision.reason == "like 14 approved lines of QZX VENTURES"
    assert refunded.decision.state == "review"


async def test_lines_approved_meanwhile_are_left_alone(database: Database) -> None:
    company_id, account = await company(database)
    job_id, _ = await import_all(database, company_id, account, statement(COFFEE, COFFEE))
    lines = await job_lines(database, company_id, job_id)
    await approve(database, [lines[0].transaction_id], "Travel lodging")
    async with database.transaction() as connection:
        decided = decide(await load_categorizer(connection, company_id), lines)
        stored = await store_decisions(connection, company_id, decided, actor="Test", job_id=job_id, now=NOW)
    assert [each.line.transaction_id for each in stored] == [lines[1].transaction_id]
    assert await states(database, company_id) == ["approved", "proposed"]


async def test_categorizing_again_leaves_one_entry_that_follows_the_new_decision(database: Database) -> None:
    company_id, account = await company(database)
    job_id, _ = await import_all(database, company_id, account, statement(COFFEE, UNKNOWN))
    await categorize(database, company_id, job_id)
    async with database.transaction() as connection:
        await connection.execute(rules.update().values(category="Travel lodging"))
    await categorize(database, company_id, job_id)
    assert [row[1:] for row in await journal(database, company_id)] == [
        ("Travel lodging", "Checking", "4.50")
    ]


async def test_an_entry_that_was_approved_is_not_replaced(database: Database) -> None:
    company_id, account = await company(database)
    job_id, _ = await import_all(database, company_id, account, statement(COFFEE))
    decided = await categorize(database, company_id, job_id)
    async with database.transaction() as connection:
        await connection.execute(journal_entries.update().values(state="posted"))
        assert await replace_proposals(connection, company_id, decided, now=NOW) == 0
    assert len(await journal(database, company_id)) == 1


async def test_waiting_lines_come_once_each_by_their_cursor(database: Database) -> None:
    company_id, account = await company(database)
    read = statement(*[(f"SHOP {number}", "-1") for number in range(25)])
    job_id, _ = await import_all(database, company_id, account, read)
    async with database.reading() as connection:
        assert await count_job_lines(connection, company_id, job_id) == 25
        assert await count_waiting(connection, company_id, limit=1000) == 25
        assert await count_waiting(connection, company_id, limit=10) == 10
        seen: list[str] = []
        while lines := await waiting_lines(connection, company_id, after=seen[-1] if seen else "", limit=10):
            seen += [line.transaction_id for line in lines]
    assert len(seen) == len(set(seen)) == 25


async def test_chosen_lines_are_those_not_yet_approved_and_of_this_company(database: Database) -> None:
    company_id, account = await company(database)
    other_id, other = await company(database)
    job_id, _ = await import_all(database, company_id, account, statement(*[COFFEE] * 7))
    foreign, _ = await import_all(database, other_id, other, statement(COFFEE))
    ids = [line.transaction_id for line in await job_lines(database, company_id, job_id)]
    (stranger,) = await job_lines(database, other_id, foreign)
    await approve(database, ids[:3], "Utilities")
    chosen = sorted([*ids, stranger.transaction_id, "nothing"])
    async with database.reading() as connection:
        assert await count_waiting(connection, company_id, limit=100, transaction_ids=chosen) == 4
        first = await waiting_lines(connection, company_id, limit=2, transaction_ids=chosen)
        found = [line.transaction_id for line in first]
        while lines := await waiting_lines(
            connection, company_id, after=found[-1], limit=2, transaction_ids=chosen
        ):
            found += [line.transaction_id for line in lines]
    assert found == sorted(ids[3:])


async def test_deleting_a_transaction_takes_its_entry_along(database: Database) -> None:
    company_id, account = await company(database)
    job_id, _ = await import_all(database, company_id, account, statement(COFFEE))
    await categorize(database, company_id, job_id)
    async with database.transaction() as connection:
        await connection.execute(transactions.delete())
    assert await journal(database, company_id) == []


async def test_nothing_decided_is_nothing_stored(database: Database) -> None:
    company_id, _ = await company(database)
    async with database.transaction() as connection:
        assert await store_decisions(connection, company_id, [], actor="Test", job_id="", now=NOW) == []
        assert await replace_proposals(connection, company_id, [], now=NOW) == 0


async def test_what_was_renamed_or_archived_meanwhile_is_decided_by_a_person(database: Database) -> None:
    """Or else a line would carry, and its entry move, what the chart does not have."""
    company_id, account = await company(database)
    rows = (COFFEE, ("UBER TRIP", "-9"), ("STRIPE PAYOUT", "50"))
    job_id, _ = await import_all(database, company_id, account, statement(*rows))
    async with database.reading() as connection:
        categorizer = await load_categorizer(connection, company_id)
    decided = decide(categorizer, await job_lines(database, company_id, job_id))
    async with database.transaction() as tx:
        await change_account(tx, company_id, "6090", AccountChange(name="Food"))
        await change_account(tx, company_id, "6230", AccountChange(archived=True))
        await change_bank_account(tx, company_id, account.account_id, BankAccountChange(name="Giro"))
    async with database.transaction() as tx:
        stored = await store_decisions(tx, company_id, decided, actor="Test", job_id=job_id, now=NOW)
        await replace_proposals(tx, company_id, stored, now=NOW)
    assert [(each.decision.state, each.decision.category) for each in stored] == [
        ("review", None),
        ("review", None),
        ("proposed", "Sales income"),
    ]
    assert "is no account of the chart" in stored[0].decision.reason
    assert [entry[1:] for entry in await journal(database, company_id)] == [("Giro", "Sales income", "50")]
    assert await states(database, company_id) == ["review", "review", "proposed"]


async def test_deciding_as_before_leaves_the_revision_that_somebody_saw(database: Database) -> None:
    company_id, account = await company(database)
    job_id, _ = await import_all(database, company_id, account, statement(COFFEE, UNKNOWN))
    await categorize(database, company_id, job_id)
    before = await revisions(database, company_id)
    async with database.transaction() as connection:
        await connection.execute(rules.delete())
    await categorize(database, company_id, job_id)
    after = await revisions(database, company_id)
    assert [new - old for old, new in zip(before, after, strict=True)] == [1, 0]


async def revisions(database: Database, company_id: str) -> list[int]:
    query = select(transactions.c.revision).where(transactions.c.company_id == company_id)
    async with database.reading() as connection:
        return list((await connection.execute(query.order_by(transactions.c.line_no))).scalars())
