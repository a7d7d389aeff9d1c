"""What is asked about one company's books, as flows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from ledgerwire.books import (
    Account,
    AccountChange,
    AccountPage,
    BankAccount,
    BankAccountChange,
    BankAccountPage,
    Company,
    CompanyChange,
    NewAccount,
    NewBankAccount,
    Transaction,
    TransactionFilter,
    TransactionPage,
)
from ledgerwire.company_calls import CompanyCalls, below, encoded, query_of
from ledgerwire.exceptions import Conflict
from ledgerwire.exchange import Request
from ledgerwire.flow import Flow
from ledgerwire.journal import AccountBalance, AuditPage, JournalFilter, JournalPage, TrialBalance

T = TypeVar("T")


class BookCalls(CompanyCalls):
    def company(self) -> Flow[Company]:
        return self.read(Request(path=self.root), Company)

    def change(self, fields: Mapping[str, Any]) -> Flow[Company]:
        body = encoded("company", fields, CompanyChange)
        return self.read(Request(method="PATCH", path=self.root, json=body), Company)

    # --- the chart of accounts, and the bank accounts among them ------------------------------------

    def accounts(self) -> Flow[list[Account]]:
        page = yield from self.read(Request(path=self._chart), AccountPage)
        return page.data

    def create_account(self, fields: Mapping[str, Any]) -> Flow[Account]:
        request = Request(method="POST", path=self._chart, json=encoded("account", fields, NewAccount))
        try:
            return (yield from self.read(request, Account))
        except Conflict as taken:
            if taken.tries == 1:
                raise
            return _made(taken, (yield from self.accounts()), fields, "code", "name", "type")

    def change_account(self, code: str, fields: Mapping[str, Any]) -> Flow[Account]:
        body = encoded("account", fields, AccountChange)
        return self.read(Request(method="PATCH", path=below(self._chart, code), json=body), Account)

    def delete_account(self, code: str) -> Flow[None]:
        return self.remove(below(self._chart, code))

    def bank_accounts(self) -> Flow[list[BankAccount]]:
        page = yield from self.read(Request(path=self._banks), BankAccountPage)
        return page.data

    def open_bank_account(self, fields: Mapping[str, Any]) -> Flow[BankAccount]:
        body = encoded("bank account", fields, NewBankAccount)
        request = Request(method="POST", path=self._banks, json=body)
        try:
            return (yield from self.read(request, BankAccount))
        except Conflict as taken:
            if taken.tries == 1:
                raise
            return _made(taken, (yield from self.bank_accounts()), fields, "name", "currency")

    def change_bank_account(self, account_id: str, fields: Mapping[str, Any]) -> Flow[BankAccount]:
        body = encoded("bank account", fields, BankAccountChange)
        return self.read(Request(method="PATCH", path=below(self._banks, account_id), json=body), BankAccount)

    # --- transactions, entries and what became of them ----------------------------------------------

    def transaction(self, transaction_id: str) -> Flow[Transaction]:
        return self.read(Request(path=below(f"{self.root}/transactions", transaction_id)), Transaction)

    def count(self, wanted: Mapping[str, Any]) -> Flow[int]:
        query = query_of("transactions", wanted, TransactionFilter) | {"limit": "1", "count": "true"}
        page = yield from self.read(Request(path=f"{self.root}/transactions", query=query), TransactionPage)
        return page.total or 0

    def transactions_csv(self, wanted: Mapping[str, Any]) -> Flow[bytes]:
        return self.file(f"{self.root}/transactions.csv", query_of("transactions", wanted, TransactionFilter))

    def journal(self, wanted: Mapping[str, Any]) -> Flow[None]:
        return self.every(f"{self.root}/journal", JournalPage, query_of("journal", wanted, JournalFilter))

    def journal_csv(self, wanted: Mapping[str, Any]) -> Flow[bytes]:
        return self.file(f"{self.root}/journal.csv", query_of("journal", wanted, JournalFilter))

    def balance(self, wanted: Mapping[str, Any]) -> Flow[list[AccountBalance]]:
        query = query_of("journal", wanted, JournalFilter)
        found = yield from self.read(Request(path=f"{self.root}/journal/balance", query=query), TrialBalance)
        return found.data

    def audit(self, transaction_id: str | None) -> Flow[None]:
        of = self.root if transaction_id is None else below(f"{self.root}/transactions", transaction_id)
        return self.every(f"{of}/audit", AuditPage)

    # --- one level down -----------------------------------------------------------------------------

    @property
    def _chart(self) -> str:
        return f"{self.root}/accounts"

    @property
    def _banks(self) -> str:
        return f"{self.root}/accounts/bank"


def _made(taken: Conflict, present: Iterable[T], fields: Mapping[str, Any], *names: str) -> T:
    """Of a request that was sent again, the first may have got through: then what it made is there."""
    for each in present:
        if all(_tidy(getattr(each, name)) == _tidy(fields[name]) for name in names):
            return each
    raise taken


def _tidy(text: str) -> str:
    """As the server keeps a name."""
    return " ".join(text.split())
