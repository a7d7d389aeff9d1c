"""A double of OpenAI's chat completions: a real HTTP server, with every misbehaviour behind a switch.

    python -m tests.doubles.openai --port 8011 [--fail KIND[:COUNT]]... [--latency SECONDS] [--log FILE]

prints what to export before ``make run``, and serves until Ctrl-C:

| | |
|---|---|
| ``POST /v1/chat/completions`` | wants the key (401), its model (404) and a strict, well-formed json_schema (400) |
| ``GET /v1/models`` | its one model |
| ``POST /switch`` | ``{"kind": "refusal", "count": 2}``: so go the next two; without ``count`` all, till kind is null |

The answer: for each of the ``lines`` in the last message's JSON the category of the schema's enum that shares a word
with the description, directly or by a small list of hints; else null. Always the same for the same line.

Kinds: ``refusal`` ``length`` (cut short) ``length_over`` (cut short above so many ``lines``) ``bad_json`` ``html``
``long`` (a body without an end in sight) ``gzip`` ``empty`` (no choices) ``unknown_id`` ``unknown_category``
``missing_id`` ``duplicate_id`` ``bad_confidence`` ``null`` (knows nothing) ``no_usage`` ``absurd_usage`` ``400``
``401`` ``403`` ``404`` ``429`` (``retry_after`` seconds, 1 by default) ``quota`` (429, out of credit) ``500`` ``503``
``hang`` ``drop`` (before the answer) ``break`` (in the middle of it) ``slow`` (after ``seconds``, 2 by default).

The log has a line of JSON for each request as it arrives (``number``, ``at``, ``request``) and one before it is
answered (``number``, ``answered``: the kind).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from tests.doubles.misbehaviour import (
    KINDS,
    LETTERS_A_TOKEN,
    Call,
    Switch,
    completion_of,
    error,
    lines_of,
    receipt_call,
)
from tests.doubles.server import Misdeed, Request, Response, Server, json_response
from tests.doubles.strict_schema import strict_fault

KEY = "sk-double"
MODEL = "double-1"


class OpenAI:
    """``requests`` has the bodies of all that asked, in order of arrival, ``headers`` what came with them."""

    def __init__(
        self, *, key: str = KEY, model: str = MODEL, log: Path | None = None, latency: float = 0.0
    ) -> None:
        self.key = key
        self.model = model
        self.latency = latency
        self.requests: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        #: How many calls are being answered now, and the most there were at once.
        self.present = 0
        self.most = 0
        self._switches: list[Switch] = []
        self._log = None if log is None else os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._server = Server(self._handle)

    async def start(self, port: int = 0) -> None:
        await self._server.start(port)

    async def stop(self) -> None:
        await self._server.stop()
        if self._log is not None:
            os.close(self._log)

    @property
    def url(self) -> str:
        return f"{self._server.origin}/v1"

    def switch(self, kind: str | None, count: int | None = None, **options: Any) -> None:
        """After those that are switched already; None forgets them all."""
        if kind is None:
            self._switches.clear()
        elif kind not in KINDS:
            raise ValueError(f"no kind of misbehaviour is called {kind!r}")
        else:
            self._switches.append(Switch(kind, count, **options))

    def asked(self) -> list[str]:
        """The descriptions that were asked about, in order."""
        return [line["description"] for body in self.requests for line in lines_of(body)]

    # --- routes ---------------------------------------------------------------------------------------

    async def _handle(self, request: Request) -> Response | Misdeed:
        match request.method, request.path:
            case "POST", "/switch":
                return self._switch(request)
            case "GET", "/v1/models":
                return self._authorized(request) or json_response(200, self._models())
            case "POST", "/v1/chat/completions":
                return await self._complete(request)
        return error(404, f"Invalid URL ({request.method} {request.path})", code=None)

    def _switch(self, request: Request) -> Response:
        try:
            wanted = msgspec.json.decode(request.body, type=Switch)
            self.switch(**msgspec.structs.asdict(wanted))
        except (msgspec.MsgspecError, ValueError) as fault:
            return error(400, str(fault))
        return json_response(200, self._switches)

    def _models(self) -> dict[str, Any]:
        model = {"id": self.model, "object": "model", "created": 1_700_000_000, "owned_by": "double"}
        return {"object": "list", "data": [model]}

    def _authorized(self, request: Request) -> Response | None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if given == self.key:
            return None
        shown = f"{given[:3]}***{given[-2:]}"
        return error(401, f"Incorrect API key provided: {shown}.", code="invalid_api_key")

    async def _complete(self, request: Request) -> Response | Misdeed:
        if refused := self._authorized(request):
            return refused
        try:
            body = request.json()
        except msgspec.DecodeError:
            return error(400, "We could not parse the JSON body of your request.")
        self.requests.append(body)
        self.headers.append(request.headers)
        number = len(self.requests)
        self._write({"number": number, "at": datetime.now(UTC), "request": body})
        self.present += 1
        self.most = max(self.most, self.present)
        try:
            kind, response = await self._answer(body, number)
        finally:
            self.present -= 1
        self._write({"number": number, "answered": kind})
        return response

    def _write(self, entry: Any) -> None:
        if self._log is not None:
            os.write(self._log, msgspec.json.encode(entry) + b"\n")

    async def _answer(self, body: Any, number: int) -> tuple[str, Response | Misdeed]:
        call = self._check(body)
        if isinstance(call, Response):
            return str(call.status), call
        switch = self._due(call)
        await asyncio.sleep(switch.seconds if switch.kind == "slow" else self.latency)
        completion = completion_of(call, number)
        return switch.kind or "well", KINDS[switch.kind or "well"](call, completion, switch)

    def _due(self, call: Call) -> Switch:
        if not self._switches:
            return Switch()
        switch = self._switches[0]
        if switch.kind == "length_over" and len(call.lines) <= switch.lines:
            return Switch()
        if switch.count is not None:
            switch.count -= 1
            if switch.count <= 0:
                self._switches.pop(0)
        return switch

    def _check(self, body: Any) -> Call | Response:  # noqa: PLR0911 - each refusal as OpenAI words it
        if body.get("model") != self.model:
            told = f"The model `{body.get('model')}` does not exist or you do not have access to it."
            return error(404, told, code="model_not_found")
        form = body.get("response_format", {})
        schema = form.get("json_schema", {})
        if form.get("type") != "json_schema" or schema.get("strict") is not True:
            return error(400, "This double answers strict json_schema only.", param="response_format")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(schema.get("name"))):
            return error(400, "Invalid 'response_format.json_schema.name'.", param="response_format")
        if fault := strict_fault(schema.get("schema")):
            told = f"Invalid schema for response_format '{schema['name']}': {fault}"
            return error(400, told, param="response_format")
        try:
            if "answers" not in schema["schema"]["properties"]:
                return receipt_call(self.model, body, list(schema["schema"]["properties"]))
            answer = schema["schema"]["properties"]["answers"]["items"]["properties"]
            ids, categories = answer["id"]["enum"], answer["category"]["enum"]
            size = sum(len(message["content"]) for message in body["messages"])
            return Call(self.model, lines_of(body), ids, categories, size // LETTERS_A_TOKEN)
        except (KeyError, TypeError, msgspec.DecodeError) as fault:
            return error(400, f"This double does not understand the question: {fault!r}.")


# --- by hand --------------------------------------------------------------------------------------------


def read_fail(text: str) -> Switch:
    kind, _colon, count = text.partition(":")
    if kind not in KINDS:
        raise argparse.ArgumentTypeError(f"KIND is one of {', '.join(KINDS)}")
    return Switch(kind, int(count) if count else None)


async def serve(options: argparse.Namespace) -> None:
    double = OpenAI(log=options.log, latency=options.latency)
    for switch in options.fail:
        double.switch(**msgspec.structs.asdict(switch))
    await double.start(options.port)
    print(
        f"export OPENAI_API_KEY={double.key} OPENAI_MODEL={double.model} OPENAI_BASE_URL={double.url}\nmake run",
        flush=True,
    )
    try:
        await asyncio.Event().wait()
    finally:
        await double.stop()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.doubles.openai",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=8011)
    parser.add_argument("--fail", type=read_fail, action="append", default=[], metavar="KIND[:COUNT]")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--log", type=Path, metavar="FILE")
    try:
        asyncio.run(serve(parser.parse_args()))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
