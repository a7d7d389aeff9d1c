"""The double's front: who is asked what, limits, misbehaviour, and the memory of request ids."""

from __future__ import annotations

import asyncio
import base64
import os
import re
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from tests.doubles.quickbooks import queries
from tests.doubles.quickbooks.company import ENTITIES, Company
from tests.doubles.quickbooks.faults import Refusal
from tests.doubles.quickbooks.limits import Limits, Throttle
from tests.doubles.quickbooks.oauth import Authority
from tests.doubles.quickbooks.switches import Switch, Switches
from tests.doubles.server import Misdeed, Request, Response, Server, json_response

CLIENT_ID = "double-client"
CLIENT_SECRET = "double-secret"
REALM = "9130000000000001"
PATH = re.compile(r"/v3/company/(?P<realm>\d+)/(?P<what>\w+)(?:/(?P<id>[\w.-]+))?")
MOST_ITEMS = 30


class QuickBooksOnline:
    """``log`` has every request as it arrives, before it is answered; tests count from it."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        token_seconds: float = 3600.0,
        log: Path | None = None,
        seed: int = 1,
        latency: float = 0.0,
    ) -> None:
        #: Seconds that a call takes, at least.
        self.latency = latency
        self.authority = Authority(CLIENT_ID, CLIENT_SECRET, token_seconds=token_seconds)
        self.companies = {REALM: Company(REALM)}
        self.switches = Switches(seed)
        self.limits = limits or Limits()
        self.throttles: dict[str, Throttle] = {}
        #: How often each request id was sent.
        self.sent: Counter[str] = Counter()
        #: How often each minor version was asked for; empty where a call names none.
        self.minor_versions: Counter[str] = Counter()
        self._answers: dict[tuple[str, str], Response] = {}
        self._log = None if log is None else os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._server = Server(self._handle)

    async def start(self, port: int = 0) -> None:
        await self._server.start(port)

    async def stop(self) -> None:
        await self._server.stop()
        if self._log is not None:
            os.close(self._log)

    @property
    def origin(self) -> str:
        return self._server.origin

    @property
    def variables(self) -> dict[str, str]:
        """What a server and its workers have to be told."""
        return {
            "QBO_CLIENT_ID": CLIENT_ID,
            "QBO_CLIENT_SECRET": CLIENT_SECRET,
            "QBO_ENVIRONMENT": "sandbox",
            "QBO_BASE_URL": self.origin,
            "QBO_DISCOVERY_URL": f"{self.origin}/.well-known/openid_configuration",
        }

    @property
    def company(self) -> Company:
        return self.companies[REALM]

    def switch(self, kind: str, *on: str, **options: Any) -> None:
        self.switches.add(Switch(kind=kind, on=on or ("any",), **options))

    # --- routing --------------------------------------------------------------------------------------

    async def _handle(self, request: Request) -> Response | Misdeed:
        self._write(request)
        if request.path.startswith("/_double/"):
            return self._steer(request)
        if request.path.startswith("/.well-known/"):
            return json_response(200, self.authority.discovery(self.origin))
        if request.path == "/connect/oauth2":
            return self.authority.authorize(
                request, REALM, self.company.rows("CompanyInfo")[0]["CompanyName"]
            )
        if request.path.startswith("/oauth2/v1/tokens/"):
            return self._tokens(request)
        found = PATH.fullmatch(request.path)
        if found is None or found["realm"] not in self.companies:
            return json_response(404, {"error": "no such address"})
        return await self._company(request, found)

    def _tokens(self, request: Request) -> Response | Misdeed:
        switch = self.switches.take("token")
        if switch is not None and switch.kind != "drop_after":
            return _misdeed(switch)
        revokes = request.path.endswith("/revoke")
        answer = self.authority.revoke(request) if revokes else self.authority.token(request)
        return Misdeed.DROP if switch is not None else answer

    async def _company(self, request: Request, found: re.Match[str]) -> Response | Misdeed:
        realm, call = found["realm"], _call_of(request, found)
        self.minor_versions[request.query.get("minorversion", "")] += 1
        if not self.authority.accepts(request, realm):
            return json_response(401, Refusal("3200", "Token expired").envelope)
        throttle = self.throttles.setdefault(realm, Throttle(self.limits))
        wait = throttle.admit(is_batch=call == "batch")
        if wait is not None:
            return _throttled(wait)
        try:
            await asyncio.sleep(self.latency)
            return self._answer(request, found, self.switches.take(call))
        finally:
            throttle.leave()

    def _answer(self, request: Request, found: re.Match[str], switch: Switch | None) -> Response | Misdeed:
        if switch is not None and switch.kind not in {"drop_after", "partial", "silent"}:
            return _misdeed(switch)
        request_id = request.query.get("requestid")
        key = (found["realm"], request_id or "")
        if request_id is not None:
            self.sent[request_id] += 1
            if key in self._answers and not self.switches.forgets:
                return Misdeed.DROP if switch and switch.kind == "drop_after" else self._answers[key]
        answer = self._done(request, found, switch)
        if request_id is not None and answer.status == 200:
            self._answers[key] = answer
        return Misdeed.DROP if switch is not None and switch.kind == "drop_after" else answer

    def _done(self, request: Request, found: re.Match[str], switch: Switch | None) -> Response:
        company, what = self.companies[found["realm"]], found["what"].lower()
        try:
            if what == "query":
                text = request.body.decode() if request.method == "POST" else request.query.get("query", "")
                return json_response(200, {"QueryResponse": queries.run(company, text)})
            if what == "batch":
                answers = _batch(company, request.json(), switch)
                return json_response(200, {"BatchItemResponse": answers}, **_after(switch))
            if what == "upload":
                return json_response(200, {"AttachableResponse": [{"Attachable": _upload(company, request)}]})
            entity = _entity(what)
            if request.method == "GET":
                return json_response(200, {entity: company.read(entity, found["id"] or "1")})
            operation = request.query.get("operation")
            return json_response(200, {entity: _change(company, entity, request.json(), operation)})
        except Refusal as error:
            refusal = error
        except msgspec.DecodeError:
            refusal = Refusal("2010", "The request is no JSON")
        return json_response(400, refusal.envelope)

    # --- what tests see and do ------------------------------------------------------------------------

    def books(self, realm: str = REALM) -> dict[str, Any]:
        company = self.companies[realm]
        balance = company.balance()
        return {
            "objects": {entity: len(rows) for entity, rows in company.objects.items()},
            "balance": {name: str(amount) for name, amount in balance.items() if amount},
            "sum": str(sum(balance.values(), Decimal(0))),
            "refreshes": self.authority.refreshes,
            "most_at_once": max((each.most for each in self.throttles.values()), default=0),
            "throttled": sum(each.refused for each in self.throttles.values()),
        }

    def _steer(self, request: Request) -> Response:
        if request.path == "/_double/books":
            return json_response(200, self.books())
        if request.path == "/_double/objects":
            return json_response(200, self.company.rows(request.query["entity"]))
        told = request.json()
        if request.path == "/_double/switches":
            self.switches.add(msgspec.convert(told, Switch))
        elif request.path == "/_double/reset":
            self.switches.clear()
        elif request.path == "/_double/forget":
            self.switches.forgets = bool(told)
        elif request.path == "/_double/expire":
            self.authority.expire()
        return json_response(200, {})

    def _write(self, request: Request) -> None:
        if self._log is None:
            return
        entry = {
            "at": datetime.now(UTC),
            "method": request.method,
            "path": request.path,
            "query": dict(request.query),
            "body": request.body.decode("utf-8", "replace")[:20_000] if "/v3/" in request.path else "",
        }
        os.write(self._log, msgspec.json.encode(entry) + b"\n")


def _call_of(request: Request, found: re.Match[str]) -> str:
    what = found["what"].lower()
    if what in {"query", "batch", "upload"}:
        return what
    if request.method == "GET":
        return "read"
    if request.query.get("operation"):
        return request.query["operation"]
    return "update" if b'"SyncToken"' in request.body else "create"


def _entity(what: str) -> str:
    for entity in ENTITIES:
        if entity.lower() == what:
            return entity
    raise Refusal("4000", f"{what} is no entity")


def _change(company: Company, entity: str, content: dict[str, Any], operation: str | None) -> dict[str, Any]:
    if operation == "delete":
        return company.delete(entity, content)
    return company.update(entity, content) if "Id" in content else company.create(entity, content)


def _batch(company: Company, told: dict[str, Any], switch: Switch | None) -> list[dict[str, Any]]:
    items = told.get("BatchItemRequest", [])
    if not 0 < len(items) <= MOST_ITEMS:
        raise Refusal("1040", f"A batch has 1 to {MOST_ITEMS} items")
    answers = []
    for number, item in enumerate(items):
        fails = switch is not None and switch.kind == "partial" and number % 2 == 1
        answers.append({"bId": item["bId"], **_item(company, item, fails=fails)})
    return answers[:-1] if switch is not None and switch.kind == "silent" else answers


def _item(company: Company, item: dict[str, Any], *, fails: bool) -> dict[str, Any]:
    if fails:
        return {"Fault": Refusal("3001").fault}
    try:
        if "Query" in item:
            return {"QueryResponse": queries.run(company, item["Query"])}
        entity = next((each for each in ENTITIES if each in item), None)
        if entity is None:
            raise Refusal("2010", "An item without an object")
        operation = "delete" if item["operation"] == "delete" else None
        return {entity: _change(company, entity, item[entity], operation)}
    except Refusal as refusal:
        return {"Fault": refusal.fault}


def _upload(company: Company, request: Request) -> dict[str, Any]:
    """A form as python-quickbooks writes it by hand: what it is, and its bytes in base64."""
    boundary = request.headers["content-type"].partition("boundary=")[2].encode()
    parts = [part.partition(b"\n\n")[::2] for part in request.body.split(b"--" + boundary) if b"\n\n" in part]
    about = next(body for head, body in parts if b"file_metadata" in head)
    content = next(body for head, body in parts if b"file_content" in head)
    told = msgspec.json.decode(about.strip())
    for reference in told.get("AttachableRef", []):
        company.read(reference["EntityRef"]["type"], str(reference["EntityRef"]["value"]))
    file = base64.b64decode(content.strip())
    made = company.create("Attachable", {**told, "Size": len(file)})
    company.files[made["Id"]] = file
    return made


def _throttled(wait: float) -> Response:
    return json_response(429, Refusal("3001", "message=ThrottleExceeded").envelope, retry_after=f"{wait:.3f}")


def _misdeed(switch: Switch) -> Response | Misdeed:
    if switch.kind in CUTS:
        return CUTS[switch.kind]
    answer = ANSWERS[switch.kind]
    return Response(answer.status, answer.body, {**answer.headers, **_after(switch)})


def _after(switch: Switch | None) -> dict[str, str]:
    return {} if switch is None or switch.retry_after is None else {"retry-after": str(switch.retry_after)}


CUTS = {"hang": Misdeed.HANG, "drop": Misdeed.DROP, "drop_after": Misdeed.DROP}
XML = b"<?xml version='1.0'?><IntuitResponse><Fault type='ThrottleExceeded'/></IntuitResponse>"
ANSWERS = {
    "429": Response(429, XML, {"content-type": "application/xml"}),
    "401": json_response(401, Refusal("3200").envelope),
    "denied": json_response(401, Refusal("120").envelope),
    "throttled403": json_response(403, Refusal("3001").envelope),
    "fault200": json_response(200, Refusal("10000").envelope),
    "500": json_response(500, {}),
    "html503": Response(503, b"<html><body>Service Unavailable", {"content-type": "text/html"}),
}
