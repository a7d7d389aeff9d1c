"""The tables of the books. Money is exact on both databases; a bank's date is a date and never shifted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
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

from workers.database import JSONBytes, UTCTime, metadata


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
ACTOR = String(200)


def _company(**kwargs: Any) -> Column[str]:
    return Column("company_id", COMPANY_ID, ForeignKey("companies.company_id"), nullable=False, **kwargs)


companies = Table(
    "companies",
    metadata,
    Column("company_id", COMPANY_ID, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("base_currency", String(3), nullable=False),
    # Up to this day the books are closed: nothing dated there is approved, changed or undone.
    Column("closed_through", Date),
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
    # An archived one keeps its past and is proposed no more.
    Column("archived", Boolean, nullable=False, default=False),
    UniqueConstraint("company_id", "name"),
)

rules = Table(
    "rules",
    metadata,
    Column("rule_id", UUID, primary_key=True),
    _company(),
    # The lowest position that matches decides.
    Column("position", Integer, nullable=False),
    # Of the conditions that are not null all must hold, and at least one is not.
    # Looked for as whole words in the normalised description.
    Column("match", String(200)),
    # An RE2 pattern, looked for in the description in any case.
    Column("pattern", String(500)),
    # Bounds of the amount without its sign, both included.
    Column("amount_min", Money),
    Column("amount_max", Money),
    Column("account_id", UUID, ForeignKey("bank_accounts.account_id")),
    # -1 for money out only, 1 for money in only, null for both.
    Column("sign", SmallInteger),
    Column("category", CATEGORY, nullable=False),
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
    # Rises by one with every change of category or state: who acts on what they saw sends it along.
    Column("revision", Integer, nullable=False, default=1),
    Column("updated_at", UTCTime, nullable=False),
    Column("approved_at", UTCTime),
    Column("approved_by", ACTOR),
    # The job that approved it; null where a person did so one by one.
    Column("approval_job_id", UUID),
    Index(None, "company_id", "account_id", "fingerprint", unique=True),
    Index(None, "company_id", "date", "transaction_id"),
    Index(None, "company_id", "state", "date", "transaction_id"),
    Index(None, "import_job_id", "line_no"),
    # Those of one import or one merchant, newest first: with fewer columns a planner without statistics would go
    # through all of the company's lines by date to find them.
    Index(None, "company_id", "import_job_id", "date", "transaction_id"),
    Index(None, "company_id", "merchant_key", "date", "transaction_id"),
    # Those of one sum: what may have paid a receipt.
    Index(None, "company_id", "amount", "date"),
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
    # proposed until its transaction is approved, posted from then on.
    Column("state", String(16), nullable=False),
    Column("created_at", UTCTime, nullable=False),
    Index(None, "company_id", "date", "entry_id"),
)

# An entry is kept as movements, each of one amount from one account to another, so that one whose debits differ from
# its credits cannot be written down at all: no trigger, no sum, the same on both databases. Its debit and credit
# lines are read off the movements.
journal_movements = Table(
    "journal_movements",
    metadata,
    Column("entry_id", UUID, ForeignKey("journal_entries.entry_id", ondelete="CASCADE"), primary_key=True),
    # From 1.
    Column("position", SmallInteger, primary_key=True),
    # Names of accounts of the chart.
    Column("debit_account", CATEGORY, nullable=False),
    Column("credit_account", CATEGORY, nullable=False),
    # Always above zero, in the entry's currency.
    Column("amount", Money, nullable=False),
    CheckConstraint("debit_account <> credit_account", name="ck_journal_movements_accounts_differ"),
    CheckConstraint("CAST(amount AS NUMERIC) > 0", name="ck_journal_movements_amount_is_positive"),
)

# Every change of a transaction's category or state, for ever. No foreign key: it outlives what it tells of.
audit = Table(
    "audit",
    metadata,
    Column("audit_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("company_id", COMPANY_ID, nullable=False),
    Column("transaction_id", UUID, nullable=False),
    Column("at", UTCTime, nullable=False),
    # The person or key that acted, or that submitted the job.
    Column("actor", ACTOR, nullable=False),
    # The job that did it; null where a person changed one line.
    Column("job_id", UUID),
    # decided, changed, approved, reopened or removed.
    Column("action", String(16), nullable=False),
    Column("from_state", String(16)),
    Column("to_state", String(16)),
    Column("from_category", CATEGORY),
    Column("to_category", CATEGORY),
    Column("source", String(16)),
    Column("confidence", Float),
    Column("reason", Text),
    Index(None, "company_id", "transaction_id", "audit_id"),
    Index(None, "company_id", "audit_id"),
)

# What became of each line that a job was asked to approve, reopen or remove: all of them from its beginning. It goes
# when its job is forgotten; the books know no more of jobs than that.
approval_outcomes = Table(
    "approval_outcomes",
    metadata,
    Column("job_id", UUID, ForeignKey("jobs.job_id", ondelete="CASCADE"), primary_key=True),
    # As it was named to us: of any length and no foreign key, for nothing need be of that id.
    Column("transaction_id", String(64), primary_key=True),
    # waiting, and then a word of review.ApprovedLine.outcome.
    Column("outcome", String(16), nullable=False),
    # What to do about it, where it is not what was asked for.
    Column("detail", Text),
)

# What a person has confirmed about the columns of one layout of bank file.
statement_mappings = Table(
    "statement_mappings",
    metadata,
    _company(primary_key=True),
    Column("layout", String(64), primary_key=True),
    Column("mapping", JSONBytes, nullable=False),
    Column("confirmed_by", ACTOR, nullable=False),
    Column("confirmed_at", UTCTime, nullable=False),
)

# Learned models, newest version last; the bytes are coefficients and vocabulary: see model.py.
models = Table(
    "models",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=True),
    Column("card", JSONBytes, nullable=False),
    Column("content", LargeBinary, nullable=False),
    # The job that trained it: once each.
    Column("job_id", UUID, unique=True),
    Column("created_at", UTCTime, nullable=False),
)

# What a language model has answered, so that it is paid once.
llm_answers = Table(
    "llm_answers",
    metadata,
    _company(primary_key=True),
    # The hash of all that the answer depends on: see answers.py.
    Column("question", String(64), primary_key=True),
    # Null where the model did not know.
    Column("category", CATEGORY),
    Column("confidence", Float),
    Column("model", String(200), nullable=False),
    Column("created_at", UTCTime, nullable=False),
)

# What a company has spent on a language model, by day of UTC.
llm_spending = Table(
    "llm_spending",
    metadata,
    _company(primary_key=True),
    Column("day", Date, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
)
