"""What a handler may ask for by name: the parts of the app, and parameters that many routes share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from ledgerwire.errors import FieldError
from ledgerwire.text import PLAIN, Label
from server.hub import Hub
from server.refusals import InvalidInput
from workers.books.access import Principal
from workers.jobs.kernel import Kernel
from workers.settings import Settings

TheKernel = NamedDependency[Kernel]
TheHub = NamedDependency[Hub]
TheSettings = NamedDependency[Settings]
#: Who asks: every handler below /api that is not public has one.
Caller = NamedDependency[Principal]

CompanyId = Annotated[str, PathParameter(pattern=PLAIN, description="The company's id")]
JobId = Annotated[str, PathParameter(pattern=PLAIN, description="The job's id")]
TransactionId = Annotated[str, PathParameter(pattern=PLAIN, description="The transaction's id")]
ReceiptId = Annotated[str, PathParameter(pattern=PLAIN, description="The receipt's id")]
RuleId = Annotated[str, PathParameter(pattern=PLAIN, description="The rule's id")]
AccountId = Annotated[str, PathParameter(pattern=PLAIN, description="The bank account's id")]
AccountCode = Annotated[str, PathParameter(pattern=PLAIN, description="The account's code in the chart")]

Limit = Annotated[int, QueryParameter(ge=1, le=500, description="How many of them at most")]
Cursor = Annotated[
    str | None,
    QueryParameter(
        max_length=200,
        pattern=PLAIN,
        required=False,
        description="next_cursor of the page before, unchanged",
    ),
]
Count = Annotated[
    bool, QueryParameter(required=False, description="Also tell how many there are in all, up to 100,000")
]
Kinds = Annotated[
    list[Label] | None, QueryParameter(required=False, description="Any of these; may be repeated")
]


def in_utc(moment: datetime, pointer: str) -> datetime:
    """Raises InvalidInput for a moment without a zone, or outside of the years 1 to 9999 in UTC."""
    if moment.tzinfo is None:
        raise InvalidInput(FieldError(pointer, "A time needs its zone: end it with Z or +01:00."))
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InvalidInput(FieldError(pointer, "This time is outside of the years 1 to 9999.")) from None
