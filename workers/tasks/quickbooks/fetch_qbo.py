"""``fetch-qbo``: where to consent, and of a connected company its name, its currency and its accounts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from ledgerwire.submissions import FetchQbo
from workers.books.quickbooks import accounts, connections
from workers.books.quickbooks.accounts import FetchedAccount
from workers.jobs.attempt import Attempt
from workers.jobs.faults import TryLater
from workers.jobs.plan import Plan
from workers.outside.quickbooks.client import Company
from workers.outside.quickbooks.faults import QuickBooksError, Rejected, Unauthorized
from workers.tasks.quickbooks.application import application_of
from workers.tasks.quickbooks.pacing import Pacer
from workers.tasks.quickbooks.tokens import AWAY, Tokens, refused

T = TypeVar("T")

PLAN = Plan(discover=10, company=30, accounts=60)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Null where nothing is connected."""

    company_name: str | None = None
    realm_id: str | None = None
    accounts: int | None = None


class Fetched(msgspec.Struct, frozen=True):
    company_name: str
    realm_id: str
    accounts: int


async def fetch_qbo(attempt: Attempt, _submission: FetchQbo) -> Result:
    await _discover(attempt)
    async with attempt.database.reading() as connection:
        connected = await connections.find_connection(connection, attempt.company_id)
    if connected is None:
        return Result()
    fetched = await fetch_company(attempt)
    return Result(company_name=fetched.company_name, realm_id=fetched.realm_id, accounts=fetched.accounts)


async def fetch_company(attempt: Attempt) -> Fetched:
    """Into the books, each part as soon as it is there."""
    tokens = Tokens(attempt)
    try:
        return await _fetch(attempt, tokens)
    finally:
        await tokens.close()


async def _fetch(attempt: Attempt, tokens: Tokens) -> Fetched:
    attempt.begin("company")
    info = await asked(attempt, tokens, lambda company: company.info())
    async with attempt.checkpoint() as batch:
        await connections.describe(
            batch.connection,
            attempt.company_id,
            name=info.name,
            home_currency=info.home_currency,
            closed_through=info.closed_through,
        )
    attempt.begin("accounts", noun="accounts")
    found = await asked(attempt, tokens, lambda company: company.accounts())
    rows = [FetchedAccount(**msgspec.structs.asdict(each)) for each in found]
    realm_id = (await tokens.company()).realm_id
    async with attempt.checkpoint() as batch:
        await accounts.keep_accounts(
            batch.connection, attempt.company_id, realm_id, rows, now=datetime.now(UTC)
        )
        batch.done = len(rows)
        batch.log(f"{len(rows)} accounts of {info.name} fetched.")
    return Fetched(info.name, realm_id, len(rows))


async def asked(attempt: Attempt, tokens: Tokens, call: Callable[[Company], Awaitable[T]]) -> T:
    """A few calls that a person waits for: refreshed once, tried again with the job."""
    pacer = attempt.shared.get(Pacer.open)
    for is_last in (False, True):
        company = await tokens.company()
        try:
            async with pacer.one(company.realm_id):
                return await call(company)
        except Unauthorized:
            if is_last:
                raise refused(None) from None
            await tokens.refresh(company)
        except Rejected as error:
            raise refused(error.words) from error
        except QuickBooksError as error:
            raise TryLater(AWAY, after=getattr(error, "after", None)) from error
    raise AssertionError


async def _discover(attempt: Attempt) -> None:
    attempt.begin("discover")
    application = application_of(attempt.shared.settings)
    try:
        found = await application.discover()
    except (TimeoutError, QuickBooksError) as error:
        raise TryLater(AWAY) from error
    async with attempt.checkpoint() as batch:
        await connections.keep_endpoints(
            batch.connection, application.discovery_url, msgspec.structs.asdict(found), now=datetime.now(UTC)
        )
