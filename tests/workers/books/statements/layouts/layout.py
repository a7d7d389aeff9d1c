"""A bank's export in small, with invented data, and what it is to be read as."""

from __future__ import annotations

import msgspec


class Layout(msgspec.Struct, frozen=True):
    content: str
    #: Date and amount of each line, in the order of the file.
    lines: str
    currency: str | None = None
    encoding: str = "utf-8"

    @property
    def encoded(self) -> bytes:
        return self.content.encode(self.encoding)
