"""A company set up, booked and handed over by a program alone, against a really started server."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from ledgerwire import AuthenticationError, Conflict, InvalidRequest, Ledgerwire
from server.up import own_command
from tests.running import Running

COMPANY = "handed-over"
JUNE = b"Date,Description,Amount\n2026-06-01,CITY RENT,-900.00\n2026-06-03,TEA HOUSE,-4.50\n"


@pytest.fixture
def client(running: Running) -> Iterator[Ledgerwire]:
    """An administrator's."""
    made = subprocess.run(
        own_command("create-key", COMPANY, "--role", "admin"),
        env=running.environment | {"PORT": str(urlsplit(running.url).port)},
        capture_output=True,
        text=True,
        check=True,
    )
    key = next(word for word in made.stdout.split() if word.startswith("lw_"))
    with Ledgerwire(running.url, key) as client:
        yield client


@pytest.mark.story
def test_a_company_from_its_first_account_to_its_closed_books(client: Ledgerwire, running: Running) -> None:
    books, rules, members = client.books(COMPANY), client.rules(COMPANY), client.members(COMPANY)
    assert books.company().role == "admin"

    rates = books.create_account(code="6950", name="City  rates", type="expense")
    assert books.change_account("6950", name="Rates", archived=True).name == "Rates"
    with pytest.raises(Conflict):
        books.create_account(code=rates.code, name="Other", type="expense")
    books.delete_account("6950")
    assert "6950" not in {each.code for each in books.accounts()}
    bank = books.open_bank_account(name="Savings", currency="USD", number="4321")
    assert books.change_bank_account(bank.account_id, number=None).number is None
    assert bank.account_id in {each.account_id for each in books.bank_accounts()}

    category = next(each.name for each in books.accounts() if each.type == "expense")
    assert rules.preview(category=category, match="rent").matches == 0
    rule = rules.create(category=category, match="rent", amount_max=Decimal("2000.00"))
    moved = rules.replace(rule.rule_id, category=category, match="city rent", position=1)
    assert rules.list()[0].rule_id == moved.rule_id
    with pytest.raises(InvalidRequest):
        rules.create(category=category)

    upload = client.upload_and_categorize(("june.csv", JUNE), company=COMPANY, account=bank.account_id)
    upload.result(timeout=60)
    assert books.count() == books.count(job_id=upload.id) == 2
    (rent,) = client.transactions(COMPANY, text="rent")
    assert books.transaction(rent.transaction_id).category == category
    client.approve(rent.transaction_id, company=COMPANY)
    assert [each.action for each in books.audit(rent.transaction_id)] == ["approved", "decided"]
    assert len(list(books.audit())) >= 2
    (entry,) = books.journal(state="posted")
    assert entry.transaction_id == rent.transaction_id
    balance = books.trial_balance(state="posted")
    assert sum(each.debit for each in balance) == sum(each.credit for each in balance) == 900
    assert b"CITY RENT" in books.transactions_csv(state=["approved"])
    assert b"CITY RENT" in books.journal_csv(date_from=date(2026, 6, 1), date_to=date(2026, 6, 30))
    assert books.change(closed_through=date(2026, 6, 30)).closed_through == date(2026, 6, 30)
    rules.delete(rule.rule_id)

    assert client.activity(COMPANY).counts.complete == 1
    assert client.retry_jobs(COMPANY).matched == client.cancel_jobs(COMPANY, kind="ocr").matched == 0
    assert client.ticket().ticket

    assert "#sign-in=" in members.invite("Ann", role="viewer").url
    till = members.create_key("till", role="viewer")
    with Ledgerwire(running.url, till.key) as other:
        assert other.session().companies[0].role == "viewer"
        members.revoke_key(till.prefix)
        with pytest.raises(AuthenticationError):
            other.session()
    (revoked,) = [each for each in members.list().keys if each.prefix == till.prefix]
    assert revoked.revoked_at is not None
