"""``/docs/openapi.json``: Litestar knows the paths, msgspec knows the shapes; this joins them.

Litestar leaves the discriminator out of tagged unions, documents errors in its own shape and knows nothing of
the forms we read ourselves.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from types import ModuleType
from typing import Any, Final

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Tag

from ledgerwire import (
    access,
    activity,
    books,
    errors,
    events,
    jobs,
    journal,
    quickbooks,
    receipts,
    review,
    rules,
    statements,
    submissions,
)
from ledgerwire.errors import Problem
from ledgerwire.submissions import Submission
from server import health
from server.answers import JSON
from server.examples import EXAMPLES, FILES, PARAMETERS, problem_example
from server.problems import MEDIA_TYPE
from server.submitting import names_upload, upload_fields
from server.uploads import MULTIPART

REF: Final = "#/components/schemas/{name}"
MODULES: Final = (
    access,
    activity,
    books,
    errors,
    events,
    health,
    journal,
    jobs,
    quickbooks,
    receipts,
    review,
    rules,
    statements,
    submissions,
)
METHODS: Final = ("get", "post", "put", "patch", "delete")
SECURITY: Final = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key: lw_…"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "lw_session",
        "description": "The dashboard's session",
    },
}
TAGS: Final = {
    "Submit": "Hand in work: the answer is a job.",
    "Jobs": "Follow, cancel and retry jobs.",
    "Events": "Every step of a job as it happens, and what was missed.",
    "Books": "What the jobs work on.",
    "QuickBooks": "A company of QuickBooks Online: connected, mapped, and what was sent to it.",
    "Receipts": "What was read of pictures and PDFs, and the bank lines that paid.",
    "Session": "Signing in to the dashboard.",
    "Members": "Who may what: people by invitation, programs by keys. For administrators.",
    "Health": "For load balancers and monitoring.",
}
DESCRIPTION: Final = (
    "Bookkeeping's slow work as live jobs. Submit one, then poll it, stream it by SSE (Events), or watch it on "
    "the WebSocket `/api/ws`, which /docs/asyncapi.json describes. One position resumes all three."
)

Node = dict[str, Any]


def openapi_config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Ledgerwire",
        version=version("ledgerwire"),
        description=DESCRIPTION,
        tags=[Tag(name=name, description=text) for name, text in TAGS.items()],
        # We serve it ourselves, finished.
        render_plugins=[],
        path="/docs/raw",
    )


@get("/docs/openapi.json", include_in_schema=False, sync_to_thread=False)
def openapi_route(request: Request[Any, Any, Any]) -> Response[bytes]:
    document = document_of(request.app)
    return Response(document, media_type=JSON, headers={"Cache-Control": "no-cache"})


def document_of(app: Litestar) -> bytes:
    """The finished document; made once an app."""
    made = app.state.get("openapi")
    if made is None:
        made = msgspec.json.encode(build(app))
        app.state["openapi"] = made
    return bytes(made)


def build(app: Litestar) -> Node:
    document: Node = msgspec.to_builtins(app.openapi_schema.to_schema(), enc_hook=str)
    structs = wire_structs()
    _take_over_shapes(document, structs)
    handlers = {handler.operation_id: handler for handler in _handlers(app)}
    for operation in _operations(document):
        handler = handlers[operation["operationId"]]
        _describe_body(document, operation, handler)
        operation["responses"].get("204", {}).pop("content", None)
        _describe_problems(operation, handler)
        _describe_access(operation, handler)
        _give_examples(operation)
    document["components"]["securitySchemes"] = SECURITY
    return document


def wire_structs() -> dict[str, type[msgspec.Struct]]:
    return {struct.__name__: struct for module in MODULES for struct in _structs(module)}


def _structs(module: ModuleType) -> Iterator[type[msgspec.Struct]]:
    for _, found in inspect.getmembers(module, inspect.isclass):
        if issubclass(found, msgspec.Struct) and found.__module__ == module.__name__:
            yield found


def _handlers(app: Litestar) -> Iterator[HTTPRouteHandler]:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            if isinstance(handler, HTTPRouteHandler):
                yield handler


def _operations(document: Node) -> Iterator[Node]:
    for path in document["paths"].values():
        yield from (path[method] for method in METHODS if method in path)


# --- shapes -------------------------------------------------------------------------------------------


def _take_over_shapes(document: Node, structs: Mapping[str, type[msgspec.Struct]]) -> None:
    """Every shape as msgspec checks it, discriminators and limits included."""
    _, shapes = msgspec.json.schema_components([*structs.values()], ref_template=REF)
    for name, struct in structs.items():
        if issubclass(struct, Submission):
            # The address already says which kind it is.
            shapes[name]["required"] = [field for field in shapes[name]["required"] if field != "kind"]
    document.setdefault("components", {})["schemas"] = shapes


def _ref(name: str) -> Node:
    return {"$ref": REF.format(name=name)}


def _describe_body(document: Node, operation: Node, handler: HTTPRouteHandler) -> None:
    struct: type[msgspec.Struct] | None = handler.opt.get("body")
    if struct is None:
        return
    if handler.opt.get("multipart") and issubclass(struct, Submission):
        content = {MULTIPART: _form(document, struct)}
    else:
        content = {JSON: {"schema": _ref(struct.__name__)}}
    operation["requestBody"] = {"required": handler.opt.get("body_required", True), "content": content}


def _form(document: Node, struct: type[Submission]) -> Node:
    """The struct as a form: files are bytes, objects and lists are JSON in their field."""
    shape = document["components"]["schemas"].pop(struct.__name__)
    fields = {name: dict(each) for name, each in shape["properties"].items() if name != "kind"}
    for name in upload_fields(struct):
        fields[name] = _file_field(struct, name)
    structured = [name for name, each in fields.items() if _is_object(each)]
    form = {
        "type": "object",
        "properties": fields,
        "required": shape["required"],
        "additionalProperties": False,
    }
    return {
        "schema": {"title": struct.__name__, "description": shape.get("description", ""), **form},
        "encoding": {name: {"contentType": JSON} for name in structured},
        "example": EXAMPLES.get(struct.__name__, {}),
    }


def _file_field(struct: type[Submission], name: str) -> Node:
    # 3.1 knows a file by its media type, Swagger UI by the older format.
    one = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
    wanted = next(each.type for each in msgspec.structs.fields(struct) if each.encode_name == name)
    many = getattr(wanted, "__origin__", None) is list
    return {"type": "array", "items": one} if many and names_upload(wanted) else one


def _is_object(field: Node) -> bool:
    return any("$ref" in each or each.get("type") in {"object", "array"} for each in field.get("anyOf", []))


# --- answers ------------------------------------------------------------------------------------------


def _describe_problems(operation: Node, handler: HTTPRouteHandler) -> None:
    answers: Node = operation["responses"]
    for status in _problems_of(operation, handler):
        answers[str(status)] = {
            "description": problem_example(status).title,
            "content": {
                MEDIA_TYPE: {
                    "schema": _ref(Problem.__name__),
                    "example": msgspec.to_builtins(problem_example(status)),
                }
            },
        }


def _problems_of(operation: Node, handler: HTTPRouteHandler) -> list[int]:
    tag = operation["tags"][0]
    if tag == "Health":
        return []
    found = [400, 500, 503]
    if not handler.opt.get("public"):
        found += [401] if "GET" in handler.http_methods else [401, 403]
    if tag in {"Jobs", "Events", "Books", "Submit"}:
        found += [404]
    if operation.get("requestBody"):
        found += [413, 415]
    if tag == "Submit":
        found += [422]
    return sorted({*found, *handler.opt.get("problems", ())})


def _describe_access(operation: Node, handler: HTTPRouteHandler) -> None:
    is_open = handler.opt.get("public") or operation["tags"] == ["Health"]
    operation["security"] = [] if is_open else [{"key": []}, {"session": []}]


# --- examples -----------------------------------------------------------------------------------------


def _give_examples(operation: Node) -> None:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        _give_example(content)
    for answer in operation["responses"].values():
        for media_type, content in answer.get("content", {}).items():
            if operation["operationId"] in FILES and media_type not in (JSON, MEDIA_TYPE):
                content["example"] = FILES[operation["operationId"]]
            _give_example(content)
    for parameter in operation.get("parameters", []):
        if parameter["name"] in PARAMETERS:
            parameter["example"] = PARAMETERS[parameter["name"]]


def _give_example(content: Node) -> None:
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    if name in EXAMPLES and "example" not in content:
        content["example"] = EXAMPLES[name]
