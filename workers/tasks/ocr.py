"""``ocr``: read a pile of receipts. Each file has its own outcome, and none of them ends the job.

A file is settled in one checkpoint: its receipt, its log line, and its place among the settled. So a worker that dies
leaves each file settled once or not yet, and whoever goes on reads only what is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime

import msgspec

from ledgerwire.receipts import Receipt, ReceiptFile
from ledgerwire.submissions import Ocr
from workers.books.receipts.listing import known_vendors
from workers.books.receipts.matching import with_matches
from workers.books.receipts.reading import Read, Unreadable
from workers.books.receipts.record import least_confidence, plain
from workers.books.receipts.recording import NewReceipt, find_bytes, record_receipt
from workers.jobs.attempt import Attempt, Batch
from workers.jobs.plan import Plan
from workers.settings import Settings
from workers.tasks.advising import Adviser, Bill
from workers.tasks.pile import Bundle, Readers, Reading, bundles_of, readings
from workers.tasks.previews import keep_previews
from workers.tasks.scratch import scratch_folder

PLAN = Plan(read=100)
EMPTY = Unreadable("empty_file", "The file is empty. Send it again.")
BEFORE = "These very bytes were read before."


class State(msgspec.Struct, frozen=True, kw_only=True):
    """The settled files, in the order they finished; and whether the pile's end was told."""

    files: list[ReceiptFile] = []
    told: bool = False


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """``read + duplicates + failed`` is the number of files."""

    #: In the order they were sent.
    files: list[ReceiptFile]
    read: int
    duplicates: int
    failed: int
    #: Of those that were read: nobody is sure of them.
    needs_review: int


def reading_by(open_readers: Callable[[Settings], Readers]) -> Callable[[Attempt, Ocr], Awaitable[Result]]:
    """The task, given who reads: one pool of them in a worker's process, whatever piles it has."""

    async def ocr(attempt: Attempt, submission: Ocr) -> Result:
        return await read_pile(attempt, submission, attempt.shared.get(open_readers))

    return ocr


async def read_pile(attempt: Attempt, submission: Ocr, readers: Readers) -> Result:
    state = msgspec.convert(attempt.state or {}, State)
    total = len(submission.files)
    attempt.begin("read", total=total, noun="receipts", done=len(state.files))
    settled = {each.file_no for each in state.files}
    bundles = [each for each in bundles_of(submission.files) if each.file_no not in settled]
    if bundles:
        state = await _read_all(attempt, readers, bundles, state, total)
    result = _result(state.files)
    if not state.told:
        await _tell(attempt, state, result)
    return result


async def _read_all(
    attempt: Attempt, readers: Readers, bundles: Sequence[Bundle], state: State, total: int
) -> State:
    unread = []
    for bundle in bundles:
        if (known := await _without_reading(attempt, bundle)) is None:
            unread.append(bundle)
        else:
            state = await _settle(attempt, bundle, known, state)
    async with attempt.database.reading() as connection:
        vendors = await known_vendors(connection, attempt.company_id)
    adviser = Adviser(attempt) if attempt.shared.settings.has_language_model else None
    with scratch_folder(attempt) as scratch:
        found = readings(attempt, readers, unread, scratch=scratch, vendors=vendors, total=total)
        async with aclosing(found):
            async for bundle, reading in found:
                state = await _settle(attempt, bundle, reading, state, adviser)
    return state


async def _without_reading(attempt: Attempt, bundle: Bundle) -> Receipt | Unreadable | None:
    if bundle.size == 0:
        return EMPTY
    async with attempt.database.reading() as connection:
        return await find_bytes(connection, attempt.company_id, bundle.sha256)


async def _settle(
    attempt: Attempt, bundle: Bundle, reading: Receipt | Reading, state: State, adviser: Adviser | None = None
) -> State:
    """Commit what became of a file, and of those of the same bytes, with what a second opinion on it cost."""
    bill: Bill | None = None
    if adviser and isinstance(reading, Read):
        reading, bill = await adviser.advise(reading)
    # The bytes first: a row never names what is not on disk.
    previews = await keep_previews(attempt.files, reading.previews) if isinstance(reading, Read) else []
    async with attempt.checkpoint() as batch:
        if adviser and bill:
            await adviser.settle(batch, bill)
        files = await _outcomes(attempt, batch, bundle, reading, previews, state)
        for each in files:
            batch.log(_sentence(each), level="warning" if each.outcome == "failed" else "info", data=each)
        state = State(files=[*state.files, *files])
        if adviser:
            adviser.complain(batch)
        batch.state, batch.done = state, len(state.files)
    return state


async def _outcomes(
    attempt: Attempt,
    batch: Batch,
    bundle: Bundle,
    reading: Receipt | Reading,
    previews: list[str],
    state: State,
) -> list[ReceiptFile]:
    match reading:
        case Unreadable(code=code, detail=detail):
            return [_failed(number, name, code, detail) for number, name in bundle.files]
        case Receipt():
            return [_duplicate(number, name, reading) for number, name in bundle.files]
    new = _new_receipt(attempt, bundle, reading, previews)
    recorded = await record_receipt(
        batch.connection, attempt.company_id, new, actor=attempt.actor, now=datetime.now(UTC)
    )
    (number, name), *same = bundle.files
    if recorded.duplicate:
        first = _duplicate(number, name, recorded.receipt)
    else:
        first = _read(number, name, await _matched(attempt, batch, recorded.receipt, state))
    return [first, *(_duplicate(number, name, recorded.receipt) for number, name in same)]


def _new_receipt(attempt: Attempt, bundle: Bundle, read: Read, previews: list[str]) -> NewReceipt:
    return NewReceipt(
        job_id=attempt.job_id,
        file_no=bundle.file_no,
        name=bundle.name,
        sha256=bundle.sha256,
        size=bundle.size,
        media_type=read.media_type,
        previews=previews,
        pages_in_file=read.pages_in_file,
        engine=read.engine,
        phash=read.phash,
        findings=read.findings,
    )


async def _matched(attempt: Attempt, batch: Batch, receipt: Receipt, state: State) -> Receipt:
    """With its most likely line, if no other of this pile has that."""
    taken = {each.transaction_id for each in state.files if each.transaction_id}
    (matched,) = await with_matches(batch.connection, attempt.company_id, [receipt], taken=taken)
    return matched


def _read(number: int, name: str, receipt: Receipt) -> ReceiptFile:
    return ReceiptFile(
        file_no=number,
        name=plain(name),
        outcome="read",
        receipt_id=receipt.receipt_id,
        state=receipt.state,
        vendor=receipt.vendor,
        date=receipt.date,
        total=receipt.total,
        currency=receipt.currency,
        confidence=least_confidence(receipt.fields),
        transaction_id=receipt.match.transaction.transaction_id if receipt.match else None,
    )


def _duplicate(number: int, name: str, first: Receipt) -> ReceiptFile:
    same = _read(number, name, first)
    return msgspec.structs.replace(same, outcome="duplicate", detail=BEFORE, transaction_id=None)


def _failed(number: int, name: str, code: str, detail: str) -> ReceiptFile:
    return ReceiptFile(file_no=number, name=plain(name), outcome="failed", code=code, detail=detail)


def _sentence(file: ReceiptFile) -> str:
    match file.outcome:
        case "failed":
            return f"{file.name}: not read, {file.detail}"
        case "duplicate":
            return f"{file.name}: read before"
    total = f"{file.total} {file.currency or ''}".strip() if file.total is not None else "no total"
    return f"{file.name}: {file.vendor or 'no vendor'}, {file.date or 'no date'}, {total}"


def _result(files: Sequence[ReceiptFile]) -> Result:
    counted = Counter(each.outcome for each in files)
    return Result(
        files=sorted(files, key=lambda each: each.file_no),
        read=counted["read"],
        duplicates=counted["duplicate"],
        failed=counted["failed"],
        needs_review=sum(each.outcome == "read" and each.state == "review" for each in files),
    )


async def _tell(attempt: Attempt, state: State, result: Result) -> None:
    """How the pile ended: a job all of whose files failed is complete, too, and must not look like a success."""
    whole = len(result.files)
    if result.failed == whole:
        message = "The file could not be read." if whole == 1 else f"None of the {whole} files could be read."
    else:
        parts = [f"{result.read} read"]
        parts += [f"{result.duplicates} read before"] if result.duplicates else []
        parts += [f"{result.failed} could not be read"] if result.failed else []
        message = f"{', '.join(parts)}."
    attempt.say(message)
    async with attempt.checkpoint() as batch:
        batch.state = msgspec.structs.replace(state, told=True)
