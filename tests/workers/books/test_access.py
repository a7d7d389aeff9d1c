"""Keys, links and sessions open what they should, once and for as long as they should."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from workers.books import access
from workers.books.access import Principal, Role
from workers.books.access_schema import api_keys, session_companies, sessions, sign_in_links
from workers.books.schema import companies
from workers.database import Database


@pytest.fixture
async def acme(database: Database) -> str:
    return await add_company(database, "acme")


async def add_company(database: Database, company_id: str) -> str:
    values = {
        "company_id": company_id,
        "name": company_id,
        "base_currency": "USD",
        "created_at": datetime.now(UTC),
    }
    async with database.transaction() as connection:
        await connection.execute(insert(companies).values(**values))
    return company_id


async def new_key(database: Database, company_id: str, role: Role = Role.BOOKKEEPER) -> str:
    async with database.transaction() as connection:
        return await access.create_key(connection, company_id, role=role, name="robot")


async def key_holder(database: Database, secret: str) -> Principal | None:
    async with database.reading() as connection:
        return await access.find_key(connection, secret)


async def new_link(database: Database, company_id: str, role: Role = Role.BOOKKEEPER) -> str:
    async with database.transaction() as connection:
        return await access.make_sign_in_link(connection, company_id, name="Ann", role=role)


async def redeem(database: Database, token: str, joining: str | None = None) -> str | None:
    async with database.transaction() as connection:
        return await access.redeem_sign_in(connection, token, joining=joining)


async def session_holder(database: Database, token: str) -> Principal | None:
    async with database.reading() as connection:
        return await access.find_session(connection, token)


def test_a_higher_role_covers_the_lower_ones() -> None:
    assert Role.ADMIN.covers(Role.VIEWER)
    assert Role.BOOKKEEPER.covers(Role.BOOKKEEPER)
    assert not Role.VIEWER.covers(Role.BOOKKEEPER)


def test_whoever_is_no_member_may_nothing() -> None:
    stranger = Principal(name="x", memberships={"acme": Role.ADMIN}, session=False)
    assert not stranger.may("globex", Role.VIEWER)


async def test_a_key_opens_its_company_with_its_role(database: Database, acme: str) -> None:
    secret = await new_key(database, acme, Role.VIEWER)
    found = await key_holder(database, secret)
    assert found is not None
    assert (found.name, found.memberships, found.session) == ("robot", {"acme": Role.VIEWER}, False)


async def test_only_the_hash_of_a_key_is_kept(database: Database, acme: str) -> None:
    secret = await new_key(database, acme)
    async with database.reading() as connection:
        row = (await connection.execute(select(api_keys))).mappings().one()
    assert secret.startswith("lw_")
    assert secret not in map(str, row.values())
    assert row["prefix"] == secret[:11]


@pytest.mark.parametrize("guess", ["", "lw_", "lw_guess", "no key at all", "lw_ünïcode"])
async def test_a_guess_opens_nothing(database: Database, acme: str, guess: str) -> None:
    await new_key(database, acme)
    assert await key_holder(database, guess) is None


async def test_a_revoked_key_opens_nothing(database: Database, acme: str) -> None:
    secret = await new_key(database, acme)
    async with database.transaction() as connection:
        assert await access.revoke_key(connection, acme, secret[:11])
        assert not await access.revoke_key(connection, acme, secret[:11])
    assert await key_holder(database, secret) is None
    async with database.reading() as connection:
        (shown,) = await access.list_keys(connection, acme)
    assert shown.revoked_at is not None


async def test_another_company_cannot_revoke_a_key(database: Database, acme: str) -> None:
    secret = await new_key(database, acme)
    globex = await add_company(database, "globex")
    async with database.transaction() as connection:
        assert not await access.revoke_key(connection, globex, secret[:11])
    assert await key_holder(database, secret) is not None


async def test_last_used_is_kept_to_the_minute(database: Database, acme: str) -> None:
    secret = await new_key(database, acme)
    now = datetime.now(UTC)
    fresh = await key_holder(database, secret)
    assert fresh is not None
    assert fresh.key_id is not None
    assert access.needs_touch(fresh, now)
    async with database.transaction() as connection:
        await access.touch_key(connection, fresh.key_id, now)
    used = await key_holder(database, secret)
    assert used is not None
    assert not access.needs_touch(used, now + timedelta(seconds=59))
    assert access.needs_touch(used, now + timedelta(seconds=60))


async def test_a_link_opens_one_session_once(database: Database, acme: str) -> None:
    token = await new_link(database, acme, Role.VIEWER)
    session = await redeem(database, token)
    assert session is not None
    assert await redeem(database, token) is None
    found = await session_holder(database, session)
    assert found is not None
    assert (found.name, found.memberships, found.session) == ("Ann", {"acme": Role.VIEWER}, True)


async def test_of_many_at_once_one_redeems_a_link(database: Database, acme: str) -> None:
    token = await new_link(database, acme)
    opened = await asyncio.gather(*(redeem(database, token) for _ in range(8)))
    assert sum(session is not None for session in opened) == 1


async def test_a_link_is_too_old_after_a_day(database: Database, acme: str) -> None:
    token = await new_link(database, acme)
    async with database.transaction() as connection:
        await connection.execute(update(sign_in_links).values(expires_at=datetime.now(UTC)))
    assert await redeem(database, token) is None


async def test_an_expired_session_opens_nothing_and_is_swept(database: Database, acme: str) -> None:
    session = await redeem(database, await new_link(database, acme))
    assert session is not None
    async with database.transaction() as connection:
        await connection.execute(update(sessions).values(expires_at=datetime.now(UTC)))
    assert await session_holder(database, session) is None
    await redeem(database, await new_link(database, acme))
    async with database.reading() as connection:
        assert len((await connection.execute(select(sessions))).all()) == 1


async def test_a_second_link_adds_its_company_to_the_session_of_the_browser(
    database: Database, acme: str
) -> None:
    globex = await add_company(database, "globex")
    first = await redeem(database, await new_link(database, acme, Role.ADMIN))
    second = await redeem(database, await new_link(database, globex, Role.VIEWER), first)
    assert first is not None
    assert second is not None
    assert await session_holder(database, first) is None
    found = await session_holder(database, second)
    assert found is not None
    assert found.memberships == {"acme": Role.ADMIN, "globex": Role.VIEWER}


async def test_signing_out_ends_the_session_and_forgets_its_companies(database: Database, acme: str) -> None:
    session = await redeem(database, await new_link(database, acme))
    assert session is not None
    async with database.transaction() as connection:
        await access.end_session(connection, session)
    assert await session_holder(database, session) is None
    async with database.reading() as connection:
        assert (await connection.execute(select(session_companies))).all() == []
