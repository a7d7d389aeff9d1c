"""What people have answered about bank files: kept by company and layout, for the next file of that layout."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.statements import ColumnMapping
from workers.books.schema import statement_mappings

#: A company has few banks; the newest answers are those that its files are read by.
MOST = 200

_KEY = [statement_mappings.c.company_id, statement_mappings.c.layout]


def lasting(mapping: ColumnMapping) -> ColumnMapping:
    """What holds for every file of a layout; a year, an account's currency and a contradiction are of one file."""
    return msgspec.structs.replace(
        mapping,
        header_line=0 if mapping.header_line == 0 else None,
        year=None,
        currency=None,
        ignore_balance=False,
    )


async def load_mappings(connection: AsyncConnection, company_id: str) -> dict[str, ColumnMapping]:
    """By layout. One that this release no longer understands is left out: its file is asked about again."""
    query = (
        select(statement_mappings.c.layout, statement_mappings.c.mapping)
        .where(statement_mappings.c.company_id == company_id)
        .order_by(statement_mappings.c.confirmed_at.desc(), statement_mappings.c.layout)
        .limit(MOST)
    )
    read = {layout: _understood(stored) for layout, stored in await connection.execute(query)}
    return {layout: mapping for layout, mapping in read.items() if mapping}


async def remember_mapping(
    connection: AsyncConnection,
    company_id: str,
    layout: str,
    mapping: ColumnMapping,
    *,
    confirmed_by: str,
    now: datetime,
) -> None:
    """The newest answer about a layout takes the place of an older one."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    added = insert(statement_mappings).values(
        company_id=company_id,
        layout=layout,
        mapping=lasting(mapping),
        confirmed_by=confirmed_by,
        confirmed_at=now,
    )
    newest = {name: added.excluded[name] for name in ("mapping", "confirmed_by", "confirmed_at")}
    await connection.execute(added.on_conflict_do_update(index_elements=_KEY, set_=newest))


def _understood(stored: object) -> ColumnMapping | None:
    try:
        return msgspec.convert(stored, ColumnMapping)
    except msgspec.ValidationError:
        return None
