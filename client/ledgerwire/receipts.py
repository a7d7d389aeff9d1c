"""Receipts as they cross the wire: what was read of a picture, how sure that is, and which bank line paid it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from ledgerwire.books import Category, Currency, Transaction, is_amount
from ledgerwire.text import PLAIN, Identifier, Label

#: At or above this confidence an answer may be taken unseen.
SURE = 0.9
#: ``review``: a person should look; ``ready``: vendor, date and total are sure; ``confirmed``: a person has looked.
ReceiptState = Literal["review", "ready", "confirmed"]
#: Who read a field: words of a picture or of a PDF's text (``ocr``), a language model, or a person.
ReadBy = Literal["ocr", "llm", "person"]
PaymentMethod = Literal["cash", "card", "other"]


class Box(msgspec.Struct, frozen=True):
    """Where something stands: fractions of the upright ``page`` (from 1), from its upper left corner."""

    page: int
    left: float
    top: float
    width: float
    height: float


class Alternative(msgspec.Struct, frozen=True):
    """What the field may be instead, written as on the wire: an ISO date, a decimal, text."""

    value: str
    confidence: float
    box: Box | None = None


class FieldReading(msgspec.Struct, frozen=True, kw_only=True):
    """The evidence for one field of a Receipt, which carries the value itself."""

    #: 0-1: how often such answers are right.
    confidence: float
    read_by: str = "ocr"
    #: Null where it stands in no one place.
    box: Box | None = None
    #: Best first.
    alternatives: list[Alternative] = []

    @property
    def sure(self) -> bool:
        return self.confidence >= SURE


class TaxLine(msgspec.Struct, frozen=True, kw_only=True):
    #: ``VAT``, ``GST``, ``MwSt``, …: as it is printed.
    name: str
    #: Per cent.
    rate: Decimal | None = None
    #: What it is charged on.
    base: Decimal | None = None
    amount: Decimal


class LineItem(msgspec.Struct, frozen=True, kw_only=True):
    description: str
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    #: Negative for a discount.
    amount: Decimal


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A bank line that may have paid the receipt."""

    transaction: Transaction
    confidence: float
    #: For people: same amount, 2 days later, similar name.
    reason: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt and what is known of it; null is not known. Money is positive as it is printed."""

    receipt_id: str
    #: The job that read it.
    job_id: str
    #: What the sender called the file.
    name: str
    media_type: str
    #: Of the original file, in bytes.
    size: int
    #: How many pages were read, each of which can be looked at, of how many there are.
    pages: int
    pages_in_file: int
    #: A word of ReceiptState.
    state: str
    vendor: str | None = None
    date: date | None = None
    total: Decimal | None = None
    currency: str | None = None
    subtotal: Decimal | None = None
    tip: Decimal | None = None
    taxes: list[TaxLine] = []
    #: A word of PaymentMethod.
    payment_method: str | None = None
    #: Last four digits of the card.
    card: str | None = None
    #: As the shop numbers it.
    number: str | None = None
    items: list[LineItem] = []
    #: Evidence by the names above (``vendor``, ``total``, …) for what was found.
    fields: dict[str, FieldReading] = {}
    #: The bank lines it is attached to.
    transaction_ids: list[str] = []
    #: The best of its possible bank lines, where it is attached to none.
    match: Match | None = None
    #: An earlier receipt that looks the same.
    duplicate_of: str | None = None
    #: ``tesseract``, ``rapidocr`` or ``text`` (of a PDF).
    engine: str
    #: Rises by one with every change: send it along to act on what you saw.
    revision: int
    created_at: datetime
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None


class ReceiptText(msgspec.Struct, frozen=True):
    """All that was read, row by row."""

    text: str


class ReceiptFilter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which receipts; of several conditions all must hold, and what is left out does not matter."""

    state: list[ReceiptState] | None = None
    job_id: Identifier | None = None
    transaction_id: Identifier | None = None
    attached: bool | None = None
    duplicate: bool | None = None
    #: Words that all stand in its text, its vendor or its name, in any case.
    text: Label | None = None
    date_from: date | None = None
    date_to: date | None = None


# --- what a person says ---------------------------------------------------------------------------------


class ReceiptCorrection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's word on a receipt: what is left out stays, null takes it away; ``confirm`` says it is right now."""

    vendor: (
        Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=PLAIN)] | msgspec.UnsetType | None
    ) = msgspec.UNSET
    date: date | msgspec.UnsetType | None = msgspec.UNSET
    total: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    currency: Currency | msgspec.UnsetType | None = msgspec.UNSET
    subtotal: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    tip: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    payment_method: PaymentMethod | msgspec.UnsetType | None = msgspec.UNSET
    card: Annotated[str, msgspec.Meta(pattern=r"^\d{4}$")] | msgspec.UnsetType | None = msgspec.UNSET
    number: Label | msgspec.UnsetType | None = msgspec.UNSET
    #: Null: it is a receipt of its own, not a duplicate.
    duplicate_of: msgspec.UnsetType | None = msgspec.UNSET
    confirm: bool = False
    #: What you saw; where the receipt has moved on since, 409 answers and nothing changes.
    revision: int | None = None

    def __post_init__(self) -> None:
        for name in ("total", "subtotal", "tip"):
            value: Any = getattr(self, name)
            if isinstance(value, Decimal) and not is_amount(value):
                raise ValueError(f"`{name}` is not an amount of money.")


class Attachment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A receipt and a bank line that belong together."""

    receipt_id: Identifier
    transaction_id: Identifier


class Attachments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Many at once: each stands or is refused by itself."""

    attachments: Annotated[list[Attachment], msgspec.Meta(min_length=1, max_length=500)]


class AttachmentOutcome(msgspec.Struct, frozen=True):
    receipt_id: str
    transaction_id: str
    #: ``attached``, ``already``, ``many_to_many``, ``booked`` (the line that was booked from the receipt is approved
    #: and in the way) or ``unknown``.
    outcome: str
    #: What to do about it; empty where it was done.
    detail: str = ""


class AttachmentOutcomes(msgspec.Struct, frozen=True):
    data: list[AttachmentOutcome]


class OneAttachment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bank line to attach a receipt to, or to take it off."""

    transaction_id: Identifier


class NewLineOfReceipt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A receipt that no bank line tells of becomes one: of this account, with this category or none yet."""

    account_id: Identifier
    category: Category | None = None


# --- what a job says ------------------------------------------------------------------------------------


class ReceiptFile(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file of a pile: ``data`` of a log line, and one of ``files`` of the job's result."""

    #: From 1, in the order they were sent.
    file_no: int
    name: str
    #: ``read``, ``duplicate`` (these very bytes were read before) or ``failed``.
    outcome: str
    receipt_id: str | None = None
    #: Why it failed: ``empty_file``, ``unsupported_type``, ``unreadable_image``, ``image_too_small``,
    #: ``image_too_large``, ``too_many_pages``, ``no_text_found``, ``ocr_timeout``, ``ocr_memory``, ``ocr_crashed``,
    #: ``file_too_large``.
    code: str | None = None
    #: For people: what it is, or what to do.
    detail: str | None = None
    state: str | None = None
    vendor: str | None = None
    date: date | None = None
    total: Decimal | None = None
    currency: str | None = None
    #: The least confidence of vendor, date and total.
    confidence: float | None = None
    #: The bank line that most likely paid it.
    transaction_id: str | None = None


# --- pages ----------------------------------------------------------------------------------------------


class ReceiptPage(msgspec.Struct, frozen=True):
    data: list[Receipt]
    next_cursor: str | None
    #: How many there are in all, counted up to 100,000, where ``?count=true`` asked for it.
    total: int | None = None


class MatchList(msgspec.Struct, frozen=True):
    """Possible bank lines of a receipt, best first."""

    data: list[Match]
