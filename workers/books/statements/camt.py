"""CAMT.052 and CAMT.053 (ISO 20022) of every version, told by the local names of their elements.

A document type definition is refused unread, so there is no entity to expand and nothing to fetch; what is left of
XML is counted in depth and rows.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

import msgspec

from ledgerwire.statements import ColumnMapping
from workers.books.errors import StatementError
from workers.books.statements.days import day_of
from workers.books.statements.declared import decode_declared
from workers.books.statements.description import describe
from workers.books.statements.limits import MAX_DEPTH, MAX_ROWS
from workers.books.statements.refusal import refuse_damaged, refuse_entry, refuse_length
from workers.books.statements.stated import Balance, bounded, disagreement
from workers.books.statements.statement import Statement, StatementLine

DECLARATION = re.compile(r"\A\s*<\?xml[^<>]{0,200}\?>")
DEFINITION = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
AMOUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18}")
DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
#: Booked so far; what is pending, expected or for information only may never be.
BOOKED, NOT_BOOKED = {"BOOK"}, {"PDNG", "INFO", "FUTR"}
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
SHORTEST_ID = 6
NO_ID = {"NOTPROVIDED", "NOTAVAILABLE"}


class Section(msgspec.Struct, frozen=True):
    """A ``Stmt`` or ``Rpt``: one account, one period."""

    name: str
    number: str | None
    currency: str | None
    opening: Balance | None
    closing: Balance | None
    lines: list[StatementLine]


def read_camt(content: bytes, _mapping: ColumnMapping) -> Statement:
    """Raises StatementError."""
    sections = _sections(decode_declared(content))
    numbers = {section.number for section in sections if section.lines}
    if not numbers:
        raise StatementError("no_lines", "The file has no posted lines", "It holds no booked entry.")
    several = len(numbers) > 1
    lines = [_placed(line, section, several=several) for section in sections for line in section.lines]
    currencies = {line.currency for line in lines}
    return Statement(
        format="camt",
        lines=_with_ids(lines),
        account_number=None if several else numbers.pop(),
        currency=currencies.pop() if len(currencies) == 1 else None,
        warnings=bounded(map(_disagreement, sections)),
    )


def _placed(line: StatementLine, section: Section, *, several: bool) -> StatementLine:
    currency = line.currency or section.currency
    number = section.number if several else None
    return msgspec.structs.replace(line, currency=currency, account_number=number)


def _with_ids(lines: Sequence[StatementLine]) -> list[StatementLine]:
    """A reference that several entries share names their batch and none of them."""
    seen = Counter((line.account_number, line.bank_id) for line in lines)
    unique = [seen[line.account_number, line.bank_id] == 1 for line in lines]
    return [
        line if alone else msgspec.structs.replace(line, bank_id=None)
        for line, alone in zip(lines, unique, strict=True)
    ]


def _disagreement(section: Section) -> str | None:
    if any(line.currency != (section.closing and section.closing.currency) for line in section.lines):
        return None
    total = sum((line.amount for line in section.lines), Decimal(0))
    return disagreement(section.name, section.opening, section.closing, total)


# --- the document -----------------------------------------------------------------------------------------------


def _sections(text: str) -> list[Section]:
    sections: list[Section] = []
    entries: list[StatementLine] = []
    number = 0
    for element in _ended(text):
        match _name(element):
            case "Ntry":
                number += 1
                if number > MAX_ROWS:
                    raise refuse_length()
                entries += [line] if (line := _line(element, number)) else []
                # Read, and a large file's worth of them would only fill the memory.
                element.clear()
            case "Stmt" | "Rpt":
                sections.append(_section(element, entries))
                entries = []
            case "Ntfctn":
                raise _notification()
    return sections


def _ended(text: str) -> Iterator[ET.Element]:
    """Every element, when it is complete."""
    if DEFINITION.search(text):
        raise refuse_damaged("It has a document type definition, which no statement needs.")
    stream = io.BytesIO(DECLARATION.sub("", text).encode(errors="replace"))
    depth = 0
    try:
        for event, element in ET.iterparse(stream, events=("start", "end")):  # noqa: S314 - no definition, no entity
            depth += 1 if event == "start" else -1
            if depth > MAX_DEPTH:
                raise refuse_damaged(f"Its elements lie more than {MAX_DEPTH} deep.")
            if event == "end":
                yield element
    except ET.ParseError as error:
        raise refuse_damaged(f"It is no complete XML: {error}.") from None


def _section(element: ET.Element, lines: list[StatementLine]) -> Section:
    account = _child(element, "Acct")
    return Section(
        name=f"statement {_text(element, 'Id')[:40]}".strip(),
        number=_account_number(account),
        currency=_text(account, "Ccy") or None,
        opening=_balance(element, OPENING),
        closing=_balance(element, CLOSING),
        lines=lines,
    )


def _account_number(account: ET.Element | None) -> str | None:
    identity = _child(account, "Id")
    stated = (_text(identity, *path) for path in (["IBAN"], ["Othr", "Id"], ["BBAN"], ["PrtryAcct", "Id"]))
    return next(filter(None, stated), None)


def _balance(element: ET.Element, codes: Sequence[str]) -> Balance | None:
    """The balance of the first of ``codes`` that is there, and there once."""
    for code in codes:
        found = [each for each in _children(element, "Bal") if code in _texts(_child(each, "Tp"), "Cd")]
        if len(found) == 1 and (amount := _amount(found[0])) is not None:
            return Balance(amount, _currency(found[0]) or "")
    return None


def _notification() -> StatementError:
    detail = (
        "It is a CAMT.054 notification, whose bookings stand in the account's statement too. "
        "Export the statement: CAMT.053, or CAMT.052 for the day at hand."
    )
    return StatementError("not_a_statement", "This file is no bank statement", detail)


# --- an entry ---------------------------------------------------------------------------------------------------


def _line(entry: ET.Element, number: int) -> StatementLine | None:
    """Null where it is not booked. A batch is one entry and one line, as it is on the account."""
    if not _is_booked(entry, number):
        return None
    amount, day = _amount(entry), _day(entry)
    if amount is None:
        raise refuse_entry(number, f"has no amount that can be read: {_text(entry, 'Amt')[:40]!r}")
    if day is None:
        raise refuse_entry(number, "has neither a booking date nor a value date that can be read")
    return StatementLine(
        line_no=number,
        date=day,
        amount=amount,
        description=_description(entry, credit=amount > 0),
        currency=_currency(entry),
        bank_id=_bank_id(entry),
    )


def _is_booked(entry: ET.Element, number: int) -> bool:
    """``Sts`` is a code, from version 8 on in an element of its own; left out, the entry stands in a statement."""
    status = _child(entry, "Sts")
    code = (_text(entry, "Sts") or _text(status, "Cd") or _text(status, "Prtry")).upper()
    if code not in BOOKED | NOT_BOOKED | {""}:
        raise refuse_entry(
            number, f"has the status {code[:40]!r}, which may or may not mean that it is booked"
        )
    return code not in NOT_BOOKED


def _amount(element: ET.Element) -> Decimal | None:
    """Signed by CdtDbtInd, which is the direction of the booking itself; RvslInd only says what it takes back."""
    printed, direction = _text(element, "Amt"), _text(element, "CdtDbtInd")
    if not AMOUNT.fullmatch(printed) or direction not in {"CRDT", "DBIT"}:
        return None
    return Decimal(printed) if direction == "CRDT" else -Decimal(printed)


def _currency(element: ET.Element) -> str | None:
    amount = _child(element, "Amt")
    return (amount.get("Ccy") or None) if amount is not None else None


def _day(entry: ET.Element) -> date | None:
    """The booking date as written, whatever zone stands behind it; else the value date."""
    for kind in ("BookgDt", "ValDt"):
        chosen = _child(entry, kind)
        if written := _text(chosen, "Dt") or _text(chosen, "DtTm"):
            match = DAY.match(written)
            return day_of(*map(int, match.groups())) if match else None
    return None


def _bank_id(entry: ET.Element) -> str | None:
    reference = _text(entry, "AcctSvcrRef")
    return reference if len(reference) >= SHORTEST_ID and reference.upper() not in NO_ID else None


def _description(entry: ET.Element, *, credit: bool) -> str:
    """The other party, then what it wrote, then the bank's own words; of a batch only those."""
    details = [each for each in entry.iter() if _name(each) == "TxDtls"]
    own = _text(entry, "AddtlNtryInf")
    if len(details) != 1:
        return describe([own]) or describe(_said(details[0], credit=credit) if details else [])
    reversal = _text(entry, "RvslInd") in {"true", "1"}
    text = describe([*_said(details[0], credit=credit != reversal), own])
    return text or describe([_text(details[0], "Refs", "EndToEndId")])


def _said(details: ET.Element, *, credit: bool) -> list[str]:
    remittance = _child(details, "RmtInf")
    return [
        _other_party(_child(details, "RltdPties"), credit=credit),
        *_texts(remittance, "Ustrd"),
        *_texts(remittance, "Ref"),
        *_texts(remittance, "AddtlRmtInf"),
        _text(details, "AddtlTxInf"),
    ]


def _other_party(parties: ET.Element | None, *, credit: bool) -> str:
    for role in ("Dbtr", "UltmtDbtr") if credit else ("Cdtr", "UltmtCdtr"):
        party = _child(parties, role)
        if name := _text(party, "Nm") or _text(party, "Pty", "Nm"):
            return name
    return ""


# --- elements by their local names ------------------------------------------------------------------------------


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: ET.Element | None, name: str) -> Iterator[ET.Element]:
    return (child for child in (() if element is None else element) if _name(child) == name)


def _child(element: ET.Element | None, name: str) -> ET.Element | None:
    return next(_children(element, name), None)


def _text(element: ET.Element | None, *path: str) -> str:
    for name in path:
        element = _child(element, name)
    return "" if element is None else (element.text or "").strip()


def _texts(element: ET.Element | None, name: str) -> list[str]:
    """Of every element of that name below, however deep."""
    inside = () if element is None else element.iter()
    return [(each.text or "").strip() for each in inside if _name(each) == name]
