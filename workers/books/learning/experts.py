"""The newest learned model of this process: read once, kept until a newer one is stored."""

from __future__ import annotations

import asyncio
import logging

from workers.books.learning.models import load_content, newest_version
from workers.books.learning.opinion import Expert
from workers.database import Database

log = logging.getLogger(__name__)


class Experts:
    """Belongs to one event loop; jobs that start together read a model once."""

    def __init__(self, _settings: object = None) -> None:
        self._version: int | None = None
        self._expert: Expert | None = None
        self._reading = asyncio.Lock()

    async def newest(self, database: Database) -> Expert | None:
        """Null where nothing was learned yet, or by a version of ours that this one cannot read."""
        async with self._reading:
            async with database.reading() as connection:
                version = await newest_version(connection)
                if version == self._version:
                    return self._expert
                content = version and await load_content(connection, version)
            if content:
                self._version, self._expert = version, await asyncio.to_thread(_understood, content)
            return self._expert

    async def close(self) -> None:
        self._version, self._expert = None, None


def _understood(content: bytes) -> Expert | None:
    from workers.books.learning.model import Model  # numpy takes its time, and not every process asks a model

    try:
        return Model.from_bytes(content)
    except ValueError as error:
        log.warning("The learned model is not used: %s", error)
        return None
