"""From a consent to tokens that rotate, against the double; and what becomes of it where the authority misbehaves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.doubles.quickbooks import CLIENT_ID, CLIENT_SECRET, REALM, QuickBooksOnline
from tests.workers.outside.quickbooks.rogue import Answer, Script, head, rogue, well
from workers.outside.quickbooks.faults import (
    QuickBooksError,
    Refused,
    Throttled,
    Unavailable,
    UnknownOutcome,
)
from workers.outside.quickbooks.oauth import WITHIN, Application

SOON = 0.3
BACK = "http://localhost/cb"
TOKENS = {"access_token": "a-2", "refresh_token": "r-2", "expires_in": 3600}
DRIPPING = Script((head(200, "Transfer-Encoding: chunked"),), b"1\r\n \r\n")
#: Which of the two requests of a refresh it is.
TURNS = ["token", "discovery"]
FLOODING = Script((head(),), b" " * 65_536, pause=0)


@pytest.fixture
async def double() -> AsyncIterator[QuickBooksOnline]:
    double = QuickBooksOnline()
    await double.start()
    yield double
    await double.stop()


def application(origin: str, *, secret: str = CLIENT_SECRET, within: float = WITHIN) -> Application:
    return Application(
        client_id=CLIENT_ID,
        client_secret=secret,
        discovery_url=f"{origin}/.well-known/openid_configuration",
        redirect_uri=BACK,
        within=within,
    )


async def test_a_code_becomes_tokens_that_rotate(double: QuickBooksOnline) -> None:
    ours = application(double.origin)
    assert (await ours.discover()).token.startswith(double.origin)
    code = double.authority.grant(REALM, BACK)
    first = await ours.exchange(code, REALM)
    with pytest.raises(Refused):
        await ours.exchange(code, REALM)
    second = await ours.refresh(first.refresh)
    assert second.refresh != first.refresh
    with pytest.raises(Refused):
        await ours.refresh(first.refresh)
    await ours.revoke(second.refresh)
    with pytest.raises(Refused):
        await ours.refresh(second.refresh)
    assert second.access not in repr(second)
    assert CLIENT_SECRET not in repr(ours)


async def test_a_wrong_secret_or_address_is_refused(double: QuickBooksOnline) -> None:
    code = double.authority.grant(REALM, "http://elsewhere/cb")
    with pytest.raises(Refused):
        await application(double.origin).exchange(code, REALM)
    with pytest.raises(Refused):
        await application(double.origin, secret="wrong").refresh("refresh-1")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("drop", UnknownOutcome),
        ("drop_after", UnknownOutcome),
        ("html503", Unavailable),
        ("500", Unavailable),
        ("429", Throttled),
    ],
)
async def test_whatever_happens_to_a_refresh_it_is_not_refused(
    double: QuickBooksOnline, kind: str, expected: type[QuickBooksError]
) -> None:
    double.authority.grace = 3600.0
    token = double.authority.issue(REALM)["refresh_token"]
    double.switch(kind, "token", count=1, retry_after=9.0)
    with pytest.raises(expected) as caught:
        await application(double.origin).refresh(token)
    assert getattr(caught.value, "after", 9.0) == 9.0
    # The old one is good for a day more, whether the new one was made or not.
    assert (await application(double.origin).refresh(token)).refresh != token


# --- an authority that misbehaves ---------------------------------------------------------------------------


def authority(token: Script, discovery: Script | None = None) -> Answer:
    """Whose tokens are had at /token."""

    def answer(origin: str, path: str) -> Script:
        return token if path == "/token" else discovery or well(addresses(origin))

    return answer


def addresses(origin: str) -> dict[str, str]:
    return {
        "issuer": origin,
        "authorization_endpoint": f"{origin}/connect",
        "token_endpoint": f"{origin}/token",
        "revocation_endpoint": f"{origin}/revoke",
        "userinfo_endpoint": f"{origin}/userinfo",
        "jwks_uri": f"{origin}/keys",
    }


async def refreshing(answer: Answer, *, within: float = WITHIN) -> QuickBooksError:
    async with rogue(answer) as origin:
        with pytest.raises(QuickBooksError) as told:
            await application(origin, within=within).refresh("r-1")
    return told.value


@pytest.mark.parametrize("answer", [authority(DRIPPING), authority(well({}), DRIPPING)], ids=TURNS)
async def test_one_that_drips_is_left(answer: Answer) -> None:
    assert isinstance(await refreshing(answer, within=SOON), UnknownOutcome)


@pytest.mark.parametrize("answer", [authority(FLOODING), authority(well({}), FLOODING)], ids=TURNS)
async def test_one_that_floods_is_left(answer: Answer) -> None:
    told = await refreshing(answer)
    assert isinstance(told, Unavailable)
    assert told.may_have_happened


@pytest.mark.parametrize("status", [429, 503])
async def test_patience_is_heard(status: int) -> None:
    busy = well({}, status, "Retry-After: 12")
    for told in (await refreshing(authority(busy)), await refreshing(authority(well({}), busy))):
        assert isinstance(told, Throttled | Unavailable)
        assert (told.status, told.after) == (status, 12.0)


@pytest.mark.parametrize(
    "answer",
    [
        authority(well(b"<html>Sign in to this network", 401)),
        authority(well({"message": "no"}, 400)),
        authority(well({}), well(b"<html>Sign in to this network", 401)),
        authority(well({}), well({}, 404)),
        authority(well({})),
        authority(well([])),
        authority(well({**TOKENS, "expires_in": None})),
        authority(well(b"")),
    ],
)
async def test_what_no_authority_says_refuses_nothing(answer: Answer) -> None:
    """Somebody would have to connect again for a portal on the way."""
    told = await refreshing(answer)
    assert isinstance(told, Unavailable)
    assert told.may_have_happened


@pytest.mark.parametrize(("status", "error"), [(400, "invalid_grant"), (401, "invalid_client")])
async def test_what_the_authority_refuses_is_refused(status: int, error: str) -> None:
    assert isinstance(await refreshing(authority(well({"error": error}, status))), Refused)


async def test_no_keys_are_fetched_for_an_identity_that_nobody_asked_for() -> None:
    asked = []

    def answer(origin: str, path: str) -> Script:
        asked.append(path)
        return authority(well({**TOKENS, "id_token": "a.b.c"}))(origin, path)

    async with rogue(answer) as origin:
        assert (await application(origin).refresh("r-1")).refresh == "r-2"
    assert asked == ["/.well-known/openid_configuration", "/token"]


async def test_secrets_go_out_encrypted_or_to_this_machine() -> None:
    def answer(_origin: str, _path: str) -> Script:
        return well(addresses("http://books.example"))

    told = await refreshing(answer)
    assert isinstance(told, Unavailable)
    assert not told.may_have_happened
