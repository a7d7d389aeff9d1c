"""Learn from one file and categorize another: ``python -m tests.categorize TRAIN.csv TEST.csv OUT.jsonl [--batch N]``.

TRAIN has the columns company, date, description, amount and category; TEST the same without category. For each line of
TEST one JSON object is written to OUT: row (0 for the first line), category or null, source, confidence, and auto: true
if the product would propose it for approval. Everything is decided by the product's own code as in a job: memory and
model from TRAIN, no rules, the categories of TRAIN as everybody's chart, batches of one company's lines. The model's
card and the lines a second go to stderr.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from workers.books.categorizer import Categorizer, Decision
from workers.books.categorizing import Line
from workers.books.learning.examples import Example, memories
from workers.books.learning.model import Model
from workers.books.learning.training import TooLittle, train
from workers.books.memory import Memory
from workers.books.merchants import merchant_key, normalise
from workers.books.rules import Rules

#: Of the product's job.
BATCH = 100


class Answer(msgspec.Struct, frozen=True):
    row: int
    category: str | None
    source: str | None
    confidence: float | None
    auto: bool


class Row(msgspec.Struct, frozen=True):
    company: str
    date: date
    description: str
    amount: Decimal
    category: str = ""


def read(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return [msgspec.convert(row, Row, strict=False) for row in csv.DictReader(file)]


def examples_of(rows: Sequence[Row]) -> list[Example]:
    return [Example(row.company, row.date, row.description, row.amount, row.category) for row in rows]


def learn(examples: Sequence[Example]) -> Model | None:
    """None, told on stderr, where they are too few."""
    began = time.perf_counter()
    newest = max(each.date for each in examples)
    chart = {each.category for each in examples}
    model = train(
        examples, trained_at=datetime(newest.year, newest.month, newest.day, tzinfo=UTC), categories=chart
    )
    if isinstance(model, TooLittle):
        say(f"No model: {model.reason}.")
        return None
    stored = model.to_bytes()
    say(f"Trained in {time.perf_counter() - began:.1f} s; {len(stored):,} bytes stored. Its card:")
    say(msgspec.json.format(msgspec.json.encode(model.card)).decode())
    return Model.from_bytes(stored)


def categorizers(examples: Sequence[Example], model: Model | None) -> Callable[[str], Categorizer]:
    remembered = memories(examples)
    chart = frozenset(each.category for each in examples)

    def of_company(company: str) -> Categorizer:
        memory = remembered.get(company) or Memory(())
        return Categorizer(Rules(()), memory, expert=model, company_id=company, categories=chart)

    return of_company


def decide(rows: Sequence[Row], of_company: Callable[[str], Categorizer], batch: int) -> Iterator[Answer]:
    by_company: defaultdict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        by_company[row.company].append(number)
    for company, numbers in by_company.items():
        categorizer = of_company(company)
        for start in range(0, len(numbers), batch):
            chosen = numbers[start : start + batch]
            decisions = categorizer.decide_all([line(rows[number]) for number in chosen])
            yield from map(answer, chosen, decisions)


def line(row: Row) -> Line:
    return Line(
        transaction_id="",
        account_id="",
        bank_account="",
        date=row.date,
        amount=row.amount,
        sign=(row.amount > 0) - (row.amount < 0),
        currency="",
        description=row.description,
        normalised=normalise(row.description),
        merchant_key=merchant_key(row.description),
        line_no=0,
        state="imported",
    )


def answer(number: int, decision: Decision) -> Answer:
    auto = decision.state == "proposed"
    return Answer(number, decision.category, decision.source, decision.confidence, auto)


def say(text: str) -> None:
    print(text, file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.categorize", description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--batch", type=int, default=BATCH)
    given = parser.parse_args(arguments)
    examples = examples_of(read(given.train))
    of_company = categorizers(examples, learn(examples))
    rows = read(given.test)
    began = time.perf_counter()
    answers = sorted(decide(rows, of_company, given.batch), key=lambda each: each.row)
    say(f"{len(rows) / (time.perf_counter() - began):,.0f} lines a second in batches of {given.batch}.")
    given.out.write_bytes(msgspec.json.Encoder().encode_lines(answers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
