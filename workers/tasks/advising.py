"""A language model's word on what nobody could read for certain of a receipt: asked once a receipt, and only by text.

What it says counts as far as ``asking.with_answer`` believes it. Whatever goes wrong, the receipt is what it was.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import msgspec

from workers.books.questions import Unanswered
from workers.books.receipts import asking
from workers.books.receipts.reading import Read
from workers.jobs.attempt import Attempt, Batch, Drained
from workers.outside.llm import Ending
from workers.tasks.calling import Call, Caller, NotAsked, Paid
from workers.tasks.unanswered import reason


class Bill(msgspec.Struct, frozen=True):
    """What an answer has cost: to be entered in the transaction that keeps what came of it."""

    call: Call
    paid: Paid


class Adviser:
    """Lives as long as one attempt."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._caller = Caller(attempt)
        self._unanswered: Counter[Unanswered] = Counter()

    async def advise(self, read: Read) -> tuple[Read, Bill | None]:
        """The reading with the model's word, and what that cost; raises Drained where the worker is going down."""
        fields = asking.unsure_fields(read.findings)
        if not fields:
            return read, None
        today = datetime.now(UTC).date()
        call = Call(
            system=asking.SYSTEM,
            text=asking.question(read.findings, fields, today),
            schema=asking.schema(fields),
            room=asking.ROOM,
            expected=asking.EXPECTED,
        )
        try:
            paid = await self._caller.reply(call)
        except NotAsked as refusal:
            if refusal.why is None:
                raise Drained from None
            self._unanswered[refusal.why] += 1
            return read, None
        return self._believed(read, paid, fields), Bill(call, paid)

    def _believed(self, read: Read, paid: Paid, fields: list[str]) -> Read:
        told = asking.read_answer(paid.reply.text) if paid.reply.ending is Ending.COMPLETE else None
        if told is None:
            self._unanswered[Unanswered.UNREADABLE] += 1
            return read
        today = datetime.now(UTC).date()
        return msgspec.structs.replace(read, findings=asking.with_answer(read.findings, told, fields, today))

    async def settle(self, batch: Batch, bill: Bill) -> None:
        await self._caller.settle(batch, bill.call, bill.paid)

    def complain(self, batch: Batch) -> None:
        """Say once of each reason how many receipts went without an answer."""
        for why, count in self._unanswered.items():
            receipts = "1 receipt is" if count == 1 else f"{count:,} receipts are"
            told = f"{reason(why, self._attempt.shared.settings)}; {receipts} as they were read."
            batch.log(told, level="warning")
        self._unanswered.clear()
