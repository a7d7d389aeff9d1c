"""Review and approval: richer rules, movements, audit, outcomes, mappings, models, what a language model said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workers.books.schema import Money
from workers.database import JSONBytes, UTCTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COMPANY_ID = sa.String(64)
UUID = sa.String(36)
NAME = sa.String(120)
ACTOR = sa.String(200)
LISTED_BY = ("import_job_id", "merchant_key")
LONG_AGO = "1970-01-01T00:00:00.000000+00:00"


def upgrade() -> None:
    change_chart()
    change_rules()
    change_transactions()
    change_journal()
    create_audit()
    create_memories()


def company() -> sa.Column[str]:
    return sa.Column(
        "company_id", COMPANY_ID, sa.ForeignKey("companies.company_id"), nullable=False, primary_key=True
    )


def change_chart() -> None:
    op.add_column("companies", sa.Column("closed_through", sa.Date))
    op.add_column("accounts", sa.Column("archived", sa.Boolean, nullable=False, server_default=sa.false()))


def change_rules() -> None:
    account = sa.ForeignKey("bank_accounts.account_id", name="fk_rules_account_id_bank_accounts")
    with op.batch_alter_table("rules") as table:
        table.alter_column("match", existing_type=sa.String(200), nullable=True)
        table.add_column(sa.Column("pattern", sa.String(500)))
        table.add_column(sa.Column("amount_min", Money))
        table.add_column(sa.Column("amount_max", Money))
        table.add_column(sa.Column("account_id", UUID, account))


def change_transactions() -> None:
    op.add_column("transactions", sa.Column("revision", sa.Integer, nullable=False, server_default="1"))
    # Never by batch_alter_table: on SQLite that drops the table, and the journal would go with it by its cascade.
    op.add_column("transactions", sa.Column("updated_at", UTCTime, nullable=False, server_default=LONG_AGO))
    op.add_column("transactions", sa.Column("approved_at", UTCTime))
    op.add_column("transactions", sa.Column("approved_by", ACTOR))
    op.add_column("transactions", sa.Column("approval_job_id", UUID))
    op.execute("UPDATE transactions SET updated_at = created_at")
    for column in LISTED_BY:
        columns = ["company_id", column, "date", "transaction_id"]
        op.create_index(op.f("ix_transactions_" + "_".join(columns)), "transactions", columns)


def change_journal() -> None:
    entry = sa.ForeignKey("journal_entries.entry_id", ondelete="CASCADE")
    op.create_table(
        "journal_movements",
        sa.Column("entry_id", UUID, entry, primary_key=True),
        sa.Column("position", sa.SmallInteger, primary_key=True),
        sa.Column("debit_account", NAME, nullable=False),
        sa.Column("credit_account", NAME, nullable=False),
        sa.Column("amount", Money, nullable=False),
        sa.CheckConstraint("debit_account <> credit_account", name="ck_journal_movements_accounts_differ"),
        sa.CheckConstraint("CAST(amount AS NUMERIC) > 0", name="ck_journal_movements_amount_is_positive"),
    )
    # Every entry so far has two lines: the debit first, then the credit of the same amount.
    op.execute(
        "INSERT INTO journal_movements (entry_id, position, debit_account, credit_account, amount) "
        "SELECT debited.entry_id, 1, debited.account, credited.account, debited.debit "
        "FROM journal_lines debited JOIN journal_lines credited ON credited.entry_id = debited.entry_id "
        "WHERE debited.position = 1 AND credited.position = 2"
    )
    op.drop_table("journal_lines")
    op.drop_index(op.f("ix_journal_entries_company_id_entry_id"), "journal_entries")
    op.create_index(
        op.f("ix_journal_entries_company_id_date_entry_id"),
        "journal_entries",
        ["company_id", "date", "entry_id"],
    )


def create_audit() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "audit",
        sa.Column("audit_id", number, primary_key=True, autoincrement=True),
        sa.Column("company_id", COMPANY_ID, nullable=False),
        sa.Column("transaction_id", UUID, nullable=False),
        sa.Column("at", UTCTime, nullable=False),
        sa.Column("actor", ACTOR, nullable=False),
        sa.Column("job_id", UUID),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("from_state", sa.String(16)),
        sa.Column("to_state", sa.String(16)),
        sa.Column("from_category", NAME),
        sa.Column("to_category", NAME),
        sa.Column("source", sa.String(16)),
        sa.Column("confidence", sa.Float),
        sa.Column("reason", sa.Text),
    )
    op.create_index(
        op.f("ix_audit_company_id_transaction_id_audit_id"),
        "audit",
        ["company_id", "transaction_id", "audit_id"],
    )
    op.create_index(op.f("ix_audit_company_id_audit_id"), "audit", ["company_id", "audit_id"])
    op.create_table(
        "approval_outcomes",
        sa.Column("job_id", UUID, sa.ForeignKey("jobs.job_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("transaction_id", sa.String(64), primary_key=True),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("detail", sa.Text),
    )


def create_memories() -> None:
    op.create_table(
        "statement_mappings",
        company(),
        sa.Column("layout", sa.String(64), primary_key=True),
        sa.Column("mapping", JSONBytes, nullable=False),
        sa.Column("confirmed_by", ACTOR, nullable=False),
        sa.Column("confirmed_at", UTCTime, nullable=False),
    )
    op.create_table(
        "models",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("card", JSONBytes, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("job_id", UUID, unique=True),
        sa.Column("created_at", UTCTime, nullable=False),
    )
    op.create_table(
        "llm_answers",
        company(),
        sa.Column("question", sa.String(64), primary_key=True),
        sa.Column("category", NAME),
        sa.Column("confidence", sa.Float),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("created_at", UTCTime, nullable=False),
    )
    op.create_table(
        "llm_spending",
        company(),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("input_tokens", sa.Integer, nullable=False),
        sa.Column("output_tokens", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Back to the books of 0003; what only this version knows (audit, mappings, models) is dropped."""
    for table in (
        "llm_spending",
        "llm_answers",
        "models",
        "statement_mappings",
        "approval_outcomes",
        "audit",
    ):
        op.drop_table(table)
    restore_journal()
    for column in LISTED_BY:
        op.drop_index(op.f(f"ix_transactions_company_id_{column}_date_transaction_id"), "transactions")
    for column in ("approval_job_id", "approved_by", "approved_at", "updated_at", "revision"):
        op.drop_column("transactions", column)
    op.execute("DELETE FROM rules WHERE match IS NULL")
    with op.batch_alter_table("rules") as changed:
        for column in ("account_id", "amount_max", "amount_min", "pattern"):
            changed.drop_column(column)
        changed.alter_column("match", existing_type=sa.String(200), nullable=False)
    op.drop_column("accounts", "archived")
    op.drop_column("companies", "closed_through")


def restore_journal() -> None:
    entry = sa.ForeignKey("journal_entries.entry_id", ondelete="CASCADE")
    op.create_table(
        "journal_lines",
        sa.Column("entry_id", UUID, entry, primary_key=True),
        sa.Column("position", sa.SmallInteger, primary_key=True),
        sa.Column("account", NAME, nullable=False),
        sa.Column("debit", Money, nullable=False),
        sa.Column("credit", Money, nullable=False),
    )
    for position, account, debit, credit in (
        (1, "debit_account", "amount", "0"),
        (2, "credit_account", "0", "amount"),
    ):
        op.execute(
            "INSERT INTO journal_lines (entry_id, position, account, debit, credit) "  # noqa: S608 - names from above
            f"SELECT entry_id, {position}, {account}, {debit}, {credit} FROM journal_movements WHERE position = 1"
        )
    op.drop_table("journal_movements")
    op.drop_index(op.f("ix_journal_entries_company_id_date_entry_id"), "journal_entries")
    op.create_index(
        op.f("ix_journal_entries_company_id_entry_id"), "journal_entries", ["company_id", "entry_id"]
    )
