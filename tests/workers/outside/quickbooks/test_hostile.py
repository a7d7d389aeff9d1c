"""A server that drips, floods or asks for patience, in the place of QuickBooks and of its tokens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from workers.outside.quickbooks import oauth, transport
from workers.outside.quickbooks.client import Company
from workers.outside.quickbooks.faults import (
    QuickBooksError,
    Rejected,
    Throttled,
    Unavailable,
    UnknownOutcome,
    fault_of,
)
from workers.outside.quickbooks.oauth import Application

HEAD = b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\n%s\r\n"


@asynccontextmanager
async def saying(*pieces: bytes, endless: bytes = b"", pause: float = 0.0) -> AsyncIterator[str]:
    """Answers every request with these bytes, then with ``endless`` ones for as long as they are taken."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            for piece in pieces:
                writer.write(piece)
            while endless:
                writer.write(endless)
                await writer.drain()
                await asyncio.sleep(pause)
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def reading(url: str) -> QuickBooksError:
    company = Company(access_token="t", realm_id="1", base_url=url)
    try:
        with pytest.raises(QuickBooksError) as told:
            await company.read("Purchase", "1")
    finally:
        await company.close()
    return told.value


async def refreshing(url: str) -> QuickBooksError:
    application = Application(
        client_id="c", client_secret="s", discovery_url=f"{url}/known", redirect_uri="http://localhost/"
    )
    with pytest.raises(QuickBooksError) as told:
        await application.refresh("r")
    return told.value


async def test_one_that_drips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport.body_of, "__kwdefaults__", {"within": 0.3, "most": 1_000})
    monkeypatch.setattr(oauth, "WITHIN", 0.3)
    endless = HEAD % (200, b"Transfer-Encoding: chunked\r\n")
    async with saying(endless, endless=b"1\r\n \r\n", pause=0.05) as url:
        assert isinstance(await reading(url), UnknownOutcome)
        assert isinstance(await refreshing(url), UnknownOutcome)


async def test_one_that_floods_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oauth, "LONGEST_BODY", 100_000)
    async with saying(HEAD % (200, b""), endless=b" " * 65_536) as url:
        for told in (await reading(url), await refreshing(url)):
            assert isinstance(told, Unavailable)
            assert told.may_have_happened


async def test_an_answer_that_is_cut_is_none() -> None:
    async with saying(HEAD % (200, b"Content-Length: 100\r\n"), b'{"Purchase"') as url:
        assert isinstance(await reading(url), UnknownOutcome)
        assert isinstance(await refreshing(url), UnknownOutcome)


@pytest.mark.parametrize("status", [429, 503])
async def test_patience_is_asked_for_by_tokens_too(status: int) -> None:
    head = HEAD % (status, b"Retry-After: 12\r\nContent-Length: 2\r\n")
    async with saying(head, b"{}") as url:
        for told in (await reading(url), await refreshing(url)):
            assert isinstance(told, Throttled | Unavailable)
            assert (told.status, told.after) == (status, 12.0)


async def test_a_throttle_within_another_status_keeps_how_long_to_wait() -> None:
    body = b'{"Fault": {"Error": [{"code": "003001"}], "type": "ThrottleExceeded"}}'
    head = HEAD % (403, b"Retry-After: 7\r\nContent-Length: %d\r\n" % len(body))
    async with saying(head, body) as url:
        told = await reading(url)
    assert isinstance(told, Throttled)
    assert told.after == 7.0


def test_what_one_request_may_not_do_ends_no_connection() -> None:
    told = fault_of({"type": "AuthorizationFault", "Error": [{"code": "120", "Message": "No"}]}, 403)
    assert isinstance(told, Rejected)
    assert "administrator" in told.words
