"""Multipart bodies, read as they arrive: files go to disk piece by piece, nothing is held in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)

from ledgerwire.errors import FieldError
from ledgerwire.submissions import Upload
from server.refusals import InvalidInput, Malformed, TooLarge, WrongMediaType
from workers.files import Files, FileTooLarge

MULTIPART = "multipart/form-data"
MOST_FIELDS = 20
MOST_FILES = 100
#: A form field that is not a file.
FIELD_BYTES = 256 * 1024
NAME_LENGTH = 200


class Form(msgspec.Struct, frozen=True):
    """The text fields and the stored files of a form, by name, in order."""

    fields: dict[str, str]
    files: dict[str, list[Upload]]


async def read_form(
    request: Request[Any, Any, Any],
    files: Files,
    *,
    file_limit: int,
    may_store: Callable[[Mapping[str, str]], None],
) -> Form:
    """Store the files and collect the fields; raises WrongMediaType, TooLarge, Malformed or InvalidInput.

    ``may_store`` is asked before each file, with the fields that came before it, and raises where it may not.
    The limit of the whole request is the route's ``request_max_body_size``.
    """
    parts = _Parts(request)
    form = Form({}, {})
    name = ""
    try:
        while (segment := await parts.next()) is not None:
            if segment.filename is not None:
                may_store(form.fields)
                name = _file_name(segment)
                if sum(map(len, form.files.values())) == MOST_FILES:
                    told = f"At most {MOST_FILES} files in one request: send the others in another."
                    raise InvalidInput(FieldError(f"/{segment.name}", told))
                upload = await files.put(name, parts.payload(), limit=file_limit)
                form.files.setdefault(segment.name or "", []).append(upload)
            else:
                form.fields[segment.name or ""] = await _text(segment, parts)
    except FileTooLarge as error:
        raise TooLarge(f"The file {name!r}", error.limit) from None
    except RequestEntityTooLarge:
        raise TooLarge("A request", request.route_handler.resolve_request_max_body_size() or 0) from None
    except ParserLimitReached as error:
        raise Malformed(f"The form has too many or too large parts: {error}.") from None
    except MultipartError as error:
        raise Malformed(f"The body is not a complete {MULTIPART}: {error}.") from None
    return form


class _Parts:
    """The parts of a form one after another, each with its payload, out of the pieces of the request."""

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        self._pieces = request.stream()
        self._parser = PushMultipartParser(_boundary(request), max_segment_count=MOST_FIELDS + MOST_FILES + 1)
        self._events: Any = iter(())

    async def next(self) -> MultipartSegment | None:
        """The next part; the payload of the one before must have been read. None after the last."""
        event = await self._event()
        if event is None or isinstance(event, MultipartSegment):
            return event
        raise AssertionError(event)

    async def payload(self) -> AsyncIterator[bytes]:
        while (piece := await self._event()) is not None:
            yield bytes(piece)

    async def _event(self) -> Any:
        """What the parser finds next; None at the end of a part and at the end of all."""
        while True:
            for event in self._events:
                return event
            if self._parser.closed:
                return None
            self._events = self._parser.parse(await self._piece())

    async def _piece(self) -> bytes:
        try:
            async for piece in self._pieces:
                if piece:
                    return piece
        except InternalServerException:
            # How Litestar says that the client went away in mid-body.
            raise Malformed("The body ended early.") from None
        return b""


def _boundary(request: Request[Any, Any, Any]) -> str:
    media_type, options = parse_options_header(request.headers.get("content-type", ""))
    if media_type != MULTIPART or not options.get("boundary"):
        raise WrongMediaType(MULTIPART)
    return str(options["boundary"])


async def _text(segment: MultipartSegment, parts: _Parts) -> str:
    text = b""
    async for piece in parts.payload():
        text += piece
        if len(text) > FIELD_BYTES:
            raise InvalidInput(FieldError(f"/{segment.name}", f"Longer than {FIELD_BYTES // 1024} KB."))
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise InvalidInput(FieldError(f"/{segment.name}", "Not UTF-8.")) from None


def _file_name(segment: MultipartSegment) -> str:
    """What the sender calls it, without the folders some browsers add."""
    name = (segment.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(letter for letter in name if letter.isprintable()).strip()
    return printable[:NAME_LENGTH] or "file"
