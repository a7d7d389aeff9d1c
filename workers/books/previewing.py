"""What a rule would do to the lines there are, were it saved: asked before, so that nobody is surprised after."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.rules import NewRule, RuleChange, RulePreview
from workers.books.categorizing import OPEN
from workers.books.rule_book import check_rule, find_rule
from workers.books.rules import Rule, Rules, as_rule, read_rules
from workers.books.schema import transactions
from workers.books.transactions import read_transactions

#: Newest lines looked at.
LOOKED_AT = 20_000
#: Lines looked at between two turns of the event loop.
BATCH = 1_000
#: Lines shown of each kind.
SHOWN = 20


class PastLine(msgspec.Struct, frozen=True):
    """A transaction, as far as a rule and what came of it go."""

    transaction_id: str
    account_id: str
    amount: Decimal
    sign: int
    description: str
    normalised: str
    category: str | None
    state: str
    source: str | None


class Sight(msgspec.Struct):
    """What has been seen so far. The ids of the first lines of each kind are kept to be shown."""

    looked_at: int = 0
    matches: int = 0
    would_change: int = 0
    contradicts: int = 0
    changed: list[str] = msgspec.field(default_factory=list)
    contradicting: list[str] = msgspec.field(default_factory=list)


class Trial:
    """One rule among those that are asked before it. No I/O."""

    def __init__(self, rule: Rule, before: Sequence[Rule]) -> None:
        self._category = rule.category
        self._rule = Rules([rule])
        self._before = Rules(before)

    def look(self, lines: Iterable[PastLine], sight: Sight) -> None:
        for line in lines:
            sight.looked_at += 1
            if self._rule.find(line):
                sight.matches += 1
                if line.category != self._category and not self._before.find(line):
                    self._differs(line, sight)

    def _differs(self, line: PastLine, sight: Sight) -> None:
        if line.state not in OPEN:
            sight.contradicts += 1
            _keep(line, sight.contradicting)
        elif line.source != "person":
            sight.would_change += 1
            _keep(line, sight.changed)


def _keep(line: PastLine, kept: list[str]) -> None:
    if len(kept) < SHOWN:
        kept.append(line.transaction_id)


async def preview_rule(
    connection: AsyncConnection, company_id: str, wanted: NewRule, *, rule_id: str | None = None
) -> RulePreview:
    """``rule_id`` is the rule that ``wanted`` would replace. Changes nothing.

    Raises Missing for an unknown rule, BooksError for one that could not be saved.
    """
    await check_rule(connection, company_id, wanted)
    held = None if rule_id is None else (await find_rule(connection, company_id, rule_id)).position
    before = rules_before(await read_rules(connection, company_id), wanted.position or held, without=held)
    trial, sight = Trial(as_rule(wanted), before), Sight()
    async with connection.stream(_NEWEST, {"company": company_id}) as rows:
        async for batch in rows.partitions(BATCH):
            # A thousand rules take a second for all of them, which nobody else's request should wait for.
            await asyncio.to_thread(trial.look, [PastLine(*row) for row in batch], sight)
    return await _preview(connection, company_id, wanted.category, sight)


def rules_before(rules: Sequence[Rule], place: int | None, *, without: int | None) -> list[Rule]:
    """Those that are asked before a rule at ``place`` (null: the last), once the one at ``without`` is gone."""
    others = [rule for rule in rules if rule.position != without]
    if place is None:
        return others
    return [
        rule for rule in others if rule.position - (without is not None and rule.position > without) < place
    ]


async def _preview(connection: AsyncConnection, company_id: str, category: str, sight: Sight) -> RulePreview:
    lines = await read_transactions(connection, company_id, [*sight.changed, *sight.contradicting])

    def shown(ids: Iterable[str]) -> list[RuleChange]:
        return [RuleChange(transaction=lines[key], category=category) for key in ids if key in lines]

    return RulePreview(
        matches=sight.matches,
        looked_at=sight.looked_at,
        would_change=sight.would_change,
        contradicts=sight.contradicts,
        changes=shown(sight.changed),
        contradictions=shown(sight.contradicting),
    )


_NEWEST = (
    select(*(transactions.c[name] for name in PastLine.__struct_fields__))
    .where(transactions.c.company_id == bindparam("company"))
    .order_by(transactions.c.date.desc(), transactions.c.transaction_id.desc())
    .limit(LOOKED_AT)
)
