"""``/docs/asyncapi.json``: the WebSocket as AsyncAPI 3.0, its shapes from the very Structs that cross it."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from types import UnionType
from typing import Any, Final, get_args

import msgspec
from litestar import Response, get

from ledgerwire.events import JobEvent, Reply, Request, Snapshot, Subscribe, Subscribed
from server.answers import JSON
from server.examples import COMPANY, JOB, POSITION

REF: Final = "#/components/schemas/{name}"
CHANNEL: Final = {"$ref": "#/channels/socket"}
DESCRIPTION: Final = (
    "One JSON message per text frame, subprotocol `ledgerwire.v1`. Subscribe to a company or to one job of it; "
    "hand the last position you saw back as `since`, and what you missed follows, or a snapshot that replaces "
    "what you hold. Positions strictly increase but need not be contiguous."
)
EXAMPLES: Final[dict[str, msgspec.Struct]] = {
    "Subscribe": Subscribe(id=1, company_id=COMPANY, since=POSITION),
    "Subscribed": Subscribed(id=1, company_id=COMPANY, job_id=None, position=POSITION, recovered=True),
    "JobEvent": JobEvent(company_id=COMPANY, position=POSITION, job=JOB),
    "Snapshot": Snapshot(company_id=COMPANY, position=POSITION, jobs=[JOB], reason="subscribed", id=1),
}

Node = dict[str, Any]


@get("/docs/asyncapi.json", include_in_schema=False, sync_to_thread=False)
def asyncapi_route() -> Response[bytes]:
    return Response(msgspec.json.encode(build()), media_type=JSON, headers={"Cache-Control": "no-cache"})


@cache
def build() -> Node:
    said, heard = _members(Request), _members(Reply)
    _, shapes = msgspec.json.schema_components([*said, *heard], ref_template=REF)
    return {
        "asyncapi": "3.0.0",
        "id": "urn:ledgerwire:events",
        "info": {"title": "Ledgerwire events", "version": version("ledgerwire"), "description": DESCRIPTION},
        "defaultContentType": JSON,
        "servers": {
            "here": {
                "host": "localhost:8000",
                "protocol": "ws",
                "security": [_scheme("key"), _scheme("session")],
            }
        },
        "channels": {"socket": _channel([*said, *heard])},
        "operations": {
            "ask": _operation("receive", "What a client may say", said),
            "watch": _operation("send", "What the server says", heard),
        },
        "components": {
            "messages": {each.__name__: _message(each) for each in [*said, *heard]},
            "schemas": shapes,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key: lw_…"},
                "session": {"type": "httpApiKey", "in": "cookie", "name": "lw_session"},
            },
        },
    }


def _members(union: UnionType) -> list[type[msgspec.Struct]]:
    return list(get_args(union))


def _scheme(name: str) -> Node:
    return {"$ref": f"#/components/securitySchemes/{name}"}


def _channel(structs: list[type[msgspec.Struct]]) -> Node:
    return {
        "address": "/api/ws",
        "title": "The socket",
        "messages": {each.__name__: {"$ref": f"#/components/messages/{each.__name__}"} for each in structs},
        "bindings": {"ws": {"method": "GET", "headers": _subprotocol()}},
    }


def _subprotocol() -> Node:
    return {
        "type": "object",
        "properties": {"Sec-WebSocket-Protocol": {"type": "string", "const": "ledgerwire.v1"}},
    }


def _operation(action: str, summary: str, structs: list[type[msgspec.Struct]]) -> Node:
    return {
        "action": action,
        "channel": CHANNEL,
        "summary": summary,
        "messages": [{"$ref": f"#/channels/socket/messages/{each.__name__}"} for each in structs],
    }


def _message(struct: type[msgspec.Struct]) -> Node:
    message: Node = {
        "name": str(struct.__struct_config__.tag),
        "title": struct.__name__,
        "summary": (struct.__doc__ or "").partition("\n")[0],
        "contentType": JSON,
        "payload": {"$ref": REF.format(name=struct.__name__)},
    }
    if example := EXAMPLES.get(struct.__name__):
        message["examples"] = [{"payload": msgspec.to_builtins(example)}]
    return message
