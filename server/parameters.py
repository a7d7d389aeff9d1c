"""What a handler may ask for by name: the parts of the app, and parameters that many routes share."""

from __future__ import annotations

from typing import Annotated

from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from server.hub import Hub
from workers.books.access import Principal
from workers.jobs.kernel import Kernel
from workers.settings import Settings

TheKernel = NamedDependency[Kernel]
TheHub = NamedDependency[Hub]
TheSettings = NamedDependency[Settings]
#: Who asks: every handler below /api that is not public has one.
Caller = NamedDependency[Principal]

CompanyId = Annotated[str, PathParameter(description="The company's id")]
JobId = Annotated[str, PathParameter(description="The job's id")]

Limit = Annotated[int, QueryParameter(ge=1, le=500, description="How many of them at most")]
Cursor = Annotated[
    str | None,
    QueryParameter(max_length=200, required=False, description="next_cursor of the page before, unchanged"),
]
