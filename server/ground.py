"""What a start stands on: a folder, a port, a broker, a database. Each check returns what it took or raises
GroundError, whose message is one line for people.

What talks to a database is imported where it is used: `up` starts its children before it spends that time.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import socket
import time
from pathlib import Path
from typing import IO

from server import broker
from server.errors import StartError
from workers.settings import Settings

BACKLOG = 2_048
#: Whatever a killed `up` left behind dies with it, but not in the same instant.
LOCK_WITHIN = 3.0
DATABASE_WITHIN = 10.0


#: Listening on all addresses, and the one of them by which this machine calls itself.
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


class GroundError(StartError):
    """Something that a start stands on is missing."""


def claim_folder(settings: Settings, *, within: float = LOCK_WITHIN) -> IO[str]:
    """DATA_DIR, writable and ours alone while the returned file, or a copy of it in a child, is open."""
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "up.lock").open("a+")
    except OSError as error:
        raise GroundError(
            f"DATA_DIR {folder} cannot be written ({error.strerror}). Set DATA_DIR to a folder of yours."
        ) from error
    if not _locked(lock, within):
        lock.seek(0)
        owner = lock.read().strip()
        lock.close()
        raise GroundError(f"Ledgerwire already runs on DATA_DIR {folder} (process {owner or 'unknown'}).")
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def _locked(lock: IO[str], within: float) -> bool:
    deadline = time.monotonic() + within
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)


def listen(settings: Settings) -> socket.socket:
    """A socket that listens at HOST and PORT (0: any free one)."""
    host, port = settings.host, settings.port
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        found = socket.socket(family, kind, protocol)
    except OSError as error:
        raise GroundError(f"HOST {host!r} is not an address of this machine ({error.strerror}).") from error
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(where)
        found.listen(BACKLOG)
    except OSError as error:
        found.close()
        raise GroundError(_why_not(host, port, error)) from error
    return found


def _why_not(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} on {host} is taken. Stop what uses it, or set PORT to another one."
        case errno.EACCES:
            return f"Port {port} may not be used by this user. Set PORT to one above 1023."
        case errno.EADDRNOTAVAIL:
            return f"HOST {host!r} is not an address of this machine."
    return f"Port {port} on {host} cannot be used ({error.strerror})."


async def reach_broker(url: str) -> None:
    """The broker that REDIS_URL names answers."""
    trouble = await asyncio.to_thread(broker.trouble, url)
    if trouble is not None:
        shown = broker.without_secret(url)
        raise GroundError(f"REDIS_URL {shown} cannot be reached ({trouble}). Start it, or unset REDIS_URL.")


async def prepare_database(settings: Settings) -> None:
    """The database answers and has the present tables."""
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    from workers.database import migrate

    await reach_database(settings.database_url)
    try:
        await asyncio.to_thread(migrate, settings.database_url)
    except (SQLAlchemyError, CommandError) as error:
        raise GroundError(f"The database cannot be migrated ({first_line(error)}).") from error


async def reach_database(url: str) -> None:
    """Raises GroundError unless a statement runs."""
    from sqlalchemy import text
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from workers.database import Database

    try:
        _make_room(url)
        database = Database(url)
    except (ArgumentError, ValueError, OSError) as error:
        raise GroundError(f"DATABASE_URL cannot be used ({first_line(error)}).") from error
    try:
        async with asyncio.timeout(DATABASE_WITHIN), database.reading() as connection:
            await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError) as error:  # TimeoutError is an OSError
        raise GroundError(
            f"The database {shown_url(url)} cannot be used ({first_line(error)}). Check DATABASE_URL."
        ) from error
    finally:
        await database.close()


def _make_room(url: str) -> None:
    from sqlalchemy.engine import make_url

    target = make_url(url)
    if target.get_backend_name() == "sqlite" and target.database:
        Path(target.database).parent.mkdir(parents=True, exist_ok=True)


def shown_url(url: str) -> str:
    """``url`` without its password, as the user would write it."""
    from sqlalchemy.engine import make_url

    return make_url(url).set(drivername=make_url(url).get_backend_name()).render_as_string(hide_password=True)


def first_line(error: BaseException) -> str:
    """What went wrong, without the SQL around it."""
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines()
    return lines[0].strip().rstrip(".:") if lines else type(cause).__name__
