"""The parser of server-sent events: WHATWG's rules, however the bytes are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgerwire.sse import EventTooLong, ServerSentEvent, SSEParser

RICH = (
    "\ufeff: hello\r\n\r\n"
    "retry: 1500\nid: e.1\nevent: job\ndata: {\r\ndata: }\r\n\r\n"
    "id: e.2\n\n"
    "data\rdata:  two\r\r"
    "event: log\ndata:käse ☕\nid: \n\n"
    "id: a\0b\nignored: x\ndata: kept\n\n"
    "data: cut off"
).encode()
EVENTS = [
    ServerSentEvent("job", "{\n}", "e.1"),
    ServerSentEvent("message", "", "e.2"),
    ServerSentEvent("message", "\n two", "e.2"),
    ServerSentEvent("log", "käse ☕", ""),
    ServerSentEvent("message", "kept", ""),
]


def parse(chunks: list[bytes], parser: SSEParser | None = None) -> list[ServerSentEvent]:
    parser = parser or SSEParser()
    return [event for chunk in chunks for event in parser.feed(chunk)]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    marks = [0, *sorted(places), len(data)]
    return [data[start:end] for start, end in pairwise(marks)]


@given(st.lists(st.integers(0, len(RICH))))
def test_chunks_change_nothing(places: list[int]) -> None:
    parser = SSEParser()
    assert parse(cut(RICH, places), parser) == EVENTS
    assert parser.retry == 1.5


def test_one_byte_at_a_time_changes_nothing() -> None:
    assert parse([bytes([byte]) for byte in RICH]) == EVENTS


field_text = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]))
blocks = st.lists(st.tuples(field_text.filter(bool), st.lists(field_text, min_size=1), field_text))


@given(blocks, st.sampled_from(["\n", "\r\n", "\r"]), st.data())
def test_what_is_written_is_read(
    written: list[tuple[str, list[str], str]], end: str, data: st.DataObject
) -> None:
    text = ""
    for kind, lines, position in written:
        text += f"event: {kind}{end}id: {position}{end}"
        text += "".join(f"data: {line}{end}" for line in lines) + end
    raw = text.encode()
    chunks = cut(raw, data.draw(st.lists(st.integers(0, len(raw)))))
    assert parse(chunks) == [ServerSentEvent(kind, "\n".join(ls), at) for kind, ls, at in written]


@given(st.lists(st.binary()))
def test_no_bytes_break_it(chunks: list[bytes]) -> None:
    assert parse(chunks) == parse([b"".join(chunks)])


def test_an_endless_event_is_refused() -> None:
    parser = SSEParser(longest=100)
    parser.feed(b"data: short\n\n" * 5)
    with pytest.raises(EventTooLong, match="check LEDGERWIRE_URL"):
        parse([b"data: endless"] * 10, parser)
