"""Amounts as banks write them. Which mark is the decimal one is decided once for a whole file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

import msgspec

SYMBOLS = {"€": "EUR", "£": "GBP"}
#: An explicit plus, minus, word or pair of parentheses; empty for a bare number.
SIGNED_WORDS = {"CR": "+", "DR": "-", "DB": "-", "C": "+", "D": "-"}
PARTS = re.compile(
    r"""(?P<sign>[-+\u2212\u2013]?)\ ?
        (?:(?P<code>[A-Z]{3})\ ?|(?P<symbol>[^\w\s.,'\u2019+\-\u2212\u2013()]{1,3}|R\$|kr\.?|zł|Kč|Ft)\ ?)?
        (?P<inner>[-+\u2212\u2013]?)\ ?
        (?P<number>\d[\d.,'\u2019\ ]*|[.,]\d+)
        \ ?(?:(?P<after>[A-Z]{3})|(?P<end>[^\w\s.,'\u2019+\-\u2212\u2013()]{1,3}|kr\.?|zł|Kč|Ft))?
        \ ?(?P<tail>[-+\u2212\u2013]|CR|DR|DB|C|D|)""",
    re.VERBOSE,
)
BLANKS = re.compile(r"[\s\u00a0\u2007\u202f]+")
MARK = re.compile(r"[.,]")
#: Thousands in threes; the Indian way groups by two above the first three.
GROUPS = re.compile(r"\d{1,3}(?:(?P<mark>[.,'\u2019 ])\d{3})(?:(?P=mark)\d{3})*|\d{1,2}(?:,\d{2})+,\d{3}")
PLAIN = re.compile(r"\d+")
MOST_DIGITS = 18


class Figure(msgspec.Struct, frozen=True):
    """A cell taken apart: the digits with their marks, the sign and the currency printed with them."""

    number: str
    #: ``+``, ``-`` or empty.
    sign: str
    currency: str | None


class AmbiguousAmounts(ValueError):
    """``1,234`` and nothing in the file that says whether it is a thousand or a little over one."""

    def __init__(self, sample: str) -> None:
        self.sample = sample
        super().__init__(sample)


def read_figure(cell: str) -> Figure | None:
    """Null where the cell is no amount."""
    text = BLANKS.sub(" ", cell).strip()
    bracketed = text.startswith("(") and text.endswith(")")
    match = PARTS.fullmatch(text[1:-1].strip() if bracketed else text)
    if match is None or (match["sign"] and match["inner"]):
        return None
    signs = [_sign(match[group]) for group in ("sign", "inner", "tail") if match[group]]
    if bracketed:
        signs.append("-")
    if len(set(signs)) > 1 or sum(character.isdigit() for character in match["number"]) > MOST_DIGITS:
        return None
    symbol = match["symbol"] or match["end"] or ""
    currency = match["code"] or match["after"] or SYMBOLS.get(symbol)
    return Figure(match["number"].strip(), signs[0] if signs else "", currency)


def decide_decimal_mark(figures: Iterable[Figure]) -> str:
    """``.`` or ``,`` for the whole file; raises AmbiguousAmounts.

    A mark that has not exactly three digits behind it, or stands last of two kinds, is the decimal one.
    """
    marks: set[str] = set()
    open_sample = ""
    fraction = 0
    for figure in figures:
        mark = _evidence(figure.number)
        if mark is None:
            open_sample = open_sample or figure.number
        elif mark:
            marks.add(mark)
            fraction = max(fraction, len(figure.number.rpartition(mark)[2]))
    if len(marks) > 1 or (open_sample and _leaves_open(open_sample, marks, fraction)):
        raise AmbiguousAmounts(open_sample or "both marks")
    return marks.pop() if marks else "."


def read_amount(figure: Figure, decimal_mark: str) -> Decimal | None:
    """The amount without its sign; null where the digits are grouped as no number is."""
    whole, mark, fraction = figure.number.rpartition(decimal_mark)
    if not mark:
        whole, fraction = figure.number, ""
    if fraction and not PLAIN.fullmatch(fraction):
        return None
    if whole and not (PLAIN.fullmatch(whole) or _is_grouped(whole, decimal_mark)):
        return None
    digits = "".join(filter(str.isdigit, whole)) or "0"
    return Decimal(f"{digits}.{fraction}" if fraction else digits)


def _is_grouped(whole: str, decimal_mark: str) -> bool:
    return GROUPS.fullmatch(whole) is not None and decimal_mark not in whole


def _sign(text: str) -> str:
    if text in SIGNED_WORDS:
        return SIGNED_WORDS[text]
    return "+" if text == "+" else "-"


def _evidence(number: str) -> str | None:
    """The decimal mark this number proves, empty where it has no say, null where both are thinkable."""
    marks = MARK.findall(number)
    if not marks:
        return ""
    if len(set(marks)) > 1:
        return str(marks[-1])
    if len(marks) > 1:
        return "," if marks[0] == "." else "."
    whole, mark, fraction = number.partition(marks[0])
    if len(fraction) != 3 or len(whole) > 3 or whole in ("", "0", "00"):  # noqa: PLR2004
        return str(mark)
    return None


def _leaves_open(sample: str, marks: set[str], fraction: int) -> bool:
    """``1.234`` beside ``12.50``: a thousand in a file that groups so, or a slip; not ours to decide."""
    if not marks:
        return True
    return sample.find(next(iter(marks))) > 0 and fraction < 3  # noqa: PLR2004
