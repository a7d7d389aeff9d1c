"""One company's books for programs: ``client.books("demo")``, blocking or awaited.

books = client.books("demo")
print(books.count(state=["review"]), "lines wait for a person")
for each in books.trial_balance(date_to=date(2026, 6, 30)):
    print(each.account, each.debit - each.credit, each.currency)
books.change(closed_through=date(2026, 6, 30))
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Sequence
from typing import Any

from ledgerwire.async_body import AsyncBody
from ledgerwire.body import Body
from ledgerwire.book_calls import BookCalls
from ledgerwire.books import Account, BankAccount, Company, Transaction
from ledgerwire.journal import AccountBalance, AuditEntry, JournalEntry


class Books:
    """Every method raises APIError: NotFound for what this company does not have."""

    def __init__(self, calls: BookCalls, body: Body) -> None:
        self._calls = calls
        self._body = body

    def company(self) -> Company:
        """What it is, and your role in it."""
        return self._body.run(self._calls.company())

    def change(self, **fields: Any) -> Company:
        """``fields`` of CompanyChange: its name, or the day through which its books are closed."""
        return self._body.run(self._calls.change(fields))

    def accounts(self) -> Sequence[Account]:
        """The chart of accounts, by code: their names are the categories that lines may have."""
        return self._body.run(self._calls.accounts())

    def create_account(self, *, code: str, name: str, type: str) -> Account:  # noqa: A002  (its name in the API)
        """``type`` is asset, liability, equity, income or expense. Raises Conflict where code or name is taken."""
        return self._body.run(self._calls.create_account({"code": code, "name": name, "type": type}))

    def change_account(self, code: str, **fields: Any) -> Account:
        """``fields`` of AccountChange; a new name is carried to all that has the old one."""
        return self._body.run(self._calls.change_account(code, fields))

    def delete_account(self, code: str) -> None:
        """Raises Conflict where something uses it: archive it then."""
        self._body.run(self._calls.delete_account(code))

    def bank_accounts(self) -> Sequence[BankAccount]:
        return self._body.run(self._calls.bank_accounts())

    def open_bank_account(self, *, name: str, currency: str, number: str | None = None) -> BankAccount:
        """Raises Conflict where an account has this name."""
        fields = {"name": name, "currency": currency, "number": number}
        return self._body.run(self._calls.open_bank_account(fields))

    def change_bank_account(self, account_id: str, **fields: Any) -> BankAccount:
        """``fields`` of BankAccountChange: its name or its number."""
        return self._body.run(self._calls.change_bank_account(account_id, fields))

    def transaction(self, transaction_id: str) -> Transaction:
        return self._body.run(self._calls.transaction(transaction_id))

    def count(self, **wanted: Any) -> int:
        """How many transactions match, up to 100,000; ``wanted`` are fields of TransactionFilter."""
        return self._body.run(self._calls.count(wanted))

    def transactions_csv(self, **wanted: Any) -> bytes:
        """All transactions that match as a CSV file, for a spreadsheet."""
        return self._body.run(self._calls.transactions_csv(wanted))

    def journal(self, **wanted: Any) -> Generator[JournalEntry]:
        """Every entry that matches, newest first; ``wanted`` are fields of JournalFilter."""
        return self._body.stream(self._calls.journal(wanted))

    def journal_csv(self, **wanted: Any) -> bytes:
        """The same as a CSV file."""
        return self._body.run(self._calls.journal_csv(wanted))

    def trial_balance(self, **wanted: Any) -> Sequence[AccountBalance]:
        """What the entries that match bring to each account: in each currency debits equal credits in total."""
        return self._body.run(self._calls.balance(wanted))

    def audit(self, transaction_id: str | None = None) -> Generator[AuditEntry]:
        """Every change of a category or state, of all lines or of one, newest first."""
        return self._body.stream(self._calls.audit(transaction_id))


class AsyncBooks:
    __doc__ = Books.__doc__

    def __init__(self, calls: BookCalls, body: AsyncBody) -> None:
        self._calls = calls
        self._body = body

    async def company(self) -> Company:
        """What it is, and your role in it."""
        return await self._body.run(self._calls.company())

    async def change(self, **fields: Any) -> Company:
        """``fields`` of CompanyChange: its name, or the day through which its books are closed."""
        return await self._body.run(self._calls.change(fields))

    async def accounts(self) -> Sequence[Account]:
        """The chart of accounts, by code: their names are the categories that lines may have."""
        return await self._body.run(self._calls.accounts())

    async def create_account(self, *, code: str, name: str, type: str) -> Account:  # noqa: A002  (its name in the API)
        """``type`` is asset, liability, equity, income or expense. Raises Conflict where code or name is taken."""
        return await self._body.run(self._calls.create_account({"code": code, "name": name, "type": type}))

    async def change_account(self, code: str, **fields: Any) -> Account:
        """``fields`` of AccountChange; a new name is carried to all that has the old one."""
        return await self._body.run(self._calls.change_account(code, fields))

    async def delete_account(self, code: str) -> None:
        """Raises Conflict where something uses it: archive it then."""
        await self._body.run(self._calls.delete_account(code))

    async def bank_accounts(self) -> Sequence[BankAccount]:
        return await self._body.run(self._calls.bank_accounts())

    async def open_bank_account(self, *, name: str, currency: str, number: str | None = None) -> BankAccount:
        """Raises Conflict where an account has this name."""
        fields = {"name": name, "currency": currency, "number": number}
        return await self._body.run(self._calls.open_bank_account(fields))

    async def change_bank_account(self, account_id: str, **fields: Any) -> BankAccount:
        """``fields`` of BankAccountChange: its name or its number."""
        return await self._body.run(self._calls.change_bank_account(account_id, fields))

    async def transaction(self, transaction_id: str) -> Transaction:
        return await self._body.run(self._calls.transaction(transaction_id))

    async def count(self, **wanted: Any) -> int:
        """How many transactions match, up to 100,000; ``wanted`` are fields of TransactionFilter."""
        return await self._body.run(self._calls.count(wanted))

    async def transactions_csv(self, **wanted: Any) -> bytes:
        """All transactions that match as a CSV file, for a spreadsheet."""
        return await self._body.run(self._calls.transactions_csv(wanted))

    def journal(self, **wanted: Any) -> AsyncGenerator[JournalEntry]:
        """Every entry that matches, newest first; ``wanted`` are fields of JournalFilter."""
        return self._body.stream(self._calls.journal(wanted))

    async def journal_csv(self, **wanted: Any) -> bytes:
        """The same as a CSV file."""
        return await self._body.run(self._calls.journal_csv(wanted))

    async def trial_balance(self, **wanted: Any) -> Sequence[AccountBalance]:
        """What the entries that match bring to each account: in each currency debits equal credits in total."""
        return await self._body.run(self._calls.balance(wanted))

    def audit(self, transaction_id: str | None = None) -> AsyncGenerator[AuditEntry]:
        """Every change of a category or state, of all lines or of one, newest first."""
        return self._body.stream(self._calls.audit(transaction_id))
