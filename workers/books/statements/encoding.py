"""From bytes to text. Amounts and dates are ASCII in all of these; a wrong guess could only hurt a name."""

from __future__ import annotations

import codecs
import re

from workers.books.errors import StatementError

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: In the order of likelihood, with the letters beyond ASCII of each language that is written in it.
SINGLE_BYTE = (
    (
        "cp1252",
        (
            "äöüß",
            "àâçéèêëîïôûùüÿœæ",
            "áéíóúñüçªº",
            "áâãàçéêíóôõúüªº",
            "àèéìòùî",
            "åäöæøéü",
            "éëïóöüèáêç",
            "áðéíóúýþæö",
        ),
    ),
    (
        "cp1250",
        ("áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "ąćęłńóśźż", "áéíóöőúüű", "ăâîșşțţ", "čćđšž", "äöüß"),
    ),
    ("cp1253", ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋ",)),
    ("cp1257", ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž")),
    ("cp1254", ("çğıöşüâîû",)),
    ("cp1251", ("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґў",)),
)
SAMPLE = 65_536
#: Characters of a text file below the blank: tab, line ends, form feed, and DOS's end of file.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")
MOST_CONTROL = 0.001
BEFORE_NUMBER = re.compile(r"(?<!\w)[^\W\d_a-zA-Z]+ ?\d")


def decode(content: bytes) -> str:
    """The text; raises StatementError where it is no text."""
    text = _decode(content)
    controls = len(CONTROL.findall(text[:SAMPLE]))
    if "\x00" in text or controls > MOST_CONTROL * min(len(text), SAMPLE):
        raise _binary()
    return CONTROL.sub("", text.replace("\x1a", ""))


def _decode(content: bytes) -> str:
    for bom, name in BOMS:
        if content.startswith(bom):
            return _strictly(content[len(bom) :], name)
    if b"\x00" in content[:SAMPLE]:
        return _strictly(content, _wide(content[:SAMPLE]))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(_single_byte(content[:SAMPLE]), errors="replace")


def _strictly(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        detail = f"The file says it is {name.upper()}, but byte {error.start + 1} is not. Export it again, as UTF-8."
        raise StatementError("unknown_encoding", "The file's text cannot be decoded", detail) from None


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: nearly every second byte is zero."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    enough = len(sample) * 0.3
    if odd > enough and even < odd / 10:
        return "utf-16-le"
    if even > enough and odd < even / 10:
        return "utf-16-be"
    raise _binary()


def _single_byte(sample: bytes) -> str:
    return max(
        SINGLE_BYTE, key=lambda item: _plausibility(sample.decode(item[0], errors="replace"), item[1])
    )[0]


def _plausibility(text: str, languages: tuple[str, ...]) -> float:
    """How much of the text its most likely language explains: misread, it mixes letters that never meet."""
    foreign = [letter for letter in text.lower() if letter.isalpha() and not letter.isascii()]
    # A pound sign read as a Polish letter stands before a number, where no letter does.
    misread = len(BEFORE_NUMBER.findall(text))
    shares = (sum(letter in letters for letter in foreign) - misread for letters in languages)
    return max(shares) / (len(foreign) or 1)


def _binary() -> StatementError:
    return StatementError(
        "not_a_statement",
        "This is not a bank statement",
        "The file is binary data, not text. Export the statement from your bank as CSV and send that.",
    )
