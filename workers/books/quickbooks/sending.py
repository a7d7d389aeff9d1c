"""Objects on their way: written down with the bytes and the request id that go out, before anything does.

Sent once more with the same request id, the same object comes about and not another one: that is Intuit's word, and a
worker may die at any moment between the writing down and the answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.quickbooks import SentLine
from workers.books.quickbooks.schema import quickbooks_objects as objects

#: Payloads in one batch (developer.intuit.com, "Batch operations").
BATCH: Final = 10


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """Whose books go where, and which job takes them there in whose name."""

    company_id: str
    realm_id: str
    job_id: str
    actor: str

    @property
    def realm(self) -> dict[str, str]:
        return {"company": self.company_id, "realm": self.realm_id}


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """One object on its way, as it is written down."""

    transaction_id: str
    #: create, update or delete.
    operation: str
    object_type: str
    #: Null until it is there.
    qbo_id: str | None
    sync_token: str | None
    sending_no: int
    request_id: str
    batch_id: str | None
    batch_no: int | None
    body: str
    #: Of the line it was composed of; 0 where there is none (any more).
    revision: int
    digest: str
    shown: SentLine
    unsure: bool = False


class Unit(msgspec.Struct, frozen=True):
    """What goes out in one call: one object, or a batch of them."""

    request_id: str
    items: list[Sending]

    @property
    def is_batch(self) -> bool:
        return self.items[0].batch_id is not None


def request_id_of(*parts: str | int) -> str:
    """At most 50 characters, which is what Intuit takes; the same for the same parts, for ever."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:48]


def in_units(sendings: Iterable[Sending], *, batches: int, singles: int) -> list[Unit]:
    """The first of them in batches, and what they leave one by one; what goes beyond is left out."""
    rest = list(sendings)
    units = []
    for _ in range(batches):
        if len(rest) > 1:
            units.append(_batch(rest[:BATCH]))
            rest = rest[BATCH:]
    free = batches - len(units) + singles
    return units + [Unit(each.request_id, [each]) for each in rest[:free]]


def _batch(items: list[Sending]) -> Unit:
    batch_id = request_id_of("batch", *(each.request_id for each in items))
    numbered = [
        msgspec.structs.replace(each, batch_id=batch_id, batch_no=number)
        for number, each in enumerate(items, 1)
    ]
    return Unit(batch_id, numbered)


def units_again(sendings: Iterable[Sending]) -> list[Unit]:
    """As they were sent: whoever was in one batch is so again, in the same order."""
    singles = [Unit(each.request_id, [each]) for each in sendings if each.batch_id is None]
    together = sorted(
        (each for each in sendings if each.batch_id), key=lambda each: (each.batch_id, each.batch_no)
    )
    batches = [Unit(str(key), list(items)) for key, items in groupby(together, lambda each: each.batch_id)]
    return batches + singles


# --- left behind ----------------------------------------------------------------------------------------


async def jobs_sending(connection: AsyncConnection, office: Office) -> set[str]:
    """The jobs that hold objects on their way: some may have ended without having seen them arrive."""
    return set((await connection.execute(_SENDERS, office.realm)).scalars())


async def take_over(connection: AsyncConnection, office: Office, job_ids: Sequence[str]) -> None:
    """What those jobs had on its way is ours; nobody knows whether it has arrived."""
    if job_ids:
        values = {**office.realm, "jobs": list(job_ids), "mine": office.job_id}
        await connection.execute(_TAKE_OVER, values)


async def on_its_way(connection: AsyncConnection, office: Office) -> list[Sending]:
    """All that this job has on its way."""
    found = await connection.execute(_MINE, {**office.realm, "mine": office.job_id})
    return [_sending(row) for row in found]


async def send_alone(connection: AsyncConnection, office: Office, sendings: Sequence[Sending]) -> None:
    """Out of their batch, of which the others have arrived: each by its own request id from now on."""
    for each in sendings:
        values = {**office.realm, "mine": office.job_id, "id": each.transaction_id}
        await connection.execute(_ALONE, values)


def _sending(row: Any) -> Sending:
    values = {name: getattr(row, name) for name in Sending.__struct_fields__}
    return Sending(**{**values, "shown": msgspec.convert(row.shown, SentLine)})


OF_REALM = (objects.c.company_id == bindparam("company"), objects.c.realm_id == bindparam("realm"))
_SENDERS = select(objects.c.job_id).where(*OF_REALM, objects.c.state == "sending").distinct()
_TAKE_OVER = (
    update(objects)
    .where(*OF_REALM, objects.c.state == "sending", objects.c.job_id.in_(bindparam("jobs", expanding=True)))
    .values(job_id=bindparam("mine"), unsure=True)
)
_MINE = (
    select(*(objects.c[name] for name in Sending.__struct_fields__))
    .where(*OF_REALM, objects.c.state == "sending", objects.c.job_id == bindparam("mine"))
    .order_by(objects.c.transaction_id)
)
_ALONE = (
    update(objects)
    .where(
        *OF_REALM,
        objects.c.transaction_id == bindparam("id"),
        objects.c.job_id == bindparam("mine"),
        objects.c.state == "sending",
    )
    .values(batch_id=None, batch_no=None)
)
