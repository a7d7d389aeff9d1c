"""What is asked about one company's QuickBooks, as flows."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from ledgerwire.calls import Calls, company_path
from ledgerwire.company_calls import CompanyCalls, Query, encoded, query_of
from ledgerwire.exceptions import JobCancelled, JobFailed, NotFound
from ledgerwire.exchange import Request
from ledgerwire.flow import Flow
from ledgerwire.held import Held
from ledgerwire.jobs import Job, Page, Status
from ledgerwire.quickbooks import (
    AccountChoices,
    ConnectStart,
    Consent,
    ExportFilter,
    MappingList,
    QuickBooksConnection,
    SentPage,
)
from ledgerwire.submissions import Submission


class QuickBooksCalls(CompanyCalls):
    def __init__(self, calls: Calls, company: str) -> None:
        super().__init__(calls, company)
        self._company = company
        self._path = f"{self.root}/quickbooks"

    def connection(self) -> Flow[QuickBooksConnection]:
        return self.read(Request(path=self._path), QuickBooksConnection)

    def begin(self) -> Flow[ConnectStart]:
        """The server may have to ask Intuit first where people consent: a job, after which it knows.

        Raises JobFailed or JobCancelled where it could not find out.
        """
        request = Request(method="POST", path=f"{self._path}/connect")
        answer = yield from self.calls.ask(request)
        if answer.status == HTTPStatus.ACCEPTED:
            asking = Held(self.calls.read(answer, Job, request))
            yield from self.calls.wait(asking, None)
            _assert_complete(asking.job)
            answer = yield from self.calls.ask(request)
        return self.calls.read(answer, ConnectStart, request)

    def consent(self, state: str, code: str, realm_id: str) -> Flow[Held]:
        """A consent is good once: of a request that is sent again, the first may have got through.

        Then the job that has come since is the one it made.
        """
        brought = {"state": state, "code": code, "realm_id": realm_id}
        request = Request(
            method="POST", path="/api/quickbooks/consent", json=encoded("quickbooks", brought, Consent)
        )
        before = yield from self._connecting()
        try:
            answer = yield from self.calls.ask(request)
        except NotFound as missing:
            since = yield from self._connecting()
            if missing.tries == 1 or since is None or (before and before.job_id == since.job_id):
                raise
            return Held(since)
        return Held(
            self.calls.read(answer, Job, request),
            position=answer.headers.get("ledgerwire-position"),
            etag=answer.headers.get("etag"),
        )

    def submit(self, work: type[Submission], fields: Mapping[str, Any], key: str | None) -> Flow[Held]:
        return self.calls.submit(work, {"company_id": self._company, **fields}, key=key)

    def mapping(self) -> Flow[MappingList]:
        return self.read(Request(path=f"{self._path}/mapping"), MappingList)

    def confirm(self, choices: Mapping[str, str | None]) -> Flow[MappingList]:
        """Safe to send again: saying the same twice changes nothing."""
        wanted = [{"account": name, "qbo_id": qbo_id} for name, qbo_id in choices.items()]
        body = encoded("quickbooks", {"choices": wanted}, AccountChoices)
        return self.read(Request(method="PUT", path=f"{self._path}/mapping", json=body), MappingList)

    def sent(self, wanted: Mapping[str, Any]) -> Flow[None]:
        return self.every(f"{self._path}/exports", SentPage, query_of("quickbooks", wanted, ExportFilter))

    # --- one level down -----------------------------------------------------------------------------

    def _connecting(self) -> Flow[Job | None]:
        """The newest job that makes a connection."""
        query: Query = {"kind": "connect-qbo", "limit": "1"}
        page = yield from self.read(Request(path=company_path(self._company), query=query), Page)
        return page.data[0] if page.data else None


def _assert_complete(job: Job) -> None:
    if job.status is Status.FAILED:
        raise JobFailed(job)
    if job.status is Status.CANCELLED:
        raise JobCancelled(job)
