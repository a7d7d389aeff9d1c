"""The one place where errors become HTTP: RFC 9457 problem details.

Every ``type`` is ``/problems/<code>``. What nobody foresaw is logged with its trace and told to the outside
without detail.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from functools import singledispatch
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ledgerwire.errors import FieldError, Problem
from ledgerwire.jobs import Status
from server import refusals
from server.faults import fault_of, in_words
from workers.books.errors import BooksError
from workers.jobs.errors import IdempotencyConflict, WrongState
from workers.jobs.live import BrokerAway
from workers.jobs.position import PositionError

MEDIA_TYPE = "application/problem+json"
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="ledgerwire"'}
#: A refused body is read to its end if it is no longer than this: hanging up on a client that is still
#: sending may cost it the answer.
READ_ANYWAY = 2**30
RETRY_SOON = {"Retry-After": "2"}
MAKE_A_KEY = (
    "Send 'Authorization: Bearer lw_…'. Make a key with: ledgerwire-server create-key COMPANY "
    "(or sign in to the dashboard by the link of: ledgerwire-server sign-in COMPANY)."
)
ANOTHER_KEY = (
    "The API key that you sent is unknown here, or was revoked. "
    "Make another with: ledgerwire-server create-key COMPANY (or on the page Settings)."
)
#: Query parameters that a handler must call otherwise: Litestar keeps ``state`` for itself.
SPELT = {"states": "state"}
#: What to do about a job whose state forbids what was asked.
INSTEAD = {
    "cancelled": "It has ended already. To run it again: POST /api/jobs/{job_id}/retry.",
    "retried": "Only a failed or cancelled job can be retried. Watch it, or cancel it first.",
}
DONE = "It did all its work. What an import or an approval did can be undone."

logger = logging.getLogger(__name__)


class Refused(msgspec.Struct, frozen=True):
    """How an error reads to a client, and the headers that go with it."""

    problem: Problem
    headers: Mapping[str, str] = {}


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The exception handler of the app."""
    refused = refusal_of(error)
    status = refused.problem.status or 500
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    elif status == HTTPStatus.SERVICE_UNAVAILABLE or isinstance(error, DataError):
        logger.warning("%s %s: %s", request.method, request.url.path, error)
    return Response(
        msgspec.json.encode(refused.problem),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={**refused.headers, **_end_of(request), "Cache-Control": "no-store"},
    )


def _end_of(request: Request[Any, Any, Any]) -> Mapping[str, str]:
    """Hang up on whoever might never stop sending."""
    length = request.headers.get("content-length", "0")
    is_long = not length.isdigit() or int(length) > READ_ANYWAY
    return {"Connection": "close"} if is_long or "transfer-encoding" in request.headers else {}


def to_problem(error: BaseException) -> Problem:
    """The problem alone, for transports without status and headers. ``status`` is always set."""
    return refusal_of(error).problem


@singledispatch
def refusal_of(error: BaseException) -> Refused:  # noqa: ARG001
    detail = "It was logged. Try again; if it stays, tell whoever runs this server."
    return _refused("internal", 500, "Something went wrong here", detail)


def _refused(
    code: str,
    status: int,
    title: str,
    detail: str | None = None,
    *,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Refused:
    problem = Problem(
        type=f"/problems/{code}", title=title, status=status, detail=detail, errors=errors or []
    )
    return Refused(problem, headers or {})


def _invalid(errors: list[FieldError]) -> Refused:
    detail = "See errors for what is wrong where."
    return _refused("invalid_input", 400, "The request is not valid", detail, errors=errors)


# --- what the API refuses -----------------------------------------------------------------------------


@refusal_of.register
def _(_error: refusals.NotSignedIn) -> Refused:
    return _refused("not_signed_in", 401, "Who are you?", MAKE_A_KEY, headers=CHALLENGE)


@refusal_of.register
def _(_error: refusals.KeyRefused) -> Refused:
    return _refused("not_signed_in", 401, "Who are you?", ANOTHER_KEY, headers=CHALLENGE)


@refusal_of.register
def _(error: refusals.TokenRefused) -> Refused:
    return _refused("not_signed_in", 401, "Who are you?", str(error), headers=CHALLENGE)


@refusal_of.register
def _(error: refusals.OriginRefused) -> Refused:
    detail = "Add the page's origin (scheme, host and port) to ALLOWED_ORIGINS of the server."
    return _refused("origin_refused", 403, str(error), detail)


@refusal_of.register
def _(_error: refusals.LinkRefused) -> Refused:
    detail = "A link works once, for 24 hours. Make a new one: ledgerwire-server sign-in COMPANY."
    return _refused("link_refused", 400, "This sign-in link does not work", detail)


@refusal_of.register
def _(error: refusals.UnknownKind) -> Refused:
    return _refused("unknown_kind", 404, str(error), f"The kinds are {', '.join(error.kinds)}.")


@refusal_of.register
def _(error: refusals.RoleTooLow) -> Refused:
    remedy = f"Ask an admin of the company, or make a key with --role {error.wanted}."
    if error.by_token:
        remedy = f"Your token must carry the role {error.wanted} for the company: ask whoever signs it."
    detail = f"{error} {remedy}"
    return _refused("role_too_low", 403, "Your role does not allow this", detail)


@refusal_of.register
def _(error: refusals.Unknown) -> Refused:
    detail = "Check the id, and that your key or session belongs to its company."
    return _refused("not_found", 404, str(error), detail)


@refusal_of.register
def _(error: refusals.InvalidInput) -> Refused:
    return _invalid(error.errors)


@refusal_of.register
def _(error: refusals.Malformed) -> Refused:
    return _refused("malformed", 400, "The request cannot be read", str(error))


@refusal_of.register
def _(error: refusals.TooLarge) -> Refused:
    detail = "Split it, or ask whoever runs this server to raise MAX_UPLOAD_MB or MAX_REQUEST_MB."
    return _refused("too_large", 413, str(error), detail)


@refusal_of.register
def _(error: refusals.WrongMediaType) -> Refused:
    return _refused("wrong_media_type", 415, str(error), headers={"Accept": error.wanted})


# --- what the kernel and the books refuse -------------------------------------------------------------


@refusal_of.register
def _(error: PositionError) -> Refused:
    return _invalid([FieldError("?since", str(error))])


@refusal_of.register
def _(error: IdempotencyConflict) -> Refused:
    title = "This Idempotency-Key was used for another request"
    detail = f"It belongs to job {error.job_id}. Use a new key for a new request."
    return _refused("idempotency_key_reused", 422, title, detail)


@refusal_of.register
def _(error: WrongState) -> Refused:
    is_done = error.record.status is Status.COMPLETE
    detail = DONE if is_done else INSTEAD.get(error.verb, "").format(job_id=error.record.job_id)
    return _refused("wrong_state", 409, str(error), detail or None)


@refusal_of.register
def _(error: BooksError) -> Refused:
    if error.code == "bad_cursor":
        return Refused(msgspec.structs.replace(error.problem, status=400))
    return Refused(error.problem)


@refusal_of.register(OperationalError)
@refusal_of.register(InterfaceError)
@refusal_of.register(PoolTimeout)
@refusal_of.register(ConnectionError)
@refusal_of.register(asyncio.TimeoutError)
def _(_error: BaseException) -> Refused:
    detail = "Whether a change was made is not certain: send the same Idempotency-Key when you try again."
    return _refused("database_away", 503, "The database does not answer", detail, headers=RETRY_SOON)


@refusal_of.register
def _(_error: DataError) -> Refused:
    # What the routes' own limits let through; its text would tell the statement.
    detail = "One of its values is none that the database can keep."
    return _refused("malformed", 400, "The request cannot be read", detail)


@refusal_of.register
def _(_error: refusals.KeysAway) -> Refused:
    detail = "The keys of JWT_JWKS_URL are fetched again within half a minute. Try again."
    return _refused("keys_away", 503, "The token's key is not at hand", detail, headers=RETRY_SOON)


@refusal_of.register
def _(_error: BrokerAway) -> Refused:
    return _refused("stream_away", 503, "The stream is starting over", "Try again.", headers=RETRY_SOON)


# --- what the framework refuses -----------------------------------------------------------------------


@refusal_of.register
def _(_error: RecursionError) -> Refused:
    return _refused("malformed", 400, "The request cannot be read", "The JSON is nested too deep.")


@refusal_of.register
def _(_error: UnicodeDecodeError) -> Refused:
    return _refused("malformed", 400, "The request cannot be read", "The body is not UTF-8.")


@refusal_of.register
def _(error: ValidationException) -> Refused:
    return _invalid([_fault(each) for each in (error.extra if isinstance(error.extra, list) else [])])


@refusal_of.register
def _(error: HTTPException) -> Refused:
    status = HTTPStatus(error.status_code)
    said = None if status >= HTTPStatus.INTERNAL_SERVER_ERROR else error.detail
    match status:
        case HTTPStatus.BAD_REQUEST:
            return _refused("malformed", 400, "The request cannot be read", said)
        case HTTPStatus.NOT_FOUND:
            return _refused(
                "not_found", 404, "There is nothing at this address", "See /docs for what there is."
            )
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return _refused("too_large", 413, "The request is too large")
        case HTTPStatus.METHOD_NOT_ALLOWED:
            taken = (error.headers or {}).get("allow", "")
            detail = f"This address takes {taken}. See /docs for what there is."
            return _refused("method_not_allowed", 405, "Not by this method", detail, headers=error.headers)
    code = status.phrase.lower().replace(" ", "_")
    told = None if said == status.phrase else said
    return _refused(code, status.value, status.phrase, told, headers=error.headers)


def _fault(said: Mapping[str, Any]) -> FieldError:
    """A pointer into the body, ``?limit`` for the query, the bare name for a header or the path."""
    key, message = str(said.get("key", "")), in_words(str(said.get("message", "")))
    source = said.get("source", "")
    match getattr(source, "value", source):
        case "body" if message == "'data'":
            # Litestar hands a missing body on as the bare name of its parameter.
            return FieldError("", "A JSON body is needed.")
        case "body":
            return fault_of(message, "" if key == "data" else key)
        case "query":
            return FieldError("?" + SPELT.get(key, key), message)
        case "header":
            return FieldError(key.replace("_", "-").title(), message)
    return FieldError(key, message)
