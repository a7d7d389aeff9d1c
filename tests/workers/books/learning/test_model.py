"""A model is kept as numbers and words, and bytes that are none are refused with a reason."""

from __future__ import annotations

import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workers.books.learning.lessons import history, learned
from workers.books.learning.features import KINDS
from workers.books.learning.model import LARGEST_STORED, LARGEST_UNPACKED, Model, Stored


@pytest.fixture(scope="module")
def model() -> Model:
    return learned()


@pytest.fixture(scope="module")
def content(model: Model) -> bytes:
    return model.to_bytes()


def test_it_says_the_same_when_it_was_stored(model: Model, content: bytes) -> None:
    again = Model.from_bytes(content)
    assert again.card == model.card
    assert again.to_bytes() == content
    for one, other in zip(model.opinions(history(200)), again.opinions(history(200)), strict=True):
        assert one is not None
        assert other is not None
        assert one.category == other.category
        assert one.confidence == pytest.approx(other.confidence, abs=0.02)


def changed(content: bytes, **changes: Any) -> bytes:
    stored = msgspec.msgpack.decode(zlib.decompress(content), type=Stored)
    made = {name: make(getattr(stored, name)) for name, make in changes.items()}
    return zlib.compress(msgspec.msgpack.encode(msgspec.structs.replace(stored, **made)))


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("format", lambda number: number + 1, "Train it again"),
        ("categories", lambda names: names[:1], "two or more"),
        ("categories", lambda names: [names[0]] * len(names), "different"),
        ("categories", lambda names: [*names, *map(str, range(1_000))], "two or more"),
        ("words", lambda words: words[1:], f"instead of {len(KINDS)}"),
        ("words", lambda words: [words[0] + ["new"], *words[1:]], "not as many"),
        ("words", lambda words: [[words[0][0]] * len(words[0]), *words[1:]], "twice"),
        ("words", lambda words: [[f"{number}" for number in range(2_000_000)], *words[1:]], "too many"),
        ("rarity", lambda numbers: numbers[4:], "not as many"),
        ("intercepts", lambda numbers: numbers + numbers, "not as many"),
        ("coefficients", lambda numbers: numbers[:-1], "not as many"),
        ("coefficients", lambda numbers: np.full(len(numbers) // 2, np.nan, "<f2").tobytes(), "finite"),
        ("rarity", lambda numbers: np.full(len(numbers) // 4, np.inf, "<f4").tobytes(), "finite"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    content: bytes, name: str, change: Callable[[Any], Any], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        Model.from_bytes(changed(content, **{name: change}))


def test_bytes_that_are_no_model_are_refused(content: bytes) -> None:
    for spoiled in (content[:-9], content + b"more", b"", b"\x80" * 99):
        with pytest.raises(ValueError, match="bytes"):
            Model.from_bytes(spoiled)


def test_msgpack_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="no model"):
        Model.from_bytes(zlib.compress(msgspec.msgpack.encode({"format": 1})))


def test_a_bomb_is_not_unpacked() -> None:
    bomb = zlib.compress(bytes(LARGEST_UNPACKED * 4))
    tracemalloc.start()
    with pytest.raises(ValueError, match="too many"):
        Model.from_bytes(bomb)
    assert tracemalloc.get_traced_memory()[1] < 3 * LARGEST_UNPACKED
    tracemalloc.stop()
    with pytest.raises(ValueError, match="allowed"):
        Model.from_bytes(bytes(LARGEST_STORED + 1))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_spoiled_bytes_are_refused_or_still_a_model(content: bytes, data: st.DataObject) -> None:
    unpacked = bytearray(zlib.decompress(content))
    for _ in range(data.draw(st.integers(1, 8))):
        unpacked[data.draw(st.integers(0, len(unpacked) - 1))] = data.draw(st.integers(0, 255))
    try:
        model = Model.from_bytes(zlib.compress(bytes(unpacked), level=1))
    except ValueError:
        return
    assert len(model.opinions(history(3))) == 3
