"""Receipts that go along with what was sent: each once for each object, told apart by a file name of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from workers.books.quickbooks.schema import quickbooks_files as files
from workers.books.quickbooks.schema import quickbooks_objects as objects
from workers.books.quickbooks.sending import Office
from workers.books.receipts.schema import attachments, receipts
from workers.database import insert_new

#: What QuickBooks takes and shows; of anything else goes the picture of its first page.
SHOWN: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/tiff": "tif",
    "application/pdf": "pdf",
}
NAME_LENGTH: Final = 60


class Parcel(msgspec.Struct, frozen=True):
    """A receipt on its way to the object of a line."""

    receipt_id: str
    transaction_id: str
    file_name: str
    object_type: str
    qbo_id: str
    sha256: str
    media_type: str


async def enlist_receipts(connection: AsyncConnection, office: Office, ids: Sequence[str]) -> None:
    """Those of these lines that did not go along yet; also those that failed before.

    What another job has on its way stays that job's: looked for by both at the same moment, it would be there twice.
    """
    found = await connection.execute(_ATTACHED, {"ids": list(ids), **office.realm})
    own = {"company_id": office.company_id, "realm_id": office.realm_id, "job_id": office.job_id}
    rows = [
        {
            **own,
            "receipt_id": row.receipt_id,
            "transaction_id": row.transaction_id,
            "state": "sending",
            "file_name": _file_name(row),
        }
        for row in found
    ]
    if rows:
        await connection.execute(insert_new(connection.dialect, files), rows)
        await connection.execute(
            _AGAIN,
            [
                {
                    **office.realm,
                    "receipt": row["receipt_id"],
                    "line": row["transaction_id"],
                    "mine": office.job_id,
                    "name": row["file_name"],
                }
                for row in rows
            ],
        )


async def jobs_attaching(connection: AsyncConnection, office: Office) -> set[str]:
    """The jobs that have receipts on their way: some may have ended without having seen them arrive."""
    return set((await connection.execute(_SENDERS, office.realm)).scalars())


async def take_over_receipts(connection: AsyncConnection, office: Office, job_ids: Sequence[str]) -> None:
    """What those jobs had on its way is ours."""
    if job_ids:
        await connection.execute(_TAKE_OVER, {**office.realm, "jobs": list(job_ids), "mine": office.job_id})


async def next_parcels(connection: AsyncConnection, office: Office, *, limit: int) -> list[Parcel]:
    found = await connection.execute(_NEXT, {**office.realm, "mine": office.job_id, "limit": limit})
    return [_parcel(row) for row in found]


async def count_parcels(connection: AsyncConnection, office: Office) -> int:
    return int((await connection.execute(_COUNT, {**office.realm, "mine": office.job_id})).scalar_one())


async def count_sent(connection: AsyncConnection, office: Office) -> int:
    """Those that arrived with this job."""
    return int((await connection.execute(_COUNT_SENT, {**office.realm, "mine": office.job_id})).scalar_one())


async def settle_parcels(
    connection: AsyncConnection, office: Office, sent: Iterable[tuple[Parcel, str | None, str | None]]
) -> None:
    """Each with its id over there, or with why it was refused; not what another job has taken over."""
    rows = [
        {
            **office.realm,
            "receipt": parcel.receipt_id,
            "line": parcel.transaction_id,
            "name": parcel.file_name,
            "mine": office.job_id,
            "to": "failed" if qbo_id is None else "sent",
            "qbo": qbo_id,
            "why": why,
        }
        for parcel, qbo_id, why in sent
    ]
    if rows:
        await connection.execute(_SETTLE, rows)


def _file_name(row: Any) -> str:
    """Readable, and nobody else's: a line that was deleted over there and came back is another object."""
    stem = row.name.rpartition(".")[0] or row.name
    plain = "".join(each if each.isascii() and (each.isalnum() or each in " -_") else "_" for each in stem)
    ending = SHOWN.get(row.media_type, "jpg")
    return f"{plain.strip()[:NAME_LENGTH] or 'receipt'} {row.receipt_id[-12:]}-{row.qbo_id}.{ending}"


def _parcel(row: Any) -> Parcel:
    is_shown = row.media_type in SHOWN
    return Parcel(
        receipt_id=row.receipt_id,
        transaction_id=row.transaction_id,
        file_name=row.file_name,
        object_type=row.object_type,
        qbo_id=row.qbo_id,
        sha256=row.sha256 if is_shown else row.previews[0],
        media_type=row.media_type if is_shown else "image/jpeg",
    )


_OF_REALM = (files.c.company_id == bindparam("company"), files.c.realm_id == bindparam("realm"))
_SENT = (
    objects.c.company_id == bindparam("company"),
    objects.c.realm_id == bindparam("realm"),
    objects.c.state == "sent",
)
_ATTACHED = (
    select(
        attachments.c.transaction_id,
        receipts.c.receipt_id,
        receipts.c.name,
        receipts.c.media_type,
        objects.c.qbo_id,
    )
    .join_from(attachments, receipts, receipts.c.receipt_id == attachments.c.receipt_id)
    .join(objects, objects.c.transaction_id == attachments.c.transaction_id)
    .where(*_SENT, attachments.c.transaction_id.in_(bindparam("ids", expanding=True)))
)
_AGAIN = (
    update(files)
    .where(
        *_OF_REALM,
        files.c.receipt_id == bindparam("receipt"),
        files.c.transaction_id == bindparam("line"),
        (files.c.state == "failed") | (files.c.file_name != bindparam("name")),
    )
    .values(state="sending", file_name=bindparam("name"), job_id=bindparam("mine"), qbo_id=None, detail=None)
)
_MINE = (*_OF_REALM, files.c.job_id == bindparam("mine"), files.c.state == "sending")
_SENDERS = select(files.c.job_id).where(*_OF_REALM, files.c.state == "sending").distinct()
_TAKE_OVER = (
    update(files)
    .where(*_OF_REALM, files.c.state == "sending", files.c.job_id.in_(bindparam("jobs", expanding=True)))
    .values(job_id=bindparam("mine"))
)
_READY = (
    select(
        files.c.receipt_id,
        files.c.transaction_id,
        files.c.file_name,
        objects.c.object_type,
        objects.c.qbo_id,
        receipts.c.sha256,
        receipts.c.media_type,
        receipts.c.previews,
    )
    .join_from(
        files,
        objects,
        (objects.c.company_id == files.c.company_id)
        & (objects.c.realm_id == files.c.realm_id)
        & (objects.c.transaction_id == files.c.transaction_id),
    )
    .join(receipts, receipts.c.receipt_id == files.c.receipt_id)
    .where(*_MINE, objects.c.state == "sent")
)
_NEXT = _READY.order_by(files.c.receipt_id, files.c.transaction_id).limit(bindparam("limit"))
_COUNT = select(func.count()).select_from(_READY.subquery())
_COUNT_SENT = (
    select(func.count())
    .select_from(files)
    .where(*_OF_REALM, files.c.job_id == bindparam("mine"), files.c.state == "sent")
)
_SETTLE = (
    update(files)
    .where(
        *_MINE,
        files.c.receipt_id == bindparam("receipt"),
        files.c.transaction_id == bindparam("line"),
        files.c.file_name == bindparam("name"),
    )
    .values(state=bindparam("to"), qbo_id=bindparam("qbo"), detail=bindparam("why"))
)
