"""The receipts of what was sent, after it: an upload has no request id, so each is looked for by its name first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from workers.books.quickbooks.attaching import Parcel, count_parcels, count_sent, next_parcels, settle_parcels
from workers.books.quickbooks.sending import Office
from workers.jobs.attempt import Attempt
from workers.outside.quickbooks.client import Company
from workers.outside.quickbooks.faults import Rejected
from workers.tasks.quickbooks.delivering import Courier

#: Files go out by so many: each may be some megabytes.
TOGETHER = 4
LOST = "Its file is not here any more."

Sent = tuple[Parcel, str | None, str | None]


async def send_receipts(attempt: Attempt, office: Office, courier: Courier) -> int:
    """How many went along with this job, also in an attempt before."""
    async with attempt.database.reading() as connection:
        total = await count_parcels(connection, office)
    attempt.begin("attach", total=total, noun="receipts")
    done = 0
    while parcels := await _next(attempt, office):
        sent = await _send_some(attempt, courier, parcels)
        async with attempt.checkpoint() as batch:
            await settle_parcels(batch.connection, office, sent)
            done += len(sent)
            batch.done = done
            for parcel, _qbo_id, why in sent:
                if why:
                    batch.log(f"Receipt {parcel.file_name} did not go along: {why}", level="warning")
    async with attempt.database.reading() as connection:
        return await count_sent(connection, office)


async def _next(attempt: Attempt, office: Office) -> list[Parcel]:
    async with attempt.database.reading() as connection:
        return await next_parcels(connection, office, limit=TOGETHER)


async def _send_some(attempt: Attempt, courier: Courier, parcels: Sequence[Parcel]) -> list[Sent]:
    places = {parcel.file_name: parcel.qbo_id for parcel in parcels}
    there = await courier.call(lambda company: company.find_files(list(places), attached_to=places))
    waiting = [parcel for parcel in parcels if parcel.file_name not in there]
    sent: list[Sent] = [
        (parcel, there[parcel.file_name], None) for parcel in parcels if parcel.file_name in there
    ]
    return sent + [await _send(attempt, courier, parcel) for parcel in waiting]


async def _send(attempt: Attempt, courier: Courier, parcel: Parcel) -> Sent:
    try:
        content = await asyncio.to_thread(attempt.files.path(parcel.sha256).read_bytes)
    except FileNotFoundError:
        return parcel, None, LOST

    async def upload(company: Company) -> str:
        # Sent before, and the answer lost: it would be there twice.
        place = {parcel.file_name: parcel.qbo_id}
        there = await company.find_files(list(place), attached_to=place)
        return there.get(parcel.file_name) or await company.upload(
            content,
            name=parcel.file_name,
            media_type=parcel.media_type,
            object_type=parcel.object_type,
            object_id=parcel.qbo_id,
        )

    try:
        return parcel, await courier.call(upload), None
    except Rejected as fault:
        return parcel, None, fault.words
