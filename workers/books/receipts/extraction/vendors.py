"""Who sold: the row near the top that looks most like the name of a shop or a firm."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files

import msgspec
from rapidfuzz import fuzz

from ledgerwire.receipts import Alternative, Box
from workers.books.receipts.extraction.amounts import normal
from workers.books.receipts.extraction.labels import plain
from workers.books.receipts.extraction.rows import Row, box_of
from workers.books.receipts.findings import Found
from workers.outside.ocr.words import Page

#: Names stand among the first rows; below them are addresses, and then goods.
FIRST_ROWS = 14
LONGEST = 120


def _words(name: str) -> re.Pattern[str]:
    """The patterns of one list of names.toml, as whole words."""
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(NAMES[name])})(?![^\W\d_])\.?", re.IGNORECASE)


NAMES: dict[str, list[str]] = tomllib.loads(
    files(__package__).joinpath("names.toml").read_text(encoding="utf-8")
)
LEGAL, STRONG_LEGAL, TRADE, NOT_A_NAME, ADDRESS = map(
    _words, ("legal", "strong_legal", "trade", "other", "address")
)
NUMBERED = re.compile(
    r"\(?\b(?:co\.?\s?(?:reg\.?)?\s?(?:no)?|reg\.?\s?no|company\s?(?:no|reg)|roc|no\s?syarikat)\b[^a-z]*$",
    re.IGNORECASE,
)
#: What the paper is, or whose it is, on the row of the name.
PAPER_BEFORE = re.compile(
    r"^(?:sold by|seller|vendor|merchant|bill from|from|tax invoice|invoice|receipt|factuur|rechnung|facture|fattura)\b"
    r"\s*[.:|-]*\s+(?=\S)",
    re.IGNORECASE,
)
PAPER_BEHIND = re.compile(
    r"(?<=\S\s)(\S+)\s+[-|]?\s*(?:invoice|receipt|factuur|rechnung|facture)\s*$", re.IGNORECASE
)
#: What a state knows a firm by, and all behind it.
IDENTIFIED = re.compile(
    r"\s*\(?\b(?:abn|acn|vat|gst|uen|ein|siret|siren|hrb|ust-?id|kvk|nif|cvr)\b.*$", re.IGNORECASE
)
#: A registration number behind the name, in brackets or not.
REGISTRATION = re.compile(
    r"[\s(\[{]*(?:co\.?\s?)?(?:reg\.?\s?)?(?:no\.?:?\s?)?[(\[{]?\s?\d{4,12}\s?-?\s?[A-Z0-9]?\s?[)\]}]?\s*$",
    re.IGNORECASE,
)
SITE = re.compile(
    r"(?:www\.|@|https?://)(?:www\.)?([a-z0-9-]{3,40})\.(?:com|net|org|co|de|fr|my|uk|au|biz|info|eu|us|ca)\b",
    re.IGNORECASE,
)
AMOUNT_OR_CLOCK = re.compile(r"\d[.,:]\d\d\b")
#: A postcode or a house, not a shop.
NUMBER_FIRST = re.compile(r"\W*\d{3,}|\W*\d+[-/,]\d")
KNOWN = 90.0
LEAST_LETTERS = 2
#: Words of the first row of a name, a sentence has more; and of the second, besides how the firm is made.
SHORT_NAME = 4
SHORT_END = 1
#: What the end of a name is worth to its beginning.
WHOLE_NAME = 2.3


class Candidate(msgspec.Struct, frozen=True):
    name: str
    row: Row
    rows: tuple[Row, ...]
    score: float


def find_vendor(rows: Sequence[Row], pages: Sequence[Page], vendors: Sequence[str] = ()) -> Found[str] | None:
    if known := _known(rows, pages, vendors):
        return known
    ranked = sorted(_candidates(rows, pages), key=lambda each: -each.score)
    if not ranked:
        return None
    first = ranked[0]
    margin = min(3.0, first.score - ranked[1].score) if len(ranked) > 1 else 3.0
    confidence = 1 / (1 + math.exp(-(-0.85 + 0.55 * min(first.score, 5.0) + 0.5 * margin)))
    others = [
        Alternative(each.name, round(0.35 / rank, 3), _box(each, pages))
        for rank, each in enumerate(ranked[1:4], start=2)
        if each.score > 0
    ]
    return Found(
        value=first.name,
        confidence=round(min(confidence, 0.97), 3),
        box=_box(first, pages),
        alternatives=others,
    )


def _known(rows: Sequence[Row], pages: Sequence[Page], vendors: Sequence[str]) -> Found[str] | None:
    """A vendor that the company has had before, anywhere near the top."""
    for row in rows[:FIRST_ROWS]:
        text = _compact(row.text)
        for vendor in vendors:
            wanted = _compact(vendor)
            if len(wanted) >= 5 and abs(len(text) - len(wanted)) < 8 and fuzz.ratio(text, wanted) >= KNOWN:  # noqa: PLR2004
                return Found(
                    value=vendor, confidence=0.96, box=box_of(row.words, pages[row.page - 1], row.page)
                )
    return None


def _candidates(rows: Sequence[Row], pages: Sequence[Page]) -> list[Candidate]:
    top = [row for row in rows if row.page == rows[0].page][:FIRST_ROWS] if rows else []
    if not top:
        return []
    heights = sorted(row.height for row in rows)
    typical = heights[len(heights) // 2]
    sites = {match.lower() for row in rows for match in SITE.findall(normal(row.text))}
    whole = _compact(" ".join(row.text for row in rows[FIRST_ROWS:]))
    found: list[Candidate] = []
    for index, row in enumerate(top):
        name = tidy(row.text)
        # What only says how a firm is made is the end of the name above it.
        if _letters(LEGAL.sub("", name)) < LEAST_LETTERS:
            continue
        score = _score(row, name, index, typical, pages[row.page - 1], sites, whole)
        found.append(Candidate(name, row, (row,), score))
    scores = {candidate.row.index: candidate.score for candidate in found}
    return found + [joined for each in found if (joined := _joined(top, each, scores))]


def _score(row: Row, name: str, index: int, typical: float, page: Page, sites: set[str], rest: str) -> float:
    text = normal(row.text)
    letters, digits = _letters(text), sum(each.isdigit() for each in text)
    score = 1.6 - 0.24 * index
    score += 1.1 * min(1.5, max(-0.5, row.height / typical - 1.0))
    score += (
        2.0 * bool(STRONG_LEGAL.search(name))
        + 0.5 * bool(LEGAL.search(name))
        + 0.6 * bool(TRADE.search(name))
    )
    score -= (
        2.2
        * bool(NOT_A_NAME.search(name if PAPER_BEFORE.match(text) or PAPER_BEHIND.search(text) else text))
        * (not STRONG_LEGAL.search(name))
    )
    score -= 1.8 * bool(ADDRESS.search(text)) * (not STRONG_LEGAL.search(name)) + 1.5 * bool(
        AMOUNT_OR_CLOCK.search(text)
    )
    score -= 2.0 * digits / max(1, letters + digits) * (not STRONG_LEGAL.search(name))
    score -= 1.0 * bool(NUMBER_FIRST.match(text)) * (not STRONG_LEGAL.search(name))
    score -= 1.5 * (letters < 4) + 1.2 * (row.confidence < 0.75)  # noqa: PLR2004
    compact = _compact(name)
    if len(compact) >= 4:  # noqa: PLR2004
        score += 1.2 * any(
            compact.startswith(site) or site.startswith(compact) for site in map(_compact, sites)
        )
        score += 0.7 * (compact in rest)
    score += 0.3 * (text == text.upper())
    middle = (row.words[0].left + row.words[-1].right) / 2 / page.width
    return score + 0.3 * (abs(middle - 0.5) < 0.12) - 0.4 * (len(name) > 45)  # noqa: PLR2004


def _joined(rows: Sequence[Row], first: Candidate, scores: Mapping[int, float]) -> Candidate | None:
    """A name over two rows: the second is only the end of one."""
    place = first.row.index - rows[0].index
    if place + 1 >= len(rows) or any(
        words.search(first.name) for words in (STRONG_LEGAL, NOT_A_NAME, ADDRESS)
    ):
        return None
    above, below = rows[place], rows[place + 1]
    end = tidy(below.text)
    only_legal = _letters(LEGAL.sub("", end)) < LEAST_LETTERS and _letters(end) > 1
    same_print = abs(below.height - above.height) < 0.25 * above.height
    ends_a_name = same_print and STRONG_LEGAL.search(end) and len(LEGAL.sub(" ", end).split()) <= SHORT_END
    near = below.words[0].top - above.words[0].bottom < 0.9 * above.height
    is_name = len(first.name.split()) <= SHORT_NAME and _compact(first.name) not in _compact(end)
    if not near or not (only_legal or (ends_a_name and is_name)):
        return None
    score = max(first.score + WHOLE_NAME, scores.get(below.index, 0.0) + 0.5)
    return Candidate(f"{first.name} {end}"[:LONGEST], above, (above, below), score)


def tidy(text: str) -> str:
    """Without a registration number, stars and rules around it."""
    name = normal(text).strip(" *-=_~.:;,#|<>«»'\"`")
    name = PAPER_BEFORE.sub("", PAPER_BEHIND.sub(r"\1", name))
    name = _up_to_its_suffix(IDENTIFIED.sub("", name))
    name = REGISTRATION.sub("", name)
    name = NUMBERED.sub("", name)
    return " ".join(name.split()).strip(" *-=_~:;,#|<>«»'\"`(")[:LONGEST]


def _up_to_its_suffix(name: str) -> str:
    """Behind how a firm is made stands its number, in brackets that may be misread."""
    ends = [match.end() for match in STRONG_LEGAL.finditer(name)]
    rest = name[ends[-1] :] if ends else ""
    return name[: ends[-1]] if any(each.isdigit() or each in "([{" for each in rest) else name


def _compact(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", plain(text))


def _letters(text: str) -> int:
    return sum(each.isalpha() for each in text)


def _box(candidate: Candidate, pages: Sequence[Page]) -> Box:
    words = [word for row in candidate.rows for word in row.words]
    return box_of(words, pages[candidate.row.page - 1], candidate.row.page)
