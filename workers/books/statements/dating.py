"""The date of each line: which column it stands in, in what order it is written, of which year it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, cast

import msgspec

from ledgerwire.statements import ColumnMapping
from workers.books.errors import StatementError
from workers.books.statements.casting import UNNAMED_DATE
from workers.books.statements.columns import Column, Columns, ref_of
from workers.books.statements.dates import NO_YEAR, is_day, styles_of
from workers.books.statements.lines import Posted
from workers.books.statements.names import TIER
from workers.books.statements.orders import (
    AmbiguousDates,
    Evidence,
    Readings,
    clear_dates,
    decide_order,
    is_open,
    tells_order,
)
from workers.books.statements.questions import Question, choice
from workers.books.statements.refusal import refuse_column, refuse_line
from workers.books.statements.years import with_years

LABELS = {"dmy": "Day first: 31/12", "mdy": "Month first: 12/31", "ymd": "Year first: 26/12/31"}
Order = Literal["dmy", "mdy", "ymd"]


class Dating(msgspec.Struct, frozen=True):
    #: The lines that have a date.
    posted: list[Posted]
    dates: list[date]
    column: Column
    #: Null where the cells leave none open.
    order: Order | None
    warnings: list[str]


def date_lines(
    posted: Sequence[Posted], columns: Columns, mapping: ColumnMapping, evidence: Evidence
) -> Dating:
    """Raises StatementError where a line has no date, and Question where its reading is open."""
    warnings: list[str] = []
    chosen, column = _column(posted, columns, warnings)
    cells = [each.cell(column) for each in chosen]
    others = [
        [cell for each in chosen if (cell := each.cell(other))]
        for other in columns.of("date")
        if other.index != column.index
    ]
    readings = styles_of(cells) if all(cells) else {}
    evidence = msgspec.structs.replace(evidence, others=others)
    order, days = _read(chosen, column, readings, mapping, evidence)
    if any(day.year == NO_YEAR for day in days):
        days = _with_years(days, order, column, mapping, evidence)
    told = cast("Order", order) if is_open(readings) else None
    return Dating(list(chosen), days, column, told, warnings)


def _column(
    posted: Sequence[Posted], columns: Columns, warnings: list[str]
) -> tuple[Sequence[Posted], Column]:
    """The best column of dates that every line fills; where one of booking dates is blank, a line is not booked."""
    dates = columns.of("date")
    if "date" in columns.unnamed and len(dates) > 1:
        return posted, _of_unnamed(posted, dates, columns, warnings)
    for column in dates:
        filled = [each for each in posted if each.cell(column)]
        if len(filled) == len(posted):
            _warn_of_others(posted, column, dates, warnings)
            return posted, column
        if filled and column.rank < TIER and len(dates) > 1:
            missing = len(posted) - len(filled)
            warnings.append(
                f"{missing} lines without {column.name!r} are not booked yet and were not imported."
            )
            return filled, column
    return posted, dates[0]


def _of_unnamed(
    posted: Sequence[Posted], dates: Sequence[Column], columns: Columns, warnings: list[str]
) -> Column:
    """A file is in the order of its booking dates, and nothing is booked before it happens; else a person must say."""
    different = [dates[0], *(column for column in dates[1:] if not _are_alike(posted, dates[0], column))]
    sorted_ones = [column for column in different if _is_sorted(posted, column)]
    if len(different) == 1 or len(sorted_ones) == 1:
        return (sorted_ones or different)[0]
    if columns.line_no == 0 and all(_is_never_earlier(posted, dates[0], column) for column in different[1:]):
        warnings.append(
            f"The dates are those of {dates[0].name!r}, the first of {len(dates)} columns of dates."
        )
        return dates[0]
    names = " or ".join(repr(column.name) for column in different)
    error = refuse_column(
        "ambiguous_dates",
        "Several columns could be the date",
        dates[0].name,
        f"is one of {len(different)} columns of dates, and they differ",
        'Send a mapping with "date".',
    )
    choices = [
        choice(f"The lines are booked on {column.name!r}", date=ref_of(columns.header, column.index))
        for column in different
    ]
    raise Question("columns", f"Which column is the date of the booking: {names}?", error, choices)


def _warn_of_others(
    posted: Sequence[Posted], column: Column, dates: Sequence[Column], warnings: list[str]
) -> None:
    """A column of dates whose name says nothing may be the better one, if the one that was taken is no booking date."""
    others = [each for each in dates if each.rank == UNNAMED_DATE and not _are_alike(posted, column, each)]
    if others and column.rank >= TIER:
        warnings.append(f"The dates are those of {column.name!r}, not those of {others[0].name!r}.")


def _are_alike(posted: Sequence[Posted], one: Column, other: Column) -> bool:
    return all(each.cell(one) == each.cell(other) for each in posted)


def _is_never_earlier(posted: Sequence[Posted], one: Column, other: Column) -> bool:
    """In every order of day and month that both can be read in."""
    first, second = (styles_of([each.cell(column) for each in posted]) for column in (one, other))
    orders = set(first) & set(second)
    return bool(orders) and all(
        a >= b for order in orders for a, b in zip(first[order], second[order], strict=True)
    )


def _is_sorted(posted: Sequence[Posted], column: Column) -> bool:
    return any(map(tells_order, styles_of([each.cell(column) for each in posted]).values()))


def _read(
    posted: Sequence[Posted], column: Column, readings: Readings, mapping: ColumnMapping, evidence: Evidence
) -> tuple[str, list[date]]:
    if mapping.date_order and mapping.date_order in readings:
        return mapping.date_order, readings[mapping.date_order]
    if not readings or (mapping.date_order and is_open(readings)):
        raise _no_date(posted, column)
    try:
        return decide_order([each.cell(column) for each in posted], readings, evidence)
    except AmbiguousDates as error:
        raise _ask(column, error) from None


def _with_years(
    days: Sequence[date], order: str, column: Column, mapping: ColumnMapping, evidence: Evidence
) -> list[date]:
    stated = clear_dates(evidence.stated) or _dates_in(evidence.stated, order)
    full = [cells for cells in evidence.others if len(cells) == len(days)]
    beside = next((dates for cells in full if (dates := styles_of(cells).get(order))), [])
    return with_years(days, stated, beside, mapping.year, column.name)


def _dates_in(texts: Sequence[str], order: str) -> list[date]:
    found = [days[0] for text in texts if (days := styles_of([text]).get(order))]
    return [day for day in found if day.year != NO_YEAR]


def _ask(column: Column, open_dates: AmbiguousDates) -> Question:
    error = refuse_column(
        "ambiguous_dates",
        "The dates can be read in two ways",
        column.name,
        f"has {open_dates.sample!r}, and no line tells the day from the month",
        'Send a mapping with "date_order": "dmy", "mdy" or "ymd".',
    )
    choices = [choice(LABELS[order], date_order=cast("Any", order)) for order in open_dates.orders]
    text = f"Column {column.name!r} has {open_dates.sample!r}. What comes first?"
    return Question("date_order", text, error, choices)


def _no_date(posted: Sequence[Posted], column: Column) -> StatementError:
    for each in posted:
        cell = each.cell(column)
        if not is_day(cell):
            fault = f"has {cell[:40]!r}, which is no date" if cell else "has no date"
            return refuse_line(each.line_no, fault, column=column.name)
    fault = "has dates of which some are day first and some month first"
    return refuse_column("unreadable_column", "The dates cannot be read", column.name, fault, "")
