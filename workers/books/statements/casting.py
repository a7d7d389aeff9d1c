"""Casting columns for their roles: names propose, cells decide, and where no name does, cells alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workers.books.statements.amounts import is_blank
from workers.books.statements.columns import MONEY, Column, Columns, column_at
from workers.books.statements.contents import SAMPLE, Content, contents_of, is_line
from workers.books.statements.dates import is_day
from workers.books.statements.grid import Row
from workers.books.statements.names import ESTRANGED, TIER, Name, first_rank, is_known, names_of
from workers.books.statements.words import NEVER_POSTED, PENDING, POSTED, simplify

Roles = dict[str, list[Column]]

#: A column may play only one of these.
EXCLUSIVE = ("date", "amount", "debit", "credit", "balance", "fee", "currency")
#: No bank has more columns of dates.
MOST_DATES = 6
SIDES = ("debit", "credit")
#: Of a date without a name: behind those of bookings and purchases, before that of interest.
UNNAMED_DATE = first_rank("date", "value") - TIER // 2


def cast(header: Sequence[str], rows: Sequence[Row], line_no: int) -> Columns:
    """The columns under a header, by the sample of rows below it; a header of empty names casts by cells alone."""
    return _Casting(header, rows).columns(line_no)


class _Casting:
    def __init__(self, header: Sequence[str], rows: Sequence[Row]) -> None:
        self.header = header
        # Titles and footers stand alone in their row and say nothing about a column.
        wide = [row for row in rows[: 2 * SAMPLE] if len(row.filled) > 1] or rows
        self.names = [(index, name) for index, cell in enumerate(header) for name in names_of(cell)]
        self.lines = [row for row in wide if is_line(row) or self._has_named_date(row)] or wide
        self.contents = contents_of(wide, len(header))
        self.inner = contents_of(self.lines, len(header))

    def columns(self, line_no: int) -> Columns:
        roles = _one_role_each({role: self._fitting(role) for role in {name.role for _, name in self.names}})
        # Whatever its words are: some lines' may still tell in from out.
        roles["kind"] = self._columns(self._kinds())
        self._drop_empty_side(roles)
        unnamed = self._by_cells(roles)
        roles |= {role: columns for role, columns in unnamed.items() if columns}
        self._keep_unfit(roles)
        told = frozenset(role for role, columns in unnamed.items() if columns and role in ("date", "amount"))
        self._add_dates(roles)
        return Columns(line_no, list(self.header), roles, told)

    def _has_named_date(self, row: Row) -> bool:
        return any(
            name.role == "date" and name.exact and is_day(row.cell(index)) for index, name in self.names
        )

    # --- by names

    def _fitting(self, role: str) -> list[Column]:
        named = [(index, name) for index, name in self.names if name.role == role]
        fit = [(index, name) for index, name in named if self._fits(role, name, index)]
        if not fit and role in MONEY:
            fit = [(index, name) for index, name in named if self._is_mostly(index, "figures")]
        return self._columns(fit)

    def _fits(self, role: str, name: Name, index: int) -> bool:
        """By its cells in the lines; where the name is clear one date is enough, for the rest may be faults."""
        content = self.inner[index]
        match role:
            case "date":
                return self.contents[index].days > 0 if name.exact else content.mostly(content.dated)
            case "amount" | "debit" | "credit" | "balance" | "fee":
                if not content.filled:
                    return role in SIDES
                return content.mostly(content.figures if name.exact else content.money)
            case "currency":
                return content.mostly(content.currencies)
            case "direction":
                return name.rank < TIER or content.nearly_all(content.directions)
        return True

    def _drop_empty_side(self, roles: Roles) -> None:
        """A column for charges that is always blank is no side of the amounts, if it has no partner."""
        sides = [role for role in SIDES if roles.get(role)]
        if len(sides) == 1 and all(not self.contents[column.index].filled for column in roles[sides[0]]):
            roles[sides[0]] = []

    def _kinds(self) -> list[tuple[int, Name]]:
        return [(index, name) for index, name in self.names if name.role == "direction" and name.rank >= TIER]

    def _keep_unfit(self, roles: Roles) -> None:
        """Where no cells fit a role that a file must have, a name keeps its column, so that its fault is told."""
        wanted = [] if roles.get("date") else ["date"]
        wanted += [] if any(roles.get(role) for role in MONEY) else list(MONEY)
        for role in wanted:
            named = [(index, name) for index, name in self.names if name.role == role and name.exact]
            roles[role] = self._columns(
                (index, name)
                for index, name in named
                if role == "date" or not self._is_mostly(index, "dated")
            )

    def _columns(self, named: Iterable[tuple[int, Name]]) -> list[Column]:
        ordered = sorted(named, key=lambda pair: (pair[1].rank, pair[0]))
        return [column_at(self.header, index, name.rank) for index, name in ordered]

    # --- by cells

    def _by_cells(self, roles: Roles) -> Roles:
        """Columns for the roles that no name has told, among those whose name says nothing."""
        free = self._free(roles)
        money = [] if self._is_shifted() else [index for index in free if _is_money(self.inner[index])]
        found: dict[str, list[int]] = {
            "date": [] if roles.get("date") else self._dated(free),
            "direction": [] if roles.get("direction") else self._nearly_all(free, "directions"),
            "currency": [] if roles.get("currency") else self._nearly_all(free, "currencies"),
            "status": [] if roles.get("status") else [index for index in free if self._is_status(index)],
        }
        sides = [role for role in SIDES if roles.get(role)]
        if not roles.get("amount") and not sides:
            found["amount"] = money
        elif not roles.get("amount") and len(sides) == 1:
            found |= self._other_side(roles, sides[0], money)
        else:
            found["spare"] = money
        return {role: [column_at(self.header, index) for index in indexes] for role, indexes in found.items()}

    def _is_shifted(self) -> bool:
        """Words stand where an amount should, and the lines have more cells than the header has names."""
        named = [index for index, name in self.names if name.role in MONEY and name.exact]
        return (
            bool(self.header)
            and any(self.header)
            and not self.header[-1]
            and any(self.contents[index].filled and not self.contents[index].figures for index in named)
        )

    def _other_side(self, roles: Roles, side: str, money: Sequence[int]) -> dict[str, list[int]]:
        """What takes turns with the side that has a name is the other one; what only may be is spare."""
        [other] = [role for role in SIDES if role != side]
        numbers = self._nearly_all(self._free(roles), "figures")
        taking_turns = [index for index in numbers if self._take_turns(roles[side][0].index, index)]
        return {other: taking_turns} if len(taking_turns) == 1 else {"spare": list(money)}

    def _take_turns(self, one: int, other: int) -> bool:
        filled = {(not is_blank(row.cell(one)), not is_blank(row.cell(other))) for row in self.lines}
        return filled - {(False, False)} == {(True, False), (False, True)}

    def _add_dates(self, roles: Roles) -> None:
        """Beside those that have a name: they may be filled where a named one is not."""
        if roles.get("date"):
            taken = {column.index for column in roles["date"]}
            more = [index for index in self._dated(self._free(roles)) if index not in taken]
            unnamed = [column_at(self.header, index, UNNAMED_DATE) for index in more]
            roles["date"] = sorted([*roles["date"], *unnamed], key=lambda column: (column.rank, column.index))

    def _free(self, roles: Roles) -> list[int]:
        taken = {column.index for role in EXCLUSIVE for column in roles.get(role, [])}
        return [index for index, cell in enumerate(self.header) if index not in taken and _says_nothing(cell)]

    def _dated(self, indexes: Sequence[int]) -> list[int]:
        return self._nearly_all(indexes, "dated")[:MOST_DATES]

    def _nearly_all(self, indexes: Sequence[int], what: str) -> list[int]:
        return [index for index in indexes if self.inner[index].nearly_all(getattr(self.inner[index], what))]

    def _is_mostly(self, index: int, what: str) -> bool:
        content = self.contents[index]
        return content.mostly(getattr(content, what))

    def _is_status(self, index: int) -> bool:
        """Every line has a word for posted or not, and some are not: of posted ones alone nothing would follow."""
        words = [simplify(row.cell(index)) for row in self.lines]
        unposted = [word for word in words if word in PENDING or word in NEVER_POSTED]
        return bool(unposted) and all(word in POSTED for word in words if word not in unposted)


def _one_role_each(roles: Roles) -> Roles:
    """Where a name stands for several of the roles, the better rank has the column.

    ``Payments`` alone may be both: money out beside receipts, money in beside charges, which is seen when the
    two are paired; beside an amount, neither.
    """
    if roles.get("amount"):
        for side in SIDES:
            roles[side] = [column for column in roles.get(side, []) if column.rank < TIER]
    owners: dict[int, tuple[int, str]] = {}
    for role in reversed(EXCLUSIVE):
        for column in roles.get(role, []):
            rank, _ = owners.get(column.index, (TIER, ""))
            if column.rank % TIER <= rank:
                owners[column.index] = (column.rank % TIER, role)
    return {
        role: [column for column in columns if _has(role, owners.get(column.index, (0, role))[1])]
        for role, columns in roles.items()
    }


def _has(role: str, owner: str) -> bool:
    return role not in EXCLUSIVE or role == owner or (role in SIDES and owner in SIDES)


def _is_money(content: Content) -> bool:
    return content.nearly_all(content.figures) and content.mostly(content.money)


def _says_nothing(cell: str) -> bool:
    return not is_known(cell) and not ESTRANGED & set(simplify(cell).split())
