"""A company's own rules: the first of which all conditions hold decides. No I/O but loading them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Protocol

import msgspec
import re2
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.rules import NewRule
from workers.books.merchants import normalise
from workers.books.schema import accounts
from workers.books.schema import rules as table

#: Bytes that one pattern may take, compiled and at work: a thousand of them must fit beside each other.
PATTERN_MEMORY = 2**18
#: Rules whose patterns are looked for at once: a call of RE2 costs more than what it does.
BLOCK = 16
COMBINED_MEMORY = 2**21


class RuleInput(Protocol):
    """What a rule looks at."""

    @property
    def description(self) -> str: ...
    @property
    def normalised(self) -> str: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def sign(self) -> int: ...
    @property
    def account_id(self) -> str: ...


class Rule(msgspec.Struct, frozen=True):
    """Conditions that are null do not matter; of the others all must hold."""

    match: str | None
    category: str
    #: -1 for money out only, 1 for money in only, null for both.
    sign: int | None = None
    pattern: str | None = None
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    account_id: str | None = None
    #: Its place among the company's.
    position: int = 0

    @property
    def words(self) -> str:
        """The reason a line it decided carries."""
        told = [*self._text_words(), *self._amount_words()] or [*self._other_words()]
        return "rule: " + " and ".join(told)

    def _text_words(self) -> Iterable[str]:
        if self.match is not None:
            yield f"contains {self.match}"
        if self.pattern is not None:
            yield f"matches /{self.pattern}/"

    def _amount_words(self) -> Iterable[str]:
        match self.amount_min, self.amount_max:
            case Decimal() as least, Decimal() as most:
                yield f"exactly {least}" if least == most else f"from {least} to {most}"
            case Decimal() as least, None:
                yield f"at least {least}"
            case None, Decimal() as most:
                yield f"at most {most}"

    def _other_words(self) -> Iterable[str]:
        if self.account_id is not None:
            yield "in this bank account"
        if self.sign is not None:
            yield "money in" if self.sign > 0 else "money out"


class Rules:
    """Ordered; ``find`` is quick enough to be asked for every line of a file."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._blocks = [_Block(rules[start : start + BLOCK]) for start in range(0, len(rules), BLOCK)]

    def find(self, line: RuleInput) -> Rule | None:
        normalised, text = line.normalised, line.description.encode()
        for block in self._blocks:
            for words, holds, rule in block.possible(text):
                # The plain search is ten times quicker than the rest and rules out nearly everything.
                if words in normalised and holds(line, text):
                    return rule
        return None


class _Block:
    """Some rules that follow each other, whose patterns are first looked for all at once."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._tests = [(normalise(rule.match or ""), _Test(rule), rule) for rule in rules]
        self._plain = [test for test in self._tests if test[2].pattern is None]
        patterns = [rule.pattern for rule in rules if rule.pattern is not None]
        self._any_pattern = _combined(patterns) if len(patterns) > 1 else None

    def possible(self, text: bytes) -> Sequence[tuple[str, _Test, Rule]]:
        """Without the rules with a pattern, where none of their patterns is in ``text``."""
        if self._any_pattern is None or self._any_pattern.search(text):
            return self._tests
        return self._plain


class _Test:
    """The conditions of a rule, cheapest first; that its words are in the line has been seen already."""

    __slots__ = ("_account_id", "_amount_max", "_amount_min", "_pattern", "_sign", "_whole_words")

    def __init__(self, rule: Rule) -> None:
        self._sign = rule.sign
        self._account_id = rule.account_id
        self._amount_min = rule.amount_min
        self._amount_max = rule.amount_max
        self._whole_words = None if rule.match is None else whole_words(rule.match)
        self._pattern = None if rule.pattern is None else compile_pattern(rule.pattern)

    def __call__(self, line: RuleInput, text: bytes) -> bool:
        """``text`` is its description in UTF-8."""
        if self._sign is not None and self._sign != line.sign:
            return False
        if self._account_id is not None and self._account_id != line.account_id:
            return False
        return self._is_within(line) and self._is_said(line, text)

    def _is_within(self, line: RuleInput) -> bool:
        if self._amount_min is not None and abs(line.amount) < self._amount_min:
            return False
        return self._amount_max is None or abs(line.amount) <= self._amount_max

    def _is_said(self, line: RuleInput, text: bytes) -> bool:
        if self._whole_words is not None and not self._whole_words.search(line.normalised):
            return False
        return self._pattern is None or self._pattern.search(text) is not None


def whole_words(words: str) -> re.Pattern[str]:
    """UBER stands in ``UBER *TRIP`` and not in ``TUBERIA``; to be looked for in a normalised description."""
    return re.compile(rf"(?<![^\W_]){re.escape(normalise(words))}(?![^\W_])")


def compile_pattern(pattern: str, *, memory: int = PATTERN_MEMORY) -> Any:
    """Searches bytes of UTF-8 in time that grows with their length alone; raises re2.error with the reason."""
    options = re2.Options()
    options.case_sensitive = False
    options.never_capture = True
    options.log_errors = False
    options.max_mem = memory
    return re2.compile(pattern.encode(), options)


def _combined(patterns: Sequence[str]) -> Any:
    """One search that tells whether any of them is there; null where that is not to be had.

    RE2's own Set would even tell which, but answers "none" when it runs out of memory, without a word.
    """
    try:
        return compile_pattern("|".join(f"(?:{each})" for each in patterns), memory=COMBINED_MEMORY)
    except re2.error:  # together they are too large, or two of them give one name to a group
        return None


def as_rule(wanted: NewRule) -> Rule:
    """As it would decide; its position is nobody's yet."""
    named = {name: getattr(wanted, name) for name in Rule.__struct_fields__ if name != "position"}
    return Rule(**named)


async def load_rules(connection: AsyncConnection, company_id: str) -> Rules:
    return Rules(await read_rules(connection, company_id))


async def read_rules(connection: AsyncConnection, company_id: str) -> list[Rule]:
    """In the order in which they decide, without those whose account is archived: they decide nothing."""
    columns = [table.c[name] for name in Rule.__struct_fields__]
    account = (accounts.c.company_id == table.c.company_id) & (accounts.c.name == table.c.category)
    query = select(*columns).join(accounts, account)
    query = query.where(table.c.company_id == company_id, accounts.c.archived.is_(False))
    found = await connection.execute(query.order_by(table.c.position))
    return [Rule(**row) for row in found.mappings()]
