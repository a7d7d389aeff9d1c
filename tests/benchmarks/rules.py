"""Lines a second through a company's rules, none of which holds: what every line that nobody knows costs.

    python -m tests.benchmarks.rules [--rules 100] [--lines 20000] [--rounds 3]

``words`` are rules that look for whole words, ``patterns`` for an RE2 pattern, ``both`` half of each, and ``often``
patterns one of which fits every third line, so that they are looked for one by one. Beside it the same rules by
Python's own ``re``, one after the other: what is written first, and what a person's pattern can keep busy for ever.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal

import msgspec

from tests.benchmarks import command
from tests.benchmarks.figures import OURS, Report
from tests.benchmarks.marks import now
from workers.books.merchants import normalise
from workers.books.rules import Rule, Rules

PEER = "Python's re, rule by rule"
WORDS = ("ACME", "UBER", "HOTEL", "SHELL", "BAKERY", "GARAGE", "CLOUD", "PRINT", "FERRY", "TOOLS")


class Size(msgspec.Struct, frozen=True, kw_only=True):
    rules: int = 100
    lines: int = 20_000
    rounds: int = 3


class Line(msgspec.Struct, frozen=True):
    description: str
    normalised: str
    amount: Decimal = Decimal("-4.50")
    sign: int = -1
    account_id: str = "checking"


async def measure(size: Size) -> Report:
    aims = {"words": "and patterns ≥ 20,000 lines a second"}
    report = Report(title=f"Lines a second through {size.rules} rules", aims=aims)
    lines = [_line(number) for number in range(size.lines)]
    for _ in range(size.rounds):
        for contender, make in ((OURS, _ours), (PEER, _by_re)):
            figures = {name: _pace(make(rules), lines) for name, rules in _books(size.rules).items()}
            report.add(contender, **figures)
    return report


def _pace(find: Callable[[Line], object], lines: Sequence[Line]) -> float:
    began = now()
    for line in lines:
        find(line)
    return len(lines) / (now() - began) * 1_000


def _line(number: int) -> Line:
    description = f"Checkcard {number % 28:04d} Some Merchant {number} Oakland CA {number * 7919}"
    return Line(description, normalise(description))


def _books(count: int) -> dict[str, list[Rule]]:
    words = [Rule(f"{WORDS[number % len(WORDS)]} {number}", "Insurance") for number in range(count)]
    patterns = [
        Rule(None, "Insurance", pattern=rf"{WORDS[number % len(WORDS)]}.*{number}\d\d$")
        for number in range(count)
    ]
    often = [*patterns[:-1], Rule(None, "Insurance", pattern="merchant [1-3]")]
    both = [*words[: count // 2], *patterns[count // 2 :]]
    return {"words": words, "patterns": patterns, "both": both, "often": often}


def _ours(rules: Sequence[Rule]) -> Callable[[Line], object]:
    return Rules(rules).find


def _by_re(rules: Sequence[Rule]) -> Callable[[Line], object]:
    tests = [re.compile(rule.pattern or rf"\b{rule.match}\b", re.IGNORECASE) for rule in rules]

    def find(line: Line) -> object:
        return next((test for test in tests if test.search(line.description)), None)

    return find


if __name__ == "__main__":
    sys.exit(command.run(__doc__, Size, measure))
