"""Layouts as banks all over the world export them, by where they come from."""

from __future__ import annotations

from tests.workers.books.statements.layouts import east, elsewhere, english, north, shapes, west
from tests.workers.books.statements.layouts.layout import Layout

__all__ = ["LAYOUTS", "Layout"]

LAYOUTS: dict[str, Layout] = {
    name: layout
    for part in (west, north, east, english, elsewhere, shapes)
    for name, layout in part.LAYOUTS.items()
}
