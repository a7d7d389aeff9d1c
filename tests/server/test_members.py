"""Who may what: invited, given keys, and taken out again by an administrator."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from sqlalchemy import update

from tests.server.serving import Api, code_of
from tests.server.watching import socket
from workers.books.access import Role
from workers.books.access_schema import sign_in_links

ROOT = "/api/companies/acme"


async def signed_in(api: Api, url: str) -> str:
    """The cookie of a browser that has opened the address."""
    token = urlsplit(url).fragment.partition("=")[2]
    async with api.client(Origin=api.url) as browser:
        answer = await browser.post("/api/sign-in", json={"token": token})
        assert answer.status_code == 200, answer.text
        return f"lw_session={browser.cookies['lw_session']}"


async def signing_in(api: Api, token: str) -> tuple[int, str]:
    """How whoever tries the token is refused."""
    async with api.client(Origin=api.url) as browser:
        answer = await browser.post("/api/sign-in", json={"token": token})
        return answer.status_code, code_of(answer)


async def test_a_person_is_invited_comes_in_and_is_taken_out(api: Api) -> None:
    async with api.member("acme", Role.ADMIN) as admin:
        invited = await admin.post(f"{ROOT}/invitations", json={"name": "Ann", "role": "viewer"})
        assert (invited.status_code, invited.headers["cache-control"]) == (201, "no-store")
        url = invited.json()["url"]
        assert url.startswith(f"{api.url}/#sign-in=")
        cookie = await signed_in(api, url)
        (ann,) = (await admin.get(f"{ROOT}/members")).json()["people"]
        assert (ann["name"], ann["role"], ann["you"]) == ("Ann", "viewer", False)
        async with api.client(Cookie=cookie) as browser:
            assert (await browser.get(ROOT)).json()["role"] == "viewer"
            assert (await admin.delete(f"{ROOT}/people/{ann['person_id']}")).status_code == 204
            assert (await browser.get(ROOT)).status_code in {401, 404}
        assert (await admin.get(f"{ROOT}/members")).json()["people"] == []
        assert (await admin.delete(f"{ROOT}/people/{ann['person_id']}")).status_code == 404


async def test_an_invitation_is_listed_until_it_is_taken_back(api: Api) -> None:
    async with api.member("acme", Role.ADMIN) as admin:
        made = (await admin.post(f"{ROOT}/invitations", json={"name": "Vera", "role": "viewer"})).json()
        token = made.pop("url").partition("=")[2]
        listed = await admin.get(f"{ROOT}/members")
        assert listed.json()["invitations"] == [made]
        assert token not in listed.text
        for guess in (made["invitation_id"], token[:16]):
            assert await signing_in(api, guess) == (400, "link_refused")
        place = f"{ROOT}/invitations/{made['invitation_id']}"
        assert (await admin.delete(place)).status_code == 204
        assert (await admin.get(f"{ROOT}/members")).json()["invitations"] == []
        assert await signing_in(api, token) == (400, "link_refused")
        again = await admin.delete(place)
        assert (again.status_code, code_of(again)) == (404, "not_found")


async def test_what_was_used_or_is_too_old_is_no_invitation_any_more(api: Api) -> None:
    async with api.member("acme", Role.ADMIN) as admin:
        for name in ("Ann", "Vera"):
            made = (await admin.post(f"{ROOT}/invitations", json={"name": name})).json()
            if name == "Ann":
                await signed_in(api, made["url"])
            else:
                async with api.kernel.database.transaction() as sql:
                    await sql.execute(update(sign_in_links).values(expires_at=datetime.now(UTC)))
            members = (await admin.get(f"{ROOT}/members")).json()
            assert members["invitations"] == []
            assert [person["name"] for person in members["people"]] == ["Ann"]
            gone = await admin.delete(f"{ROOT}/invitations/{made['invitation_id']}")
            assert gone.status_code == 404


async def test_a_link_from_the_shell_is_listed_where_it_leads(api: Api) -> None:
    """``ledgerwire-server sign-in`` makes it so."""
    token = await api.link("acme", Role.ADMIN)
    async with api.member("globex", Role.ADMIN) as stranger:
        assert (await stranger.get("/api/companies/globex/members")).json()["invitations"] == []
    async with api.member("acme", Role.ADMIN) as admin:
        (listed,) = (await admin.get(f"{ROOT}/members")).json()["invitations"]
        assert (listed["name"], listed["role"]) == ("Ann", "admin")
        assert token not in str(listed)
        await admin.delete(f"{ROOT}/invitations/{listed['invitation_id']}")
        assert await signing_in(api, token) == (400, "link_refused")


async def test_who_is_taken_out_of_one_company_keeps_the_others(api: Api) -> None:
    async with api.client(Origin=api.url) as browser:
        for company in ("acme", "globex"):
            link = await api.link(company)
            await browser.post("/api/sign-in", json={"token": link})
        async with api.member("acme", Role.ADMIN) as admin:
            (person,) = (await admin.get(f"{ROOT}/members")).json()["people"]
            await admin.delete(f"{ROOT}/people/{person['person_id']}")
        companies = (await browser.get("/api/session")).json()["companies"]
        assert [each["company_id"] for each in companies] == ["globex"]


async def test_a_key_is_made_used_and_revoked(api: Api) -> None:
    async with api.member("acme", Role.ADMIN) as admin:
        made = (await admin.post(f"{ROOT}/keys", json={"name": "Import"})).json()
        assert made["role"] == "bookkeeper"
        assert made["key"].startswith(made["prefix"])
        async with api.client(made["key"]) as program:
            assert (await program.get(ROOT)).json()["role"] == "bookkeeper"
        keys = (await admin.get(f"{ROOT}/members")).json()["keys"]
        assert made["prefix"] in {each["prefix"] for each in keys}
        assert made["key"] not in str(keys)
        assert (await admin.delete(f"{ROOT}/keys/{made['prefix']}")).status_code == 204
        async with api.client(made["key"]) as program:
            assert (await program.get(ROOT)).status_code == 401
        (revoked,) = [
            each
            for each in (await admin.get(f"{ROOT}/members")).json()["keys"]
            if each["prefix"] == made["prefix"]
        ]
        assert revoked["revoked_at"]
        assert (await admin.delete(f"{ROOT}/keys/{made['prefix']}")).status_code == 404


async def test_the_session_that_asks_is_marked(api: Api) -> None:
    async with api.client(Origin=api.url) as browser:
        await browser.post("/api/sign-in", json={"token": await api.link("acme", Role.ADMIN)})
        (person,) = (await browser.get(f"{ROOT}/members")).json()["people"]
    assert person["you"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({"name": ""}, "/name"), ({"name": "A", "role": "owner"}, "/role"), ({"name": "A", "x": 1}, "/x")],
)
async def test_what_cannot_be_is_said_at_its_field(api: Api, body: dict[str, str], pointer: str) -> None:
    async with api.member("acme", Role.ADMIN) as admin:
        for route in ("invitations", "keys"):
            answer = await admin.post(f"{ROOT}/{route}", json=body)
            assert (answer.status_code, code_of(answer)) == (400, "invalid_input")
            assert answer.json()["errors"][0]["pointer"] in {pointer, ""}


async def test_an_open_stream_ends_with_its_key(api: Api) -> None:
    async with api.member("acme", Role.ADMIN) as admin:
        made = (await admin.post(f"{ROOT}/keys", json={"name": "Watcher", "role": "viewer"})).json()
        async with socket(api, made["key"]) as line:
            await line.subscribe()
            await admin.delete(f"{ROOT}/keys/{made['prefix']}")
            assert (await line.closing())[0] == 4401
