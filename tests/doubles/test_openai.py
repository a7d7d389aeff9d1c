"""The double is as strict as what it stands for: asked by the vendor's own package."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import openai
import pytest

from tests.doubles.misbehaviour import choose
from tests.doubles.openai import KEY, MODEL, OpenAI

CATEGORIES = ["Meals and entertainment", "Vehicle fuel", None]
SCHEMA = {
    "type": "object",
    "properties": {
        "answers": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string", "enum": ["1", "2"]},
                    "category": {"type": ["string", "null"], "enum": CATEGORIES},
                    "confidence": {"type": "number"},
                },
                "required": ["id", "category", "confidence"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["answers"],
    "additionalProperties": False,
}
QUESTION = '{"lines": [{"id": "1", "description": "BLUE COFFEE"}, {"id": "2", "description": "ZZTOP"}]}'


@pytest.fixture
async def client(language_model: OpenAI) -> AsyncIterator[openai.AsyncOpenAI]:
    found = openai.AsyncOpenAI(api_key=KEY, base_url=language_model.url, max_retries=0, timeout=5)
    yield found
    await found.close()


async def complete(client: openai.AsyncOpenAI, schema: Any = SCHEMA, **changes: Any) -> Any:
    form = {"type": "json_schema", "json_schema": {"name": "answers", "strict": True, "schema": schema}}
    wanted = {"model": MODEL, "messages": [{"role": "user", "content": QUESTION}], "response_format": form}
    return await client.chat.completions.create(**{**wanted, **changes})


async def test_it_answers_from_the_enum_and_tells_what_it_took(client: openai.AsyncOpenAI) -> None:
    completion = await complete(client)
    answers = msgspec.json.decode(completion.choices[0].message.content)["answers"]
    assert [each["category"] for each in answers] == ["Meals and entertainment", None]
    assert completion.choices[0].finish_reason == "stop"
    assert (
        completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    )
    assert [model.id for model in (await client.models.list()).data] == [MODEL]


def test_its_answers_share_a_word_with_the_line() -> None:
    names = ["Meals and entertainment", "Office supplies and equipment", "Vehicle fuel"]
    assert choose("OFFICE EQUIPMENT INC", names)[0] == "Office supplies and equipment"
    assert choose("Petrol 95", names)[0] == "Vehicle fuel"
    assert choose("QZX 11", names) == (None, 0.1)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"additionalProperties": True}, "'additionalProperties' is required"),
        ({"required": []}, "'required' is required"),
        ({"type": "array"}, 'type: "object"'),
        ({"properties": {"answers": {"type": "array"}}}, "missing items"),
        ({"properties": {"answers": {}}}, "must have a 'type'"),
        ({"default": {}}, "'default' is not permitted"),
        ({"properties": {"answers": {"type": "string", "enum": []}}}, "must not be empty"),
        ({"properties": {"answers": {"enum": [str(n) for n in range(1_001)]}}}, "enum values are 1001"),
    ],
)
async def test_a_schema_that_leaves_something_open_is_refused(
    client: openai.AsyncOpenAI, change: dict[str, Any], says: str
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await complete(client, {**SCHEMA, **change})
    assert says in refused.value.message
    assert refused.value.param == "response_format"


async def test_what_is_not_strict_or_not_ours_is_refused(
    client: openai.AsyncOpenAI, language_model: OpenAI
) -> None:
    with pytest.raises(openai.BadRequestError, match="strict json_schema only"):
        await complete(client, response_format={"type": "json_object"})
    with pytest.raises(openai.NotFoundError) as unknown:
        await complete(client, model="gpt-0")
    assert unknown.value.code == "model_not_found"
    with pytest.raises(openai.AuthenticationError) as refused:
        await complete(client.with_options(api_key="sk-wrong-key"))
    assert refused.value.code == "invalid_api_key"
    with pytest.raises(openai.BadRequestError, match="could not parse"):
        await client.post("/chat/completions", cast_to=object, content=b"{")
    with pytest.raises(openai.NotFoundError):
        await client.get("/nowhere", cast_to=object)


async def test_a_switch_holds_for_as_many_requests_as_it_says(
    client: openai.AsyncOpenAI, language_model: OpenAI
) -> None:
    async with httpx2.AsyncClient(base_url=language_model.url.removesuffix("/v1")) as http:
        await http.post("/switch", json={"kind": "refusal", "count": 2})
        await http.post("/switch", json={"kind": "length", "count": 1})
        for expected in ("refusal", "refusal", "length", "well"):
            choice = (await complete(client)).choices[0]
            told = "refusal" if choice.message.refusal else choice.finish_reason.replace("stop", "well")
            assert told == expected
        await http.post("/switch", json={"kind": "500"})
        for _ in range(3):
            with pytest.raises(openai.InternalServerError):
                await complete(client)
        await http.post("/switch", json={"kind": None})
        await complete(client)
        assert (await http.post("/switch", json={"kind": "bogus"})).status_code == 400


def test_by_hand_it_says_what_to_export_and_logs_what_it_was_asked(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = ["-m", "tests.doubles.openai", "--port", "0", "--fail", "500:1", "--log", str(log)]
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process:
        exported = dict(pair.split("=") for pair in process.stdout.readline().split()[1:])
        client = openai.OpenAI(
            api_key=exported["OPENAI_API_KEY"], base_url=exported["OPENAI_BASE_URL"], max_retries=1
        )
        with client:
            form: Any = {
                "type": "json_schema",
                "json_schema": {"name": "a", "strict": True, "schema": SCHEMA},
            }
            client.chat.completions.create(
                model=exported["OPENAI_MODEL"],
                messages=[{"role": "user", "content": QUESTION}],
                response_format=form,
            )
        process.send_signal(signal.SIGINT)
    entries = [msgspec.json.decode(line) for line in log.read_bytes().splitlines()]
    assert [entry.get("answered") for entry in entries] == [None, "500", None, "well"]
    assert entries[0]["request"]["model"] == MODEL
    assert KEY not in log.read_text()
