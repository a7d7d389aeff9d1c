"""How many bank files of a folder are read exactly: ``python -m tests.score_statements [FOLDER] [--json]``.

The folder has a ``manifest.jsonl``: for each file its name, format, rows, first and last date, the sum of the signed
amounts and the currency (null where the file does not state one). Each file goes through the product's own door. It
comes out *exact*; *asked*, with a mapping proposed for a person to confirm, which is then tried unchanged; *refused*
with a reason; or *WRONG*, which is what must never happen. Ends with 1 if any is.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec

from ledgerwire.statements import ColumnMapping
from workers.books.errors import StatementError
from workers.books.statements import Statement
from workers.books.statements.reading import read_in_child

SAMPLES = Path("../shared/data/statements")
Verdict = Literal["exact", "asked", "refused", "WRONG"]


class Expected(msgspec.Struct, frozen=True):
    file: str
    format: str
    rows: int
    first_date: date
    last_date: date
    sum: Decimal
    currency: str | None = None
    hard: bool = False


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    file: str
    format: str
    hard: bool
    verdict: Verdict
    reason: str = ""
    #: What the proposed mapping, confirmed unchanged, comes to.
    confirmed: Verdict | None = None
    seconds: float


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    files: int
    exact: float
    asked: float
    refused: float
    wrong: int
    #: Of those asked, what the proposals come to when they are confirmed unchanged.
    confirmed_exact: int
    confirmed_wrong: int
    seconds: float


async def score(folder: Path) -> list[Outcome]:
    lines = (folder / "manifest.jsonl").read_bytes().splitlines()
    expected = [msgspec.json.decode(line, type=Expected, strict=False) for line in lines if line.strip()]
    return [await _outcome(folder / each.file, each) for each in expected]


async def _outcome(path: Path, expected: Expected) -> Outcome:
    began = time.perf_counter()
    verdict, reason, mapping = await _read(path, expected, None)
    confirmed = None
    if mapping is not None:
        confirmed, why, _ = await _read(path, expected, mapping)
        reason += f" | as proposed: {confirmed} {why}".rstrip()
    return Outcome(
        file=expected.file,
        format=expected.format,
        hard=expected.hard,
        verdict=verdict,
        reason=reason,
        confirmed=confirmed,
        seconds=round(time.perf_counter() - began, 3),
    )


async def _read(
    path: Path, expected: Expected, mapping: ColumnMapping | None
) -> tuple[Verdict, str, ColumnMapping | None]:
    """The verdict, why, and the mapping proposed where one is."""
    try:
        statement = await read_in_child(path, name=path.name, mapping=mapping)
    except StatementError as error:
        reason = f"{error.code}: {error.detail}"
        if error.proposal is None:
            return "refused", reason, None
        return "asked", reason, error.proposal.mapping
    faults = list(_faults(statement, expected))
    return ("WRONG" if faults else "exact"), "; ".join(faults or statement.warnings), None


def _faults(statement: Statement, expected: Expected) -> Iterator[str]:
    dates = [line.date for line in statement.lines]
    pairs: list[tuple[str, object, object]] = [
        ("rows", len(dates), expected.rows),
        ("first date", min(dates), expected.first_date),
        ("last date", max(dates), expected.last_date),
        ("sum", sum((line.amount for line in statement.lines), Decimal(0)), expected.sum),
    ]
    if expected.currency:
        pairs.append(("currency", statement.currency, expected.currency))
    yield from (f"{what} {read}, not {wanted}" for what, read, wanted in pairs if read != wanted)


def totals(outcomes: Sequence[Outcome]) -> Totals:
    counted = Counter(outcome.verdict for outcome in outcomes)
    share = 100 / max(len(outcomes), 1)
    return Totals(
        files=len(outcomes),
        exact=round(counted["exact"] * share, 1),
        asked=round(counted["asked"] * share, 1),
        refused=round(counted["refused"] * share, 1),
        wrong=counted["WRONG"],
        confirmed_exact=sum(outcome.confirmed == "exact" for outcome in outcomes),
        confirmed_wrong=sum(outcome.confirmed == "WRONG" for outcome in outcomes),
        seconds=round(sum(outcome.seconds for outcome in outcomes), 2),
    )


def table(outcomes: Sequence[Outcome]) -> str:
    width = max(len(outcome.file) for outcome in outcomes)
    rows = [
        f"{outcome.file:{width}}  {outcome.format:9} {'hard' if outcome.hard else '':4} {outcome.verdict:8}"
        f"{outcome.seconds:6.2f} s  {outcome.reason[:300]}".rstrip()
        for outcome in outcomes
    ]
    return "\n".join([*rows, "", *_summary(outcomes)])


def _summary(outcomes: Sequence[Outcome]) -> Iterator[str]:
    groups = {name: [each for each in outcomes if each.format == name] for name in _formats(outcomes)}
    groups["hard"] = [outcome for outcome in outcomes if outcome.hard]
    groups["all"] = list(outcomes)
    for name, group in groups.items():
        if group:
            each = totals(group)
            yield (
                f"{name:9}{each.files:4} files: exact {each.exact:5.1f} %, asked {each.asked:4.1f} % "
                f"({each.confirmed_exact} exact as proposed, {each.confirmed_wrong} WRONG), "
                f"refused {each.refused:4.1f} %, WRONG {each.wrong}, {each.seconds:.1f} s"
            )


def _formats(outcomes: Sequence[Outcome]) -> list[str]:
    return sorted({outcome.format for outcome in outcomes})


def report(outcomes: Sequence[Outcome]) -> str:
    """For programs."""
    found = {"files": outcomes, "totals": totals(outcomes)}
    return msgspec.json.format(msgspec.json.encode(found)).decode()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Score the reading of bank files.")
    parser.add_argument("folder", nargs="?", type=Path, default=SAMPLES)
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args(arguments)
    outcomes = asyncio.run(score(options.folder))
    print(report(outcomes) if options.json else table(outcomes))
    return 1 if totals(outcomes).wrong else 0


if __name__ == "__main__":
    sys.exit(main())
