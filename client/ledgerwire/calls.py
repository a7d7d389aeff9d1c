"""Everything asked of the server that has one answer, as flows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import count
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from ledgerwire.access import Session
from ledgerwire.books import Transaction, TransactionFilter, TransactionPage
from ledgerwire.exceptions import Conflict, ConnectionFailed, InvalidSubmission, UnexpectedAnswer, WaitTimeout
from ledgerwire.exchange import Answer, Request
from ledgerwire.flow import Emit, Flow, Pause, now
from ledgerwire.held import Held
from ledgerwire.jobs import AttemptPage, Cancel, Job, LogPage, Page, Status
from ledgerwire.ladder import Sockets
from ledgerwire.persistence import Persistence, send
from ledgerwire.review import Categorization, Categorized, Seen
from ledgerwire.submissions import Submission
from ledgerwire.submit import request_for

T = TypeVar("T")
AnyPage = TypeVar("AnyPage", Page, LogPage, AttemptPage, TransactionPage)

NOT_MODIFIED = 304
#: Entries of a page; the most the server gives.
PAGE = 500
#: Seconds the server may hold one answer back.
LONGEST_WAIT = 30
#: Seconds after which a held answer counts as lost.
WAIT_SILENCE = LONGEST_WAIT + 15.0


def job_path(job_id: str) -> str:
    return f"/api/jobs/{quote(job_id, safe='')}"


def company_path(company: str) -> str:
    return f"/api/jobs/company/{quote(company, safe='')}"


def books_path(company: str) -> str:
    return f"/api/companies/{quote(company, safe='')}"


def transaction_path(company: str, transaction_id: str) -> str:
    return f"{books_path(company)}/transactions/{quote(transaction_id, safe='')}"


class Calls:
    """The calls of one client: where to, and how persistently."""

    def __init__(self, base: str, persistence: Persistence) -> None:
        self.base = base
        self.persistence = persistence
        self.sockets = Sockets()

    def submit(
        self, work: type[Submission] | Submission | str, fields: Mapping[str, Any], *, key: str | None
    ) -> Flow[Held]:
        request = yield from request_for(work, fields, key=key)
        answer = yield from self.ask(request)
        return _held(answer, self.read(answer, Job, request))

    def session(self) -> Flow[Session]:
        request = Request(path="/api/session")
        answer = yield from self.ask(request)
        return self.read(answer, Session, request)

    def fetch(self, job_id: str) -> Flow[Held]:
        request = Request(path=job_path(job_id))
        answer = yield from self.ask(request)
        return _held(answer, self.read(answer, Job, request))

    def refresh(self, held: Held, *, wait: int = 0, patience: float | None = None) -> Flow[None]:
        """The job as it is now; with ``wait``, as soon as it has changed or those seconds are over."""
        request = Request(
            path=job_path(held.job.job_id),
            query={"wait": str(wait)} if wait and held.etag else {},
            headers={"if-none-match": held.etag} if held.etag else {},
            silence=WAIT_SILENCE,
        )
        answer = yield from self.ask(request, patience=patience)
        if answer.status != NOT_MODIFIED:
            self._replace(held, answer, request)

    def wait(self, held: Held, timeout: float | None) -> Flow[None]:
        """Until the job has ended; raises WaitTimeout."""
        began = yield from now()
        for polls in count():
            if held.job.status.terminal:
                return
            asked = yield from now()
            left = _time_left(held, timeout, asked - began)
            yield from self._poll(held, left, timeout)
            yield from _pace(polls, asked, left)

    def cancel(self, held: Held, reason: str | None) -> Flow[None]:
        body = msgspec.json.encode(Cancel(reason=reason)) if reason else None
        yield from self._act(held, "cancel", body, done=_is_cancelled)

    def retry(self, held: Held) -> Flow[None]:
        yield from self._act(held, "retry", None, done=_is_alive)

    def jobs(self, company: str, filters: Mapping[str, Any], wrap: Callable[[Held], Any]) -> Flow[None]:
        query: dict[str, str | list[str]] = {
            name: _text(value) for name, value in filters.items() if value is not None
        }
        request = Request(path=company_path(company), query=query)
        yield from self._pages(request, Page, lambda answer, job: [wrap(_held(answer, job))])

    def log(self, held: Held) -> Flow[None]:
        request = Request(path=f"{job_path(held.job.job_id)}/log", query={"limit": str(PAGE)})
        yield from self._pages(request, LogPage, lambda _, entry: entry.lines)

    def attempts(self, held: Held) -> Flow[None]:
        request = Request(path=f"{job_path(held.job.job_id)}/attempts", query={"limit": str(PAGE)})
        yield from self._pages(request, AttemptPage, lambda _, attempt: [attempt])

    def transactions(self, company: str, wanted: Mapping[str, Any]) -> Flow[None]:
        query = _query_of(wanted) | {"limit": str(PAGE)}
        request = Request(path=f"{books_path(company)}/transactions", query=query)
        yield from self._pages(request, TransactionPage, lambda _, transaction: [transaction])

    def set_category(
        self, company: str, transaction_id: str, category: str | None, revision: int | None
    ) -> Flow[Categorized]:
        """Safe to send again: saying the same twice changes nothing."""
        body = msgspec.json.encode(Categorization(category=category, revision=revision))
        request = Request(method="PATCH", path=transaction_path(company, transaction_id), json=body)
        answer = yield from self.ask(request)
        return self.read(answer, Categorized, request)

    def settle(self, company: str, transaction_id: str, verb: str, revision: int | None) -> Flow[Transaction]:
        """``verb`` is ``approve`` or ``reopen``; what is so already is answered like what was made so."""
        path = f"{transaction_path(company, transaction_id)}/{verb}"
        request = Request(method="POST", path=path, json=msgspec.json.encode(Seen(revision=revision)))
        answer = yield from self.ask(request)
        return self.read(answer, Transaction, request)

    # --- one level down -----------------------------------------------------------------------------

    def _act(self, held: Held, verb: str, body: bytes | None, *, done: Callable[[Job], bool]) -> Flow[None]:
        """The refusal of a repeated request is none if the first one got through unanswered."""
        path = f"{job_path(held.job.job_id)}/{verb}"
        request = Request(method="POST", path=path, json=body)
        try:
            answer = yield from self.ask(request)
        except Conflict as conflict:
            yield from self.refresh(held)
            if conflict.tries > 1 and done(held.job):
                return
            raise
        self._replace(held, answer, request)

    def _poll(self, held: Held, left: float, timeout: float | None) -> Flow[None]:
        patience = min(left, self.persistence.patience)
        try:
            yield from self.refresh(held, wait=int(min(left, LONGEST_WAIT)), patience=patience)
        except ConnectionFailed:
            if timeout is None or patience < left:
                raise
            raise WaitTimeout(held.job, timeout) from None

    def _pages(
        self, request: Request, shape: type[AnyPage], unpack: Callable[[Answer, Any], Iterable[Any]]
    ) -> Flow[None]:
        while True:
            answer = yield from self.ask(request)
            page = self.read(answer, shape, request)
            for item in page.data:
                for value in unpack(answer, item):
                    yield Emit(value)
            if page.next_cursor is None:
                return
            query = {**request.query, "cursor": page.next_cursor}
            request = msgspec.structs.replace(request, query=query)

    def ask(self, request: Request, *, patience: float | None = None) -> Flow[Answer]:
        return send(request, self.persistence, base=self.base, patience=patience)

    def _replace(self, held: Held, answer: Answer, request: Request) -> None:
        told = _held(answer, self.read(answer, Job, request))
        held.replace(told.job, position=told.position, etag=told.etag)

    def read(self, answer: Answer, shape: type[T], request: Request) -> T:
        try:
            return answer.read(shape)
        except msgspec.DecodeError as error:
            url = self.base + request.path
            raise UnexpectedAnswer(url, f"not as this version expects ({error})") from None


def _held(answer: Answer, job: Job) -> Held:
    return Held(job, position=answer.headers.get("ledgerwire-position"), etag=answer.headers.get("etag"))


def _time_left(held: Held, timeout: float | None, spent: float) -> float:
    if timeout is None:
        return math.inf
    if spent >= timeout:
        raise WaitTimeout(held.job, timeout)
    return timeout - spent


def _pace(polls: int, asked: float, left: float) -> Flow[None]:
    """A job that changes all the time is not asked for all the time: once a second, sooner at first."""
    spent = (yield from now()) - asked
    due = min(1.0, 0.05 * 1.5 ** min(polls, 20), left) - spent
    if due > 0:
        yield Pause(due, due)


def _is_cancelled(job: Job) -> bool:
    return job.cancel_requested or job.status is Status.CANCELLED


def _is_alive(job: Job) -> bool:
    return not job.status.terminal


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _query_of(wanted: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """The fields of a filter as query parameters; raises InvalidSubmission before anything is sent."""
    given = {name: value for name, value in wanted.items() if value is not None}
    try:
        checked: dict[str, Any] = msgspec.to_builtins(msgspec.convert(given, TransactionFilter))
    except msgspec.ValidationError as error:
        raise InvalidSubmission(f"transactions: {error}") from None
    return {name: value if isinstance(value, list) else str(value) for name, value in checked.items()}
