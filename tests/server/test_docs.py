"""/docs is complete, valid and served by ourselves."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from ledgerwire.events import Reply, Request
from server import asyncapi, openapi
from server.examples import EXAMPLES
from tests.server.serving import Api


@pytest.fixture
def document(sqlite_api: Api) -> dict[str, Any]:
    return openapi.build(sqlite_api.app)


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def contents(operation: dict[str, Any]) -> list[dict[str, Any]]:
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    return [content for body in bodies for content in body.get("content", {}).values()]


async def test_the_openapi_document_is_valid(document: dict[str, Any]) -> None:
    validate(document)


async def test_every_route_is_told_for_people(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for operation in operations(document)]
    assert len(set(names)) == len(names)
    for operation in operations(document):
        name = operation["operationId"]
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", name)
        assert operation["summary"], name
        assert operation["tags"], name
        assert "security" in operation, name
        for parameter in operation.get("parameters", []):
            assert parameter["name"] != "kernel"


async def test_every_body_has_an_example(document: dict[str, Any]) -> None:
    for operation in operations(document):
        bodies = contents(operation)
        assert bodies or operation["operationId"] == "signOut"
        for content in bodies:
            assert "example" in content, operation["operationId"]


async def test_every_error_is_a_problem(document: dict[str, Any]) -> None:
    for operation in operations(document):
        for status, answer in operation["responses"].items():
            if status >= "400" and operation["operationId"] != "isReady":
                assert list(answer["content"]) == ["application/problem+json"], operation["operationId"]


async def test_examples_are_what_the_shapes_say(document: dict[str, Any]) -> None:
    shapes = document["components"]["schemas"]
    for name, example in EXAMPLES.items():
        if name in shapes:
            schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
            Draft202012Validator(schema).validate(example)


async def test_tagged_unions_keep_their_discriminator(document: dict[str, Any]) -> None:
    events = document["components"]["schemas"]["Events"]["properties"]["events"]["items"]
    assert events["discriminator"]["propertyName"] == "type"
    assert set(events["discriminator"]["mapping"]) == {"job", "log"}


async def test_an_upload_is_a_form_with_a_file(document: dict[str, Any]) -> None:
    body = document["paths"]["/api/jobs/upload-and-categorize"]["post"]["requestBody"]
    form = body["content"]["multipart/form-data"]["schema"]
    assert form["properties"]["file"]["contentMediaType"] == "application/octet-stream"
    assert set(form["required"]) == {"company_id", "file"}


async def test_the_idempotency_key_is_documented(document: dict[str, Any]) -> None:
    parameters = document["paths"]["/api/jobs/categorize"]["post"]["parameters"]
    assert [each["name"] for each in parameters if each["in"] == "header"] == ["Idempotency-Key"]


async def test_the_documents_and_the_page_are_served_without_a_key(sqlite_api: Api) -> None:
    async with sqlite_api.client() as client:
        for name in ("openapi.json", "asyncapi.json"):
            answer = await client.get(f"/docs/{name}")
            assert answer.headers["content-type"] == "application/json"
            msgspec.json.decode(answer.content)
        page = await client.get("/docs")
        assert page.headers["content-type"].startswith("text/html")
        for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
            assert address.startswith("/"), "nothing comes from elsewhere"
            assert (await client.get(address)).status_code == 200, address


# --- AsyncAPI -------------------------------------------------------------------------------------------

REFERENCE = {"type": "object", "required": ["$ref"], "properties": {"$ref": {"type": "string"}}}
#: As much of AsyncAPI 3.0 as we use: the parts, their required fields, and nothing beside them.
ASYNCAPI = {
    "type": "object",
    "required": ["asyncapi", "info", "channels", "operations", "components"],
    "properties": {
        "asyncapi": {"const": "3.0.0"},
        "id": {"type": "string", "format": "uri"},
        "defaultContentType": {"const": "application/json"},
        "info": {
            "type": "object",
            "required": ["title", "version"],
            "properties": {name: {"type": "string"} for name in ("title", "version", "description")},
            "additionalProperties": False,
        },
        "servers": {
            "additionalProperties": {
                "type": "object",
                "required": ["host", "protocol"],
                "properties": {
                    "host": {"type": "string"},
                    "protocol": {"const": "ws"},
                    "security": {"type": "array", "items": REFERENCE},
                },
                "additionalProperties": False,
            }
        },
        "channels": {
            "additionalProperties": {
                "type": "object",
                "properties": {
                    "address": {"type": "string"},
                    "title": {"type": "string"},
                    "messages": {"additionalProperties": REFERENCE},
                    "bindings": {"type": "object", "required": ["ws"]},
                },
                "additionalProperties": False,
            }
        },
        "operations": {
            "additionalProperties": {
                "type": "object",
                "required": ["action", "channel"],
                "properties": {
                    "action": {"enum": ["send", "receive"]},
                    "channel": REFERENCE,
                    "summary": {"type": "string"},
                    "messages": {"type": "array", "items": REFERENCE},
                },
                "additionalProperties": False,
            }
        },
        "components": {
            "required": ["messages", "schemas"],
            "properties": {
                "messages": {
                    "additionalProperties": {
                        "type": "object",
                        "required": ["payload"],
                        "properties": {
                            "name": {"type": "string"},
                            "title": {"type": "string"},
                            "summary": {"type": "string", "minLength": 1},
                            "contentType": {"type": "string"},
                            "payload": REFERENCE,
                            "examples": {"type": "array", "items": {"required": ["payload"]}},
                        },
                        "additionalProperties": False,
                    }
                },
                "schemas": {"type": "object"},
                "securitySchemes": {"additionalProperties": {"required": ["type"]}},
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}


def references(node: Any) -> list[str]:
    match node:
        case dict():
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [found for value in node.values() for found in references(value)]
        case list():
            return [found for value in node for found in references(value)]
    return []


def resolved(document: dict[str, Any], reference: str) -> Any:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


def test_the_asyncapi_document_has_its_form_and_every_reference_leads_somewhere() -> None:
    document = asyncapi.build()
    Draft202012Validator(ASYNCAPI).validate(document)
    for reference in references(document):
        assert resolved(document, reference)
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_message_of_the_socket_is_told() -> None:
    document = asyncapi.build()
    told = set(document["components"]["messages"])
    assert told == {each.__name__ for each in (*Request.__args__, *Reply.__args__)}
    assert len(document["operations"]["ask"]["messages"]) == len(Request.__args__)


def test_the_examples_of_messages_are_what_their_shapes_say() -> None:
    document = asyncapi.build()
    for message in document["components"]["messages"].values():
        for example in message.get("examples", []):
            schema = {**message["payload"], "components": document["components"]}
            Draft202012Validator(schema).validate(example["payload"])
