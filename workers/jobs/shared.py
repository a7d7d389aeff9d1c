"""What the tasks of one process have in common: the settings, and clients that are costly to make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from workers.settings import Settings


class Closable(Protocol):
    async def close(self) -> None: ...


T = TypeVar("T", bound=Closable)


class Shared:
    """Belongs to one kernel, and so to one event loop; closed with it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._things: dict[Callable[[Settings], Any], Closable] = {}

    def get(self, make: Callable[[Settings], T]) -> T:
        """The one that ``make(settings)`` made when it was first asked for."""
        if make not in self._things:
            self._things[make] = make(self.settings)
        thing: T = self._things[make]  # type: ignore[assignment]  # keyed by what made it
        return thing

    async def close(self) -> None:
        while self._things:
            _make, thing = self._things.popitem()
            await thing.close()
