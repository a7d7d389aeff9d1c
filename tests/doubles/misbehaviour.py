"""What the double of OpenAI answers: well, by a fixed rule, or in one of the ways in which answers go wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from tests.doubles.server import Misdeed, Response, json_response

#: Everyday words and a word of the account they hint at.
HINTS = {
    "coffee": "meals", "bakery": "meals", "pizza": "meals", "grill": "meals", "lunch": "meals",
    "hotel": "lodging", "inn": "lodging", "taxi": "transport", "train": "transport", "flight": "transport",
    "petrol": "fuel", "diesel": "fuel", "cloud": "software", "hosting": "software", "paper": "office",
    "printer": "office", "lawyer": "professional", "notary": "professional", "courier": "postage",
    "landlord": "rent", "plumber": "maintenance", "timber": "materials", "phone": "telephone",
}  # fmt: skip
LETTERS_A_TOKEN = 4
SHARED_LETTERS = 5


class Switch(msgspec.Struct):
    kind: str | None = None
    #: How many more requests; null means all.
    count: int | None = None
    retry_after: float = 1.0
    seconds: float = 2.0
    lines: int = 0


class Call(msgspec.Struct, frozen=True):
    """A request that was found to be in order."""

    model: str
    lines: Sequence[Mapping[str, Any]]
    ids: Sequence[str]
    categories: Sequence[str]
    prompt_tokens: int
    #: The answer itself, where the question is about a receipt.
    told: Mapping[str, Any] | None = None


def receipt_call(model: str, body: Mapping[str, Any], fields: Sequence[str]) -> Call:
    """Answered by a fixed rule: the first row is the vendor, the last with a date the day, that with TOTAL the sum."""
    content = body["messages"][-1]["content"]
    rows: list[str] = msgspec.json.decode(content)["rows"]
    told = {name: next((found for row in rows if (found := _quoted(name, row))), None) for name in fields}
    return Call(model, [], [], [], len(content) // LETTERS_A_TOKEN, told)


def _quoted(name: str, row: str) -> dict[str, str] | None:
    match name:
        case "vendor":
            return {"quote": row, "value": row}
        case "date":
            found = re.search(r"(\d{4})-(\d\d)-(\d\d)", row)
        case _:
            found = re.search(r"(?<=TOTAL )(\d+\.\d\d)", row)
    return {"quote": row, "value": found.group()} if found else None


def lines_of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = msgspec.json.decode(body["messages"][-1]["content"])["lines"]
    return found


def error(status: int, message: str, *, code: str | None = None, **more: Any) -> Response:
    kind = "invalid_request_error" if status < 429 else "server_error"
    told = {"message": message, "type": kind, "param": None, "code": code, **more}
    return json_response(status, {"error": told}, x_request_id="req_double")


def choose(description: str, categories: Sequence[str | None]) -> tuple[str | None, float]:
    """The category that shares most words with ``description``, and how sure that is."""
    words = {word.lower() for word in re.findall(r"[^\W\d_]{3,}", description)}
    words |= {hint for word in words if (hint := HINTS.get(word))}
    scored = [(_shared(words, name), -number, name) for number, name in enumerate(categories) if name]
    score, _number, name = max(scored, default=(0, 0, None))
    return (name, min(0.95, 0.55 + 0.2 * score)) if score else (None, 0.1)


def _shared(words: set[str], category: str) -> int:
    names = re.findall(r"[a-z]{4,}", category.lower())
    return sum(any(word[:SHARED_LETTERS] == name[:SHARED_LETTERS] for name in names) for word in words)


def completion_of(call: Call, number: int) -> dict[str, Any]:
    answers = []
    for line in call.lines:
        category, confidence = choose(line["description"], call.categories)
        answers.append({"id": line["id"], "category": category, "confidence": confidence})
    text = msgspec.json.encode({"answers": answers} if call.told is None else call.told).decode()
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None, "annotations": []}
    spent = {"prompt_tokens": call.prompt_tokens, "completion_tokens": len(text) // LETTERS_A_TOKEN}
    return {
        "id": f"chatcmpl-double{number}",
        "object": "chat.completion",
        "created": 1_700_000_000 + number,
        "model": call.model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {**spent, "total_tokens": sum(spent.values())},
        "service_tier": "default",
        "system_fingerprint": "fp_double",
    }


Answers = list[dict[str, Any]]


def _changed(change: Callable[[Answers], Any]) -> Callable[..., Response]:
    """The first answer of the list spoilt by ``change``."""

    def spoil(_call: Call, completion: Any, _switch: Switch) -> Response:
        message = completion["choices"][0]["message"]
        answers = msgspec.json.decode(message["content"])["answers"]
        change(answers)
        message["content"] = msgspec.json.encode({"answers": answers}).decode()
        return json_response(200, completion)

    return spoil


def _said(
    content: str | None, *, refusal: str | None = None, finish: str = "stop"
) -> Callable[..., Response]:
    def say(_call: Call, completion: Any, _switch: Switch) -> Response:
        choice = completion["choices"][0]
        choice["message"] |= {"content": content, "refusal": refusal}
        choice["finish_reason"] = finish
        return json_response(200, completion)

    return say


def _with(**changes: Any) -> Callable[..., Response]:
    return lambda _call, completion, _switch: json_response(200, {**completion, **changes})


def _failed(status: int, message: str, code: str | None = None) -> Callable[..., Response]:
    return lambda _call, _completion, _switch: error(status, message, code=code)


def _busy(_call: Call, _completion: Any, switch: Switch) -> Response:
    told = error(429, "Rate limit reached for requests.", code="rate_limit_exceeded", type="requests")
    return msgspec.structs.replace(told, headers={**told.headers, "retry-after": f"{switch.retry_after:g}"})


def _well(_call: Call, completion: Any, _switch: Switch) -> Response:
    return json_response(200, completion)


PAGE = b"<!doctype html><title>Welcome</title><p>Please sign in to the network."
KINDS: dict[str, Callable[[Call, Any, Switch], Response | Misdeed]] = {
    "well": _well,
    "slow": _well,
    "refusal": _said(None, refusal="I'm sorry, I can't assist with that."),
    "length": _said('{"answers": [{"id": "1", "categ', finish="length"),
    "length_over": _said('{"answers": [{"id": "1", "categ', finish="length"),
    "bad_json": _said('Sure! Here you go: {"answers": [}'),
    "html": lambda *_: Response(200, PAGE, {"content-type": "text/html"}),
    "long": lambda _call, completion, _switch: Response(
        200, msgspec.json.encode(completion) + b" " * 8_000_000, {"content-type": "application/json"}
    ),
    "gzip": lambda *_: Response(200, b"\x1f\x8b\x08", {"content-encoding": "gzip"}),
    "empty": _with(choices=[]),
    "unknown_id": _changed(lambda answers: answers[0].update(id="no-such-id")),
    "unknown_category": _changed(lambda answers: answers[0].update(category="Swiss bank account")),
    "missing_id": _changed(lambda answers: answers.pop(0)),
    "duplicate_id": _changed(lambda answers: answers.append({**answers[0], "category": None})),
    "bad_confidence": _changed(lambda answers: answers[0].update(confidence=95)),
    "null": _changed(lambda answers: [each.update(category=None, confidence=0.1) for each in answers]),
    "no_usage": _with(usage=None),
    "absurd_usage": _with(usage={"prompt_tokens": -5, "completion_tokens": 10**18, "total_tokens": 0}),
    "400": _failed(400, "This model's maximum context length was exceeded.", "context_length_exceeded"),
    "401": _failed(401, "Incorrect API key provided: sk-do***le.", "invalid_api_key"),
    "403": _failed(
        403, "Country, region, or territory not supported.", "unsupported_country_region_territory"
    ),
    "404": _failed(404, "The model `double-1` does not exist.", "model_not_found"),
    "429": _busy,
    "quota": _failed(429, "You exceeded your current quota.", "insufficient_quota"),
    "500": _failed(500, "The server had an error while processing your request."),
    "503": _failed(503, "The engine is currently overloaded."),
    "hang": lambda *_: Misdeed.HANG,
    "drop": lambda *_: Misdeed.DROP,
    "break": lambda call, completion, switch: msgspec.structs.replace(
        _well(call, completion, switch), broken=True
    ),
}
