"""A kind of work and its fields, made into the request that submits it.

Nothing here knows a kind: a third party's Submission goes the same way. Its fields of type ``Upload``
(one, or a list of them) are filled with sources of bytes and travel as files.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import msgspec

from ledgerwire.attachment import Attachment, Source
from ledgerwire.exceptions import InvalidSubmission
from ledgerwire.exchange import Request
from ledgerwire.flow import Flow, Load
from ledgerwire.submissions import KINDS, Submission, Upload

#: Seconds: reading and storing a large upload takes the server its time.
UPLOAD_SILENCE = 120.0


def kind_name(kind: type[Submission]) -> str:
    return str(kind.__struct_config__.tag)


def upload_fields(kind: type[Submission]) -> frozenset[str]:
    """Names of the fields that hold an Upload, a list of them, or perhaps one."""
    shape = msgspec.inspect.type_info(kind)
    assert isinstance(shape, msgspec.inspect.StructType)  # noqa: S101  (what type_info gives for a Struct)
    return frozenset(field.encode_name for field in shape.fields if _holds_upload(field.type))


def _holds_upload(shape: msgspec.inspect.Type) -> bool:
    match shape:
        case msgspec.inspect.Metadata(type=inner):
            return _holds_upload(inner)
        case msgspec.inspect.StructType(cls=cls):
            return cls is Upload
        case msgspec.inspect.ListType(item_type=item) | msgspec.inspect.VarTupleType(item_type=item):
            return _holds_upload(item)
        case msgspec.inspect.UnionType(types=types):
            return any(map(_holds_upload, types))
    return False


def request_for(
    work: type[Submission] | Submission | str, fields: Mapping[str, Any], *, key: str | None
) -> Flow[Request]:
    """The request; raises InvalidSubmission before anything is sent."""
    if isinstance(work, str):
        work = _kind_of(work)
    if isinstance(work, Submission):
        return _request(_instance(work, fields), (), key)
    files = yield from _load(work, fields)
    return _request(_checked(work, fields, files), files, key)


def _kind_of(name: str) -> type[Submission]:
    if name not in KINDS:
        raise InvalidSubmission(
            f"There is no kind of work called {name!r}. There are {', '.join(sorted(KINDS))}."
        )
    return KINDS[name]


def _instance(work: Submission, fields: Mapping[str, Any]) -> Submission:
    if fields:
        raise InvalidSubmission("Give fields with the class of a submission, not with an instance of it.")
    if upload_fields(type(work)):
        name = type(work).__name__
        raise InvalidSubmission(f"{name} takes a file: submit({name}, file=path, ...) with the class itself.")
    return _checked(type(work), msgspec.structs.asdict(work), ())


def _load(kind: type[Submission], fields: Mapping[str, Any]) -> Flow[tuple[tuple[str, Attachment], ...]]:
    loaded: list[tuple[str, Attachment]] = []
    for name in sorted(upload_fields(kind) & fields.keys()):
        for source in _sources(fields[name]):
            attachment: Attachment = yield Load(source)
            loaded.append((name, attachment))
    return tuple(loaded)


def _sources(value: Source | list[Source] | None) -> list[Source]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _checked(
    kind: type[Submission], fields: Mapping[str, Any], files: tuple[tuple[str, Attachment], ...]
) -> Submission:
    values = {name: value for name, value in fields.items() if value is not None}
    for name in {name for name, _ in files}:
        uploads = [attachment.upload for sent, attachment in files if sent == name]
        values[name] = uploads if isinstance(fields[name], list) else uploads[0]
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise InvalidSubmission(f"{kind_name(kind)}: {error}") from None


def _request(work: Submission, files: tuple[tuple[str, Attachment], ...], key: str | None) -> Request:
    values = _plain(work)
    address: dict[str, Any] = {
        "method": "POST",
        "path": f"/api/jobs/{kind_name(type(work))}",
        # Makes it safe to send again what was sent and never answered.
        "headers": {"idempotency-key": key or str(uuid.uuid4())},
    }
    if not upload_fields(type(work)):
        return Request(**address, json=msgspec.json.encode(values))
    form = {name: _form_text(value) for name, value in values.items()}
    return Request(**address, form=form, files=files, silence=UPLOAD_SILENCE)


def _plain(work: Submission) -> dict[str, Any]:
    """Fields that are set, without the kind (the path says it) and the uploads (they travel as files)."""
    left_out = upload_fields(type(work)) | {work.__struct_config__.tag_field}
    values: dict[str, Any] = msgspec.to_builtins(work)
    return {name: value for name, value in values.items() if name not in left_out and value is not None}


def _form_text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
