"""What is asked about one company's QuickBooks, as flows."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec

from ledgerwire.calls import Calls, books_path
from ledgerwire.exceptions import InvalidSubmission
from ledgerwire.exchange import Request
from ledgerwire.flow import Emit, Flow
from ledgerwire.held import Held
from ledgerwire.jobs import Job
from ledgerwire.quickbooks import (
    AccountChoices,
    ConnectStart,
    Consent,
    ExportFilter,
    MappingList,
    QuickBooksConnection,
    SentPage,
)

T = TypeVar("T")

#: Rows of a page; the most the server gives.
PAGE = 500


class QuickBooksCalls:
    """Of one company."""

    def __init__(self, calls: Calls, company: str) -> None:
        self.calls = calls
        self._root = f"{books_path(company)}/quickbooks"

    def connection(self) -> Flow[QuickBooksConnection]:
        return self._read(Request(path=self._root), QuickBooksConnection)

    def begin(self) -> Flow[ConnectStart]:
        """The server may have to ask Intuit first where people consent: a job, after which it knows."""
        request = Request(method="POST", path=f"{self._root}/connect")
        answer = yield from self.calls.ask(request)
        if answer.status == HTTPStatus.ACCEPTED:
            asking = Held(self.calls.read(answer, Job, request))
            yield from self.calls.wait(asking, None)
            answer = yield from self.calls.ask(request)
        return self.calls.read(answer, ConnectStart, request)

    def consent(self, state: str, code: str, realm_id: str) -> Flow[Held]:
        body = msgspec.json.encode(Consent(state=state, code=code, realm_id=realm_id))
        request = Request(method="POST", path="/api/quickbooks/consent", json=body)
        return Held((yield from self._read(request, Job)))

    def mapping(self) -> Flow[MappingList]:
        return self._read(Request(path=f"{self._root}/mapping"), MappingList)

    def confirm(self, choices: Mapping[str, str | None]) -> Flow[MappingList]:
        """Safe to send again: saying the same twice changes nothing."""
        try:
            wanted = [{"account": name, "qbo_id": qbo_id} for name, qbo_id in choices.items()]
            body = msgspec.convert({"choices": wanted}, AccountChoices)
        except msgspec.ValidationError as error:
            raise InvalidSubmission(f"quickbooks: {error}") from None
        request = Request(method="PUT", path=f"{self._root}/mapping", json=msgspec.json.encode(body))
        return self._read(request, MappingList)

    def sent(self, wanted: Mapping[str, Any]) -> Flow[None]:
        query = _query_of(wanted) | {"limit": str(PAGE)}
        while True:
            page = yield from self._read(Request(path=f"{self._root}/exports", query=query), SentPage)
            for line in page.data:
                yield Emit(line)
            if page.next_cursor is None:
                return
            query = {**query, "cursor": page.next_cursor}

    def _read(self, request: Request, shape: type[T]) -> Flow[T]:
        answer = yield from self.calls.ask(request)
        return self.calls.read(answer, shape, request)


def _query_of(wanted: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """The fields of an ExportFilter as query parameters; raises InvalidSubmission before anything is sent."""
    given = {name: value for name, value in wanted.items() if value is not None}
    try:
        checked: dict[str, Any] = msgspec.to_builtins(msgspec.convert(given, ExportFilter))
    except msgspec.ValidationError as error:
        raise InvalidSubmission(f"quickbooks: {error}") from None
    return {name: str(value) for name, value in checked.items() if value is not None}
