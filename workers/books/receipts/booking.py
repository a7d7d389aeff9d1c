"""A receipt that no bank line tells of becomes one."""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any

import uuid_utils
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.books import BankAccount, Transaction
from ledgerwire.errors import FieldError
from ledgerwire.receipts import NewLineOfReceipt, Receipt
from workers.books.categorizing import decide, load_categorizer, store_decisions, waiting_lines
from workers.books.companies import find_bank_account
from workers.books.correcting import set_category
from workers.books.errors import BooksError, Conflict, Missing
from workers.books.holding import hold_books
from workers.books.journal import replace_proposals
from workers.books.merchants import merchant_key, normalise
from workers.books.receipts.attaching import attach_new
from workers.books.receipts.audit import Deed, record_deeds
from workers.books.receipts.schema import booked_lines, receipts
from workers.books.receipts.selecting import ONE_OF_COMPANY, read_receipt
from workers.books.schema import transactions
from workers.books.transactions import find_transaction


async def book_line(
    connection: AsyncConnection,
    company_id: str,
    receipt_id: str,
    wanted: NewLineOfReceipt,
    *,
    actor: str,
    now: datetime,
) -> Transaction:
    """A line of what the receipt says, attached to it: with the category a person chose, else as rules and memory say.

    Its job is the receipt's. Its fingerprint is made of the receipt, so that it can be there once, and so that no
    line of a bank's file is ever taken for it and dropped: see standing.py for what becomes of the two.

    Raises Missing; Conflict where the receipt has a line already or lies in a closed period; BooksError where the
    receipt does not say enough, or the account is in another currency.
    """
    books = await hold_books(connection, company_id)
    await connection.execute(_HOLD, {"company": company_id, "id": receipt_id})
    receipt = await read_receipt(connection, company_id, receipt_id)
    account = await find_bank_account(connection, company_id, wanted.account_id)
    if account is None:
        raise Missing("bank account")
    day, amount = await _sound(connection, receipt, account)
    if books.closed_on(day):
        raise Conflict("locked_period", "The receipt lies in a closed period", books.closed_sentence)
    line_id = str(uuid_utils.uuid7())
    file_no = (await connection.execute(_FILE_NO, {"id": receipt_id})).scalar_one()
    row = _row(
        receipt, account, amount, {"company_id": company_id, "transaction_id": line_id, "line_no": file_no}
    )
    await connection.execute(insert(transactions), [{**row, "created_at": now, "updated_at": now}])
    await _attach(connection, company_id, receipt_id, line_id, actor=actor, now=now)
    await _categorize(connection, company_id, receipt, line_id, wanted, actor=actor, now=now)
    return await find_transaction(connection, company_id, line_id)


async def _sound(connection: AsyncConnection, receipt: Receipt, account: BankAccount) -> tuple[Any, Decimal]:
    """The day and the amount of the line."""
    if receipt.transaction_ids:
        raise Conflict(
            "already_attached",
            "The receipt has a transaction already",
            "It is attached to one. Take it off first, if that is wrong.",
        )
    if (await connection.execute(_BOOKED, {"receipt": receipt.receipt_id})).first() is not None:
        raise Conflict(
            "already_booked",
            "A transaction was booked from this receipt before",
            "Attach the receipt to that transaction again, or to the bank's own.",
        )
    if receipt.date is None or not receipt.total:
        missing = "date" if receipt.date is None else "total"
        detail = f"A transaction needs a date and an amount. Say the receipt's {missing} first."
        raise BooksError("receipt_incomplete", f"The receipt has no {missing}", detail)
    if receipt.currency not in {None, account.currency}:
        detail = (
            f"The receipt is in {receipt.currency}, the account in {account.currency}; nothing is converted."
        )
        raise BooksError(
            "other_currency",
            "That account is in another currency",
            detail,
            [FieldError("/account_id", detail)],
        )
    return receipt.date, -receipt.total


def _row(receipt: Receipt, account: BankAccount, amount: Decimal, identity: dict[str, Any]) -> dict[str, Any]:
    description = " ".join(filter(None, (receipt.vendor or receipt.name, receipt.number)))
    return {
        **identity,
        "account_id": account.account_id,
        "date": receipt.date,
        "amount": amount,
        "sign": 1 if amount > 0 else -1,
        "currency": account.currency,
        "description": description,
        "normalised": normalise(description),
        "merchant_key": merchant_key(receipt.vendor or receipt.name),
        "state": "imported",
        "import_job_id": receipt.job_id,
        "fingerprint": hashlib.blake2b(
            f"receipt\x1f{receipt.receipt_id}".encode(), digest_size=16
        ).hexdigest(),
    }


async def _attach(
    connection: AsyncConnection, company_id: str, receipt_id: str, line_id: str, *, actor: str, now: datetime
) -> None:
    booked = {"transaction_id": line_id, "company_id": company_id, "receipt_id": receipt_id}
    await connection.execute(insert(booked_lines), [booked])
    await attach_new(connection, company_id, receipt_id, line_id, actor=actor, now=now)
    await connection.execute(_TOUCH, {"id": receipt_id, "now": now})
    deed = Deed(receipt_id=receipt_id, action="booked", transaction_id=line_id)
    await record_deeds(connection, company_id, [deed], actor=actor, now=now)


async def _categorize(
    connection: AsyncConnection,
    company_id: str,
    receipt: Receipt,
    line_id: str,
    wanted: NewLineOfReceipt,
    *,
    actor: str,
    now: datetime,
) -> None:
    if wanted.category is not None:
        await set_category(
            connection, company_id, line_id, wanted.category, actor=actor, now=now, revision=None
        )
        return
    lines = await waiting_lines(connection, company_id, transaction_ids=[line_id])
    decided = decide(await load_categorizer(connection, company_id), lines)
    stored = await store_decisions(
        connection, company_id, decided, actor=actor, job_id=receipt.job_id, now=now
    )
    await replace_proposals(connection, company_id, stored, now=now)


_HOLD = select(receipts.c.receipt_id).where(*ONE_OF_COMPANY).with_for_update()
_FILE_NO = select(receipts.c.file_no).where(receipts.c.receipt_id == bindparam("id"))
_BOOKED = select(booked_lines.c.transaction_id).where(booked_lines.c.receipt_id == bindparam("receipt"))
_TOUCH = (
    update(receipts)
    .where(receipts.c.receipt_id == bindparam("id"))
    .values({"revision": receipts.c.revision + 1, "updated_at": bindparam("now")})
)
