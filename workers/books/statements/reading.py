"""A statement read in a child process: a file from outside may be made to exhaust or to crash its reader."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ledgerwire.errors import FieldError
from ledgerwire.statements import ColumnMapping, MappingProposal
from workers.books.errors import StatementError
from workers.books.statements import read_statement
from workers.books.statements.statement import Statement
from workers.child import ChildFailed, run_in_child

MEMORY_MB = 1024
SECONDS = 60.0


class Read(msgspec.Struct, frozen=True, tag="read"):
    statement: Statement


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    code: str
    title: str
    detail: str
    errors: list[FieldError]
    proposal: MappingProposal | None


async def read_in_child(
    path: Path,
    *,
    name: str,
    mapping: ColumnMapping | None = None,
    remembered: Mapping[str, ColumnMapping] | None = None,
    memory_mb: int = MEMORY_MB,
    seconds: float = SECONDS,
) -> Statement:
    """As read_statement, with limits; cancelling kills the child. Raises StatementError."""
    function = f"{__name__}:{read_or_refuse.__name__}"
    limits = {"memory_mb": memory_mb, "seconds": seconds}
    try:
        answer = await run_in_child(
            function,
            str(path),
            name,
            mapping,
            remembered or {},
            result=Read | Refused,  # type: ignore[arg-type]
            **limits,  # type: ignore[arg-type]
        )
    except ChildFailed as failure:
        raise _explained(failure, name) from failure
    if isinstance(answer, Refused):
        raise StatementError(answer.code, answer.title, answer.detail, answer.errors, answer.proposal)
    return answer.statement


def read_or_refuse(
    path: str, name: str, mapping: dict[str, Any] | None, remembered: dict[str, Any]
) -> Read | Refused:
    confirmed = msgspec.convert(mapping, ColumnMapping | None)
    known = msgspec.convert(remembered, dict[str, ColumnMapping])
    try:
        return Read(read_statement(Path(path), name=name, mapping=confirmed, remembered=known))
    except StatementError as error:
        return Refused(error.code, error.title, error.detail, error.errors, error.proposal)


def _explained(failure: ChildFailed, name: str) -> StatementError | ChildFailed:
    """A limit is the file's fault; a reader killed from elsewhere is not, and may be tried again."""
    match failure.kind:
        case "memory" | "time":
            detail = f"Reading {name!r} took too much {failure.kind}. Export it in parts."
            return StatementError("file_too_complex", "The file cannot be read within its limits", detail)
        case "error":
            detail = f"The reader failed on {name!r}. Nothing was imported. Please report this file."
            return StatementError("reader_failed", "The file cannot be read", detail)
    return failure
