"""One unit on its way to QuickBooks until its outcome is known: patient, within the limits, and never twice.

answer                              what follows
429, 503, no connection             wait as long as asked, send the same again
timeout, connection dropped         it may have happened: look for it by its mark, else send the same again
401                                 refresh once, send the same again
5010 (somebody changed it there)    read it, take its SyncToken, send again
a batch without some of its items   those go by themselves, each by its own request id
any other fault                     the line's own outcome; the others are not stopped by it
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import msgspec

from workers.books.quickbooks.composing import identity_only, mark_of, with_identity
from workers.books.quickbooks.sending import Office, Sending, Unit, request_id_of
from workers.books.quickbooks.settling import Arrival, Refusal
from workers.jobs.attempt import Attempt
from workers.jobs.faults import TryLater
from workers.outside.quickbooks.client import Answer, Company, Found, Item
from workers.outside.quickbooks.faults import (
    QuickBooksError,
    Refused,
    Rejected,
    Throttled,
    Unauthorized,
    Unavailable,
    UnknownOutcome,
)
from workers.tasks.quickbooks.pacing import Pacer, Permit
from workers.tasks.quickbooks.tokens import AWAY, Tokens, refused

T = TypeVar("T")
Work = Callable[[Company], Awaitable[T]]

TRIES = 8
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
#: Below this nobody has time to read why.
WORTH_SAYING = 1.0
GONE = ("610",)
STALE = ("5010",)
CONFLICT = "Somebody changed it in QuickBooks again and again at this moment. Export it again."
REMOVED = "Somebody removed it in QuickBooks. Export it again to send it anew."
#: What a fault's number makes of a line; any other is ``rejected``.
OUTCOMES = {"6200": "closed", "6210": "closed", "5010": "conflict"}


class Stopped(Exception):
    """The worker is going down; what is on its way stays written down."""


class Courier:
    """Lives as long as one attempt."""

    def __init__(self, attempt: Attempt, office: Office, tokens: Tokens) -> None:
        self._attempt = attempt
        self._realm = office.realm_id
        self._tokens = tokens
        self._pacer = attempt.shared.get(Pacer.open)
        #: Of a real minute, as all times of a test are of theirs.
        self._share = attempt.shared.settings.tempo.minute / 60

    async def permits(self, *, batches: int = 0, singles: int = 0) -> list[Permit]:
        """Some of so many, at least one: waits until Intuit's limits leave room for it."""
        while not (granted := await self._pacer.take(self._realm, batches=batches, singles=singles)).permits:
            await self._rest(granted.wait, "QuickBooks takes no more calls at once: {} s to go.")
        return granted.permits

    async def give_back(self, permits: Sequence[Permit]) -> None:
        await self._pacer.give_back(self._realm, permits)

    async def withdraw(self, permits: Sequence[Permit]) -> None:
        await self._pacer.withdraw(self._realm, permits)

    async def deliver(self, unit: Unit, permit: Permit | None, *, unsure: bool) -> list[Arrival]:
        """What became of each of its items. Raises Stopped, or a Fault of the job: nothing is known then.

        ``permit`` is for its first call; whatever else is needed asks for its own.
        """
        if unsure:
            return await self._deliver_again(unit)
        try:
            answers = await self._patiently(_sending(unit), batch=unit.is_batch, permit=permit, once=True)
        except UnknownOutcome:
            return await self._deliver_again(unit)
        except Rejected as fault:
            answers = [Answer(fault=fault) for _ in unit.items]
        return await self._judge_all(unit, answers)

    async def call(self, work: Work[T]) -> T:
        """One call that may be repeated without harm. Raises Rejected, too."""
        return await self._patiently(work)

    # --- an outcome that is not known ---------------------------------------------------------------

    async def _deliver_again(self, unit: Unit) -> list[Arrival]:
        found = await self._look_for(unit.items)
        missing = [each for each in unit.items if each.transaction_id not in found]
        there = [
            Arrival(sending=each, qbo_id=one.qbo_id, sync_token=one.sync_token)
            for each in unit.items
            if (one := found.get(each.transaction_id)) is not None
        ]
        if not there:
            return await self._send_same(unit)
        # Some of a batch are there, so it has been worked off: the rest was refused, or was not reached.
        return there + [await self._send_alone(each) for each in missing]

    async def _send_same(self, unit: Unit) -> list[Arrival]:
        try:
            answers = await self._patiently(_sending(unit), batch=unit.is_batch)
        except Rejected as fault:
            answers = [Answer(fault=fault) for _ in unit.items]
        return await self._judge_all(unit, answers)

    async def _look_for(self, items: Sequence[Sending]) -> dict[str, Found]:
        """Objects that came about although nobody heard of it, by line."""
        created = [each for each in items if each.operation == "create"]
        found: dict[str, Found] = {}
        for object_type in sorted({each.object_type for each in created}):
            marks = {
                mark_of(each.transaction_id): each for each in created if each.object_type == object_type
            }
            for one in await self._of_these_days(object_type, list(marks.values())):
                key = next((each.transaction_id for mark, each in marks.items() if mark in one.note), None)
                if key is not None:
                    found[key] = one
        return found

    async def _of_these_days(self, object_type: str, items: Sequence[Sending]) -> list[Found]:
        days = [each.shown.date for each in items if each.shown.date is not None]
        if not days:
            return []
        return await self._patiently(lambda company: company.find_objects(object_type, min(days), max(days)))

    # --- answers ------------------------------------------------------------------------------------

    async def _judge_all(self, unit: Unit, answers: Sequence[Answer]) -> list[Arrival]:
        return [await self._judge(each, answer) for each, answer in zip(unit.items, answers, strict=True)]

    async def _judge(self, sending: Sending, answer: Answer) -> Arrival:
        fault = answer.fault
        if fault is None:
            return Arrival(sending=sending, qbo_id=answer.qbo_id, sync_token=answer.sync_token)
        if not isinstance(fault, Rejected):
            return await self._send_alone(sending, unsure=fault.may_have_happened)
        if fault.code in STALE and sending.qbo_id is not None:
            return await self._send_newer(sending)
        if fault.code in GONE and sending.operation == "update":
            return await self._missing(sending, fault)
        return _refusal(sending, fault)

    async def _missing(self, sending: Sending, fault: Rejected) -> Arrival:
        """Intuit says the same of an account or a vendor that was made inactive: taken for gone, what is there would
        be sent a second time.
        """
        identity = str(sending.qbo_id)
        try:
            await self._patiently(lambda company: company.read(sending.object_type, identity))
        except Rejected as missing:
            return _refusal(sending, missing)
        return _refusal(sending, fault, is_there=True)

    async def _send_alone(self, sending: Sending, *, unsure: bool = False) -> Arrival:
        """Out of a batch that left it out. The batch's request id says nothing of this one's: where it may have been
        done all the same, it is looked for first.
        """
        alone = Unit(sending.request_id, [msgspec.structs.replace(sending, batch_id=None, batch_no=None)])
        (arrival,) = await (self._deliver_again(alone) if unsure else self._send_same(alone))
        return msgspec.structs.replace(arrival, sending=sending)

    async def _send_newer(self, sending: Sending) -> Arrival:
        """Somebody changed it over there. Of what we sent our books are the record, so they go over it."""
        identity = str(sending.qbo_id)
        try:
            now = await self._patiently(lambda company: company.read(sending.object_type, identity))
            token = now.sync_token or "0"
            newer = msgspec.structs.replace(
                sending, body=_body(sending, token), sync_token=token, batch_id=None
            )
            unit = Unit(request_id_of(sending.request_id, token), [newer])
            (answer,) = await self._patiently(_sending(unit))
        except Rejected as fault:
            return _refusal(sending, fault)
        if answer.fault is not None:
            return Arrival(sending=sending, refusal=Refusal(outcome="conflict", detail=CONFLICT))
        return Arrival(sending=sending, qbo_id=answer.qbo_id, sync_token=answer.sync_token)

    # --- patience -----------------------------------------------------------------------------------

    async def _patiently(
        self, work: Work[T], *, batch: bool = False, permit: Permit | None = None, once: bool = False
    ) -> T:
        """``once``: raises UnknownOutcome, where it may have happened, instead of trying again."""
        for number in range(TRIES):
            company = await self._tokens.company()
            if permit is None:
                (permit,) = await self.permits(batches=int(batch), singles=int(not batch))
            try:
                return await work(company)
            except Unauthorized:
                await self._tokens.refresh(company)
            except (Rejected, Refused) as fault:
                if isinstance(fault, Refused):
                    raise refused(None) from fault
                raise
            except QuickBooksError as fault:
                if once and fault.may_have_happened:
                    raise UnknownOutcome from fault
                await self._back_off(fault, number)
            finally:
                await self.give_back([permit])
                permit = None
        raise TryLater(AWAY)

    async def _back_off(self, fault: QuickBooksError, number: int) -> None:
        after = fault.after if isinstance(fault, Throttled | Unavailable) else None
        await self._rest(
            _delay(number) * self._share if after is None else after, "QuickBooks asks us to wait {} s."
        )

    async def _rest(self, seconds: float, words: str) -> None:
        self._attempt.excuse(seconds)
        if seconds >= WORTH_SAYING:
            self._attempt.say(words.format(max(1, round(seconds))))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._attempt.stopping.wait()
                raise Stopped
        if seconds >= WORTH_SAYING:
            self._attempt.say("")


def _sending(unit: Unit) -> Work[list[Answer]]:
    items = [Item(each.operation, each.object_type, each.body) for each in unit.items]

    async def send(company: Company) -> list[Answer]:
        if unit.is_batch:
            return await company.send_batch(items, unit.request_id)
        return [await company.send_one(items[0], unit.request_id)]

    return send


def _body(sending: Sending, token: str) -> str:
    if sending.operation == "delete":
        return identity_only(str(sending.qbo_id), token)
    return with_identity(sending.body, str(sending.qbo_id), token)


def _refusal(sending: Sending, fault: Rejected, *, is_there: bool = False) -> Arrival:
    if fault.code in GONE and sending.operation == "delete":
        return Arrival(sending=sending)
    if fault.code in GONE and sending.operation == "update" and not is_there:
        gone = Refusal(outcome="conflict", detail=REMOVED, code=fault.code, gone=True)
        return Arrival(sending=sending, refusal=gone)
    outcome = OUTCOMES.get(fault.code, "rejected")
    return Arrival(sending=sending, refusal=Refusal(outcome=outcome, detail=fault.words, code=fault.code))


def _delay(number: int) -> float:
    ceiling: float = min(LONGEST_DELAY, FIRST_DELAY * 2**number)
    return ceiling / 2 + random.uniform(0, ceiling / 2)  # noqa: S311 - spread, not secrecy
