"""What went in and what went out: one signed amount for each line."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from workers.books.statements.columns import Column


class Money(msgspec.Struct, frozen=True, kw_only=True):
    """Signed amounts, one for each line."""

    amounts: list[Decimal]
    currencies: list[str | None]
    #: The column they were read from, the first of several.
    column: Column
    #: What a mapping would call it, or them: an amount, or debit and credit; empty where none could say it.
    parts: dict[str, Column]
    #: Whether the file says in so many words, columns or signs which of them are money in.
    stated: bool
    direction: Column | None = None

    def turned(self) -> Money:
        return msgspec.structs.replace(self, amounts=[-amount + 0 for amount in self.amounts])
