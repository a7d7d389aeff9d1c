"""How much a file from outside may ask of us."""

from __future__ import annotations

MAX_BYTES = 25 * 2**20
MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELL = 10_000
#: Rows above the header: titles, account holder, period.
MAX_PREAMBLE = 60
#: Elements inside one another; a statement needs about fifteen.
MAX_DEPTH = 50
