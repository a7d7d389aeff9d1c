"""One company of QuickBooks Online: what we ask of it, one verb each. Raises QuickBooksError (``faults``).

Every method is one call, or one for each page; the caller keeps Intuit's limits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from queue import Empty, SimpleQueue
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from workers.outside.quickbooks.faults import QuickBooksError, UnknownOutcome, fault_of

T = TypeVar("T")

#: Rows of a page of ``/query``; Intuit's most.
PAGE = 1_000
#: Calls at once, as many as Intuit allows one company.
THREADS = 10
#: Seconds that a call may take, from the first byte sent to the last one read.
WITHIN = 120.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Item(msgspec.Struct, frozen=True):
    """One object to send. ``body`` goes out to the letter."""

    #: create, update or delete.
    operation: str
    object_type: str
    body: str


class Answer(msgspec.Struct, frozen=True):
    """What became of one Item: where it stands now, or what it came to."""

    qbo_id: str | None = None
    sync_token: str | None = None
    fault: QuickBooksError | None = None


class Info(msgspec.Struct, frozen=True):
    name: str
    home_currency: str | None
    closed_through: date | None


class FoundAccount(msgspec.Struct, frozen=True):
    qbo_id: str
    name: str
    full_name: str
    type: str
    subtype: str | None
    currency: str | None
    active: bool


class Found(msgspec.Struct, frozen=True):
    """An object that is there, with its private note."""

    qbo_id: str
    sync_token: str
    note: str


class Company:
    """With one access token: make another one after a refresh. Belongs to one event loop; close it."""

    def __init__(self, *, access_token: str, realm_id: str, base_url: str, within: float = WITHIN) -> None:
        if urlsplit(base_url).scheme != "https" and urlsplit(base_url).hostname not in LOOPBACK:
            raise ValueError("A token goes out encrypted, or to this very machine.")
        self.realm_id = realm_id
        self._make: dict[str, Any] = {
            "access_token": access_token,
            "realm_id": realm_id,
            "base_url": base_url,
            "within": within,
        }
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="quickbooks")
        #: Connections that are free: each is one thread's at a time.
        self._free: SimpleQueue[Any] = SimpleQueue()

    # --- the company --------------------------------------------------------------------------------

    async def info(self) -> Info:
        company = _first(await self._query("SELECT * FROM CompanyInfo"), "CompanyInfo")
        preferences = _first(await self._query("SELECT * FROM Preferences"), "Preferences")
        currency = preferences.get("CurrencyPrefs", {}).get("HomeCurrency", {}).get("value")
        closed = preferences.get("AccountingInfoPrefs", {}).get("BookCloseDate")
        return Info(
            str(company.get("CompanyName") or "QuickBooks"),
            currency,
            date.fromisoformat(closed) if closed else None,
        )

    async def accounts(self) -> list[FoundAccount]:
        rows = await self._all("Account", "WHERE Active IN (true, false)")
        return [
            FoundAccount(
                qbo_id=str(row["Id"]),
                name=str(row["Name"]),
                full_name=str(row.get("FullyQualifiedName") or row["Name"]),
                type=str(row["AccountType"]),
                subtype=row.get("AccountSubType"),
                currency=row.get("CurrencyRef", {}).get("value"),
                active=bool(row.get("Active", True)),
            )
            for row in rows
        ]

    # --- vendors ------------------------------------------------------------------------------------

    async def find_vendors(self, names: Sequence[str]) -> dict[str, str]:
        """Ids by DisplayName, as far as there are such vendors."""
        listed = ", ".join(quoted(name) for name in names)
        rows = await self._all("Vendor", f"WHERE DisplayName IN ({listed})")
        return {str(row["DisplayName"]): str(row["Id"]) for row in rows}

    async def create_vendor(self, name: str, request_id: str) -> str:
        """Its id."""
        body = msgspec.json.encode({"DisplayName": name}).decode()
        answer = await self.send_one(Item("create", "Vendor", body), request_id)
        return str(answer.qbo_id)

    # --- objects ------------------------------------------------------------------------------------

    async def send_one(self, item: Item, request_id: str) -> Answer:
        params = {"operation": "delete"} if item.operation == "delete" else {}

        def call(transport: Any) -> Answer:
            url = f"{transport.api_url}/company/{self.realm_id}/{item.object_type.lower()}"
            answer = transport.post(url, item.body, params=params, request_id=request_id)
            return _answer(answer.get(item.object_type))

        return await self._run(call)

    async def send_batch(self, items: Sequence[Item], request_id: str) -> list[Answer]:
        """One for each, in their order; an item of which nothing is said may have been done."""
        requests = ",".join(
            f'{{"bId":"{number}","operation":"{item.operation}","{item.object_type}":{item.body}}}'
            for number, item in enumerate(items, 1)
        )

        def call(transport: Any) -> list[Answer]:
            url = f"{transport.api_url}/company/{self.realm_id}/batch"
            body = f'{{"BatchItemRequest":[{requests}]}}'
            answer = transport.post(url, body, request_id=request_id)
            told = {str(each.get("bId")): each for each in answer.get("BatchItemResponse") or []}
            return [
                _of_batch(told.get(str(number)), item, transport.after)
                for number, item in enumerate(items, 1)
            ]

        return await self._run(call)

    async def read(self, object_type: str, qbo_id: str) -> Answer:
        answer = await self._run(lambda transport: transport.get_single_object(object_type, qbo_id))
        return _answer(answer.get(object_type))

    async def find_objects(self, object_type: str, first: date, last: date) -> list[Found]:
        """Those of these days, both included."""
        where = f"WHERE TxnDate >= '{first}' AND TxnDate <= '{last}'"
        rows = await self._all(object_type, where)
        return [
            Found(str(row["Id"]), str(row["SyncToken"]), str(row.get("PrivateNote") or "")) for row in rows
        ]

    # --- files --------------------------------------------------------------------------------------

    async def upload(
        self, content: bytes, *, name: str, media_type: str, object_type: str, object_id: str
    ) -> str:
        """Attach ``content`` to an object; the id of the Attachable."""
        reference = {"EntityRef": {"type": object_type, "value": object_id}, "IncludeOnSend": False}
        about = {"FileName": name, "ContentType": media_type, "AttachableRef": [reference]}
        body = msgspec.json.encode(about).decode()

        def call(transport: Any) -> str:
            url = f"{transport.api_url}/company/{self.realm_id}/attachable"
            answer = transport.post(url, body, file_bytes=content)
            told = (answer.get("AttachableResponse") or [{}])[0]
            if fault := told.get("Fault"):
                raise fault_of(fault, 200, transport.after)
            return str(_answer(told.get("Attachable")).qbo_id)

        return await self._run(call)

    async def find_files(
        self, names: Sequence[str], *, attached_to: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Ids of Attachables by their file names, the eldest of each.

        ``attached_to`` has, by name, the id of the object it belongs to: what is attached to others only is another
        file. One of which it is not told what it is attached to counts: sent once more, it could be there twice.
        """
        listed = ", ".join(quoted(name) for name in names)
        rows = await self._all("Attachable", f"WHERE FileName IN ({listed})")
        wanted = attached_to or {}
        found: dict[str, str] = {}
        for row in rows:
            name, objects = str(row["FileName"]), _attached_to(row)
            if not objects or wanted.get(name) in {None, *objects}:
                found.setdefault(name, str(row["Id"]))
        return found

    async def close(self) -> None:
        """Calls that go on are let end; their connections are closed with them."""
        self._pool.submit(self._close_all)
        self._pool.shutdown(wait=False)

    def _close_all(self) -> None:
        while not self._free.empty():
            self._free.get_nowait().close()

    # --- under all of them --------------------------------------------------------------------------

    async def _all(self, entity: str, where: str = "") -> list[dict[str, Any]]:
        """Every row, page by page."""
        rows: list[dict[str, Any]] = []
        while True:
            page = f"STARTPOSITION {len(rows) + 1} MAXRESULTS {PAGE}"
            # Values in it are ``quoted`` or dates.
            select = f"SELECT * FROM {entity} {where} ORDERBY Id {page}"  # noqa: S608
            found = (await self._query(select)).get(entity, [])
            rows += found
            if len(found) < PAGE:
                return rows

    async def _query(self, select: str) -> dict[str, Any]:
        answer = await self._run(lambda transport: transport.query(select))
        return answer.get("QueryResponse") or {}

    async def _run(self, call: Callable[[Any], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._borrowing, call)

    def _borrowing(self, call: Callable[[Any], T]) -> T:
        from workers.outside.quickbooks.transport import Transport  # half a second, in its thread

        try:
            transport = self._free.get_nowait()
        except Empty:
            transport = Transport(**self._make)
        try:
            return call(transport)
        except (AttributeError, KeyError, TypeError, ValueError):
            # JSON, and no answer of Intuit's: who knows what was done.
            raise UnknownOutcome from None
        finally:
            self._free.put(transport)


def quoted(text: str) -> str:
    """A string of Intuit's query language, in which a backslash escapes."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _attached_to(attachable: Mapping[str, Any]) -> set[str]:
    """Ids only: Intuit does not always call a type as it was called when it was sent."""
    references = [each.get("EntityRef") or {} for each in attachable.get("AttachableRef") or []]
    return {str(each["value"]) for each in references if each.get("value")}


def _first(answer: dict[str, Any], name: str) -> dict[str, Any]:
    rows = answer.get(name) or [{}]
    return dict(rows[0])


def _answer(told: Any) -> Answer:
    if not isinstance(told, dict) or "Id" not in told:
        # It was accepted, and nobody says where it is.
        raise UnknownOutcome(200)
    return Answer(qbo_id=str(told["Id"]), sync_token=str(told.get("SyncToken", "0")))


def _of_batch(told: dict[str, Any] | None, item: Item, after: float | None) -> Answer:
    if told is None:
        return Answer(fault=UnknownOutcome(200))
    if fault := told.get("Fault"):
        return Answer(fault=fault_of(fault, 200, after))
    try:
        return _answer(told.get(item.object_type))
    except UnknownOutcome as fault:
        return Answer(fault=fault)


__all__ = ["Answer", "Company", "Found", "FoundAccount", "Info", "Item", "quoted"]
