"""One POST route for every kind of work in ``ledgerwire.submissions``: JSON, or multipart where it takes files.

What can be told at once is refused here; reading deeper is the job's business.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, cast, get_args, get_origin

import msgspec
from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, JSONBody, PathParameter

from ledgerwire.errors import FieldError
from ledgerwire.jobs import Job
from ledgerwire.submissions import (
    KINDS,
    ConnectQbo,
    DisconnectQbo,
    ExportQbo,
    Ocr,
    Submission,
    Upload,
    UploadAndCategorize,
)
from server.answers import at, look_again
from server.auth import require, require_anywhere
from server.faults import fault_in
from server.parameters import Caller, TheKernel, TheSettings
from server.refusals import InvalidInput, UnknownKind
from server.uploads import Form, read_form
from workers.books import companies
from workers.books.access import Principal, Role
from workers.books.errors import Conflict
from workers.books.quickbooks.connections import NOT_CONNECTED, NOT_SET_UP, find_connection
from workers.jobs.kernel import Kernel
from workers.jobs.ledger import Submitted
from workers.jobs.position import Position
from workers.settings import Settings

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        pattern=r"^[!-~]{1,255}$",
        description="The same key and the same request answer with the same job, so a retry is harmless.",
        required=False,
    ),
]
KindName = Annotated[str, PathParameter(description="What there is no work of")]
#: Who may submit what, where a bookkeeper may not.
ROLES: Mapping[type[Submission], Role] = {ConnectQbo: Role.ADMIN, DisconnectQbo: Role.ADMIN}
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def route_of(kind: str, struct: type[Submission], settings: Settings) -> HTTPRouteHandler:
    """The route that submits ``struct``."""
    takes_files = bool(upload_fields(struct))
    route = post(
        f"/jobs/{kind}",
        operation_id="submit" + kind.title().replace("-", ""),
        summary=(struct.__doc__ or kind).partition("\n")[0],
        tags=["Submit"],
        status_code=202,
        opt={"body": struct, "multipart": takes_files},
        request_max_body_size=settings.max_request_bytes if takes_files else 10 * 2**20,
        responses={202: ResponseSpec(Job, description="Accepted: the whole job, which starts at once")},
    )
    return route(_multipart_handler(struct) if takes_files else _json_handler(struct))


@post("/jobs/{kind:str}", include_in_schema=False)
async def submit_unknown(kind: KindName) -> None:  # noqa: ARG001  (Litestar asks for it)
    raise UnknownKind(KINDS)


def _multipart_handler(struct: type[Submission]) -> Callable[..., Awaitable[Response[bytes]]]:
    async def submit_form(
        request: Request[Any, Any, Any],
        kernel: TheKernel,
        principal: Caller,
        settings: TheSettings,
        idempotency_key: IdempotencyKey = None,
    ) -> Response[bytes]:
        require_anywhere(principal, Role.BOOKKEEPER)

        def may_store(fields: Mapping[str, str]) -> None:
            """A form names its company where it likes; before its files is where it is of most use."""
            if company_id := fields.get("company_id"):
                require(principal, company_id, Role.BOOKKEEPER)

        limit = settings.max_upload_bytes
        form = await read_form(request, kernel.files, file_limit=limit, may_store=may_store)
        return await submit(kernel, principal, submission_of(form, struct), idempotency_key)

    return submit_form


def _json_handler(struct: type[Submission]) -> Callable[..., Awaitable[Response[bytes]]]:
    async def submit_json(
        data: Any,
        kernel: TheKernel,
        principal: Caller,
        idempotency_key: IdempotencyKey = None,
    ) -> Response[bytes]:
        return await submit(kernel, principal, data, idempotency_key)

    # Litestar decodes the body by this annotation.
    submit_json.__annotations__["data"] = cast("Any", JSONBody)[struct]
    return submit_json


async def submit(
    kernel: Kernel, principal: Principal, submission: Submission, key: str | None = None
) -> Response[bytes]:
    """202 with the whole job; raises a Refusal or BooksError where it can be told at once that it cannot be."""
    require(principal, submission.company_id, ROLES.get(type(submission), Role.BOOKKEEPER))
    await check(kernel, submission)
    # Read before the commit: from this position on a watcher misses nothing of the job.
    position = (await kernel.see(submission.company_id)).position
    submitted = await kernel.submit(submission, submitted_by=principal.name, idempotency_key=key)
    return await _accepted(kernel, submitted, position)


async def _accepted(kernel: Kernel, submitted: Submitted, position: Position) -> Response[bytes]:
    record = submitted.record
    headers = {
        "Location": f"/api/jobs/{record.job_id}",
        "Cache-Control": "no-store",
        **at(position),
        **look_again(record),
    }
    if not submitted.replayed:
        # Nobody can know more of a job that was committed this moment; the broker need not be asked.
        return Response(msgspec.json.encode(record.wire()), status_code=202, headers=headers)
    (job,) = (await kernel.see(record.company_id, [record])).jobs
    return Response(job, status_code=202, headers={**headers, "Idempotent-Replayed": "true"})


async def check(kernel: Kernel, submission: Submission) -> None:
    """Raises InvalidInput for what can be told without reading deep.

    An empty file among receipts is that file's own failure: the others of its pile are read.
    """
    for name in [] if isinstance(submission, Ocr) else upload_fields(type(submission)):
        if any(upload.size == 0 for upload in _uploads(getattr(submission, name))):
            raise InvalidInput(FieldError(f"/{name}", "The file is empty."))
    if isinstance(submission, ExportQbo):
        await _check_quickbooks(kernel, submission.company_id)
    if isinstance(submission, UploadAndCategorize) and submission.account_id is not None:
        await _check_account(kernel, submission.company_id, submission.account_id)


async def _check_quickbooks(kernel: Kernel, company_id: str) -> None:
    if not kernel.settings.has_quickbooks:
        raise Conflict(*NOT_SET_UP)
    async with kernel.database.reading() as sql:
        if await find_connection(sql, company_id) is None:
            raise Conflict(*NOT_CONNECTED)


async def _check_account(kernel: Kernel, company_id: str, account_id: str) -> None:
    async with kernel.database.reading() as sql:
        if await companies.find_bank_account(sql, company_id, account_id) is None:
            address = f"/api/companies/{company_id}/accounts/bank"
            detail = f"The company has no bank account of this id; GET {address} lists them."
            raise InvalidInput(FieldError("/account_id", detail))


# --- from a form to a submission ----------------------------------------------------------------------


def submission_of(form: Form, struct: type[Submission]) -> Submission:
    """The form's fields and files as ``struct``; raises InvalidInput that names each fault's field."""
    types = {field.encode_name: field.type for field in msgspec.structs.fields(struct)}
    values = {name: _field(name, text, types.get(name)) for name, text in form.fields.items() if text}
    for name, uploads in form.files.items():
        values[name] = _file_value(name, uploads, types.get(name))
    try:
        return msgspec.convert(values, struct, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput(fault_in(error)) from None


def _field(name: str, text: str, wanted: Any) -> Any:
    """Objects and lists stand as JSON in their field."""
    if names_upload(wanted):
        # Or else a sender could name bytes that are not theirs by their hash.
        raise InvalidInput(FieldError(f"/{name}", "This should be a file."))
    if not _is_structured(wanted):
        return text
    try:
        return msgspec.json.decode(text)
    except UNREADABLE as error:
        raise InvalidInput(FieldError(f"/{name}", f"Not JSON: {error}.")) from None


def _file_value(name: str, uploads: list[Upload], wanted: Any) -> Any:
    if names_upload(wanted) and not _is_structured(wanted):
        if len(uploads) > 1:
            raise InvalidInput(FieldError(f"/{name}", "One file only."))
        return uploads[0]
    return uploads


def upload_fields(struct: type[Submission]) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(struct) if names_upload(field.type)]


def names_upload(annotation: Any) -> bool:
    return annotation is Upload or any(names_upload(part) for part in get_args(annotation))


def _is_structured(annotation: Any) -> bool:
    """An upload is a Struct, too, but its place in a form is that of a file."""
    origin = get_origin(annotation) or annotation
    is_struct = isinstance(origin, type) and issubclass(origin, msgspec.Struct) and origin is not Upload
    return is_struct or origin in (dict, list) or any(_is_structured(part) for part in get_args(annotation))


def _uploads(value: Upload | list[Upload] | None) -> list[Upload]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def submit_routes(settings: Settings) -> list[HTTPRouteHandler]:
    return [*(route_of(kind, struct, settings) for kind, struct in KINDS.items()), submit_unknown]
