"""The tables of the books. Money is exact on both databases; a bank's date is a date and never shifted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy import types as sqltypes

from workers.database import UTCTime, metadata


class Money(TypeDecorator[Decimal]):
    """A Decimal kept to the last digit: NUMERIC in PostgreSQL; text in SQLite, whose NUMERIC is a float."""

    impl = sqltypes.Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sqltypes.TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric(asdecimal=True))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not value.is_finite():
            raise ValueError(f"{value} is not an amount of money")
        return format(value, "f") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return Decimal(value) if isinstance(value, str) else value


COMPANY_ID = String(64)
UUID = String(36)
CATEGORY = String(120)


def _company(**kwargs: Any) -> Column[str]:
    return Column("company_id", COMPANY_ID, ForeignKey("companies.company_id"), nullable=False, **kwargs)


companies = Table(
    "companies",
    metadata,
    Column("company_id", COMPANY_ID, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("base_currency", String(3), nullable=False),
    Column("created_at", UTCTime, nullable=False),
)

bank_accounts = Table(
    "bank_accounts",
    metadata,
    Column("account_id", UUID, primary_key=True),
    _company(),
    # Also the name of its asset account in the chart.
    Column("name", CATEGORY, nullable=False),
    Column("currency", String(3), nullable=False),
    # IBAN or account number as the bank prints it, without blanks.
    Column("number", String(64)),
    Column("created_at", UTCTime, nullable=False),
    UniqueConstraint("company_id", "name"),
)

accounts = Table(
    "accounts",
    metadata,
    _company(primary_key=True),
    Column("code", String(16), primary_key=True),
    # What transactions carry as their category.
    Column("name", CATEGORY, nullable=False),
    # asset, liability, equity, income or expense.
    Column("type", String(16), nullable=False),
    UniqueConstraint("company_id", "name"),
)

rules = Table(
    "rules",
    metadata,
    Column("rule_id", UUID, primary_key=True),
    _company(),
    # The lowest position that matches decides.
    Column("position", Integer, nullable=False),
    # Looked for as whole words in the normalised description.
    Column("match", String(200), nullable=False),
    Column("category", CATEGORY, nullable=False),
    # -1 for money out only, 1 for money in only, null for both.
    Column("sign", SmallInteger),
    Column("created_at", UTCTime, nullable=False),
    UniqueConstraint("company_id", "position"),
)

transactions = Table(
    "transactions",
    metadata,
    Column("transaction_id", UUID, primary_key=True),
    _company(),
    Column("account_id", UUID, ForeignKey("bank_accounts.account_id"), nullable=False),
    Column("date", Date, nullable=False),
    # Positive for money into the account.
    Column("amount", Money, nullable=False),
    # -1, 0 or 1: the sign of the amount, which SQLite's text cannot be asked for.
    Column("sign", SmallInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("description", Text, nullable=False),
    # Upper case, one blank between words: what rules and duplicates are told by.
    Column("normalised", Text, nullable=False),
    # The merchant without the noise of card, branch and date: what memory goes by.
    Column("merchant_key", String(64), nullable=False),
    Column("category", CATEGORY),
    # imported, proposed, review, approved or exported.
    Column("state", String(16), nullable=False),
    Column("source", String(16)),
    Column("confidence", Float),
    Column("reason", Text),
    Column("import_job_id", UUID),
    # The line of the file it stood in.
    Column("line_no", Integer, nullable=False),
    # The bank's own id, where the file gives one.
    Column("bank_id", Text),
    # One bank line, once: see importing.fingerprints.
    Column("fingerprint", String(32), nullable=False),
    Column("created_at", UTCTime, nullable=False),
    Index(None, "company_id", "account_id", "fingerprint", unique=True),
    Index(None, "company_id", "date", "transaction_id"),
    Index(None, "company_id", "state", "date", "transaction_id"),
    Index(None, "import_job_id", "line_no"),
)
#: Lines that nobody has decided. In literals: a parameter would keep the partial index from being used.
WAITING = "state IN ('imported', 'review')"
Index(
    "ix_transactions_waiting",
    transactions.c.company_id,
    transactions.c.transaction_id,
    sqlite_where=text(WAITING),
    postgresql_where=text(WAITING),
)

journal_entries = Table(
    "journal_entries",
    metadata,
    Column("entry_id", UUID, primary_key=True),
    _company(),
    Column(
        "transaction_id",
        UUID,
        ForeignKey("transactions.transaction_id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    Column("date", Date, nullable=False),
    # Of every line: nothing is converted.
    Column("currency", String(3), nullable=False),
    # proposed until its transaction is approved.
    Column("state", String(16), nullable=False),
    Column("created_at", UTCTime, nullable=False),
    Index(None, "company_id", "entry_id"),
)

journal_lines = Table(
    "journal_lines",
    metadata,
    Column("entry_id", UUID, ForeignKey("journal_entries.entry_id", ondelete="CASCADE"), primary_key=True),
    # From 1.
    Column("position", SmallInteger, primary_key=True),
    # The name of an account of the chart.
    Column("account", CATEGORY, nullable=False),
    Column("debit", Money, nullable=False),
    Column("credit", Money, nullable=False),
)
