"""``AsyncLedgerwire``: what ``Ledgerwire`` of ``client.py`` does, awaited."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Coroutine
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from ledgerwire import job_calls
from ledgerwire.access import Session, Ticket
from ledgerwire.activity import Activity
from ledgerwire.async_body import AsyncBody
from ledgerwire.book_calls import BookCalls
from ledgerwire.book_desk import AsyncBooks
from ledgerwire.books import Transaction
from ledgerwire.client import Client
from ledgerwire.handles import AsyncJobHandle, WatchEvent
from ledgerwire.held import Held
from ledgerwire.jobs import Changed
from ledgerwire.member_calls import MemberCalls
from ledgerwire.member_desk import AsyncMembers
from ledgerwire.quickbooks_calls import QuickBooksCalls
from ledgerwire.quickbooks_desk import AsyncQuickBooks
from ledgerwire.receipt_calls import ReceiptCalls
from ledgerwire.receipt_shelf import AsyncReceipts
from ledgerwire.review import Categorized
from ledgerwire.rule_calls import RuleCalls
from ledgerwire.rule_desk import AsyncRules
from ledgerwire.submissions import Submission
from ledgerwire.watches import CompanyWatch
from ledgerwire.work import Work


class AsyncLedgerwire(Client, Work[Coroutine[Any, Any, AsyncJobHandle]]):
    __doc__ = Client.__doc__

    @cached_property
    def _body(self) -> AsyncBody:
        return AsyncBody(self._address)

    async def submit(
        self, work: type[Submission] | Submission | str, *, idempotency_key: str | None = None, **fields: Any
    ) -> AsyncJobHandle:
        """Submits any kind of work: its class or name and its fields, files as paths or bytes.

        A lost answer is asked for again under the same key, so the work is never done twice; give a key of
        your own to make that hold across restarts of your program too. Raises InvalidSubmission or APIError.
        """
        return self._handle(await self._body.run(self._calls.submit(work, fields, key=idempotency_key)))

    async def session(self) -> Session:
        """Who you are, and your role in each of your companies."""
        return await self._body.run(self._calls.session())

    async def ticket(self) -> Ticket:
        """For a page of yours that cannot send a key: opens one WebSocket or event stream as you, within seconds."""
        return await self._body.run(job_calls.ticket(self._calls))

    async def job(self, job_id: str) -> AsyncJobHandle:
        """Raises NotFound for an unknown job, and for one of a company that your key does not see."""
        return self._handle(await self._body.run(self._calls.fetch(job_id)))

    def jobs(
        self,
        company: str,
        *,
        status: str | None = None,
        kind: str | None = None,
        text: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> AsyncGenerator[AsyncJobHandle]:
        """Every job of the company, newest first; pages are fetched as you go."""
        moments = {"created_after": created_after, "created_before": created_before}
        filters = {"status": status, "kind": kind, "text": text, **moments}
        return self._body.stream(self._calls.jobs(company, filters, self._handle))

    async def activity(self, company: str) -> Activity:
        """How the company's work stands: what waits, what the last hour brought, and who works."""
        return await self._body.run(job_calls.activity(self._calls, company))

    async def cancel_jobs(self, company: str, **wanted: Any) -> Changed:
        """Cancels all jobs that match and go on; ``wanted`` are fields of JobFilter."""
        return await self._body.run(job_calls.change_all(self._calls, company, "cancel", wanted))

    async def retry_jobs(self, company: str, **wanted: Any) -> Changed:
        """Retries all jobs that match, failed ones unless you give a ``status``; ``wanted`` are fields of JobFilter."""
        return await self._body.run(job_calls.change_all(self._calls, company, "retry", wanted))

    def transactions(self, company: str, **wanted: Any) -> AsyncGenerator[Transaction]:
        """Every transaction that matches, newest first; ``wanted`` are fields of TransactionFilter.

        Raises InvalidSubmission where they are none.
        """
        return self._body.stream(self._calls.transactions(company, wanted))

    async def set_category(
        self, transaction_id: str, category: str | None, *, company: str, revision: int | None = None
    ) -> Categorized:
        """Raises Conflict where the line is approved, closed, or has moved on from the ``revision`` you saw."""
        return await self._body.run(self._calls.set_category(company, transaction_id, category, revision))

    async def approve(self, transaction_id: str, *, company: str, revision: int | None = None) -> Transaction:
        """Approving what is approved is harmless. Raises Conflict where the line cannot be: it says why."""
        return await self._body.run(self._calls.settle(company, transaction_id, "approve", revision))

    async def reopen(self, transaction_id: str, *, company: str, revision: int | None = None) -> Transaction:
        """Takes an approval back; raises Conflict where that cannot be."""
        return await self._body.run(self._calls.settle(company, transaction_id, "reopen", revision))

    def books(self, company: str) -> AsyncBooks:
        """The company's books: its accounts, its journal, and who changed what."""
        return AsyncBooks(BookCalls(self._calls, company), self._body)

    def rules(self, company: str) -> AsyncRules:
        """The company's rules: to write, order, try and delete them."""
        return AsyncRules(RuleCalls(self._calls, company), self._body)

    def members(self, company: str) -> AsyncMembers:
        """Who may what in the company: people by invitation, programs by keys. For administrators."""
        return AsyncMembers(MemberCalls(self._calls, company), self._body)

    def receipts(self, company: str) -> AsyncReceipts:
        """The company's receipts: to list, correct, confirm, attach, book, download and remove them."""
        return AsyncReceipts(ReceiptCalls(self._calls, company), self._body)

    def quickbooks(self, company: str) -> AsyncQuickBooks:
        """The company's QuickBooks: the connection, whose account is whose, and what was sent."""
        return AsyncQuickBooks(QuickBooksCalls(self._calls, company), self._body)

    def watch(self, company: str, since: str | None = None) -> AsyncGenerator[WatchEvent]:
        """Every event of the company from ``since`` (a position) or now on, through drops, until you stop."""
        return self._body.stream(CompanyWatch(self._calls, company, since).run())

    async def close(self) -> None:
        await self._body.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _handle(self, held: Held) -> AsyncJobHandle:
        return AsyncJobHandle(self._calls, held, self._body)
