"""One verb, ``ask``: a question to a language model that speaks OpenAI's protocol, answered as text.

LLMError
 ├─ Busy       it may answer another time: 429, 5xx, a timeout, a lost connection
 ├─ Closed     it will answer nothing of ours until somebody changes a setting
 │   ├─ BadKey, NoModel, NoCredit
 └─ Useless    this question gets no answer that can be used: 400, HTML, no end

Nothing of what the other side says goes into a message or a log: a 401 quotes the key, a 400 the question.
"""

from __future__ import annotations

import asyncio
import enum
import logging
import math
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx2
import msgspec

from workers.settings import Settings

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

#: Fifty answers are 8 KB; a model that thinks aloud may send a hundred times as much.
LONGEST_BODY = 2**20
#: More tokens than this in one call is a server that does not know what it says.
MOST_TOKENS = 10**7
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class LLMError(Exception):
    """The base: there is no answer. ``status`` is that of HTTP, where there was one."""

    def __init__(self, status: int | None = None) -> None:
        self.status = status
        super().__init__(f"{type(self).__name__} ({status})" if status else type(self).__name__)


class Busy(LLMError):
    """``after`` seconds were asked for by the other side, if it said so."""

    def __init__(self, status: int | None = None, *, after: float | None = None) -> None:
        super().__init__(status)
        self.after = after


class Closed(LLMError):
    pass


class BadKey(Closed):
    pass


class NoModel(Closed):
    pass


class NoCredit(Closed):
    pass


class Useless(LLMError):
    pass


class Ending(enum.Enum):
    COMPLETE = enum.auto()
    #: It ran into the limit on its length.
    CUT_SHORT = enum.auto()
    REFUSED = enum.auto()


class Tokens(msgspec.Struct, frozen=True):
    input: int
    output: int


class Reply(msgspec.Struct, frozen=True):
    """What came back and has to be paid, whatever it is worth."""

    text: str
    ending: Ending
    #: Null where the server does not say.
    tokens: Tokens | None


class LanguageModel:
    """Of one event loop; the client is made at the first question, for importing it takes half a second."""

    def __init__(self, settings: Settings) -> None:
        self.name = settings.openai_model or ""
        #: Take one for each question: so many are asked at once.
        self.slots = asyncio.Semaphore(settings.openai_concurrency)
        self._settings = settings
        self._client: AsyncOpenAI | None = None
        self._opening = asyncio.Lock()

    async def ask(self, *, system: str, question: str, schema: Mapping[str, Any], room: int) -> Reply:
        """The answer to ``question``, a JSON text that follows ``schema``, in at most ``room`` tokens.

        Raises LLMError; it is tried once.
        """
        client = await self._opened()
        try:
            async with asyncio.timeout(self._settings.openai_timeout):
                response = await client.chat.completions.with_raw_response.create(
                    model=self.name,
                    messages=[{"role": "system", "content": system}, {"role": "user", "content": question}],
                    response_format={
                        "type": "json_schema",
                        "json_schema": {"name": "answers", "strict": True, "schema": dict(schema)},
                    },
                    max_completion_tokens=room,
                )
        except TimeoutError:
            raise Busy from None
        except Exception as error:  # noqa: BLE001 - fault_of raises again what is none of the client's
            raise fault_of(error) from None
        return read_reply(response.content)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def _opened(self) -> AsyncOpenAI:
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(make_client, self._settings)
            return self._client


def make_client(settings: Settings) -> AsyncOpenAI:
    """Tries once, keeps to our times, reads no endless answer, and logs neither bodies nor addresses."""
    from openai import AsyncOpenAI, DefaultAsyncHttpx2Client

    for name in ("openai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)
    host = urlsplit(settings.openai_base_url or "").hostname
    http_client = DefaultAsyncHttpx2Client(
        event_hooks={"response": [_bound]},
        # A proxy of the environment would look for a server on its own machine, not on ours.
        trust_env=host not in LOOPBACK,
    )
    return AsyncOpenAI(
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        timeout=settings.openai_timeout,
        max_retries=0,
        # A few bytes that unpack to gigabytes could not be bounded by counting them.
        default_headers={"Accept-Encoding": "identity"},
        http_client=http_client,
    )


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > LONGEST_BODY:
                raise Useless
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound(response: httpx2.Response) -> None:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Useless
    assert isinstance(response.stream, httpx2.AsyncByteStream)  # noqa: S101 - an async client has no other
    response.stream = _Bounded(response.stream)


def fault_of(error: Exception) -> LLMError:
    """What an error of the client means for us; what it is not made for is raised again."""
    import openai

    match error:
        case LLMError():
            return error
        case openai.APIStatusError():
            return _status_fault(error)
        # Errors inside the transport come wrapped, our own among them.
        case openai.APIConnectionError(__cause__=LLMError() as cause):
            return cause
        case openai.APIConnectionError() | httpx2.TransportError():
            return Busy()
        case openai.OpenAIError():
            return Useless()
    raise error


CLOSED: dict[int, type[Closed]] = {401: BadKey, 402: NoCredit, 403: BadKey, 404: NoModel}
PASSING = (408, 409, 429)


def _status_fault(error: APIStatusError) -> LLMError:
    status = error.status_code
    if status in CLOSED:
        return CLOSED[status](status)
    if error.code == "insufficient_quota":
        return NoCredit(status)
    if status in PASSING or status >= 500:  # noqa: PLR2004 - HTTP's own line
        return Busy(status, after=asked_to_wait(error.response.headers))
    return Useless(status)


def asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds from ``retry-after-ms`` or ``Retry-After``, a number or a date; None where neither can be read."""
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1_000
    text = headers.get("retry-after")
    if (seconds := _number(text)) is not None or text is None:
        return seconds
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return max(0.0, value) if math.isfinite(value) else None


# --- the answer -----------------------------------------------------------------------------------------


class _Message(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]
    # Not needed to use an answer: what is wrong with it may not make the answer useless.
    usage: Any = None


class _Usage(msgspec.Struct):
    prompt_tokens: int
    completion_tokens: int


def read_reply(body: bytes) -> Reply:
    """Raises Useless where it is no completion, such as a proxy's page of HTML."""
    try:
        completion = msgspec.json.decode(body, type=_Completion)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Useless from None
    if not completion.choices:
        raise Useless
    choice = completion.choices[0]
    return Reply(choice.message.content or "", _ending(choice), _tokens(completion.usage))


def _ending(choice: _Choice) -> Ending:
    if choice.message.refusal or choice.finish_reason == "content_filter":
        return Ending.REFUSED
    return Ending.CUT_SHORT if choice.finish_reason == "length" else Ending.COMPLETE


def _tokens(usage: Any) -> Tokens | None:
    try:
        told = msgspec.convert(usage, _Usage)
    except msgspec.ValidationError:
        return None
    known = 0 <= told.prompt_tokens <= MOST_TOKENS and 0 <= told.completion_tokens <= MOST_TOKENS
    return Tokens(told.prompt_tokens, told.completion_tokens) if known else None
