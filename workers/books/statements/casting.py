"""Casting columns for their roles: names propose, cells decide, and where no name does, cells alone."""

from __future__ import annotations

from collections.abc import Sequence

from workers.books.statements.columns import MONEY, Column, Columns, column_at
from workers.books.statements.contents import Content, contents_of, is_line
from workers.books.statements.grid import Row
from workers.books.statements.names import ESTRANGED, TIER, Name, is_exact, names_of
from workers.books.statements.words import simplify

#: A column may play only one of these.
EXCLUSIVE = ("date", "amount", "debit", "credit", "balance", "fee", "currency")
#: Roles that a file must have; where no cells fit, the name alone keeps its column, so that its fault can be told.
NEEDED = ("date", "amount", "debit", "credit")
PAIR = {"debit", "credit"}


def cast(header: Sequence[str], rows: Sequence[Row], line_no: int) -> Columns:
    """The columns under a header, by the sample of rows below it; a header of empty names casts by cells alone."""
    # Titles and footers stand alone in their row and say nothing about a column.
    contents = contents_of([row for row in rows if len(row.filled) > 1] or rows, len(header))
    proposed = _proposed(header)
    roles = {role: _fitting(role, names, header, contents) for role, names in proposed.items()}
    roles = _one_role_each(roles)
    unnamed = set()
    lines = [row for row in rows if is_line(row)]
    for role, found in _by_cells(header, contents_of(lines, len(header)), roles).items():
        roles[role] = found
        unnamed.add(role)
    return Columns(line_no, list(header), roles, frozenset(unnamed))


def _proposed(header: Sequence[str]) -> dict[str, list[tuple[int, Name]]]:
    proposed: dict[str, list[tuple[int, Name]]] = {}
    for index, cell in enumerate(header):
        for name in names_of(cell):
            proposed.setdefault(name.role, []).append((index, name))
            if name.role == "direction" and name.rank >= TIER:
                # Whatever its words are: some lines' may still tell in from out.
                proposed.setdefault("kind", []).append((index, name))
    return proposed


def _fitting(
    role: str, names: Sequence[tuple[int, Name]], header: Sequence[str], contents: Sequence[Content]
) -> list[Column]:
    fit = [(index, name) for index, name in names if _fits(role, name, contents[index])]
    if not fit and role in MONEY:
        fit = [(index, name) for index, name in names if contents[index].mostly(contents[index].figures)]
    if not fit and role in NEEDED:
        fit = [(index, name) for index, name in names if name.exact and not _are_other(role, contents[index])]
    ordered = sorted(fit, key=lambda pair: (pair[1].rank, pair[0]))
    return [column_at(header, index, name.rank) for index, name in ordered]


def _are_other(role: str, content: Content) -> bool:
    return role != "date" and content.mostly(content.dated)


def _fits(role: str, name: Name, content: Content) -> bool:
    match role:
        case "date":
            return content.days > 0 if name.exact else content.mostly(content.dated)
        case "amount" | "debit" | "credit" | "balance" | "fee":
            if not content.filled:
                return role in ("debit", "credit")
            return content.mostly(content.figures if name.exact else content.money)
        case "currency":
            return content.mostly(content.currencies)
        case "direction":
            return name.rank < TIER or content.nearly_all(content.directions)
    return True


def _one_role_each(roles: dict[str, list[Column]]) -> dict[str, list[Column]]:
    """Where a name stands for several of the roles, the better rank has the column.

    ``Payments`` alone may be both: money out beside receipts, money in beside charges, which is seen when the
    two are paired; beside an amount, neither.
    """
    if roles.get("amount"):
        for role in ("debit", "credit"):
            roles[role] = [column for column in roles.get(role, []) if column.rank < TIER]
    owners: dict[int, tuple[int, str]] = {}
    for role in reversed(EXCLUSIVE):
        for column in roles.get(role, []):
            rank, _ = owners.get(column.index, (TIER, ""))
            if column.rank % TIER <= rank:
                owners[column.index] = (column.rank % TIER, role)
    return {
        role: [
            column
            for column in columns
            if role not in EXCLUSIVE
            or owners[column.index][1] == role
            or {role, owners[column.index][1]} == PAIR
        ]
        for role, columns in roles.items()
    }


def _by_cells(
    header: Sequence[str], contents: Sequence[Content], roles: dict[str, list[Column]]
) -> dict[str, list[Column]]:
    """Columns for the roles that no name has told, among those whose name says nothing."""
    taken = {column.index for role in EXCLUSIVE for column in roles.get(role, [])}
    free = [index for index, cell in enumerate(header) if index not in taken and _says_nothing(cell)]
    found: dict[str, list[int]] = {}
    if not roles.get("date"):
        found["date"] = [index for index in free if contents[index].nearly_all(contents[index].dated)]
    if not any(roles.get(role) for role in ("amount", "debit", "credit")):
        found["amount"] = [index for index in free if _is_money(contents[index])]
    if not roles.get("direction"):
        found["direction"] = [
            index for index in free if contents[index].nearly_all(contents[index].directions)
        ]
    if not roles.get("currency"):
        found["currency"] = [
            index for index in free if contents[index].nearly_all(contents[index].currencies)
        ]
    return {
        role: [column_at(header, index) for index in indexes] for role, indexes in found.items() if indexes
    }


def _is_money(content: Content) -> bool:
    return content.nearly_all(content.figures) and content.mostly(content.money)


def _says_nothing(cell: str) -> bool:
    return not names_of(cell) and not is_exact(cell) and not ESTRANGED & set(simplify(cell).split())
