"""What people do to jobs: cancel and retry, one or all that match."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from litestar import Response, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from ledgerwire.jobs import Cancel, Changed, Job, JobFilter, Status
from server.answers import as_json, look_again
from server.auth import find_job, require
from server.parameters import Caller, CompanyId, JobId, TheKernel, in_utc
from server.refusals import Unknown
from workers.books.access import Role
from workers.jobs.errors import WrongState
from workers.jobs.kernel import Kernel
from workers.jobs.ledger import JobQuery
from workers.jobs.record import JobRecord

CANCELLABLE = (Status.PENDING, Status.RUNNING)
RETRYABLE = (Status.FAILED,)
SOME = "How many were changed; at most 1,000 at once: call again with next_cursor as cursor for the rest"

Verb = Callable[[str], Awaitable[JobRecord | None]]


@post(
    "/jobs/{job_id:str}/cancel",
    operation_id="cancelJob",
    summary="Cancel a job",
    tags=["Jobs"],
    status_code=202,
    opt={"body": Cancel, "body_required": False, "problems": (409,)},
    responses={
        202: ResponseSpec(Job, description="Cancelled, or (where it runs) flagged: cancel_requested is true")
    },
)
async def cancel_job(
    job_id: JobId, kernel: TheKernel, principal: Caller, data: JSONBody[Cancel | None] = None
) -> Response[bytes]:
    record = await find_job(kernel, principal, job_id, Role.BOOKKEEPER)
    reason = data.reason if data else None
    changed = await kernel.cancel(record.job_id, by=principal.name, reason=reason)
    return _accepted(changed)


@post(
    "/jobs/{job_id:str}/retry",
    operation_id="retryJob",
    summary="Run a failed or cancelled job again, from its last checkpoint",
    tags=["Jobs"],
    status_code=202,
    opt={"problems": (409,)},
    responses={202: ResponseSpec(Job, description="Pending again, with all its budgets")},
)
async def retry_job(job_id: JobId, kernel: TheKernel, principal: Caller) -> Response[bytes]:
    record = await find_job(kernel, principal, job_id, Role.BOOKKEEPER)
    return _accepted(await kernel.retry(record.job_id, by=principal.name))


@post(
    "/jobs/company/{company_id:str}/cancel",
    operation_id="cancelJobs",
    summary="Cancel all jobs of a company that match",
    tags=["Jobs"],
    status_code=202,
    opt={"body": JobFilter, "body_required": False},
    responses={202: ResponseSpec(Changed, description=SOME)},
)
async def cancel_jobs(
    company_id: CompanyId, kernel: TheKernel, principal: Caller, data: JSONBody[JobFilter | None] = None
) -> Response[bytes]:
    require(principal, company_id, Role.BOOKKEEPER)
    cancel = partial(kernel.cancel, by=principal.name)
    return await _to_all(kernel, company_id, data or JobFilter(), CANCELLABLE, cancel)


@post(
    "/jobs/company/{company_id:str}/retry",
    operation_id="retryJobs",
    summary="Retry all failed jobs of a company that match",
    tags=["Jobs"],
    status_code=202,
    opt={"body": JobFilter, "body_required": False},
    responses={202: ResponseSpec(Changed, description=SOME)},
)
async def retry_jobs(
    company_id: CompanyId, kernel: TheKernel, principal: Caller, data: JSONBody[JobFilter | None] = None
) -> Response[bytes]:
    require(principal, company_id, Role.BOOKKEEPER)
    retry = partial(kernel.retry, by=principal.name)
    return await _to_all(kernel, company_id, data or JobFilter(), RETRYABLE, retry)


async def _to_all(
    kernel: Kernel, company_id: str, asked: JobFilter, unasked: Sequence[Status], verb: Verb
) -> Response[bytes]:
    query = _query(asked, unasked)
    # One more than asked for, to know whether any is left.
    found = await kernel.ledger.matching(company_id, query, limit=asked.limit + 1, after=asked.cursor)
    matched = found[: asked.limit]
    changed = 0
    for job_id in matched:
        changed += await _done(verb, job_id)
    more = matched[-1] if len(found) > len(matched) else None
    return as_json(msgspec.json.encode(Changed(len(matched), changed, more)), status_code=202)


async def _done(verb: Verb, job_id: str) -> bool:
    """False where the job has moved on since it was matched."""
    try:
        return await verb(job_id) is not None
    except WrongState:
        return False


def _query(asked: JobFilter, unasked: Sequence[Status]) -> JobQuery:
    return JobQuery(
        statuses=_listed(asked.status) or unasked,
        kinds=_listed(asked.kind),
        text=asked.text or "",
        job_ids=asked.job_ids,
        **{name: _moment(asked, name) for name in ("created_after", "created_before", "finished_before")},
    )


def _moment(asked: JobFilter, name: str) -> datetime | None:
    given: datetime | None = getattr(asked, name)
    return None if given is None else in_utc(given, f"/{name}")


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _accepted(record: JobRecord | None) -> Response[bytes]:
    if record is None:
        raise Unknown("job")
    headers = {"Location": f"/api/jobs/{record.job_id}", **look_again(record)}
    return as_json(msgspec.json.encode(record.wire()), status_code=202, headers=headers)


route_handlers = [cancel_job, retry_job, cancel_jobs, retry_jobs]
