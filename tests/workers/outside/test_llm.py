"""The client of language models, against a real server that does all that servers do."""

from __future__ import annotations

import asyncio
import logging
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.doubles.openai import OpenAI
from tests.doubles.strict_schema import strict_fault
from workers.books.questions import SYSTEM, Choice, Questionnaire
from workers.outside.llm import (
    BadKey,
    Busy,
    Ending,
    LanguageModel,
    LLMError,
    NoCredit,
    NoModel,
    Reply,
    Tokens,
    Useless,
    asked_to_wait,
    read_reply,
)
from workers.settings import Settings

QUESTIONNAIRE = Questionnaire([Choice("Meals and entertainment", "expense")], "double-1")
LINE = b'{"lines": [{"id": "1", "description": "BLUE DOOR COFFEE"}]}'


def settings_for(double: OpenAI | str, **changes: Any) -> Settings:
    url = double if isinstance(double, str) else double.url
    plain = Settings(
        data_dir=Path(),
        database_url="",
        openai_api_key="sk-double",
        openai_model="double-1",
        openai_base_url=url,
        openai_timeout=5.0,
    )
    return msgspec.structs.replace(plain, **changes)


@asynccontextmanager
async def opened(double: OpenAI | str, **changes: Any) -> AsyncIterator[LanguageModel]:
    model = LanguageModel(settings_for(double, **changes))
    yield model
    await model.close()


async def ask(model: LanguageModel) -> Reply:
    return await model.ask(system=SYSTEM, question=LINE.decode(), schema=QUESTIONNAIRE.schema(1), room=1_000)


async def test_a_question_is_answered_as_its_schema_says(language_model: OpenAI) -> None:
    async with opened(language_model) as model:
        reply = await ask(model)
    assert reply.ending is Ending.COMPLETE
    assert msgspec.json.decode(reply.text)["answers"][0]["category"] == "Meals and entertainment"
    assert reply.tokens is not None
    assert reply.tokens.input > len(LINE) // 4
    (asked,), (headers,) = language_model.requests, language_model.headers
    assert headers["accept-encoding"] == "identity", "what is packed could not be bounded"
    assert asked["model"] == "double-1"
    assert asked["max_completion_tokens"] == 1_000
    assert strict_fault(asked["response_format"]["json_schema"]["schema"]) is None


@pytest.mark.parametrize(
    ("kind", "fault", "status"),
    [
        ("429", Busy, 429),
        ("500", Busy, 500),
        ("503", Busy, 503),
        ("drop", Busy, None),
        ("break", Busy, None),
        ("hang", Busy, None),
        ("401", BadKey, 401),
        ("403", BadKey, 403),
        ("404", NoModel, 404),
        ("quota", NoCredit, 429),
        ("400", Useless, 400),
        ("html", Useless, None),
        ("long", Useless, None),
        ("gzip", Useless, None),
        ("empty", Useless, None),
    ],
)
async def test_each_failure_is_told_apart(
    language_model: OpenAI, kind: str, fault: type[LLMError], status: int | None
) -> None:
    language_model.switch(kind, 1)
    async with opened(language_model, openai_timeout=0.5 if kind == "hang" else 5.0) as model:
        with pytest.raises(fault) as raised:
            await ask(model)
        assert type(raised.value) is fault
        assert raised.value.status == status
        # Neither the vendor's words nor ours: they may hold the key or the question.
        assert "sk-" not in str(raised.value)
        assert (await ask(model)).ending is Ending.COMPLETE
    assert len(language_model.requests) == 2, "it is tried once"


async def test_a_key_and_a_model_that_are_wrong_are_told_apart_by_the_server_itself(
    language_model: OpenAI,
) -> None:
    async with opened(language_model, openai_api_key="sk-wrong") as model:
        with pytest.raises(BadKey):
            await ask(model)
    async with opened(language_model, openai_model="unheard-of") as model:
        with pytest.raises(NoModel):
            await ask(model)


async def test_what_has_to_be_paid_comes_back_whatever_it_is_worth(language_model: OpenAI) -> None:
    endings = {"refusal": Ending.REFUSED, "length": Ending.CUT_SHORT, "bad_json": Ending.COMPLETE}
    async with opened(language_model) as model:
        for kind, ending in endings.items():
            language_model.switch(kind, 1)
            reply = await ask(model)
            assert reply.ending is ending
            assert reply.tokens is not None
        for kind in ("no_usage", "absurd_usage"):
            language_model.switch(kind, 1)
            assert (await ask(model)).tokens is None


async def test_a_server_that_is_not_there_is_busy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with opened(f"http://127.0.0.1:{port}/v1") as model:
        with pytest.raises(Busy):
            await ask(model)


async def test_one_call_takes_no_longer_than_it_may_however_it_trickles(language_model: OpenAI) -> None:
    language_model.switch("slow", 1, seconds=30.0)
    async with opened(language_model, openai_timeout=0.2) as model:
        began = time.monotonic()
        with pytest.raises(Busy):
            await ask(model)
        assert time.monotonic() - began < 3


async def test_the_time_asked_for_comes_along(language_model: OpenAI) -> None:
    language_model.switch("429", 1, retry_after=12.0)
    async with opened(language_model) as model:
        with pytest.raises(Busy) as raised:
            await ask(model)
    assert raised.value.after == 12.0


def test_a_wait_is_read_from_numbers_and_dates() -> None:
    assert asked_to_wait({"retry-after-ms": "1500", "retry-after": "9"}) == 1.5
    assert asked_to_wait({"retry-after": "-3"}) == 0.0
    for nonsense in ("soon", "nan", "inf", ""):
        assert asked_to_wait({"retry-after": nonsense}) is None, nonsense
    assert asked_to_wait({}) is None
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    waited = asked_to_wait({"retry-after": date})
    assert waited is not None
    assert 50 < waited <= 60


async def test_a_call_that_is_abandoned_leaves_the_client_usable(language_model: OpenAI) -> None:
    language_model.switch("hang", 1)
    async with opened(language_model) as model:
        call = asyncio.create_task(ask(model))
        while not language_model.requests:
            await asyncio.sleep(0.005)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (await ask(model)).ending is Ending.COMPLETE


async def test_neither_key_nor_question_is_ever_logged(
    language_model: OpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    language_model.switch("401", 1)
    async with opened(language_model) as model:
        with pytest.raises(BadKey):
            await ask(model)
        await ask(model)
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "sk-" not in said
    assert "COFFEE" not in said
    assert "/v1" not in said


async def test_a_proxy_of_the_environment_is_not_asked_for_our_own_machine(
    language_model: OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with opened(language_model) as model:
        assert (await ask(model)).ending is Ending.COMPLETE


def test_nothing_of_it_is_imported_before_it_is_needed() -> None:
    code = "import sys, workers.tasks, workers.worker; sys.exit('openai' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_completion_is_read_as_far_as_it_goes() -> None:
    def body(**changes: Any) -> bytes:
        message = {"message": {"content": "{}"}, "finish_reason": "stop"}
        return msgspec.json.encode({"choices": [message], "usage": None, **changes})

    assert read_reply(body()) == Reply("{}", Ending.COMPLETE, None)
    assert read_reply(body(usage={"prompt_tokens": 3, "completion_tokens": 4})).tokens == Tokens(3, 4)
    assert read_reply(body(usage="a lot")).tokens is None
    filtered = {"message": {"content": None}, "finish_reason": "content_filter"}
    assert read_reply(body(choices=[filtered])).ending is Ending.REFUSED
    for nonsense in (
        b"",
        b"null",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        body(choices=[{"message": {"content": []}}]),
    ):
        with pytest.raises(Useless):
            read_reply(nonsense)
