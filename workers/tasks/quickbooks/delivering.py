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

from ledgerwire.errors import Problem
from workers.books.quickbooks.composing import identity_only, mark_of, with_identity
from workers.books.quickbooks.sending import Office, Sending, Unit, request_id_of
from workers.books.quickbooks.settling import Arrival, Refusal
from workers.jobs.attempt import Attempt
from workers.jobs.faults import TryLater
from workers.outside.quickbooks.client import Answer, Company, Found, Item
from workers.outside.quickbooks.faults import (
    QuickBooksError,
    Rejected,
    Throttled,
    Unauthorized,
    Unavailable,
    UnknownOutcome,
)
from workers.tasks.quickbooks.pacing import Pacer
from workers.tasks.quickbooks.tokens import Tokens

T = TypeVar("T")

TRIES = 7
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
#: A batch that was cut off may still be at work over there; so long is waited before what it lacks goes out alone.
GONE = ("610",)
STALE = ("5010",)
AWAY = Problem(
    type="/problems/quickbooks_away",
    title="QuickBooks does not answer.",
    detail="What was sent is safe; the rest is tried again by itself.",
)


class Stopped(Exception):
    """The worker is going down; what is on its way stays written down."""


class Courier:
    """Lives as long as one attempt."""

    def __init__(self, attempt: Attempt, office: Office, tokens: Tokens) -> None:
        self._attempt = attempt
        self._realm = office.realm_id
        self._tokens = tokens
        self._pacer = attempt.shared.get(Pacer.open)

    async def permits(self, *, batches: int = 0, singles: int = 0) -> list[Permit]:
        """Some of so many, at least one: waits until Intuit's limits leave room for it."""
        while not (granted := await self._pacer.take(self._realm, batches=batches, singles=singles)).permits:
            await self._rest(granted.wait, "limit")
        return granted.permits

    async def give_back(self, permits: Sequence[Permit]) -> None:
        await self._pacer.give_back(self._realm, permits)

    async def deliver(self, unit: Unit, permit: Permit | None, *, unsure: bool) -> list[Arrival]:
        """What became of each of its items. Raises Stopped, TryLater, or what tokens raise: nothing is known then.

        ``permit`` is for its first call; whatever else is needed asks for its own.
        """
        if unsure:
            return await self._deliver_again(unit)
        try:
            answers = await self._patiently(_sending(unit), batch=unit.is_batch, permit=permit, once=True)
        except UnknownOutcome:
            return await self._deliver_again(unit)
        except Rejected as fault:
            return await self._judge_all(unit, [Answer(fault=fault) for _ in unit.items])
        return await self._judge_all(unit, answers)

    async def call(self, work: Work[T]) -> T:
        """One call that may be repeated without harm, within the limits."""
        return await self._patiently(work)

    # --- an outcome that is not known ---------------------------------------------------------------

    async def _deliver_again(self, unit: Unit) -> list[Arrival]:
        found = await self._look_for(unit.items)
        missing = [each for each in unit.items if each.transaction_id not in found]
        arrivals = [_arrived(each, found[each.transaction_id]) for each in unit.items if each not in missing]
        if not missing:
            return arrivals
        if len(missing) == len(unit.items):
            return await self._send_same(unit)
        return arrivals + [await self._send_alone(each) for each in missing]

    async def _send_same(self, unit: Unit) -> list[Arrival]:
        try:
            answers = await self._patiently(_sending(unit), batch=unit.is_batch)
        except Rejected as fault:
            answers = [Answer(fault=fault) for _ in unit.items]
        return await self._judge_all(unit, answers)

    async def _look_for(self, items: Sequence[Sending]) -> dict[str, Found]:
        """Objects that came about although nobody heard of it, by the marks of their lines."""
        created = [each for each in items if each.operation == "create" and each.shown.date is not None]
        found: dict[str, Found] = {}
        for object_type in sorted({each.object_type for each in created}):
            marks = {
                mark_of(each.transaction_id): each for each in created if each.object_type == object_type
            }
            days = [each.shown.date for each in marks.values() if each.shown.date is not None]
            objects = await self._patiently(
                lambda company, kind=object_type, first=min(days), last=max(days): company.find_objects(
                    kind, first, last
                )
            )
            for one in objects:
                for mark, each in marks.items():
                    if mark in one.note:
                        found[each.transaction_id] = one
        return found

    # --- answers ------------------------------------------------------------------------------------

    async def _judge_all(self, unit: Unit, answers: Sequence[Answer]) -> list[Arrival]:
        return [await self._judge(each, answer) for each, answer in zip(unit.items, answers, strict=True)]

    async def _judge(self, sending: Sending, answer: Answer) -> Arrival:
        fault = answer.fault
        if fault is None:
            return Arrival(sending=sending, qbo_id=answer.qbo_id, sync_token=answer.sync_token)
        if isinstance(fault, Throttled | Unavailable | UnknownOutcome | Unauthorized):
            # An item of a batch that was not done with the others.
            return await self._send_alone(sending)
        if isinstance(fault, Rejected) and fault.code in STALE and sending.qbo_id is not None:
            return await self._send_newer(sending)
        return _refused(sending, fault)

    async def _send_alone(self, sending: Sending) -> Arrival:
        alone = Unit(sending.request_id, [msgspec.structs.replace(sending, batch_id=None, batch_no=None)])
        (arrival,) = await self._send_same(alone)
        return arrival

    async def _send_newer(self, sending: Sending) -> Arrival:
        """Somebody changed it over there. Ours is the book of record for what we sent, so ours goes over it."""
        try:
            now = await self._patiently(
                lambda company: company.read(sending.object_type, str(sending.qbo_id))
            )
            return await self._send_with(sending, now.sync_token or "0")
        except Rejected as fault:
            return _refused(sending, fault)

    async def _send_with(self, sending: Sending, token: str) -> Arrival:
        identity = str(sending.qbo_id), token
        body = (
            identity_only(*identity)
            if sending.operation == "delete"
            else with_identity(sending.body, *identity)
        )
        newer = msgspec.structs.replace(sending, body=body, sync_token=token, batch_id=None)
        request_id = request_id_of(sending.request_id, token)
        (answer,) = await self._patiently(lambda company: _send(company, Unit(request_id, [newer])))
        if answer.fault is not None:
            return _refused(sending, answer.fault)
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
            except QuickBooksError as fault:
                if isinstance(fault, Rejected | Refused):
                    raise
                if once and fault.may_have_happened:
                    raise UnknownOutcome from fault
                pause, why = _pause(fault, number)
            finally:
                await self.give_back([permit])
                permit = None
            if pause:
                await self._rest(pause, why)
        raise TryLater(AWAY)

    async def _rest(self, seconds: float, why: str) -> None:
        self._attempt.excuse(seconds)
        if seconds >= 1:
            self._attempt.say(SENTENCES[why].format(max(1, round(seconds))))
        await self._sleep(seconds)
        if seconds >= 1:
            self._attempt.say("")

    async def _sleep(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._attempt.stopping.wait()
                raise Stopped


def _backoff(number: int) -> float:
    ceiling = min(LONGEST_DELAY, FIRST_DELAY * 2**number)
    return ceiling / 2 + random.uniform(0, ceiling / 2)  # noqa: S311 - spread, not secrecy
