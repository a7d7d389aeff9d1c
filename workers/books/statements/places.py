"""How dates are written where a file comes from: by its language, money, account numbers and ways to pay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from workers.books.statements.currencies import MONTH_FIRST as MONTH_FIRST_MONEY
from workers.books.statements.names import languages_of
from workers.books.statements.words import DAY_FIRST, MONTH_FIRST, simplify

IBAN = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?")
#: A British or Irish bank's number, alone or before an account's.
SORT_CODE = re.compile(r"\d{2}-\d{2}-\d{2}(?: \d{8})?|\d{6}[- ]\d{8}")
#: Where two digits of a year may stand first.
YEAR_FIRST = frozenset({"SEK", "HUF", "CNY", "JPY", "KRW", "TWD", "LTL", "ZAR", "MNT", "CAD"})
DAY_OR_YEAR = frozenset({"dmy", "ymd"})
ANY = frozenset({"dmy", "mdy", "ymd"})


def usual_orders(
    header: Sequence[str], currencies: Iterable[str], decimal_mark: str, cells: Iterable[str]
) -> frozenset[str]:
    """The orders of a date that are usual in all the places the file may be from."""
    known = set(currencies)
    texts = list(cells)
    if decimal_mark == "," or _is_foreign(header) or any(IBAN.fullmatch(cell) for cell in texts):
        return _by_money(known, DAY_OR_YEAR)
    if known and not known & MONTH_FIRST_MONEY:
        return _by_money(known, DAY_OR_YEAR)
    said = [simplify(text) for text in (*header, *texts)]
    month_first = any(map(MONTH_FIRST.within, said))
    day_first = any(map(DAY_FIRST.within, said)) or any(map(SORT_CODE.fullmatch, texts))
    if month_first == day_first:
        return ANY
    return frozenset({"mdy"}) if month_first else DAY_OR_YEAR


def _by_money(known: set[str], orders: frozenset[str]) -> frozenset[str]:
    return orders & {"dmy"} if known and not known & (MONTH_FIRST_MONEY | YEAR_FIRST) else orders


def _is_foreign(header: Sequence[str]) -> bool:
    """A name that is no English one: nobody who writes in another language puts the month first."""
    return any(languages and "en" not in languages for languages in map(languages_of, header))
