"""One company's QuickBooks for programs: ``client.quickbooks("demo")``, blocking or awaited.

books = client.quickbooks("demo")
if books.connection().state != "connected":
    print("An administrator opens", books.begin().authorize_url)
books.confirm({each.account: each.qbo_id for each in books.mapping().data if each.qbo_id})
print(books.export().result())
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from typing import Any

from ledgerwire.async_body import AsyncBody
from ledgerwire.body import Body
from ledgerwire.books import TransactionFilter
from ledgerwire.handles import AsyncJobHandle, JobHandle
from ledgerwire.quickbooks import ConnectStart, MappingList, QuickBooksConnection, SentLine
from ledgerwire.quickbooks_calls import QuickBooksCalls
from ledgerwire.submissions import DisconnectQbo, ExportQbo, FetchQbo, Submission


class QuickBooks:
    """Every method raises APIError: Conflict where nothing is connected, or the server has no application."""

    def __init__(self, calls: QuickBooksCalls, body: Body) -> None:
        self._calls = calls
        self._body = body

    def connection(self) -> QuickBooksConnection:
        """How it stands, and what waits to be sent."""
        return self._body.run(self._calls.connection())

    def begin(self) -> ConnectStart:
        """Where a person's browser goes to say yes. Needs the role ``admin``; JobFailed if Intuit is away."""
        return self._body.run(self._calls.begin())

    def consent(self, *, state: str, code: str, realm_id: str) -> JobHandle:
        """Take up what the person brought back, as the same person: a ``connect-qbo`` job."""
        held = self._body.run(self._calls.consent(state, code, realm_id))
        return JobHandle(self._calls.calls, held, self._body)

    def mapping(self) -> MappingList:
        """Our accounts, each with the account of QuickBooks that is confirmed or proposed; and all there are."""
        return self._body.run(self._calls.mapping())

    def confirm(self, choices: Mapping[str, str | None]) -> MappingList:
        """Ids of QuickBooks by the names of our accounts; null takes a choice back. All of it stands, or none."""
        return self._body.run(self._calls.confirm(choices))

    def sent(self, **wanted: Any) -> Generator[SentLine]:
        """Every line that was sent, newest first; ``wanted`` are fields of ExportFilter."""
        return self._body.stream(self._calls.sent(wanted))

    def export(
        self,
        *,
        transaction_ids: Sequence[str] | None = None,
        matching: TransactionFilter | Mapping[str, Any] | None = None,
        failed_of: str | None = None,
        dry_run: bool = False,
        idempotency_key: str | None = None,
    ) -> JobHandle:
        """``client.export_qbo`` of this company: all there is to send, or what you say by one of the three."""
        fields = {
            "transaction_ids": transaction_ids,
            "filter": matching,
            "failed_of": failed_of,
            "dry_run": dry_run or None,
        }
        return self._submit(ExportQbo, fields, idempotency_key)

    def fetch(self, *, idempotency_key: str | None = None) -> JobHandle:
        """Fetch the accounts over there anew: a ``fetch-qbo`` job."""
        return self._submit(FetchQbo, {}, idempotency_key)

    def disconnect(self, *, idempotency_key: str | None = None) -> JobHandle:
        """Give the connection back; what was sent stays there. Needs the role ``admin``."""
        return self._submit(DisconnectQbo, {}, idempotency_key)

    def _submit(self, work: type[Submission], fields: Mapping[str, Any], key: str | None) -> JobHandle:
        held = self._body.run(self._calls.submit(work, fields, key))
        return JobHandle(self._calls.calls, held, self._body)


class AsyncQuickBooks:
    __doc__ = QuickBooks.__doc__

    def __init__(self, calls: QuickBooksCalls, body: AsyncBody) -> None:
        self._calls = calls
        self._body = body

    async def connection(self) -> QuickBooksConnection:
        """How it stands, and what waits to be sent."""
        return await self._body.run(self._calls.connection())

    async def begin(self) -> ConnectStart:
        """Where a person's browser goes to say yes. Needs the role ``admin``; JobFailed if Intuit is away."""
        return await self._body.run(self._calls.begin())

    async def consent(self, *, state: str, code: str, realm_id: str) -> AsyncJobHandle:
        """Take up what the person brought back, as the same person: a ``connect-qbo`` job."""
        held = await self._body.run(self._calls.consent(state, code, realm_id))
        return AsyncJobHandle(self._calls.calls, held, self._body)

    async def mapping(self) -> MappingList:
        """Our accounts, each with the account of QuickBooks that is confirmed or proposed; and all there are."""
        return await self._body.run(self._calls.mapping())

    async def confirm(self, choices: Mapping[str, str | None]) -> MappingList:
        """Ids of QuickBooks by the names of our accounts; null takes a choice back. All of it stands, or none."""
        return await self._body.run(self._calls.confirm(choices))

    def sent(self, **wanted: Any) -> AsyncGenerator[SentLine]:
        """Every line that was sent, newest first; ``wanted`` are fields of ExportFilter."""
        return self._body.stream(self._calls.sent(wanted))

    async def export(
        self,
        *,
        transaction_ids: Sequence[str] | None = None,
        matching: TransactionFilter | Mapping[str, Any] | None = None,
        failed_of: str | None = None,
        dry_run: bool = False,
        idempotency_key: str | None = None,
    ) -> AsyncJobHandle:
        """``client.export_qbo`` of this company: all there is to send, or what you say by one of the three."""
        fields = {
            "transaction_ids": transaction_ids,
            "filter": matching,
            "failed_of": failed_of,
            "dry_run": dry_run or None,
        }
        return await self._submit(ExportQbo, fields, idempotency_key)

    async def fetch(self, *, idempotency_key: str | None = None) -> AsyncJobHandle:
        """Fetch the accounts over there anew: a ``fetch-qbo`` job."""
        return await self._submit(FetchQbo, {}, idempotency_key)

    async def disconnect(self, *, idempotency_key: str | None = None) -> AsyncJobHandle:
        """Give the connection back; what was sent stays there. Needs the role ``admin``."""
        return await self._submit(DisconnectQbo, {}, idempotency_key)

    async def _submit(
        self, work: type[Submission], fields: Mapping[str, Any], key: str | None
    ) -> AsyncJobHandle:
        held = await self._body.run(self._calls.submit(work, fields, key))
        return AsyncJobHandle(self._calls.calls, held, self._body)
