"""What the tests of the formats share: a file goes through the product's own door, and is compared as money."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from ledgerwire.statements import ColumnMapping, MappingProposal, ProposedLine
from workers.books.errors import StatementError
from workers.books.statements import Statement, StatementLine, read_statement

LETTERS = st.characters(categories=["Lu", "Ll"], max_codepoint=0x17F)
#: Words as a bank prints them.
WORDS = st.lists(st.text(LETTERS, min_size=3, max_size=8), min_size=1, max_size=4).map(" ".join)
#: Date, text and amount of each line of an account.
ROWS = st.lists(
    st.tuples(
        st.dates(date(2024, 1, 1), date(2025, 12, 31)),
        WORDS,
        st.decimals(min_value=-99_999, max_value=99_999, places=2),
    ),
    min_size=1,
    max_size=12,
)


def read(content: str | bytes, **mapping: Any) -> Statement:
    return read_by(content, ColumnMapping(**mapping) if mapping else None)


def read_by(
    content: str | bytes,
    mapping: ColumnMapping | None,
    remembered: dict[str, ColumnMapping] | None = None,
) -> Statement:
    """Under a name that tells nothing: a format is known by its content."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        return read_statement(Path(file.name), name="upload", mapping=mapping, remembered=remembered)


def refused(content: str | bytes, **mapping: Any) -> StatementError:
    with pytest.raises(StatementError) as refusal:
        read(content, **mapping)
    assert refusal.value.problem.detail
    return refusal.value


def asked(content: str | bytes) -> MappingProposal:
    """The proposal, which reads the file as it says when it is confirmed."""
    proposal = refused(content).proposal
    assert proposal is not None
    confirmed = read_by(content, proposal.mapping)
    assert [_proposed(line) for line in confirmed.lines[:8]] == [_proposed(line) for line in proposal.lines]
    return proposal


def _proposed(line: StatementLine | ProposedLine) -> tuple[int, date, Decimal, str]:
    return line.line_no, line.date, line.amount, line.description[:160]


def money(statement: Statement) -> list[tuple[str, str]]:
    """Date and amount of each line."""
    return [(str(line.date), f"{line.amount:f}") for line in statement.lines]


def texts(statement: Statement) -> list[str]:
    return [line.description for line in statement.lines]


def total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
