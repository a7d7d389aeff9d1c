"""How a company's work stands at large."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec

from ledgerwire.activity import Activity
from server.answers import as_json
from server.auth import require
from server.parameters import Caller, CompanyId
from workers.books.access import Role
from workers.database import Database
from workers.jobs import activity as counting

#: Seconds. Less than the pause after which the dashboard looks again: it sees the change that made it look.
FRESH_FOR = 0.5
MOST_KEPT = 256


class Activities:
    """Many dashboards hear of the same change and look at once: one reading answers them all."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: dict[str, tuple[float, asyncio.Task[bytes]]] = {}

    async def of(self, company_id: str) -> bytes:
        now = asyncio.get_running_loop().time()
        began, reading = self._read.get(company_id, (0.0, None))
        if reading is None or now - began > FRESH_FOR or _failed(reading):
            if len(self._read) >= MOST_KEPT:
                self._forget(now)
            reading = asyncio.create_task(self._encoded(company_id))
            self._read[company_id] = (now, reading)
        # One who leaves does not end it for the others.
        return await asyncio.shield(reading)

    async def _encoded(self, company_id: str) -> bytes:
        return msgspec.json.encode(await counting.activity(self._database, company_id))

    def _forget(self, now: float) -> None:
        self._read = {name: each for name, each in self._read.items() if now - each[0] <= FRESH_FOR}


def _failed(reading: asyncio.Task[bytes]) -> bool:
    return reading.done() and (reading.cancelled() or reading.exception() is not None)


@get(
    "/jobs/company/{company_id:str}/activity",
    operation_id="getActivity",
    summary="Counts per status, the last hour's throughput, and the workers",
    tags=["Jobs"],
    responses={200: ResponseSpec(Activity, description="As it was at most half a second ago")},
)
async def get_activity(
    request: Request[Any, Any, Any], company_id: CompanyId, principal: Caller
) -> Response[bytes]:
    require(principal, company_id, Role.VIEWER)
    activities: Activities = request.app.state.activities
    return as_json(await activities.of(company_id))


route_handlers = [get_activity]
