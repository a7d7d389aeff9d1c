"""Which column plays which part."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from ledgerwire.statements import ColumnMapping
from workers.books.statements.names import currency_of_header

PLACE = re.compile(r"#(\d{1,3})")
#: The parts that a mapping names by a single column, and its field for each.
MAPPED = {
    "date": "date",
    "amount": "amount",
    "debit": "debit",
    "credit": "credit",
    "direction": "direction",
    "balance": "balance",
    "currency": "currency_column",
    "bank_id": "bank_id",
    "status": "status",
}
MONEY = ("amount", "debit", "credit")


class Column(msgspec.Struct, frozen=True):
    index: int
    #: As the header has it, or its place.
    name: str
    #: 0 is the best name for its role; ten more is another tier.
    rank: int = 0
    #: The currency the header names.
    currency: str | None = None


class Columns(msgspec.Struct, frozen=True):
    """The header and every column a role may be played by, best name first."""

    #: Of the header; 0 where the file has none.
    line_no: int
    header: list[str]
    roles: dict[str, list[Column]]
    #: Roles that no word told: the cells did, or a person.
    unnamed: frozenset[str] = frozenset()

    def of(self, role: str) -> list[Column]:
        return self.roles.get(role, [])

    def first(self, role: str) -> Column | None:
        return next(iter(self.of(role)), None)

    def money(self) -> list[Column]:
        return [column for role in MONEY for column in self.of(role)]

    def column(self, index: int, rank: int = 0) -> Column:
        return column_at(self.header, index, rank)

    @property
    def recognised(self) -> int:
        return len({column.index for columns in self.roles.values() for column in columns})

    @property
    def exact(self) -> int:
        """As ``recognised``, of those whose whole header is a name for their role."""
        found = {
            column.index for columns in self.roles.values() for column in columns if column.rank % 10 == 0
        }
        return len(found)

    @property
    def suffice(self) -> bool:
        """A date, and something that is money, in different columns."""
        dates = {column.index for column in self.of("date")}
        return bool(dates) and any(column.index not in dates for column in self.money())


def column_at(header: Sequence[str], index: int, rank: int = 0) -> Column:
    name = header[index] if index < len(header) else ""
    return Column(index, name or f"#{index + 1}", rank, currency_of_header(name))


def ref_of(header: Sequence[str], index: int) -> str:
    """What a mapping calls the column: its name, or its place where another has that name, too."""
    name = header[index]
    is_clear = name and name.isprintable() and len(name) <= 200 and not PLACE.fullmatch(name)  # noqa: PLR2004
    return name if is_clear and header.index(name) == index else f"#{index + 1}"


def index_of(header: Sequence[str], ref: str) -> int | None:
    if match := PLACE.fullmatch(ref):
        index = int(match[1]) - 1
        return index if 0 <= index < len(header) else None
    stripped = ref.strip()
    return header.index(stripped) if stripped in header else None


def refs_in(mapping: ColumnMapping) -> list[str]:
    """Every column the mapping names."""
    single = [ref for field in MAPPED.values() if (ref := getattr(mapping, field))]
    return [*single, *(mapping.description or [])]


def mapped(columns: Columns, mapping: ColumnMapping) -> Columns:
    """What the mapping says stands above what names and cells say; what it names must be there."""
    roles = dict(columns.roles)
    for role, field in MAPPED.items():
        if ref := getattr(mapping, field):
            roles[role] = _named(columns.header, [ref])
    if mapping.description is not None:
        roles["description"], roles["payee"] = _named(columns.header, mapping.description), []
    if mapping.amount:
        roles.update(debit=[], credit=[])
    elif mapping.debit or mapping.credit:
        roles["amount"] = []
    told = {role for role, field in MAPPED.items() if getattr(mapping, field)}
    if told & set(MONEY):
        told.add("amount")
    return msgspec.structs.replace(columns, roles=roles, unnamed=columns.unnamed - told)


def _named(header: Sequence[str], refs: Sequence[str]) -> list[Column]:
    return [column_at(header, index) for ref in refs if (index := index_of(header, ref)) is not None]
