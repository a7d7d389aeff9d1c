"""Filters as query parameters: of several all must hold, and what is left out does not matter."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter

from ledgerwire.books import Source, State, TransactionFilter, is_amount
from ledgerwire.errors import FieldError
from ledgerwire.journal import EntryState, JournalFilter
from ledgerwire.quickbooks import ExportFilter, ObjectType
from ledgerwire.receipts import ReceiptFilter, ReceiptState
from ledgerwire.text import PLAIN
from server.refusals import InvalidInput

States = Annotated[
    list[State] | None,
    # Litestar keeps the name for itself.
    QueryParameter(name="state", required=False, description="Any of these; may be repeated"),
]
Sources = Annotated[
    list[Source] | None,
    QueryParameter(required=False, description="Who decided: any of these; may be repeated"),
]
ImportJob = Annotated[
    str | None,
    QueryParameter(required=False, max_length=64, pattern=PLAIN, description="What this job imported"),
]
OfAccount = Annotated[
    str | None,
    QueryParameter(required=False, max_length=64, pattern=PLAIN, description="The bank account's id"),
]
Text = Annotated[
    str | None,
    QueryParameter(
        required=False, max_length=200, pattern=PLAIN, description="Stands in the description, in any case"
    ),
]
Category = Annotated[
    str | None,
    QueryParameter(required=False, max_length=120, pattern=PLAIN, description="The account's name"),
]
Merchant = Annotated[
    str | None,
    QueryParameter(required=False, max_length=200, pattern=PLAIN, description="A line's `merchant_key`"),
]
From = Annotated[date | None, QueryParameter(required=False, description="The first day, included")]
To = Annotated[date | None, QueryParameter(required=False, description="The last day, included")]
Least = Annotated[
    Decimal | None, QueryParameter(required=False, description="Of the amount as it is signed, included")
]
EntryStateIs = Annotated[
    EntryState | None,
    QueryParameter(name="state", required=False, description="`proposed` or, once approved, `posted`"),
]
ReceiptStates = Annotated[
    list[ReceiptState] | None,
    QueryParameter(name="state", required=False, description="Any of these; may be repeated"),
]
ReadBy = Annotated[
    str | None,
    QueryParameter(required=False, max_length=64, pattern=PLAIN, description="What this job read"),
]
OfLine = Annotated[
    str | None,
    QueryParameter(required=False, max_length=64, pattern=PLAIN, description="Attached to this bank line"),
]
IsAttached = Annotated[
    bool | None, QueryParameter(required=False, description="Whether it is attached to a bank line")
]
IsDuplicate = Annotated[
    bool | None, QueryParameter(required=False, description="Whether an earlier receipt looks the same")
]
ReceiptWords = Annotated[
    str | None,
    QueryParameter(
        required=False,
        max_length=200,
        pattern=PLAIN,
        description="Words that all stand in its text, its vendor or its file's name, in any case",
    ),
]

SentBy = Annotated[
    str | None,
    QueryParameter(required=False, max_length=64, pattern=PLAIN, description="What this job sent"),
]
OfSent = Annotated[
    str | None,
    QueryParameter(required=False, max_length=64, pattern=PLAIN, description="What became of this line"),
]
OfType = Annotated[ObjectType | None, QueryParameter(required=False, description="What it became over there")]


def transaction_filter(
    states: States = None,
    source: Sources = None,
    job_id: ImportJob = None,
    account_id: OfAccount = None,
    text: Text = None,
    category: Category = None,
    merchant_key: Merchant = None,
    date_from: From = None,
    date_to: To = None,
    amount_min: Least = None,
    amount_max: Least = None,
) -> TransactionFilter:
    for name, amount in (("amount_min", amount_min), ("amount_max", amount_max)):
        if not is_amount(amount):
            raise InvalidInput(FieldError(f"?{name}", "This is not an amount of money."))
    return TransactionFilter(
        state=states,
        source=source,
        job_id=job_id,
        account_id=account_id,
        text=text,
        category=category,
        merchant_key=merchant_key,
        date_from=date_from,
        date_to=date_to,
        amount_min=amount_min,
        amount_max=amount_max,
    )


def journal_filter(
    states: EntryStateIs = None, account: Category = None, date_from: From = None, date_to: To = None
) -> JournalFilter:
    return JournalFilter(state=states, account=account, date_from=date_from, date_to=date_to)


def receipt_filter(
    states: ReceiptStates = None,
    job_id: ReadBy = None,
    transaction_id: OfLine = None,
    attached: IsAttached = None,
    duplicate: IsDuplicate = None,
    text: ReceiptWords = None,
    date_from: From = None,
    date_to: To = None,
) -> ReceiptFilter:
    return ReceiptFilter(
        state=states,
        job_id=job_id,
        transaction_id=transaction_id,
        attached=attached,
        duplicate=duplicate,
        text=text,
        date_from=date_from,
        date_to=date_to,
    )


def export_filter(
    job_id: SentBy = None,
    transaction_id: OfSent = None,
    object_type: OfType = None,
    date_from: From = None,
    date_to: To = None,
) -> ExportFilter:
    return ExportFilter(
        job_id=job_id,
        transaction_id=transaction_id,
        object_type=object_type,
        date_from=date_from,
        date_to=date_to,
    )


#: What a handler names ``wanted``.
WantedTransactions = NamedDependency[TransactionFilter]
WantedEntries = NamedDependency[JournalFilter]
WantedExports = NamedDependency[ExportFilter]
WantedReceipts = NamedDependency[ReceiptFilter]
TRANSACTIONS = {"wanted": Provide(transaction_filter, sync_to_thread=False)}
ENTRIES = {"wanted": Provide(journal_filter, sync_to_thread=False)}
RECEIPTS = {"wanted": Provide(receipt_filter, sync_to_thread=False)}
EXPORTS = {"wanted": Provide(export_filter, sync_to_thread=False)}
