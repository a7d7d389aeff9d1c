"""Is it alive, is it ready, what does it count."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec
from sqlalchemy import func, select

from ledgerwire.jobs import Status
from server.answers import JSON
from server.parameters import TheKernel
from workers.jobs.kernel import Kernel
from workers.jobs.live import BROKER_AWAY, BrokerAway
from workers.jobs.tables import jobs, workers

ANSWER_WITHIN = 2.0


class Alive(msgspec.Struct, frozen=True):
    status: str = "alive"


class Ready(msgspec.Struct, frozen=True):
    #: ``ready``; ``degraded`` without broker or workers (jobs are accepted and wait); ``away`` without database.
    status: str
    database: bool
    broker: bool
    #: How many workers are signed on.
    workers: int


@get(
    "/health/live",
    operation_id="isAlive",
    summary="Whether the process answers at all",
    tags=["Health"],
    sync_to_thread=False,
    responses={200: ResponseSpec(Alive, description="It does")},
)
def is_alive() -> Alive:
    return Alive()


@get(
    "/health/ready",
    operation_id="isReady",
    summary="Whether it can do its work",
    tags=["Health"],
    responses={
        200: ResponseSpec(Ready, description="Ready, or degraded: the broker is away or nobody works"),
        503: ResponseSpec(Ready, description="The database does not answer"),
    },
)
async def is_ready(kernel: TheKernel) -> Response[bytes]:
    found, broker = await asyncio.gather(_count_workers(kernel), _broker_answers(kernel))
    match found:
        case None:
            status = "away"
        case 0:
            status = "degraded"
        case _:
            status = "ready" if broker else "degraded"
    ready = Ready(status=status, database=found is not None, broker=broker, workers=found or 0)
    code = HTTPStatus.SERVICE_UNAVAILABLE if found is None else HTTPStatus.OK
    return Response(
        msgspec.json.encode(ready),
        status_code=code,
        media_type=JSON,
        headers={"Cache-Control": "no-store", **({"Retry-After": "2"} if found is None else {})},
    )


@get("/metrics", include_in_schema=False)
async def metrics(kernel: TheKernel) -> Response[str]:
    """Prometheus text: counts over all companies, and no ids."""
    async with kernel.database.reading() as sql:
        rows = await sql.execute(select(jobs.c.status, func.count()).group_by(jobs.c.status))
        counted = {row[0]: row[1] for row in rows}
        signed_on = (await sql.execute(select(func.count()).select_from(workers))).scalar_one()
    lines = [
        "# HELP ledgerwire_jobs Jobs on record.",
        "# TYPE ledgerwire_jobs gauge",
        *(f'ledgerwire_jobs{{status="{status}"}} {counted.get(status, 0)}' for status in Status),
        "# HELP ledgerwire_workers Workers that are signed on.",
        "# TYPE ledgerwire_workers gauge",
        f"ledgerwire_workers {signed_on}",
    ]
    text = "\n".join(lines) + "\n"
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


async def _count_workers(kernel: Kernel) -> int | None:
    """None where the database does not answer in time."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN), kernel.database.reading() as sql:
            return int((await sql.execute(select(func.count()).select_from(workers))).scalar_one())
    except Exception:  # noqa: BLE001 - whatever it is, the answer is no
        return None


async def _broker_answers(kernel: Kernel) -> bool:
    try:
        await kernel.breaker(kernel.redis.ping())
    except (BrokerAway, *BROKER_AWAY):
        return False
    return True


route_handlers: list[Any] = [is_alive, is_ready, metrics]
