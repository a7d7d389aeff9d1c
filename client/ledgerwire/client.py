"""The door of the SDK: ``Ledgerwire`` blocks, ``AsyncLedgerwire`` is awaited; they do the same.

    client = Ledgerwire()
    job = client.upload_and_categorize("june.csv", company="demo")
    for event in job.events():
        print(event)
    print(job.result())

Both are thin: what can be submitted stands in ``work.py``, and what they do is decided in ``calls.py`` and
``stream.py``. AsyncLedgerwire is in ``async_client.py``.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Generator
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from ledgerwire import job_calls
from ledgerwire.access import Session, Ticket
from ledgerwire.activity import Activity
from ledgerwire.body import Body
from ledgerwire.book_calls import BookCalls
from ledgerwire.book_desk import Books
from ledgerwire.books import Transaction
from ledgerwire.calls import Calls
from ledgerwire.exceptions import LedgerwireError
from ledgerwire.handles import JobHandle, WatchEvent
from ledgerwire.held import Held
from ledgerwire.jobs import Changed
from ledgerwire.member_calls import MemberCalls
from ledgerwire.member_desk import Members
from ledgerwire.persistence import Persistence
from ledgerwire.quickbooks_calls import QuickBooksCalls
from ledgerwire.quickbooks_desk import QuickBooks
from ledgerwire.receipt_calls import ReceiptCalls
from ledgerwire.receipt_shelf import Receipts
from ledgerwire.review import Categorized
from ledgerwire.rule_calls import RuleCalls
from ledgerwire.rule_desk import Rules
from ledgerwire.submissions import Submission
from ledgerwire.transport import Address
from ledgerwire.watches import CompanyWatch
from ledgerwire.work import Work

DEFAULT_URL = "http://127.0.0.1:8000"


def _address(url: str | None, api_key: str | None, tls: ssl.SSLContext | None) -> Address:
    base = (url or os.environ.get("LEDGERWIRE_URL") or DEFAULT_URL).strip().rstrip("/")
    if not base.lower().startswith(("http://", "https://")):
        raise LedgerwireError(f"LEDGERWIRE_URL should read like {DEFAULT_URL}, but is {base!r}.")
    key = (api_key or os.environ.get("LEDGERWIRE_API_KEY") or "").strip()
    if not key.isascii() or not key.isprintable():
        raise LedgerwireError("LEDGERWIRE_API_KEY holds characters that no key has: copy it again.")
    return Address(base, key or None, tls)


class Client:
    """Where to, and how persistently.

    ``url`` and ``api_key`` come from LEDGERWIRE_URL and LEDGERWIRE_API_KEY where they are not given;
    ``tls`` is for servers with a certificate of your own authority.
    """

    def __init__(
        self,
        url: str | None = None,
        api_key: str | None = None,
        *,
        persistence: Persistence | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._address = _address(url, api_key, tls)
        self._calls = Calls(self._address.base, persistence or Persistence())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._address.base!r})"

    @property
    def url(self) -> str:
        return self._address.base


class Ledgerwire(Client, Work[JobHandle]):
    __doc__ = Client.__doc__

    @cached_property
    def _body(self) -> Body:
        return Body(self._address)

    def submit(
        self, work: type[Submission] | Submission | str, *, idempotency_key: str | None = None, **fields: Any
    ) -> JobHandle:
        """Submits any kind of work: its class or name and its fields, files as paths or bytes.

        A lost answer is asked for again under the same key, so the work is never done twice; give a key of
        your own to make that hold across restarts of your program too. Raises InvalidSubmission or APIError.
        """
        return self._handle(self._body.run(self._calls.submit(work, fields, key=idempotency_key)))

    def session(self) -> Session:
        """Who you are, and your role in each of your companies."""
        return self._body.run(self._calls.session())

    def ticket(self) -> Ticket:
        """For a page of yours that cannot send a key: opens one WebSocket or event stream as you, within seconds."""
        return self._body.run(job_calls.ticket(self._calls))

    def job(self, job_id: str) -> JobHandle:
        """Raises NotFound for an unknown job, and for one of a company that your key does not see."""
        return self._handle(self._body.run(self._calls.fetch(job_id)))

    def jobs(
        self,
        company: str,
        *,
        status: str | None = None,
        kind: str | None = None,
        text: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> Generator[JobHandle]:
        """Every job of the company, newest first; pages are fetched as you go."""
        moments = {"created_after": created_after, "created_before": created_before}
        filters = {"status": status, "kind": kind, "text": text, **moments}
        return self._body.stream(self._calls.jobs(company, filters, self._handle))

    def activity(self, company: str) -> Activity:
        """How the company's work stands: what waits, what the last hour brought, and who works."""
        return self._body.run(job_calls.activity(self._calls, company))

    def cancel_jobs(self, company: str, **wanted: Any) -> Changed:
        """Cancels all jobs that match and go on; ``wanted`` are fields of JobFilter."""
        return self._body.run(job_calls.change_all(self._calls, company, "cancel", wanted))

    def retry_jobs(self, company: str, **wanted: Any) -> Changed:
        """Retries all jobs that match, failed ones unless you give a ``status``; ``wanted`` are fields of JobFilter."""
        return self._body.run(job_calls.change_all(self._calls, company, "retry", wanted))

    def transactions(self, company: str, **wanted: Any) -> Generator[Transaction]:
        """Every transaction that matches, newest first; ``wanted`` are fields of TransactionFilter.

        Raises InvalidSubmission where they are none.
        """
        return self._body.stream(self._calls.transactions(company, wanted))

    def set_category(
        self, transaction_id: str, category: str | None, *, company: str, revision: int | None = None
    ) -> Categorized:
        """Raises Conflict where the line is approved, closed, or has moved on from the ``revision`` you saw."""
        return self._body.run(self._calls.set_category(company, transaction_id, category, revision))

    def approve(self, transaction_id: str, *, company: str, revision: int | None = None) -> Transaction:
        """Approving what is approved is harmless. Raises Conflict where the line cannot be: it says why."""
        return self._body.run(self._calls.settle(company, transaction_id, "approve", revision))

    def reopen(self, transaction_id: str, *, company: str, revision: int | None = None) -> Transaction:
        """Takes an approval back; raises Conflict where that cannot be."""
        return self._body.run(self._calls.settle(company, transaction_id, "reopen", revision))

    def books(self, company: str) -> Books:
        """The company's books: its accounts, its journal, and who changed what."""
        return Books(BookCalls(self._calls, company), self._body)

    def rules(self, company: str) -> Rules:
        """The company's rules: to write, order, try and delete them."""
        return Rules(RuleCalls(self._calls, company), self._body)

    def members(self, company: str) -> Members:
        """Who may what in the company: people by invitation, programs by keys. For administrators."""
        return Members(MemberCalls(self._calls, company), self._body)

    def receipts(self, company: str) -> Receipts:
        """The company's receipts: to list, correct, confirm, attach, book, download and remove them."""
        return Receipts(ReceiptCalls(self._calls, company), self._body)

    def quickbooks(self, company: str) -> QuickBooks:
        """The company's QuickBooks: the connection, whose account is whose, and what was sent."""
        return QuickBooks(QuickBooksCalls(self._calls, company), self._body)

    def watch(self, company: str, since: str | None = None) -> Generator[WatchEvent]:
        """Every event of the company from ``since`` (a position) or now on, through drops, until you stop."""
        return self._body.stream(CompanyWatch(self._calls, company, since).run())

    def close(self) -> None:
        self._body.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _handle(self, held: Held) -> JobHandle:
        return JobHandle(self._calls, held, self._body)
