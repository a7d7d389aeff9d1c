"""Account numbers as banks, cards and people write them, and whether two of them are of one account."""

from __future__ import annotations

import re

#: An account number kept short (last four digits) still names its account; fewer digits would be chance.
LEAST_DIGITS = 4
#: As long as that, a number inside an IBAN is no chance: some countries put check digits behind it.
SURE_DIGITS = 8
MASK = r"[X*#•·.…]"
LONGEST = 64
#: What stands for digits that are not shown: two marks at least, or one at the start.
MASKED = re.compile(rf"{MASK}{{2,}}|…|^{MASK}(?=\d)")
PUNCTUATION = re.compile(r"[^\w*#•·.…/]|_")
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


def compact(number: str) -> str:
    """An account number without what banks print between its digits."""
    return "".join(filter(str.isalnum, number)).upper()


def is_same_account(ours: str | None, theirs: str) -> bool:
    """Blanks, case and zeros in front do not count; digits not shown may be any; the end may stand alone."""
    mine, other = _shown(ours or ""), _shown(theirs)
    if min(_digits("".join(mine)), _digits("".join(other))) < LEAST_DIGITS:
        return False
    match mine, other:
        case [number], [another]:
            return _is_same_number(number, another)
        case [number], shown:
            return _fits(number, shown)
        case shown, [number]:
            return _fits(number, shown)
    return _ends_alike(mine[-1], other[-1]) and _ends_alike(mine[0][::-1], other[0][::-1])


def is_exactly(ours: str | None, theirs: str) -> bool:
    return compact(ours or "") == compact(theirs)


def kept(number: str) -> str | None:
    """What of a number in a file is worth keeping as its account's: of one that is half hidden, its end."""
    end = compact(_shown(number)[-1]) if MASKED.search(_bare(number)) else compact(number)
    return end if _digits(end) >= LEAST_DIGITS and len(end) <= LONGEST else None


def _bare(number: str) -> str:
    return PUNCTUATION.sub("", number).upper()


def _shown(number: str) -> list[str]:
    """The part in front of the hidden digits and the part behind them; one part where nothing is hidden."""
    bare = _bare(number)
    bank, _, account = bare.rpartition("/")
    # Bank code and account; a short end is the number of a sub-account.
    bare = account if bank and _digits(account) >= LEAST_DIGITS else bare
    parts = [part.replace(".", "").replace("/", "") for part in MASKED.split(bare)]
    return parts if len(parts) == 1 else [parts[0], parts[-1]]


def _is_same_number(number: str, another: str) -> bool:
    short, long = sorted((number.lstrip("0"), another.lstrip("0")), key=len)
    if _digits(short) < LEAST_DIGITS:
        return short == long
    return long.endswith(short) or (
        len(short) >= SURE_DIGITS and short in long and IBAN.fullmatch(long) is not None
    )


def _fits(number: str, shown: list[str]) -> bool:
    """A number that is shorter than what is shown is an end alone."""
    first, last = shown
    if len(number) <= len(last):
        return last.endswith(number)
    return number.endswith(last) and (number.startswith(first) or len(number) < len(first) + len(last))


def _ends_alike(one: str, another: str) -> bool:
    return one.endswith(another) or another.endswith(one)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
