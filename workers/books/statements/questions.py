"""What a file leaves open, with the answers worth offering. It ends the reading; ``proposal`` tries the likeliest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from ledgerwire.statements import ColumnMapping, MappingChoice, MappingQuestion
from workers.books.errors import StatementError

Code = Literal["sign", "date_order", "year", "decimal", "columns", "status", "fees", "balance"]


class Question(Exception):
    """``error`` is what the sender is told; the first of ``choices`` is the likeliest."""

    def __init__(
        self, code: Code, text: str, error: StatementError, choices: Sequence[MappingChoice]
    ) -> None:
        self.code = code
        self.error = error
        self.choices = list(choices)
        self.wire = MappingQuestion(code=code, text=text, choices=self.choices)
        super().__init__(text)


def choice(label: str, **patch: Any) -> MappingChoice:
    return MappingChoice(label=label, patch=ColumnMapping(**patch))


def likeliest_first(choices: Sequence[MappingChoice], likely: int) -> list[MappingChoice]:
    return [choices[likely], *choices[:likely], *choices[likely + 1 :]]


def patched(mapping: ColumnMapping, patch: ColumnMapping) -> ColumnMapping:
    """The mapping with the fields that the patch sets. An amount takes the place of debit and credit, and they its."""
    fields = msgspec.structs.asdict(patch)
    changed = {name: value for name, value in fields.items() if value not in (None, False)}
    if "amount" in changed:
        changed |= {"debit": None, "credit": None}
    elif "debit" in changed or "credit" in changed:
        changed["amount"] = None
    return msgspec.structs.replace(mapping, **changed)
