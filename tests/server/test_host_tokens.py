"""Users of another application: their JWTs, the keys that those are signed by, and tickets for streams."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from server.host_tokens import LEEWAY, HostTokens
from tests.brokers import Broker
from tests.doubles.server import Request, Response, Server, json_response
from tests.server.serving import Api, api_settings, code_of, problem_in, serving
from tests.server.telling import begin
from tests.server.watching import socket
from workers.books import access
from workers.books.access import Role
from workers.settings import Settings

SECRET = "a secret that both applications share, and that is long enough for HS512"
WHO = {"sub": "u-17", "name": "Ann", "companies": {"acme": "bookkeeper", "globex": "viewer"}}


def signed(claims: dict[str, Any], key: Any = SECRET, algorithm: str = "HS256", **header: str) -> str:
    return jwt.encode({"exp": time.time() + 60, **claims}, key, algorithm, headers=header or None)


@pytest.fixture
async def host(sqlite_url: str, broker: Broker, tmp_path: Path) -> AsyncIterator[Api]:
    """Which shares a secret with another application; no company is there yet."""
    async with serving(_settings(tmp_path, sqlite_url, broker, jwt_secret=SECRET)) as running:
        yield running


def _settings(tmp_path: Path, url: str, broker: Broker, **more: Any) -> Settings:
    return api_settings(tmp_path, database_url=url, redis_url=broker.url, **more)


async def session(api: Api, token: str) -> httpx2.Response:
    async with api.client(token) as client:
        return await client.get("/api/session")


def roles_in(answer: httpx2.Response) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {each["company_id"]: each["role"] for each in answer.json()["companies"]}


async def test_a_token_says_who_it_is_and_where(host: Api) -> None:
    answer = await session(host, signed(WHO))
    assert answer.json()["name"] == "Ann"
    assert roles_in(answer) == {"acme": "bookkeeper", "globex": "viewer"}


async def test_its_companies_are_there_from_then_on(host: Api) -> None:
    async with host.client(signed(WHO)) as client:
        submitted = await client.post("/api/jobs/categorize", json={"company_id": "acme", "limit": 1})
        assert submitted.status_code == 202, submitted.text
        assert submitted.json()["job_id"]
        job = (await client.get(f"/api/jobs/{submitted.json()['job_id']}")).json()
        assert job["submitted_by"] == "Ann"
        assert (await client.get("/api/companies/acme/accounts")).json()["data"]
        refused = await client.post("/api/jobs/categorize", json={"company_id": "globex", "limit": 1})
        assert refused.status_code == 403
        unknown = await client.post("/api/jobs/categorize", json={"company_id": "other", "limit": 1})
        assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"companies": ["acme"], "role": "admin"}, {"acme": "admin"}),
        ({"companies": ["acme"]}, {"acme": "viewer"}),
        ({"companies": "acme", "role": "bookkeeper"}, {"acme": "bookkeeper"}),
        ({"companies": {"acme": "owner", "b": "viewer"}}, {"b": "viewer"}),
        ({"companies": ["../x", "", 7, None, "a" * 65, "fine"]}, {"fine": "viewer"}),
        ({"companies": 7}, {}),
        ({"companies": "acme", "exp": 10**15}, {"acme": "viewer"}),
        ({}, {}),
    ],
)
async def test_claims_become_companies_and_roles(
    host: Api, claims: dict[str, Any], expected: dict[str, str]
) -> None:
    assert roles_in(await session(host, signed(claims))) == expected


async def test_where_the_claims_stand_is_a_matter_of_settings(
    sqlite_url: str, broker: Broker, tmp_path: Path
) -> None:
    settings = _settings(
        tmp_path,
        sqlite_url,
        broker,
        jwt_secret=SECRET,
        jwt_companies_claim="app.tenants",
        jwt_role_claim="https://example.org/role",
        jwt_name_claim="preferred_username",
        jwt_issuer="https://host.example",
        jwt_audience="ledgerwire",
    )
    claims = {
        "app": {"tenants": ["acme"]},
        "https://example.org/role": "admin",
        "preferred_username": "ann",
        "iss": "https://host.example",
        "aud": ["ledgerwire", "other"],
    }
    async with serving(settings) as api:
        answer = await session(api, signed(claims))
        assert (answer.json()["name"], roles_in(answer)) == ("ann", {"acme": "admin"})
        for name, wrong in (("iss", "https://other.example"), ("aud", "other")):
            refused = await session(api, signed({**claims, name: wrong}))
            assert refused.status_code == 401
            assert f"The {name} of your token" in problem_in(refused)["detail"]
            without = {each: value for each, value in claims.items() if each != name}
            refused = await session(api, signed(without))
            assert refused.status_code == 401
            assert f"Your token has no {name}." in problem_in(refused)["detail"]


def raw(claims: dict[str, Any]) -> str:
    """With claims that a library would not sign."""
    return jwt.PyJWS().encode(json.dumps({"exp": time.time() + 60, **claims}).encode(), SECRET, "HS256")


def _tampered() -> str:
    head, body, signature = signed(WHO).split(".")
    return f"{head}.{body}.{'A' * len(signature)}"


#: What is wrong, and a word of what the answer says about it. Signed when it is asked for: their minutes run.
WRONG: dict[str, tuple[Callable[[], str], str]] = {
    "another secret": (lambda: signed(WHO, "x" * 40), "its signature is not ours"),
    "no signature": (lambda: jwt.encode({"exp": time.time() + 60, **WHO}, "", "none"), "Sign by HS256"),
    "another algorithm": (lambda: signed(WHO, algorithm="HS512"), "Sign by HS256"),
    "run out": (lambda: signed({**WHO, "exp": time.time() - 60}), "has run out"),
    "not yet": (lambda: signed({**WHO, "nbf": time.time() + 600}), "not valid yet"),
    "made tomorrow": (lambda: signed({**WHO, "iat": time.time() + 86_400}), "not valid yet"),
    "without an end": (lambda: jwt.encode(WHO, SECRET, "HS256"), "has no exp"),
    "an end in words": (lambda: signed({**WHO, "exp": "soon"}), "exp, nbf and iat are numbers"),
    "a number for a name": (lambda: raw({**WHO, "sub": 17}), "sub of your token must be text"),
    "tampered": (_tampered, "its signature is not ours"),
    "run out and forged": (
        lambda: signed({**WHO, "exp": time.time() - 60}, "x" * 40),
        "its signature is not ours",
    ),
    "no token": (lambda: "a.b.c", "neither an API key (lw_…) nor a JSON Web Token"),
    "a word": (lambda: "Bearer", "neither an API key (lw_…) nor a JSON Web Token"),
    "endless": (lambda: "a" * 20_000, "16,384 letters"),
}


@pytest.mark.parametrize("kind", WRONG)
async def test_what_is_not_signed_for_us_or_has_run_out_is_refused(host: Api, kind: str) -> None:
    sign, words = WRONG[kind]
    token = sign()
    answer = await session(host, token)
    assert (answer.status_code, code_of(answer)) == (401, "not_signed_in")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert words in problem_in(answer)["detail"]
    assert token not in answer.text or kind == "a word"


async def test_a_wrong_key_and_nothing_at_all_are_told_how_to_make_a_key(host: Api) -> None:
    for key in ("lw_guess", None):
        async with host.client(key) as client:
            assert "create-key" in problem_in(await client.get("/api/session"))["detail"]


async def test_a_refused_token_of_an_open_socket_is_told_why(host: Api) -> None:
    async with socket(host, signed(WHO)) as line:
        await line.say(type="authenticate", token=WRONG["run out"][0]())
        refused = await line.hear_until("error")
    assert (refused["status"], refused["problem"]) == (401, "/problems/not_signed_in")
    assert "has run out" in refused["detail"]


async def test_whose_token_gives_too_low_a_role_hears_what_it_must_carry(host: Api) -> None:
    async with host.client(signed(WHO)) as client:
        answer = await client.post("/api/jobs/categorize", json={"company_id": "globex", "limit": 1})
    assert (answer.status_code, code_of(answer)) == (403, "role_too_low")
    detail = problem_in(answer)["detail"]
    assert "Your token must carry the role bookkeeper" in detail
    assert "--role" not in detail
    await host.create_companies()
    async with host.client(await host.key("acme", Role.VIEWER)) as client:
        answer = await client.post("/api/jobs/categorize", json={"company_id": "acme", "limit": 1})
    assert "--role bookkeeper" in problem_in(answer)["detail"]


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"companies": {"acme": "boss", "b": "viewer"}}, "'boss' for acme is no role"),
        ({"companies": ["acme"], "role": ["admin"]}, "a list for acme is no role"),
        (
            {"companies": ["b", "../x\n\x1b[2J", 7]},
            r"'../x\n\x1b[2J' is no company's id, 7 is no company's id",
        ),
        ({"companies": ["b", *(f"/{number}" for number in range(9))]}, "'/4' is no company's id and 4 more"),
        ({"companies": [f"c{number}" for number in range(1_001)]}, "more than 1,000 companies"),
        ({"companies": 7}, "there is no list, object or text at companies"),
        ({"tenants": ["acme"]}, "there is no list, object or text at companies"),
        ({"companies": ["acme"]}, ""),
        ({"companies": []}, ""),
    ],
)
def test_what_a_token_says_in_vain_is_warned_of_once(
    claims: dict[str, Any], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    tokens = HostTokens(Settings(data_dir=Path(), database_url="", jwt_secret=SECRET))
    token = signed({"name": "Ann\x07", **claims})
    for _ in range(3):
        asyncio.run(tokens.verify(token))
    said = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert len(said) == (1 if words else 0)
    for warning in said:
        assert words in warning
        assert warning.startswith(r"A token of 'Ann\x07' opens less than it says: ")
        assert warning.isprintable()
        assert token not in warning


async def test_keys_work_beside_it(host: Api) -> None:
    await host.create_companies()
    assert roles_in(await session(host, await host.key("acme"))) == {"acme": "bookkeeper"}


class KeyServer:
    """Publishes the public halves of its keys."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {}
        self.asked = 0
        self.is_away = False
        self.server = Server(self._answer)

    async def _answer(self, _request: Request) -> Response:
        self.asked += 1
        if self.is_away:
            return Response(200, b"<html>Gone for lunch</html>")
        return json_response(200, {"keys": [_public(kid, key) for kid, key in self.keys.items()]})


def _public(kid: str, key: Any) -> dict[str, Any]:
    is_rsa = isinstance(key, rsa.RSAPrivateKey)
    to_jwk = RSAAlgorithm.to_jwk if is_rsa else ECAlgorithm.to_jwk
    return {**json.loads(to_jwk(key.public_key())), "kid": kid, "alg": "RS256" if is_rsa else "ES256"}


@pytest.fixture
async def key_server() -> AsyncIterator[KeyServer]:
    found = KeyServer()
    await found.server.start()
    yield found
    await found.server.stop()


async def test_keys_of_an_address_are_fetched_kept_and_rotated(
    key_server: KeyServer, sqlite_url: str, broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    second = ec.generate_private_key(ec.SECP256R1())
    key_server.keys["one"] = first
    url = f"{key_server.server.origin}/keys"
    async with serving(_settings(tmp_path, sqlite_url, broker, jwt_jwks_url=url)) as api:
        assert roles_in(await session(api, signed(WHO, first, "RS256", kid="one")))
        assert roles_in(await session(api, signed(WHO, first, "RS256", kid="one")))
        assert key_server.asked == 1
        # A stranger with unknown ids does not make us ask again and again.
        for number in range(5):
            token = signed(WHO, second, "ES256", kid=f"strange-{number}")
            answer = await session(api, token)
            assert (answer.status_code, code_of(answer)) == (503, "keys_away")
            assert answer.headers["retry-after"]
        assert key_server.asked == 1
        monkeypatch.setattr("server.host_tokens.LOOK_AGAIN", 0.0)
        key_server.keys = {"two": second}
        assert roles_in(await session(api, signed(WHO, second, "ES256", kid="two")))
        refused = await session(api, signed(WHO, first, "RS256", kid="one"))
        assert refused.status_code == 401
        assert "names no known key" in problem_in(refused)["detail"]
        # What is there stays good while the address is away; and nothing is checked by a secret that was not set.
        key_server.is_away = True
        assert (await session(api, signed(WHO, first, "RS256", kid="one"))).status_code == 503
        async with socket(api, signed(WHO, first, "RS256", kid="one")) as line:
            assert (await line.closing())[0] == 1013
        assert roles_in(await session(api, signed(WHO, second, "ES256", kid="two")))
        assert (await session(api, signed(WHO, kid="two"))).status_code == 401


# --- tickets ------------------------------------------------------------------------------------------


async def test_a_ticket_opens_one_stream_once(api: Api) -> None:
    async with api.member("acme", Role.VIEWER) as client:
        made = await client.post("/api/tickets")
        assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
        ticket = made.json()["ticket"]
    address = f"/api/jobs/company/acme/events?ticket={ticket}"
    polled = {"Accept": "application/json"}
    async with api.client() as stranger:
        assert (await stranger.get(f"/api/session?ticket={ticket}")).status_code == 401
        assert (await stranger.get(address, headers=polled)).status_code == 200
        assert (await stranger.get(address, headers=polled)).status_code == 401


async def test_a_ticket_opens_what_its_owner_may_see(api: Api) -> None:
    async with api.member("acme", Role.VIEWER) as client:
        ticket = (await client.post("/api/tickets")).json()["ticket"]
    async with api.client() as stranger:
        refused = await stranger.get(f"/api/jobs/company/globex/events?ticket={ticket}")
    assert refused.status_code == 404


async def test_a_ticket_ends_with_the_key_it_was_made_by(api: Api) -> None:
    key = await api.key()
    async with api.client(key) as client:
        ticket = (await client.post("/api/tickets")).json()["ticket"]
    async with api.kernel.database.transaction() as sql:
        assert await access.revoke_key(sql, "acme", key)
    async with api.client() as stranger:
        answer = await stranger.get(f"/api/jobs/company/acme/events?ticket={ticket}")
    assert answer.status_code == 401


async def test_a_ticket_of_a_page_opens_a_socket_and_a_used_one_closes_4401(api: Api) -> None:
    async with api.client(Origin=api.url) as browser:
        await browser.post("/api/sign-in", json={"token": await api.link()})
        ticket = (await browser.post("/api/tickets")).json()["ticket"]
    async with socket(api, ticket=ticket) as line:
        assert (await line.subscribe())["type"] == "subscribed"
    async with socket(api, ticket=ticket) as line:
        assert (await line.closing())[0] == 4401


async def test_a_foreign_page_gets_no_ticket(api: Api) -> None:
    async with api.client(Origin=api.url) as browser:
        await browser.post("/api/sign-in", json={"token": await api.link()})
        refused = await browser.post("/api/tickets", headers={"Origin": "https://evil.example"})
    assert refused.status_code == 403


# --- tokens that end on an open stream ----------------------------------------------------------------


async def test_a_socket_ends_with_its_token(host: Api) -> None:
    async with socket(host, signed({**WHO, "exp": time.time() - LEEWAY + 1.5})) as line:
        assert (await line.subscribe())["type"] == "subscribed"
        assert (await line.closing())[0] == 4401


async def test_a_fresh_token_keeps_the_socket_and_what_it_watches(host: Api) -> None:
    async with socket(host, signed({**WHO, "exp": time.time() - LEEWAY + 2})) as line:
        await line.subscribe()
        await line.say(type="authenticate", token=signed(WHO))
        assert (await line.hear_until("authenticated"))["type"] == "authenticated"
        await asyncio.sleep(2.5)
        told = await begin(host.kernel)
        heard = await line.hear_until("job")
        assert heard["job"]["job_id"] == told.record.job_id


async def test_a_fresh_token_that_opens_less_ends_what_it_does_not_open(host: Api) -> None:
    async with socket(host, signed(WHO)) as line:
        await line.subscribe("acme", id=1)
        await line.subscribe("globex", id=2)
        await line.say(type="authenticate", token=signed({"companies": ["globex"]}))
        refused = await line.hear_until("error")
        assert (refused["id"], refused["status"]) == (1, 404)
        told = await begin(host.kernel, "globex")
        heard = await line.hear_until("job")
        assert heard["job"]["job_id"] == told.record.job_id
        assert (await line.subscribe("acme", id=3))["status"] == 404
