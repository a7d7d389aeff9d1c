"""What a bank line becomes over there: always balanced, to the cent, and the same for the same line."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doubles.quickbooks.company import Company
from workers.books.holding import HeldLine
from workers.books.outcomes import Objection
from workers.books.quickbooks.composing import (
    Composed,
    Place,
    Realm,
    Vendor,
    compose,
    identity_only,
    mark_of,
    with_identity,
)

DOUBLE = Company("1")
IDS = {row["Name"]: Place(row["Id"], row["Name"], row["AccountType"]) for row in DOUBLE.rows("Account")}
PLACES = {
    "Bank": IDS["Checking"],
    "Savings": IDS["Savings"],
    "Card": IDS["Visa Card"],
    "Safe": IDS["Undeposited Funds"],
    "Meals": IDS["Meals and Entertainment"],
    "Sales": IDS["Sales"],
    "Owed": IDS["Accounts Receivable (A/R)"],
}
REALM = Realm(PLACES, "USD", date(2025, 12, 31))


def a_line(amount: str, category: str = "Meals", bank_account: str = "Bank", **fields: Any) -> HeldLine:
    values: dict[str, Any] = {
        "transaction_id": "t-1",
        "bank_account": bank_account,
        "date": date(2026, 6, 1),
        "amount": Decimal(amount),
        "currency": "USD",
        "description": "COFFEE",
        "category": category,
        "state": "approved",
        "source": "rule",
        "confidence": 1.0,
        "reason": None,
        "import_job_id": None,
        "revision": 2,
        "updated_at": datetime(2026, 6, 2, tzinfo=UTC),
        "approval_job_id": None,
    }
    return HeldLine(**{**values, **fields})


def composed(line: HeldLine, vendor: Vendor | None = None) -> Composed:
    found = compose(line, REALM, vendor)
    assert isinstance(found, Composed), found
    return found


@pytest.mark.parametrize(
    ("amount", "bank_account", "category", "expected"),
    [
        ("-5", "Bank", "Meals", "Purchase"),
        ("-5", "Card", "Meals", "Purchase"),
        ("5", "Card", "Meals", "Purchase"),
        ("5", "Bank", "Sales", "Deposit"),
        ("5", "Bank", "Meals", "Deposit"),
        ("-5", "Bank", "Card", "Transfer"),
        ("5", "Bank", "Savings", "Transfer"),
        ("5", "Card", "Bank", "Transfer"),
        ("5", "Card", "Sales", "JournalEntry"),
        ("-5", "Safe", "Meals", "JournalEntry"),
    ],
)
def test_each_pair_of_accounts_has_its_object(
    amount: str, bank_account: str, category: str, expected: str
) -> None:
    """And QuickBooks takes it: money into an account raises it, money out of it lowers it by as much."""
    found = composed(a_line(amount, category, bank_account))
    assert found.object_type == expected
    company = Company("2")
    company.create(expected, msgspec.json.decode(found.body))
    names = {place.qbo_id: place.name for place in PLACES.values()}
    balance = company.balance()
    assert balance[names[PLACES[bank_account].qbo_id]] == Decimal(amount)
    assert balance[names[PLACES[category].qbo_id]] == -Decimal(amount)


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        (a_line("0"), "zero"),
        (a_line("-5", "Parking"), "unmapped"),
        (a_line("-5", bank_account="Petty cash"), "unmapped"),
        (a_line("-5", "Owed"), "needs_name"),
        (a_line("-5", currency="EUR"), "foreign_currency"),
        (a_line("-5", date=date(2025, 12, 31)), "closed"),
    ],
)
def test_what_cannot_be_sent_says_why(line: HeldLine, outcome: str) -> None:
    found = compose(line, REALM, None)
    assert isinstance(found, Objection)
    assert found.outcome == outcome
    assert found.detail


@given(
    cents=st.integers(-(10**9), 10**9).filter(bool),
    bank_account=st.sampled_from(["Bank", "Savings", "Card", "Safe"]),
    category=st.sampled_from(["Meals", "Sales", "Bank", "Savings", "Card"]),
    description=st.text(max_size=5_000),
)
def test_whatever_the_line_the_books_balance_to_the_cent(
    cents: int, bank_account: str, category: str, description: str
) -> None:
    if bank_account == category:
        return
    line = a_line(str(Decimal(cents) / 100), category, bank_account, description=description)
    found = composed(line)
    assert composed(line) == found
    content = msgspec.json.decode(found.body)
    assert len(content["PrivateNote"]) <= 4_000
    assert content["PrivateNote"].endswith(mark_of("t-1"))
    assert content["PrivateNote"].isprintable()
    company = Company("2")
    company.create(found.object_type, content)
    assert sum(company.balance().values(), Decimal(0)) == 0
    assert company.balance()[PLACES[bank_account].name] == line.amount


def test_the_digest_is_of_what_matters() -> None:
    line = a_line("-5")
    same = composed(msgspec.structs.replace(line, revision=9, state="exported"))
    assert same.digest == composed(line).digest
    named = composed(line, Vendor("Blue Door", "7"))
    assert named.digest != composed(line).digest
    assert named.digest == composed(line, Vendor("Blue Door", None)).digest
    assert composed(a_line("-5.01")).digest != composed(line).digest


def test_a_correction_names_the_object_it_is_for() -> None:
    body = with_identity(composed(a_line("-5")).body, "12", "3")
    content = msgspec.json.decode(body)
    assert (content["Id"], content["SyncToken"], content["sparse"]) == ("12", "3", False)
    assert msgspec.json.decode(identity_only("12", "3")) == {"Id": "12", "SyncToken": "3"}
