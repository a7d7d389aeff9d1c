"""The first half of an upload's story: read the file, import what is new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from ledgerwire.errors import Problem
from ledgerwire.statements import ColumnMapping
from ledgerwire.submissions import UploadAndCategorize
from workers.books.companies import list_bank_accounts
from workers.books.errors import BooksError
from workers.books.importing import NewLine, hold_currencies, insert_lines, prepare_shares
from workers.books.mappings import load_mappings, remember_mapping
from workers.books.routing import Share, learn_number, route
from workers.books.statements import Statement
from workers.books.statements.reading import read_in_child
from workers.child import ChildFailed
from workers.jobs.attempt import Attempt, Batch
from workers.jobs.faults import TROUBLE, BadInput, TryLater

BATCH = 100
OVERTAKEN = Problem(
    type="/problems/passing_trouble",
    title="The company's base currency was changed while the file was read.",
    detail="It is read again by itself, for its bank account as it is now.",
)


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """How far the import is: ``read`` lines of the file are behind it, ``imported`` of them were new."""

    read: int = 0
    imported: int = 0
    #: The remembered answer the file was read by: a later attempt reads it no otherwise, whatever is answered since.
    answers: dict[str, ColumnMapping] | None = None


class Source(msgspec.Struct, frozen=True):
    """What is done once for a file, with its first lines."""

    shares: list[Share]
    #: Sentences for people: every line was read, and something is to be known about it.
    warnings: list[str]
    #: What the file's columns are known by; null where it has none.
    layout: str | None
    answers: dict[str, ColumnMapping]


async def read_lines(
    attempt: Attempt, submission: UploadAndCategorize, so_far: Imported
) -> tuple[Source, list[NewLine]]:
    """The file's lines, each with its account; a later attempt gets the same."""
    attempt.begin("read", noun="lines")
    try:
        known = await _known(attempt) if so_far.answers is None else so_far.answers
        statement = await read_in_child(
            attempt.files.path(submission.file.sha256),
            name=submission.file.name,
            mapping=submission.mapping,
            remembered=known,
        )
        shares = await _route(attempt, submission, statement)
    except BooksError as error:
        raise BadInput(error.problem) from error
    except ChildFailed as error:
        raise TryLater(TROUBLE) from error
    answers = {layout: known[layout] for layout in (statement.layout,) if layout and layout in known}
    return Source(shares, statement.warnings, statement.layout, answers), prepare_shares(shares)


async def _known(attempt: Attempt) -> dict[str, ColumnMapping]:
    async with attempt.database.reading() as connection:
        return await load_mappings(connection, attempt.company_id)


async def _route(attempt: Attempt, submission: UploadAndCategorize, statement: Statement) -> list[Share]:
    async with attempt.database.reading() as connection:
        accounts = await list_bank_accounts(connection, attempt.company_id)
    return route(accounts, statement, submission.account_id)


async def import_lines(
    attempt: Attempt,
    submission: UploadAndCategorize,
    source: Source,
    lines: Sequence[NewLine],
    so_far: Imported,
) -> Imported:
    """Insert what is new, batch by batch, from where the last checkpoint left it."""
    attempt.begin("import", total=len(lines), done=so_far.read)
    for start in range(so_far.read, len(lines), BATCH):
        batch_lines = lines[start : start + BATCH]
        async with attempt.checkpoint() as batch:
            await _hold(batch, attempt, source)
            if start == 0:
                await _open(batch, source)
                await _remember(batch, attempt, submission, source)
            new = await insert_lines(
                batch.connection,
                attempt.company_id,
                batch_lines,
                job_id=attempt.job_id,
                now=datetime.now(UTC),
            )
            so_far = Imported(
                read=start + len(batch_lines), imported=so_far.imported + new, answers=source.answers
            )
            batch.state = {"imported": so_far}
            batch.done = so_far.read
    return so_far


async def _hold(batch: Batch, attempt: Attempt, source: Source) -> None:
    """So that no line is in another currency than its account."""
    accounts = [share.account for share in source.shares]
    if not await hold_currencies(batch.connection, attempt.company_id, accounts):
        raise TryLater(OVERTAKEN)


async def _open(batch: Batch, source: Source) -> None:
    """With the first lines, so that an account has the number of the file it holds, and of no other."""
    for warning in source.warnings:
        batch.log(warning, level="warning")
    try:
        for share in source.shares:
            await learn_number(batch.connection, share)
    except BooksError as error:
        raise BadInput(error.problem) from error


async def _remember(batch: Batch, attempt: Attempt, submission: UploadAndCategorize, source: Source) -> None:
    """An answer that has read its file stands for the next file of that layout."""
    if submission.mapping and source.layout:
        await remember_mapping(
            batch.connection,
            attempt.company_id,
            source.layout,
            submission.mapping,
            confirmed_by=attempt.actor,
            now=datetime.now(UTC),
        )
