"""The files that a job was given, as they were sent: for as long as the job is kept."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get
from litestar.params import PathParameter
from litestar.response import Stream

from ledgerwire.submissions import KINDS, Upload
from server.auth import find_job
from server.download import ORIGINAL_ANSWER, original_file
from server.parameters import Caller, JobId, TheKernel
from workers.books.access import Role
from workers.books.errors import Missing
from workers.jobs.record import JobRecord

FileNumber = Annotated[int, PathParameter(ge=1, le=100, description="From 1, in the order of the input")]


@get(
    "/jobs/{job_id:str}/files/{number:int}",
    operation_id="downloadJobFile",
    summary="A file that it was given, as it was sent",
    tags=["Jobs"],
    responses={200: ORIGINAL_ANSWER},
)
async def download_job_file(
    job_id: JobId, number: FileNumber, kernel: TheKernel, principal: Caller
) -> Stream:
    record = await find_job(kernel, principal, job_id, Role.VIEWER)
    uploads = _uploads(record)
    if number > len(uploads):
        raise Missing("file")
    upload = uploads[number - 1]
    return await original_file(kernel.files, upload.sha256, upload.name, upload.size)


def _uploads(record: JobRecord) -> list[Upload]:
    kind = KINDS.get(record.kind)
    return msgspec.convert(record.params, kind).uploads if kind else []


route_handlers = [download_job_file]
