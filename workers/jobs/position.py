"""Where a watcher stands in a company's stream: ``<epoch>.<offset>``."""

from __future__ import annotations

import re

import msgspec

PATTERN = re.compile(r"([0-9a-f]{1,32})\.([0-9]{1,18})")


class PositionError(ValueError):
    """Not a position; hand back one that a stream gave you, unchanged."""


class Position(msgspec.Struct, frozen=True, order=True):
    epoch: str
    offset: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Position:
        found = PATTERN.fullmatch(text)
        if found is None:
            raise PositionError("A position reads <epoch>.<offset>; hand back one that a stream gave you.")
        return cls(found[1], int(found[2]))


#: Handed out while the broker is away: it matches no epoch, so whoever resumes by it gets a snapshot.
NOWHERE = Position("0", 0)
