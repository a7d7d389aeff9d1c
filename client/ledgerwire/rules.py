"""A company's own rules, as they cross the wire."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from ledgerwire.books import Category, Transaction
from ledgerwire.text import PLAIN, PROSE, Identifier


class NewRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lines for which every condition holds get ``category``; at least one of the conditions must be there."""

    category: Category
    #: Whole words of the description, in any case.
    match: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=PLAIN)] | None = None
    #: An RE2 pattern, looked for in the description in any case.
    pattern: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=PROSE)] | None = None
    #: Bounds of the amount without its sign, both included.
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    account_id: Identifier | None = None
    #: -1 for money out only, 1 for money in only, null for both.
    sign: Literal[-1, 1] | None = None
    #: Where it stands among the others, from 1; null puts a new one last and leaves another where it is.
    position: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """The rule with the lowest ``position`` whose conditions all hold decides."""

    rule_id: str
    position: int
    category: str
    match: str | None
    pattern: str | None
    amount_min: Decimal | None
    amount_max: Decimal | None
    account_id: str | None
    sign: int | None


class RuleChange(msgspec.Struct, frozen=True, kw_only=True):
    """One line that a rule would treat otherwise than it stands."""

    transaction: Transaction
    #: What the line would get.
    category: str


class RulePreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule would do to the company's lines so far, were it saved: nothing is changed by asking."""

    #: Lines its conditions fit, of ``looked_at`` newest ones.
    matches: int
    looked_at: int
    #: Open lines that would get another category than they have.
    would_change: int
    #: Approved lines of another category: the rule contradicts what somebody approved.
    contradicts: int
    #: The newest of those it would change, and of those it contradicts.
    changes: list[RuleChange]
    contradictions: list[RuleChange]


class RulePage(msgspec.Struct, frozen=True):
    data: list[Rule]
    next_cursor: str | None
