"""Amounts as banks write them. Which mark is the decimal one is decided once for a whole file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from workers.books.statements.currencies import CODES, SYMBOLS, plain_sign

#: What a sign, or a word behind the number, says: money in or money out.
SIGNS = {"+": "+", "CR": "+", "C": "+", "H": "+", "DR": "-", "DB": "-", "D": "-", "S": "-"}
MINUS = "-\u2212\u2013"
#: Where a bank writes one of these there is no amount.
BLANK = frozenset({"", "-", "--", "---", "\u2013", "\u2014", "n/a", "na", "null", "none", "nil", "*", "."})
SYMBOL = r"[^\W\d_]{0,2}[$€£¥₴₽₹₺₩฿₫₪₦₱元円]|[^\W\d_]{1,5}\.?"
PARTS = re.compile(
    rf"""(?P<sign>[-+\u2212\u2013]?)\ ?
        (?:(?P<before>{SYMBOL})\ ?)?
        (?P<inner>[-+\u2212\u2013]?)\ ?
        (?P<number>\d[\d.,'\u2019`\ ]*|[.,]\d+)
        (?P<minus>[-+\u2212\u2013]?)
        (?:\ ?(?P<after>{SYMBOL}))?
        (?:\ ?(?P<tail>[-+\u2212\u2013]|CR|DR|DB|C|D|H|S)\.?)?""",
    re.VERBOSE | re.IGNORECASE,
)
SPACES = re.compile(r"[\s\u00a0\u2007\u202f]+")
MARK = re.compile(r"[.,]")
#: Thousands in threes; the Indian way groups by two above the first three.
GROUPS = re.compile(r"\d{1,3}(?:(?P<mark>[.,'\u2019` ])\d{3})(?:(?P=mark)\d{3})*|\d{1,2}(?:,\d{2})+,\d{3}")
PLAIN = re.compile(r"\d+")
MOST_DIGITS = 18
LONGEST = 60


class Figure(msgspec.Struct, frozen=True):
    """A cell taken apart: the digits with their marks, the sign and the currency printed with them."""

    number: str
    #: ``+``, ``-`` or empty for a bare number.
    sign: str
    currency: str | None

    @property
    def is_zero(self) -> bool:
        return not any(character in "123456789" for character in self.number)

    @property
    def looks_like_money(self) -> bool:
        """A sign, a currency or a decimal part: a bare whole number may as well be a reference."""
        return bool(self.sign or self.currency or MARK.search(self.number))


class AmbiguousAmounts(ValueError):
    """``1,234`` and nothing in the file that says whether it is a thousand or a little over one."""

    def __init__(self, sample: str, likely: str) -> None:
        self.sample = sample
        #: The decimal mark that would make it what banks print most.
        self.likely = likely
        super().__init__(sample)


def is_blank(cell: str) -> bool:
    return cell.strip().lower() in BLANK


def read_figure(cell: str) -> Figure | None:
    """Null where the cell is no amount."""
    if len(cell) > LONGEST:
        return None
    text = SPACES.sub(" ", cell).strip()
    bracketed = _bracketed(text)
    match = PARTS.fullmatch(bracketed or text)
    if match is None or sum(character.isdigit() for character in match["number"]) > MOST_DIGITS:
        return None
    word, currency = _named(match)
    if currency == "":
        return None
    signs = {_sign(match[group]) for group in ("sign", "inner", "minus", "tail") if match[group]} | word
    if bracketed:
        signs.add("-")
    if len(signs) > 1 or (match["sign"] and match["inner"]):
        return None
    return Figure(match["number"].strip(), signs.pop() if signs else "", currency)


def decide_decimal_mark(figures: Iterable[Figure], *, three_digits: bool | None = None) -> str:
    """``.`` or ``,`` for the whole file; raises AmbiguousAmounts.

    A mark that has not exactly three digits behind it, or stands last of two kinds, is the decimal one.
    ``three_digits`` tells whether the file's currency is written with three decimals, null where it is not known.
    """
    marks: set[str] = set()
    open_sample = ""
    fraction = 0
    bare = set()
    for figure in figures:
        mark = _evidence(figure.number)
        if mark is None:
            open_sample = open_sample or figure.number
        elif mark:
            marks.add(mark)
            fraction = max(fraction, len(figure.number.rpartition(mark)[2]))
        elif not figure.is_zero:
            bare.add(len(figure.number) <= 3)  # noqa: PLR2004
    # Three decimals would be printed behind every number; thousands are parted in the large ones only.
    if open_sample and not marks and (three_digits is False or bare == {True}):
        return _other(open_sample)
    if len(marks) > 1 or (open_sample and _leaves_open(open_sample, marks, fraction)):
        raise AmbiguousAmounts(open_sample or "both marks", _other(open_sample) if open_sample else ".")
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


def _bracketed(text: str) -> str:
    """What stands in the parentheses that mean minus: ``(4.50)``, ``$(4.50)``, ``(4.50) EUR``; else empty."""
    start, end = text.find("("), text.rfind(")")
    if start < 0 or end < start or any(map(str.isdigit, text[:start] + text[end:])):
        return ""
    return SPACES.sub(" ", f"{text[:start]} {text[start + 1 : end]} {text[end + 1 :]}").strip()


def _named(match: re.Match[str]) -> tuple[set[str], str | None]:
    """The signs and the currency that the words around the number stand for; an empty currency for no such word."""
    signs: set[str] = set()
    currency = None
    for group in ("before", "after"):
        text = match[group]
        if not text:
            continue
        plain = plain_sign(text)
        word = text.upper().rstrip(".")
        if word in SIGNS and (group == "after" or len(word) > 1):
            signs.add(SIGNS[word])
        elif text.upper() in CODES:
            currency = text.upper()
        elif plain in SYMBOLS:
            currency = currency or SYMBOLS[plain] or None
        else:
            return signs, ""
    return signs, currency


def _is_grouped(whole: str, decimal_mark: str) -> bool:
    return GROUPS.fullmatch(whole) is not None and decimal_mark not in whole


def _sign(text: str) -> str:
    return SIGNS.get(text.upper(), "-")


def _other(sample: str) -> str:
    """The decimal mark where the one in the sample groups thousands."""
    return "." if "," in sample else ","


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
