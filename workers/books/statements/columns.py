"""Which column is what, by the words banks head them with."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from workers.books.statements.mapping import Mapping
from workers.books.statements.words import COLUMNS, simplify

CODE = re.compile(r"\b(?:in )?([A-Z]{3})\b|[(\[]([A-Za-z]{3})[)\]]")


class Column(msgspec.Struct, frozen=True):
    index: int
    name: str
    #: 0 is the best name for its role.
    rank: int
    #: The currency the header names.
    currency: str | None = None


class Columns(msgspec.Struct, frozen=True):
    """The header and every column a role may be played by, best name first."""

    line_no: int
    header: list[str]
    roles: dict[str, list[Column]]

    def of(self, role: str) -> list[Column]:
        return self.roles.get(role, [])

    def first(self, role: str) -> Column | None:
        return next(iter(self.of(role)), None)

    @property
    def recognised(self) -> int:
        return len({column.index for columns in self.roles.values() for column in columns})


def find_columns(cells: Sequence[str], line_no: int, mapping: Mapping) -> Columns | None:
    """Null where the cells are no header: it names a date and an amount, or debit and credit."""
    header = list(cells)
    roles: dict[str, list[Column]] = {}
    for index, cell in enumerate(header):
        for role, rank in _roles(cell):
            roles.setdefault(role, []).append(Column(index, cell.strip(), rank, _currency(cell)))
    for columns in roles.values():
        columns.sort(key=lambda column: column.rank)
    roles = _mapped(header, roles, mapping)
    return Columns(line_no, header, roles) if _suffices(roles) else None


def _roles(cell: str) -> list[tuple[str, int]]:
    name = simplify(cell)
    found = NAMES.get(name) or NAMES.get(simplify(_without_code(cell)))
    return found or []


def _without_code(cell: str) -> str:
    return CODE.sub(" ", cell)


def _currency(cell: str) -> str | None:
    match = CODE.search(cell)
    code = (match[1] or match[2]).upper() if match else None
    # Only a code beside a word that is a role of its own: ``MEMO`` and ``CR`` are no currencies.
    return code if code and simplify(cell) not in NAMES and simplify(_without_code(cell)) in NAMES else None


def _mapped(
    header: Sequence[str], roles: dict[str, list[Column]], mapping: Mapping
) -> dict[str, list[Column]]:
    """What the mapping says stands above what the names say."""
    chosen = {
        "date": mapping.date,
        "amount": mapping.amount,
        "debit": mapping.debit,
        "credit": mapping.credit,
        "direction": mapping.direction,
        "balance": mapping.balance,
        "currency": mapping.currency_column,
        "bank_id": mapping.bank_id,
    }
    replaced = dict(roles)
    for role, name in chosen.items():
        if name is not None:
            replaced[role] = _named(header, [name])
    if mapping.description:
        replaced["description"], replaced["payee"] = _named(header, mapping.description), []
    if mapping.amount:
        replaced.update(debit=[], credit=[])
    elif mapping.debit or mapping.credit:
        replaced["amount"] = []
    return replaced


def _named(header: Sequence[str], names: Sequence[str]) -> list[Column]:
    stripped = [cell.strip() for cell in header]
    return [Column(stripped.index(name), name, 0, _currency(name)) for name in names if name in stripped]


def _suffices(roles: dict[str, list[Column]]) -> bool:
    return bool(roles.get("date")) and bool(
        roles.get("amount") or (roles.get("debit") and roles.get("credit"))
    )


def _index() -> dict[str, list[tuple[str, int]]]:
    names: dict[str, list[tuple[str, int]]] = {}
    for role, ranks in COLUMNS.items():
        for rank, words in enumerate(ranks):
            for name in words:
                names.setdefault(name, []).append((role, rank))
    return names


#: Every role a header may stand for, with its rank.
NAMES = _index()
