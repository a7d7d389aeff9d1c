"""Text that a sender chooses: without control characters, which no database, log or page has a use for.

PostgreSQL keeps no NUL at all, and SQLite ends comparisons at one.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

#: One line.
PLAIN = r"^[^\x00-\x1f\x7f]*$"
#: Lines and tabs are a person's good right.
PROSE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

Label = Annotated[str, msgspec.Meta(max_length=200, pattern=PLAIN)]
#: An id that we gave out.
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
