"""Who may come in, from the command line: companies, API keys and sign-in links."""

from __future__ import annotations

import getpass
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from server.errors import StartError
from server.ground import WILDCARDS
from workers.books.access import (
    KeyRecord,
    Role,
    create_key,
    find_key,
    list_keys,
    make_sign_in_link,
    revoke_key,
)
from workers.books.companies import DEFAULT_CURRENCY, create_company, find_company
from workers.books.invitations import invitation_id_of, revoke_invitation
from workers.database import Database
from workers.settings import Settings

DEMO = "demo"
DEMO_NAME = "Demo Company"
DEVELOPMENT_KEY = "development key"
#: Letters of a person's name.
LONGEST_NAME = 200


class UnknownCompany(StartError):
    def __init__(self, company_id: str) -> None:
        super().__init__(f"There is no company {company_id!r}. Check its id, or create it: create-company.")


class UnknownKey(StartError):
    def __init__(self, company_id: str) -> None:
        super().__init__(
            f"Company {company_id!r} has no living key that begins so. See them all: list-keys {company_id}."
        )


@asynccontextmanager
async def admitting(settings: Settings) -> AsyncIterator[AsyncConnection]:
    """A transaction on the database that stands."""
    database = Database(settings.database_url)
    try:
        async with database.transaction() as connection:
            yield connection
    finally:
        await database.close()


async def new_company(settings: Settings, company_id: str, *, name: str | None, currency: str) -> bool:
    """Whether it was new."""
    async with admitting(settings) as connection:
        return await create_company(connection, company_id, name=name, base_currency=currency)


async def new_key(settings: Settings, company_id: str, *, role: Role, name: str) -> str:
    """A key's secret, told this once; an unknown company is created."""
    async with admitting(settings) as connection:
        await create_company(connection, company_id)
        return await create_key(connection, company_id, role=role, name=name)


async def keys_of(settings: Settings, company_id: str) -> list[KeyRecord]:
    """Oldest first, revoked ones included; raises UnknownCompany."""
    async with admitting(settings) as connection:
        if await find_company(connection, company_id) is None:
            raise UnknownCompany(company_id)
        return await list_keys(connection, company_id)


async def living_key(settings: Settings, company_id: str, key: str) -> KeyRecord:
    """The key that ``key``, its first letters or the whole of it, means; raises UnknownKey."""
    for found in await keys_of(settings, company_id):
        if found.revoked_at is None and key.startswith(found.prefix):
            return found
    raise UnknownKey(company_id)


async def end_key(settings: Settings, company_id: str, key: KeyRecord) -> None:
    """Refused from this moment on; its open streams end within a minute. Raises UnknownKey."""
    async with admitting(settings) as connection:
        if not await revoke_key(connection, company_id, key.prefix):
            raise UnknownKey(company_id)


async def sign_in_link(settings: Settings, company_id: str, *, role: Role, name: str | None = None) -> str:
    """The dashboard's address with a token that signs in once; an unknown company is created.

    Who signs in by it is called ``name``, else what ``name_here`` says.
    """
    async with admitting(settings) as connection:
        await create_company(connection, company_id)
        token = await make_sign_in_link(connection, company_id, name=name or name_here(role), role=role)
    return f"{public_url(settings)}/#sign-in={token}"


async def renewed_link(settings: Settings, company_id: str) -> str:
    """The same for whoever starts us here, an admin: the link of the start before, if nobody used it, is taken back."""
    kept = settings.data_dir / "up-invitation"
    async with admitting(settings) as connection:
        if kept.exists():
            await revoke_invitation(connection, company_id, kept.read_text().strip(), datetime.now(UTC))
    link = await sign_in_link(settings, company_id, role=Role.ADMIN)
    kept.write_text(invitation_id_of(link.partition("#sign-in=")[2]))
    return link


def name_here(role: Role) -> str:
    """What the account on this machine is called, else the role: other people read it as who did what."""
    try:
        account = getpass.getuser()
    except (OSError, KeyError, ImportError):  # by Python's version and system: nobody has a name
        account = ""
    found = "".join(letter for letter in account if letter.isprintable()).strip()[:LONGEST_NAME] or role.value
    return found[0].upper() + found[1:]


async def seed_demo(settings: Settings) -> None:
    async with admitting(settings) as connection:
        await create_company(
            connection, DEMO, name=DEMO_NAME, base_currency=DEFAULT_CURRENCY, starter_rules=True
        )


async def development_key(settings: Settings) -> str:
    """The admin key of the demo company, the same at every start.

    The database keeps hashes, so the secret lies in a file that only its owner may read.
    """
    path = settings.data_dir / "dev-key"
    async with admitting(settings) as connection:
        kept = path.read_text().strip() if path.exists() else ""
        if kept and await find_key(connection, kept):
            return kept
        secret = await create_key(connection, DEMO, role=Role.ADMIN, name=DEVELOPMENT_KEY)
    _write_private(path, secret)
    return secret


def _write_private(path: Path, secret: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
        target.write(f"{secret}\n")


def public_url(settings: Settings) -> str:
    """Where a browser on this machine finds us."""
    host = WILDCARDS.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
