"""What a bank line becomes in QuickBooks. Pure: the same line, mapping and vendor make the same bytes.

 money  the line's account   its category           becomes
 out    Bank, Credit Card    Bank, Credit Card      Transfer to it
 out    Bank, Credit Card    anything else          Purchase (CreditCard for a card, else Cash)
 in     Bank                 Bank, Credit Card      Transfer from it
 in     Bank                 anything else          Deposit
 in     Credit Card          Bank, Credit Card      Transfer from it
 in     Credit Card          an expense             Purchase with Credit: a refund
 either another              anything               JournalEntry

Never two of them, and never anything for an account that needs somebody's name (receivable, payable).
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping as Table
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from ledgerwire.quickbooks import SentLine
from workers.books.holding import HeldLine
from workers.books.outcomes import Objection

OWN = ("Bank", "Credit Card")
NEEDS_NAME = ("Accounts Receivable", "Accounts Payable")
#: What a purchase may be booked to.
SPENT_ON = ("Expense", "Other Expense", "Cost of Goods Sold")
CENT = Decimal("0.01")
#: Letters that PrivateNote takes.
LONGEST_NOTE = 4_000
ZERO = Objection("zero", "Its amount is zero: there is nothing to send.")


class Place(msgspec.Struct, frozen=True):
    """An account over there that one of ours is confirmed to be."""

    qbo_id: str
    name: str
    #: Intuit's word.
    type: str


class Vendor(msgspec.Struct, frozen=True):
    """``qbo_id`` is null in a dry run, where it is not there yet."""

    name: str
    qbo_id: str | None = None


class Realm(msgspec.Struct, frozen=True):
    """What is known of the books over there."""

    #: By the names of our accounts, as far as a person has confirmed them.
    places: Table[str, Place]
    home_currency: str | None = None
    closed_through: date | None = None


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    object_type: str
    #: As it goes out to be created.
    body: str
    #: The same where there is nothing to send anew.
    digest: str
    shown: SentLine


def compose(line: HeldLine, realm: Realm, vendor: Vendor | None) -> Composed | Objection:
    """What goes out for ``line``, or why nothing does."""
    if objection := _objection(line, realm):
        return objection
    own, other = realm.places[line.bank_account], realm.places[str(line.category)]
    object_type = _type(line.amount, own, other)
    named = vendor if object_type == "Purchase" else None
    content = CONTENTS[object_type](line, own, other, named)
    # The id of a vendor who is yet to be created makes no other object of it.
    told = {**content, "vendor": named.name if named else None, "EntityRef": None}
    digest = hashlib.sha256(msgspec.json.encode([object_type, told], order="sorted")).hexdigest()
    return Composed(
        object_type=object_type,
        body=msgspec.json.encode(content, order="sorted").decode(),
        digest=digest,
        shown=_shown(line, object_type, named),
    )


def mark_of(transaction_id: str) -> str:
    """By which an object is found again of which nobody knows whether it came about."""
    return f"[ledgerwire {transaction_id}]"


def with_identity(body: str, qbo_id: str, sync_token: str) -> str:
    """``body`` as a full update of an object that is there."""
    content = msgspec.json.decode(body)
    content |= {"Id": qbo_id, "SyncToken": sync_token, "sparse": False}
    return msgspec.json.encode(content, order="sorted").decode()


def identity_only(qbo_id: str, sync_token: str) -> str:
    """All that a deletion says."""
    return msgspec.json.encode({"Id": qbo_id, "SyncToken": sync_token}).decode()


def _objection(line: HeldLine, realm: Realm) -> Objection | None:
    if line.amount == 0:
        return ZERO
    return _misplaced(line, realm) or _untimely(line, realm)


def _misplaced(line: HeldLine, realm: Realm) -> Objection | None:
    for name in (line.bank_account, str(line.category)):
        if name not in realm.places:
            return Objection("unmapped", f"Say first which account of QuickBooks {name} is.")
        if realm.places[name].type in NEEDS_NAME:
            return Objection(
                "needs_name",
                f"{realm.places[name].name} asks for a customer or supplier. Book it in QuickBooks.",
            )
    if realm.places[line.bank_account].qbo_id == realm.places[str(line.category)].qbo_id:
        return Objection("unmapped", f"{line.bank_account} and {line.category} are the same account there.")
    return None


def _untimely(line: HeldLine, realm: Realm) -> Objection | None:
    if realm.home_currency and line.currency != realm.home_currency:
        return Objection(
            "foreign_currency",
            f"It is in {line.currency}, and QuickBooks keeps {realm.home_currency}. Book it there.",
        )
    if realm.closed_through and line.date <= realm.closed_through:
        return Objection("closed", f"The books in QuickBooks are closed through {realm.closed_through}.")
    return None


def _type(amount: Decimal, own: Place, other: Place) -> str:
    if own.type not in OWN:
        return "JournalEntry"
    if other.type in OWN:
        return "Transfer"
    if amount < 0:
        return "Purchase"
    if own.type == "Bank":
        return "Deposit"
    return "Purchase" if other.type in SPENT_ON else "JournalEntry"


def _purchase(line: HeldLine, own: Place, other: Place, vendor: Vendor | None) -> dict[str, Any]:
    detail = {"AccountRef": _reference(other)}
    content = {
        **_head(line),
        "PaymentType": "CreditCard" if own.type == "Credit Card" else "Cash",
        "AccountRef": _reference(own),
        "Line": [_line(line, "AccountBasedExpenseLineDetail", detail)],
    }
    if line.amount > 0:
        content["Credit"] = True
    if vendor is not None:
        content["EntityRef"] = {"type": "Vendor", "value": vendor.qbo_id, "name": vendor.name}
    return content


def _deposit(line: HeldLine, own: Place, other: Place, _vendor: Vendor | None) -> dict[str, Any]:
    detail = {"AccountRef": _reference(other)}
    return {
        **_head(line),
        "DepositToAccountRef": _reference(own),
        "Line": [_line(line, "DepositLineDetail", detail)],
    }


def _transfer(line: HeldLine, own: Place, other: Place, _vendor: Vendor | None) -> dict[str, Any]:
    source, target = (own, other) if line.amount < 0 else (other, own)
    return {
        **_head(line),
        "FromAccountRef": _reference(source),
        "ToAccountRef": _reference(target),
        "Amount": _sum(line),
    }


def _journal_entry(line: HeldLine, own: Place, other: Place, _vendor: Vendor | None) -> dict[str, Any]:
    debit, credit = (other, own) if line.amount < 0 else (own, other)
    sides = [("Debit", debit), ("Credit", credit)]
    lines = [
        _line(line, "JournalEntryLineDetail", {"PostingType": side, "AccountRef": _reference(account)})
        for side, account in sides
    ]
    return {**_head(line), "Line": lines}


CONTENTS = {
    "Purchase": _purchase,
    "Deposit": _deposit,
    "Transfer": _transfer,
    "JournalEntry": _journal_entry,
}


def _head(line: HeldLine) -> dict[str, Any]:
    mark = mark_of(line.transaction_id)
    note = _plain(line.description)[: LONGEST_NOTE - len(mark) - 1]
    return {"TxnDate": line.date.isoformat(), "PrivateNote": f"{note} {mark}".strip()}


def _line(line: HeldLine, kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    text = _plain(line.description)[:LONGEST_NOTE]
    return {"DetailType": kind, "Amount": _sum(line), "Description": text, kind: detail}


def _sum(line: HeldLine) -> str:
    return format(abs(line.amount).quantize(CENT), "f")


def _reference(place: Place) -> dict[str, str]:
    return {"value": place.qbo_id, "name": place.name}


def _plain(text: str) -> str:
    """On one line, without what no ledger prints."""
    return " ".join("".join(" " if unicodedata.category(each)[0] == "C" else each for each in text).split())


def _shown(line: HeldLine, object_type: str, vendor: Vendor | None) -> SentLine:
    return SentLine(
        transaction_id=line.transaction_id,
        outcome="",
        date=line.date,
        amount=line.amount,
        currency=line.currency,
        description=line.description,
        category=line.category,
        object_type=object_type,
        vendor=vendor.name if vendor else None,
    )
