"""Who comes in: by key, by link and cookie, and from where."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.brokers import Broker
from tests.server.serving import Api, api_settings, code_of, problem_in, serving
from tests.waiting import until
from workers.books import access
from workers.books.access import Role


async def test_without_a_key_the_answer_says_how_to_make_one(sqlite_api: Api) -> None:
    async with sqlite_api.client() as client:
        answer = await client.get("/api/session")
    assert answer.status_code == 401
    assert "ledgerwire-server create-key" in problem_in(answer)["detail"]
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", ["Bearer lw_guess", "Bearer", "Basic bHc6bHc=", "lw_guess", "Bearer lw_\xfc"]
)
async def test_a_wrong_key_is_refused(sqlite_api: Api, header: str) -> None:
    async with sqlite_api.client() as client:
        answer = await client.get("/api/session", headers=[(b"authorization", header.encode("latin-1"))])
    assert answer.status_code == 401


async def test_a_key_tells_its_name_and_companies(api: Api) -> None:
    async with api.member("acme", Role.VIEWER) as client:
        answer = await client.get("/api/session")
    assert answer.json() == {
        "name": "acme viewer",
        "companies": [
            {
                "company_id": "acme",
                "name": "acme",
                "base_currency": "USD",
                "base_currency_fixed": False,
                "closed_through": None,
                "role": "viewer",
            }
        ],
    }


async def test_a_revoked_key_is_refused_at_once(api: Api) -> None:
    key = await api.key()
    async with api.client(key) as client:
        assert (await client.get("/api/session")).status_code == 200
        async with api.kernel.database.transaction() as sql:
            await access.revoke_key(sql, "acme", key[:11])
        assert (await client.get("/api/session")).status_code == 401


async def test_the_use_of_a_key_is_noted(api: Api) -> None:
    async with api.member() as client:
        await client.get("/api/session")
    noted: list[object] = []

    async def look() -> None:
        async with api.kernel.database.reading() as sql:
            (key,) = await access.list_keys(sql, "acme")
        noted.append(key.last_used)

    while not any(noted):
        await look()
        await until(lambda: True)


async def test_a_link_opens_a_session_in_a_safe_cookie(api: Api) -> None:
    async with api.client(Origin=api.url) as browser:
        answer = await browser.post("/api/sign-in", json={"token": await api.link()})
        assert answer.status_code == 200
        assert answer.json()["companies"][0]["company_id"] == "acme"
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "secure" not in cookie
        assert (await browser.get("/api/session")).json()["name"] == "Ann"


async def test_a_link_works_once(sqlite_api: Api) -> None:
    token = await sqlite_api.link()
    async with sqlite_api.client(Origin=sqlite_api.url) as browser:
        assert (await browser.post("/api/sign-in", json={"token": token})).status_code == 200
    async with sqlite_api.client(Origin=sqlite_api.url) as another:
        answer = await another.post("/api/sign-in", json={"token": token})
    assert code_of(answer) == "link_refused"


async def test_signing_out_ends_the_session(sqlite_api: Api) -> None:
    async with sqlite_api.client(Origin=sqlite_api.url) as browser:
        await browser.post("/api/sign-in", json={"token": await sqlite_api.link()})
        kept = dict(browser.cookies)
        assert (await browser.post("/api/sign-out")).status_code == 204
        assert not dict(browser.cookies)
    async with sqlite_api.client() as thief:
        thief.cookies.update(kept)
        assert (await thief.get("/api/session")).status_code == 401


async def test_a_second_link_adds_its_company_to_the_browser(sqlite_api: Api) -> None:
    async with sqlite_api.client(Origin=sqlite_api.url) as browser:
        await browser.post("/api/sign-in", json={"token": await sqlite_api.link("acme")})
        await browser.post("/api/sign-in", json={"token": await sqlite_api.link("globex", Role.VIEWER)})
        session = (await browser.get("/api/session")).json()
    assert [(each["company_id"], each["role"]) for each in session["companies"]] == [
        ("acme", "bookkeeper"),
        ("globex", "viewer"),
    ]


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://127.0.0.1:1", "https://127.0.0.1"]
)
async def test_a_cookie_changes_nothing_for_a_foreign_page(sqlite_api: Api, origin: str | None) -> None:
    async with sqlite_api.client() as browser:
        own = {"Origin": sqlite_api.url}
        await browser.post("/api/sign-in", json={"token": await sqlite_api.link()}, headers=own)
        foreign = {"Origin": origin} if origin else {}
        answer = await browser.post("/api/jobs/categorize", json={"company_id": "acme"}, headers=foreign)
        assert (answer.status_code, code_of(answer)) == (403, "origin_refused")
        assert (await browser.get("/api/jobs/company/acme")).json()["data"] == []
        mine = await browser.post("/api/jobs/categorize", json={"company_id": "acme"}, headers=own)
        assert mine.status_code == 202


async def test_a_foreign_page_cannot_sign_its_visitor_in(sqlite_api: Api) -> None:
    token = await sqlite_api.link()
    async with sqlite_api.client(Origin="http://evil.example") as browser:
        answer = await browser.post("/api/sign-in", json={"token": token})
    assert code_of(answer) == "origin_refused"


async def test_a_key_needs_no_origin(sqlite_api: Api) -> None:
    async with sqlite_api.member() as client:
        await sqlite_api.submit(client, Origin="http://evil.example")


async def test_behind_tls_the_cookie_is_secure_and_the_public_origin_is_ours(
    sqlite_url: str, broker: Broker, tmp_path: Path
) -> None:
    public = "https://books.example"
    settings = api_settings(
        tmp_path,
        database_url=sqlite_url,
        redis_url=broker.url,
        secure_cookies=True,
        allowed_origins=(public,),
    )
    async with serving(settings) as api:
        await api.create_companies()
        async with api.client(Origin=public) as browser:
            answer = await browser.post("/api/sign-in", json={"token": await api.link()})
    assert answer.status_code == 200
    assert "; secure" in answer.headers["set-cookie"].lower()
