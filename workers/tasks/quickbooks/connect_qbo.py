"""``connect-qbo``: make tokens of a person's consent, and fetch what is needed to map the accounts."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from ledgerwire.submissions import ConnectQbo
from workers.books.quickbooks import connections, grants
from workers.books.quickbooks.sealing import Seal, Unsealable
from workers.jobs.attempt import Attempt
from workers.jobs.faults import BadInput, TryLater
from workers.jobs.plan import Plan
from workers.outside.quickbooks.faults import QuickBooksError, Refused
from workers.tasks.quickbooks.application import application_of
from workers.tasks.quickbooks.fetch_qbo import fetch_company
from workers.tasks.quickbooks.tokens import AWAY, new_tokens

PLAN = Plan(exchange=20, company=20, accounts=60)
OVER = BadInput.of(
    "consent_over",
    "This consent was used, or is too old",
    "Begin again on the QuickBooks page: what Intuit hands out is good once, and for minutes.",
)


class Result(msgspec.Struct, frozen=True):
    company_name: str
    realm_id: str
    accounts: int


async def connect_qbo(attempt: Attempt, submission: ConnectQbo) -> Result:
    state = attempt.state or {}
    if not state.get("exchanged"):
        await _exchange(attempt, submission.grant_id)
    fetched = await fetch_company(attempt)
    return Result(fetched.company_name, fetched.realm_id, fetched.accounts)


async def _exchange(attempt: Attempt, grant_id: str) -> None:
    attempt.begin("exchange")
    settings, seal = attempt.shared.settings, attempt.shared.get(Seal.open)
    async with attempt.database.reading() as connection:
        grant = await grants.find_grant(connection, attempt.company_id, grant_id)
    if grant is None or grant.actor != attempt.actor:
        raise OVER
    application = application_of(settings, grant.redirect_uri)
    asked_at = datetime.now(UTC)
    try:
        given = await application.exchange(seal.unseal(grant.code), grant.realm_id)
    except (Refused, Unsealable):
        raise OVER from None
    except QuickBooksError as error:
        raise TryLater(AWAY, after=getattr(error, "after", None)) from error
    async with attempt.checkpoint() as batch:
        await connections.connect(
            batch.connection,
            attempt.company_id,
            grant.realm_id,
            new_tokens(given, asked_at),
            environment=settings.qbo_environment,
            actor=attempt.actor,
            seal=seal,
            now=datetime.now(UTC),
        )
        await grants.spend(batch.connection, grant_id)
        batch.state = {"exchanged": True}
        batch.log("QuickBooks has accepted the connection.")
