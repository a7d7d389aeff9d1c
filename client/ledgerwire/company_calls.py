"""What the calls of one company's resources have in common: pages, bodies, filters and removals, as flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from ledgerwire.calls import Calls, books_path
from ledgerwire.exceptions import InvalidSubmission, NotFound
from ledgerwire.exchange import Request
from ledgerwire.flow import Emit, Flow
from ledgerwire.persistence import send

T = TypeVar("T")

#: Entries of a page; the most the server gives.
PAGE = 500
#: Seconds after which a file that is being sent counts as lost.
FILE_SILENCE = 60.0

Query = dict[str, str | list[str]]


class CompanyCalls:
    """Of one company."""

    def __init__(self, calls: Calls, company: str) -> None:
        self.calls = calls
        self.root = books_path(company)

    def read(self, request: Request, shape: type[T]) -> Flow[T]:
        answer = yield from self.calls.ask(request)
        return self.calls.read(answer, shape, request)

    def once(self, request: Request, shape: type[T]) -> Flow[T]:
        """For what must not be done twice: whoever loses the answer looks at what became of it."""
        persistence = msgspec.structs.replace(self.calls.persistence, tries=1)
        answer = yield from send(request, persistence, base=self.calls.base)
        return self.calls.read(answer, shape, request)

    def every(self, path: str, page: type[Any], query: Query | None = None) -> Flow[None]:
        """Emits the entries of all pages; ``page`` has ``data`` and ``next_cursor``."""
        query = {**(query or {}), "limit": str(PAGE)}
        while True:
            found = yield from self.read(Request(path=path, query=query), page)
            for entry in found.data:
                yield Emit(entry)
            if found.next_cursor is None:
                return
            query = {**query, "cursor": found.next_cursor}

    def file(self, path: str, query: Query | None = None) -> Flow[bytes]:
        answer = yield from self.calls.ask(Request(path=path, query=query or {}, silence=FILE_SILENCE))
        return answer.body

    def remove(self, path: str) -> Flow[None]:
        """Of a request that is sent again, the first may have got through: then it is gone, as was asked."""
        try:
            yield from self.calls.ask(Request(method="DELETE", path=path))
        except NotFound as missing:
            if missing.tries == 1:
                raise


def below(path: str, name: str) -> str:
    return f"{path}/{quote(name, safe='')}"


def encoded(what: str, fields: Mapping[str, Any], shape: type[msgspec.Struct]) -> bytes:
    """The fields as a JSON body; raises InvalidSubmission before anything is sent."""
    try:
        return msgspec.json.encode(msgspec.convert(fields, shape))
    except msgspec.ValidationError as error:
        raise InvalidSubmission(f"{what}: {error}") from None


def query_of(what: str, wanted: Mapping[str, Any], shape: type[msgspec.Struct]) -> Query:
    """The fields of a filter as query parameters; raises InvalidSubmission before anything is sent."""
    given = {name: value for name, value in wanted.items() if value is not None}
    try:
        checked: dict[str, Any] = msgspec.to_builtins(msgspec.convert(given, shape))
    except msgspec.ValidationError as error:
        raise InvalidSubmission(f"{what}: {error}") from None
    return {name: _word(value) for name, value in checked.items() if name in given}


def _word(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)
