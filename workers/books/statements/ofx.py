"""OFX 1 (SGML), OFX 2 (XML) and QFX, as banks write them rather than as the specification has it.

A reader of our own: ofxparse comes without a wheel, moves dates by their zone and stops at a header on one line;
ofxtools is GPL and as strict as the specification. A statement needs a dozen tags, and a bank that breaks its header
or forgets to close the other tags still says plainly what was booked.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

import msgspec

from ledgerwire.statements import ColumnMapping
from workers.books.errors import StatementError
from workers.books.statements.asked import MOST_LINES, Fields, Printed, answered
from workers.books.statements.days import day_of
from workers.books.statements.declared import decode_declared
from workers.books.statements.description import describe
from workers.books.statements.limits import MAX_ROWS
from workers.books.statements.questions import Question, choice
from workers.books.statements.refusal import refuse_column, refuse_entry, refuse_length
from workers.books.statements.signed import read_signed
from workers.books.statements.statement import Statement, StatementLine

#: Possessive throughout: what does not match is given up at once, however long it is.
TAG = re.compile(r"<(/?)([A-Za-z][\w.:]*+)[^<>]*+>([^<]*+)")
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
#: The date as written; the time and the zone behind it are never applied.
DATE = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
CURRENCY = re.compile(r"[A-Z]{3}")

STATEMENTS = {"STMTRS", "CCSTMTRS", "INVSTMTRS"}
OWNERS = {"BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"}
FIELDS = Fields(date="DTPOSTED", amount="TRNAMT", description=["NAME", "MEMO"], others=["TRNTYPE"])
#: Inside a transaction, with leaves that are named like its own.
PARTS = {"PAYEE", "EXTDPAYEE", "BANKACCTTO", "CCACCTTO", "CURRENCY", "ORIGCURRENCY", "IMAGEDATA"}
#: Types that are never money in. A PAYMENT to a card is, and so is a POS that was given back.
MONEY_OUT = {"DEBIT", "CHECK", "FEE", "SRVCHG", "DIRECTDEBIT"}
#: Shorter ones are row numbers, which the next export gives to other lines.
SHORTEST_ID = 6


class Owner(msgspec.Struct):
    """The account of one statement; a file may hold several statements."""

    number: str = ""
    kind: str = ""
    currency: str = ""


class Entry(msgspec.Struct, frozen=True):
    #: Which transaction of the file it is, from 1: a whole file may stand on one line.
    number: int
    owner: Owner
    #: By the name of the leaf, with the name of its part before it: ``PAYEE/NAME``.
    fields: dict[str, str]


def read_ofx(content: bytes, mapping: ColumnMapping) -> Statement:
    """Raises StatementError."""
    walk = Walk()
    for name, closing, value in _elements(decode_declared(content)):
        walk.take(name, value, closing=closing)
    entries = walk.finish()
    printed = [Printed(entry.number, entry.fields) for entry in entries[:MOST_LINES]]
    return answered(partial(_statement, walk, entries), mapping, FIELDS, printed)


def _statement(walk: Walk, entries: Sequence[Entry], mapping: ColumnMapping) -> Statement:
    numbers = _numbers(entries)
    several = len(set(numbers)) > 1
    rows = zip(
        entries, _amounts(entries, walk.balances, mapping), numbers, _ids(entries, numbers), strict=True
    )
    lines = [
        _line(entry, amount, bank_id, number if several else None) for entry, amount, number, bank_id in rows
    ]
    currencies = {line.currency for line in lines}
    return Statement(
        format="ofx",
        lines=lines,
        account_number=None if several else numbers[0],
        currency=currencies.pop() if len(currencies) == 1 else None,
        warnings=[*walk.warnings(), *_repeated(entries, numbers)],
    )


def _elements(text: str) -> Iterator[tuple[str, bool, str]]:
    """Name, whether it closes, and the text up to the next tag."""
    for match in TAG.finditer(_plain(text)):
        yield match[2].rpartition(":")[2].upper(), match[1] == "/", match[3].strip()


def _plain(text: str) -> str:
    """Without comments, and with marked sections as ordinary text. Split, not searched: no end is looked for twice."""
    first, *sections = text.split("<![CDATA[")
    first, *comments = "".join([first, *map(_section, sections)]).split("<!--")
    return "".join([first, *map(_behind_comment, comments)])


def _section(text: str) -> str:
    """What never ends hides nothing: there may be transactions in it."""
    inside, end, outside = text.partition("]]>")
    return html.escape(inside, quote=False) + outside if end else text


def _behind_comment(text: str) -> str:
    _, end, outside = text.partition("-->")
    return outside if end else text


class Walk:
    """Takes one tag after the other and keeps what was booked."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        #: Printed balances: they show how the bank writes numbers.
        self.balances: list[str] = []
        self._owner = Owner()
        self._fields: dict[str, str] | None = None
        self._part = ""
        self._securities = 0
        self._message = ""
        self._ended = False

    def take(self, name: str, value: str, *, closing: bool) -> None:
        if closing:
            self._close(name)
        elif name in STATEMENTS:
            self._end()
            self._owner = Owner()
        elif name in {"STMTTRN", "STMTTRNP", "BANKTRANLISTP"}:
            self._end()
            # A pending one is passed over: its leaves fall on no entry.
            self._fields = {} if name == "STMTTRN" else None
        elif name in OWNERS or (name in PARTS and not value):
            self._part = name
        elif name == "INVTRAN":
            self._securities += 1
        else:
            self._leaf(name, value)

    def finish(self) -> list[Entry]:
        if self._fields is not None:
            raise refuse_entry(len(self.entries) + 1, "breaks off: the file seems to be cut off")
        if not self.entries:
            raise self._nothing()
        return self.entries

    def warnings(self) -> list[str]:
        found = []
        if self._securities:
            found.append(
                f"Trades of securities that were left out: {self._securities}. Only money on the account is read."
            )
        if not self._ended:
            found.append("The file ends without its closing tag: lines may be missing.")
        return found

    def _close(self, name: str) -> None:
        if name == self._part:
            self._part = ""
        if name in {"STMTTRN", "BANKTRANLIST", "INVBANKTRAN", "OFX", *STATEMENTS}:
            self._end()
        self._ended = self._ended or name == "OFX"

    def _end(self) -> None:
        if self._fields is not None:
            if len(self.entries) >= MAX_ROWS:
                raise refuse_length()
            self.entries.append(Entry(len(self.entries) + 1, self._owner, self._fields))
        self._fields, self._part = None, ""

    def _leaf(self, name: str, value: str) -> None:
        if self._fields is not None:
            key = f"{self._part}/{name}" if self._part else name
            if name in {"TRNAMT", "DTPOSTED"} and self._fields.get(key, value) != value:
                raise refuse_entry(len(self.entries) + 1, f"has two values for {name}")
            self._fields.setdefault(key, value)
        elif name == "BALAMT":
            self.balances.append(value)
        elif name == "MESSAGE":
            self._message = self._message or value
        elif self._part not in PARTS:
            self._describe_owner(name, value)

    def _describe_owner(self, name: str, value: str) -> None:
        match name:
            case "ACCTID":
                self._owner.number = value
            case "ACCTTYPE":
                self._owner.kind = value
            case "CURDEF":
                self._owner.currency = value.upper()

    def _nothing(self) -> StatementError:
        if self._securities:
            detail = f"It has {self._securities} trades of securities and no bank transaction. Export the cash account."
        else:
            detail = "It holds no posted transaction."
            detail += f" The bank says: {_text(self._message)[:200]!r}." if self._message else ""
        return StatementError("no_lines", "The file has no posted lines", detail)


def _line(entry: Entry, amount: Decimal, bank_id: str | None, number: str | None) -> StatementLine:
    return StatementLine(
        line_no=entry.number,
        date=_date(entry),
        amount=amount,
        description=_description(entry.fields),
        currency=_currency(entry),
        bank_id=bank_id,
        account_number=number,
    )


def _numbers(entries: Sequence[Entry]) -> list[str | None]:
    """Where one number stands for several accounts, as a member's number does, their types tell them apart."""
    owners = {(entry.owner.number, entry.owner.kind) for entry in entries}
    shared = Counter(number for number, _ in owners)
    return [
        f"{owner.number} {owner.kind}".strip() if shared[owner.number] > 1 else owner.number or None
        for owner in (entry.owner for entry in entries)
    ]


def _ids(entries: Sequence[Entry], numbers: Sequence[str | None]) -> list[str | None]:
    """Some banks number from 1 in every file, or give one id to several lines: no id, then."""
    ids = [entry.fields.get("FITID", "") for entry in entries]
    seen = Counter(zip(numbers, ids, strict=True))
    return [
        each if seen[number, each] == 1 and len(each) >= SHORTEST_ID else None
        for number, each in zip(numbers, ids, strict=True)
    ]


def _repeated(entries: Sequence[Entry], numbers: Sequence[str | None]) -> Iterator[str]:
    """An id is there to tell a transaction that is sent twice; but banks give one to several, so all are read."""
    told = ("FITID", "DTPOSTED", "TRNAMT")
    keys = zip(numbers, (tuple(map(entry.fields.get, told)) for entry in entries), strict=True)
    seen = Counter(key for key in keys if key[1][0])
    if again := sum(count - 1 for count in seen.values()):
        yield f"Transactions with the id, date and amount of another one: {again}. They may have been sent twice."


def _date(entry: Entry) -> date:
    posted = entry.fields.get("DTPOSTED", "")
    match = DATE.match(posted)
    found = day_of(*map(int, match.groups())) if match else None
    if found is None:
        raise refuse_entry(entry.number, f"has {posted[:40]!r} for DTPOSTED, which is no date")
    return found


def _currency(entry: Entry) -> str | None:
    """CURRENCY says what the amount is in; ORIGCURRENCY only what it was before the bank converted it."""
    stated = entry.fields.get("CURRENCY/CURSYM") or entry.fields.get("CURRENCY") or entry.owner.currency
    return stated.upper() if CURRENCY.fullmatch(stated.upper()) else None


def _description(fields: dict[str, str]) -> str:
    """The payee stands first: what a merchant is known by again."""
    payee = describe(_text(fields.get(name, "")) for name in ("NAME", "PAYEE", "PAYEE/NAME", "EXTDNAME"))
    memo = _text(fields.get("MEMO", ""))
    if payee and memo.endswith(payee):
        memo = memo.removesuffix(payee).rstrip(" ;,:/-")
    return describe([payee, memo]) or describe([fields.get("TRNTYPE"), fields.get("CHECKNUM")])


def _text(value: str) -> str:
    return ENTITY.sub(lambda match: html.unescape(match[0]), value)


def _amounts(entries: Sequence[Entry], balances: Sequence[str], mapping: ColumnMapping) -> list[Decimal]:
    amounts = read_signed(
        [entry.fields.get("TRNAMT", "") for entry in entries],
        "TRNAMT",
        lambda index, fault: refuse_entry(entries[index].number, fault),
        mark=mapping.decimal,
        witnesses=balances,
    )
    if mapping.sign == "reversed":
        return [-amount for amount in amounts]
    if mapping.direction == "TRNTYPE" and not mapping.sign:
        return [_by_type(entry, amount) for entry, amount in zip(entries, amounts, strict=True)]
    if not (mapping.sign or mapping.direction):
        _check_signs(entries, amounts)
    return amounts


def _by_type(entry: Entry, amount: Decimal) -> Decimal:
    return -abs(amount) if _is_money_out(entry) else amount


def _is_money_out(entry: Entry) -> bool:
    return entry.fields.get("TRNTYPE", "").upper() in MONEY_OUT


def _check_signs(entries: Sequence[Entry], amounts: Sequence[Decimal]) -> None:
    """The sign is TRNAMT's and TRNTYPE often loose; but debits, and no minus in the whole file, are not believed."""
    debits = (
        entry.number for entry, each in zip(entries, amounts, strict=True) if each and _is_money_out(entry)
    )
    debit = next(debits, None)
    if debit is not None and not any(amount < 0 for amount in amounts):
        raise _ask_signs(debit)


def _ask_signs(debit: int) -> Question:
    error = refuse_column(
        "ambiguous_sign",
        "Money in and money out cannot be told apart",
        "TRNAMT",
        f"is never negative, although entry {debit} calls itself a debit",
        'Send a mapping with "direction": "TRNTYPE" (the type decides) or "TRNAMT" (as printed).',
    )
    choices = [
        choice("What calls itself a debit is money out", direction="TRNTYPE"),
        choice("As printed: all of it is money in", direction="TRNAMT"),
    ]
    text = f"No amount has a minus, but entry {debit} calls itself a debit. Which is right?"
    return Question("sign", text, error, choices)
