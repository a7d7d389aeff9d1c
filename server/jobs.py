"""Reading jobs: one, its log and attempts, and a company's list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from ledgerwire.errors import FieldError
from ledgerwire.jobs import AttemptPage, Job, LogPage, Page, Status
from ledgerwire.text import PLAIN
from server.answers import REVALIDATE, as_json, at, entity_tag, is_known, look_again, page
from server.auth import find_job, require
from server.hub import Hub
from server.parameters import Caller, CompanyId, Count, Cursor, JobId, Kinds, Limit, TheHub, TheKernel, in_utc
from server.refusals import InvalidInput
from server.waiting import LONGEST, Waiters, asked_wait, until_changed
from workers.books.access import Role
from workers.jobs.kernel import Kernel, Seen
from workers.jobs.ledger import JobQuery
from workers.jobs.live import BrokerAway
from workers.jobs.position import NOWHERE, Position
from workers.jobs.record import JobRecord

Item = TypeVar("Item")

SECRET_WORDS = ("token", "secret", "password", "authorization", "api_key")
REDACTED = "[redacted]"

Wait = Annotated[
    int | None,
    QueryParameter(
        ge=0,
        le=LONGEST,
        required=False,
        description="Answer when the job changes, at the latest after so many seconds. `Prefer: wait=N` does the same.",
    ),
]
Include = Annotated[
    str | None,
    QueryParameter(
        pattern="^params$", required=False, description="`params` adds what was submitted, redacted"
    ),
]
Statuses = Annotated[
    list[Status] | None, QueryParameter(required=False, description="Any of these; may be repeated")
]
CreatedAfter = Annotated[
    datetime | None,
    QueryParameter(required=False, description="RFC 3339, with a time zone"),
]
CreatedBefore = Annotated[
    datetime | None,
    QueryParameter(required=False, description="RFC 3339, with a time zone; that moment included"),
]
JobWords = Annotated[
    str | None,
    QueryParameter(
        required=False,
        max_length=200,
        pattern=PLAIN,
        description="Stands in the file names, submitter, tenant or error, in any case, or is how the id begins;"
        " not with `since`",
    ),
]
Since = Annotated[
    str | None,
    QueryParameter(
        max_length=64,
        required=False,
        description="A position: jobs that changed after it, else (where that is not known any more) the present ones",
    ),
]


@get(
    "/jobs/{job_id:str}",
    operation_id="getJob",
    summary="A job as it is now, or as soon as it changes",
    tags=["Jobs"],
    responses={
        200: ResponseSpec(Job, description="The job; Retry-After says when to ask again, until it has ended"),
        304: ResponseSpec(None, description="Unchanged since the ETag of If-None-Match"),
    },
)
async def get_job(
    request: Request[Any, Any, Any],
    job_id: JobId,
    kernel: TheKernel,
    hub: TheHub,
    principal: Caller,
    wait: Wait = None,
    include: Include = None,
) -> Response[bytes]:
    record = await find_job(kernel, principal, job_id, Role.VIEWER)
    sight = await Sight.of(kernel, record, include_params=include is not None)
    seconds = asked_wait(request, wait)
    headers = {}
    if seconds:
        waiters: Waiters = request.app.state.waiters
        async with waiters.place() as free:
            if free:
                await _watch(request, kernel, hub, sight, seconds)
                headers["Preference-Applied"] = f"wait={seconds}"
    return _seen(request, sight, headers)


class Sight:
    """A job as it was seen last."""

    def __init__(self, record: JobRecord, *, include_params: bool) -> None:
        self.record = record
        self.include_params = include_params
        self.body = b""
        self.tag = ""
        self.position = NOWHERE

    @classmethod
    async def of(cls, kernel: Kernel, record: JobRecord, *, include_params: bool) -> Sight:
        sight = cls(record, include_params=include_params)
        await sight._show(kernel)
        return sight

    async def refresh(self, kernel: Kernel) -> None:
        self.record = await kernel.ledger.find(self.record.job_id) or self.record
        await self._show(kernel)

    async def _show(self, kernel: Kernel) -> None:
        seen = await kernel.see(self.record.company_id, [self.record])
        (body,), self.position = seen.jobs, seen.position
        self.body = with_params(body, self.record) if self.include_params else body
        self.tag = entity_tag(self.body)


async def _watch(
    request: Request[Any, Any, Any], kernel: Kernel, hub: Hub, sight: Sight, seconds: int
) -> None:
    """Refresh ``sight`` until it is news to the client: other than what it holds, or than at the start."""
    held = request.headers.get("if-none-match") is not None
    first = sight.tag

    async def look() -> bool:
        await sight.refresh(kernel)
        news = not is_known(request, sight.tag) if held else sight.tag != first
        return news or sight.record.status.terminal

    every = kernel.settings.tempo.away_poll
    await until_changed(hub, sight.record, seconds=seconds, look_every=every, look=look)


def _seen(request: Request[Any, Any, Any], sight: Sight, headers: dict[str, str]) -> Response[bytes]:
    headers |= {"ETag": sight.tag, **at(sight.position), **look_again(sight.record)}
    if is_known(request, sight.tag):
        return Response(b"", status_code=304, headers={**REVALIDATE, **headers})
    return as_json(sight.body, headers=headers)


def with_params(body: bytes, record: JobRecord) -> bytes:
    job = msgspec.json.decode(body, type=Job)
    return msgspec.json.encode(msgspec.structs.replace(job, params=redacted(record.params)))


def redacted(value: Any) -> Any:
    """Without what looks like a credential, whatever a kind of work may take."""
    if isinstance(value, dict):
        return {name: REDACTED if _is_secret(name) else redacted(each) for name, each in value.items()}
    return [redacted(each) for each in value] if isinstance(value, list) else value


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET_WORDS)


# --- its log and attempts -----------------------------------------------------------------------------


@get(
    "/jobs/{job_id:str}/log",
    operation_id="getJobLog",
    summary="Every line a job has written, checkpoint by checkpoint",
    tags=["Jobs"],
    responses={200: ResponseSpec(LogPage, description="In order; a page counts checkpoints")},
)
async def get_job_log(
    request: Request[Any, Any, Any],
    job_id: JobId,
    kernel: TheKernel,
    principal: Caller,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response[bytes]:
    record = await find_job(kernel, principal, job_id, Role.VIEWER)
    found = await kernel.ledger.log_page(record.job_id, after=_number(cursor), limit=limit + 1)
    return _numbered(request, found, limit, lambda entry: entry.number)


@get(
    "/jobs/{job_id:str}/attempts",
    operation_id="getJobAttempts",
    summary="Every claim of a job: when, where, how it ended",
    tags=["Jobs"],
    responses={200: ResponseSpec(AttemptPage, description="In order")},
)
async def get_job_attempts(
    request: Request[Any, Any, Any],
    job_id: JobId,
    kernel: TheKernel,
    principal: Caller,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response[bytes]:
    record = await find_job(kernel, principal, job_id, Role.VIEWER)
    found = await kernel.ledger.attempts_page(record.job_id, after=_number(cursor), limit=limit + 1)
    return _numbered(request, found, limit, lambda claim: claim.attempt)


def _numbered(
    request: Request[Any, Any, Any], found: Sequence[Item], limit: int, number: Callable[[Item], int]
) -> Response[bytes]:
    """A page of what was read with one to spare; its items' numbers are the cursor."""
    more = str(number(found[limit - 1])) if len(found) > limit else None
    return page(request, found[:limit], more)


def _number(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):  # noqa: PLR2004 - fits every integer column
        raise InvalidInput(FieldError("?cursor", "Take next_cursor of the page before, unchanged."))
    return int(cursor)


# --- a company's jobs ---------------------------------------------------------------------------------


@get(
    "/jobs/company/{company_id:str}",
    operation_id="listJobs",
    summary="A company's jobs, newest first; or what changed since a position",
    tags=["Jobs"],
    responses={
        200: ResponseSpec(
            Page, description="Ledgerwire-Position is where the company's stream stood: hand it back as since"
        )
    },
)
async def list_jobs(
    request: Request[Any, Any, Any],
    company_id: CompanyId,
    kernel: TheKernel,
    principal: Caller,
    status: Statuses = None,
    kind: Kinds = None,
    text: JobWords = None,
    created_after: CreatedAfter = None,
    created_before: CreatedBefore = None,
    count: Count = False,  # noqa: FBT002 - a query parameter
    limit: Limit = 50,
    cursor: Cursor = None,
    since: Since = None,
) -> Response[bytes]:
    require(principal, company_id, Role.VIEWER)
    query = JobQuery(
        statuses=status or (),
        kinds=kind or (),
        text=text or "",
        created_after=None if created_after is None else in_utc(created_after, "?created_after"),
        created_before=None if created_before is None else in_utc(created_before, "?created_before"),
    )
    if since is not None:
        if text:
            # Events carry no words, so what changed cannot be told apart by them.
            raise InvalidInput(FieldError("?text", "Not together with since: leave one of them out."))
        return await _changed(request, kernel, company_id, Position.parse(since), query)
    # The position first: what happens between it and the reading is told again, and nothing is missed.
    position = (await kernel.see(company_id)).position
    records = await kernel.ledger.page(company_id, query, before=cursor, limit=limit + 1)
    more = records[limit - 1].job_id if len(records) > limit else None
    counted = await _counted(kernel, company_id, query) if count else {}
    return await _listed(request, kernel, records[:limit], more, position, **counted)


async def _counted(kernel: Kernel, company_id: str, query: JobQuery) -> dict[str, Any]:
    counts = await kernel.ledger.count_by_status(company_id, query)
    asked = query.statuses or tuple(Status)
    return {"total": sum(getattr(counts, status) for status in asked), "counts": counts}


async def _changed(
    request: Request[Any, Any, Any], kernel: Kernel, company_id: str, since: Position, query: JobQuery
) -> Response[bytes]:
    try:
        replay = await kernel.breaker(kernel.live.replay(company_id, since))
    except BrokerAway:
        replay = None
    if replay is None:
        position = (await kernel.see(company_id)).position
        records = [each for each in await kernel.ledger.current(company_id) if _matches(each.wire(), query)]
        return await _listed(request, kernel, records, None, position)
    newest = {event.job_id: event.json for event in replay.events if event.kind != "log"}
    jobs = [msgspec.json.decode(body, type=_Told).job for body in reversed(newest.values())]
    wanted = [job for job in jobs if _matches(msgspec.json.decode(job, type=Job), query)]
    return page(request, wanted, None, headers=at(replay.position))


class _Told(msgspec.Struct):
    """A job event as far as its job."""

    job: msgspec.Raw


def _matches(job: Job, query: JobQuery) -> bool:
    return (
        (not query.statuses or job.status in query.statuses)
        and (not query.kinds or job.kind in query.kinds)
        and (query.created_after is None or job.created_at > query.created_after)
        and (query.created_before is None or job.created_at <= query.created_before)
    )


async def _listed(
    request: Request[Any, Any, Any],
    kernel: Kernel,
    records: Sequence[JobRecord],
    more: str | None,
    position: Position,
    **counted: Any,
) -> Response[bytes]:
    seen = await kernel.see(records[0].company_id, records) if records else Seen([], position)
    return page(request, [msgspec.Raw(body) for body in seen.jobs], more, headers=at(position), **counted)


route_handlers = [get_job, get_job_log, get_job_attempts, list_jobs]
