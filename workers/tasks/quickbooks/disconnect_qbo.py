"""``disconnect-qbo``: revoke the tokens and forget them; what was sent stays where it is."""

from __future__ import annotations

import msgspec

from ledgerwire.submissions import DisconnectQbo
from workers.books.quickbooks import connections
from workers.books.quickbooks.connections import Connected
from workers.books.quickbooks.sealing import Seal, Unsealable
from workers.jobs.attempt import Attempt
from workers.jobs.plan import Plan
from workers.outside.quickbooks.faults import QuickBooksError
from workers.tasks.quickbooks.application import application_of

PLAN = Plan(revoke=100)


class Result(msgspec.Struct, frozen=True):
    #: False where Intuit did not hear of it: the tokens are forgotten here all the same.
    revoked: bool


async def disconnect_qbo(attempt: Attempt, _submission: DisconnectQbo) -> Result:
    attempt.begin("revoke")
    async with attempt.database.reading() as connection:
        connected = await connections.find_connection(connection, attempt.company_id)
    if connected is None:
        return Result(revoked=bool((attempt.state or {}).get("revoked")))
    revoked = await _revoke(attempt, connected)
    async with attempt.checkpoint() as batch:
        await connections.disconnect(batch.connection, attempt.company_id)
        batch.state = {"revoked": revoked}
        if revoked:
            batch.log("QuickBooks has taken the connection back.")
        else:
            words = "QuickBooks could not be told. Remove the application there, too: Settings, Apps."
            batch.log(words, level="warning")
    return Result(revoked)


async def _revoke(attempt: Attempt, connected: Connected) -> bool:
    try:
        token = attempt.shared.get(Seal.open).unseal(connected.refresh_token)
        await application_of(attempt.shared.settings).revoke(token)
    except (QuickBooksError, Unsealable):
        return False
    return True
