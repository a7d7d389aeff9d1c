"""One call to a language model out of a job: within the company's budget, patient, and told apart where it fails.

What a call may cost is taken out of the budget of the day before it is made. Whatever goes wrong is the question's
outcome; nothing here makes the job fail.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from ledgerwire.jobs import Usage
from workers.books.answers import Spending, add_spending, reserve_spending
from workers.books.questions import Unanswered
from workers.jobs.attempt import Attempt, Batch
from workers.outside.llm import (
    BadKey,
    Busy,
    Closed,
    LanguageModel,
    LLMError,
    NoCredit,
    NoModel,
    Reply,
    Tokens,
)

TRIES = 3
#: Whoever asks for more patience is not asked again by this job.
LONGEST_WAIT = 60.0
FIRST_DELAY = 0.5
#: So many questions in a row without an answer, each tried again, and the rest is not asked.
MOST_FAILURES = 5
#: Letters in a token, about: for a guess before a call, and after it where the server does not tell.
LETTERS = 3

CLOSED = {BadKey: Unanswered.BAD_KEY, NoModel: Unanswered.NO_MODEL, NoCredit: Unanswered.NO_CREDIT}


class NotAsked(Exception):
    """Without a call; ``why`` is null where the worker is going down and another one will ask."""

    def __init__(self, why: Unanswered | None, *, for_good: bool = True) -> None:
        self.why = why
        #: Nor will anything else be asked by this job.
        self.for_good = for_good
        super().__init__(why)


class Call(msgspec.Struct, frozen=True, kw_only=True):
    system: str
    text: str
    schema: Mapping[str, Any]
    #: Tokens that the answer may take, and those it probably takes.
    room: int
    expected: int

    @property
    def tokens(self) -> int:
        """What it will cost, guessed."""
        return tokens_of(self.system + self.text) + tokens_of(str(self.schema)) + self.expected


class Paid(msgspec.Struct, frozen=True):
    """``day`` is that whose budget the reply is taken out of."""

    reply: Reply
    day: date


class Caller:
    """Lives as long as one attempt's step. Once the other side is closed to us, nothing more is asked of it."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._settings = attempt.shared.settings
        self._model = attempt.shared.get(LanguageModel)
        self._clock = asyncio.get_running_loop().time
        self._deadline = self._clock() + self._settings.openai_deadline
        self._resting_until = 0.0
        self._closed: Unanswered | None = None
        self._failures = 0

    @property
    def model(self) -> str:
        return self._model.name

    async def reply(self, call: Call) -> Paid:
        """Raises NotAsked; after one that is for good, always."""
        try:
            return await self._reply(call)
        except NotAsked as refusal:
            if refusal.for_good and refusal.why is not None:
                self._closed = self._closed or refusal.why
            raise

    async def settle(self, batch: Batch, call: Call, paid: Paid) -> None:
        """Enter what the reply has cost, in the transaction that keeps its answers."""
        tokens = paid.reply.tokens or Tokens(tokens_of(call.system + call.text), tokens_of(paid.reply.text))
        # Reserved was the guess, as input.
        due = Spending(1, tokens.input - call.tokens, tokens.output)
        await add_spending(batch.connection, self._attempt.company_id, paid.day, due)
        # In here, so that this commit carries the job's new sum, and no other's does before it.
        self._attempt.spend(Usage(1, tokens.input, tokens.output))

    async def _reply(self, call: Call) -> Paid:
        # A call without an end must not look like a job without progress.
        until = min(self._deadline, self._clock() + self._settings.job_timeout / 2)
        try:
            async with asyncio.timeout_at(until):
                paid = await self._try_again_and_again(call)
        except TimeoutError:
            is_late = self._clock() >= self._deadline
            why = Unanswered.LATE if is_late else Unanswered.UNAVAILABLE
            raise NotAsked(why, for_good=is_late) from None
        self._failures = 0
        return paid

    async def _try_again_and_again(self, call: Call) -> Paid:
        busy: Busy | None = None
        for number in range(TRIES):
            if busy is not None:
                await self._back_off(number, busy.after)
            await self._rest()
            try:
                return await self._try(call)
            except Busy as error:
                busy = error
            except Closed as error:
                raise NotAsked(CLOSED[type(error)]) from error
            except LLMError as error:
                why = Unanswered.REJECTED if error.status else Unanswered.UNREADABLE
                raise NotAsked(why, for_good=False) from error
        self._failures += 1
        raise NotAsked(Unanswered.UNAVAILABLE, for_good=self._failures >= MOST_FAILURES)

    async def _try(self, call: Call) -> Paid:
        """What is reserved for a call that is cut off, by a kill or by time, stays so: it may have to be paid."""
        async with self._model.slots:
            if self._attempt.stopping.is_set():
                raise NotAsked(None)
            if self._closed is not None:
                raise NotAsked(self._closed)
            day = await self._reserve(call)
            try:
                reply = await self._model.ask(
                    system=call.system, question=call.text, schema=call.schema, room=call.room
                )
            except LLMError:
                await self._release(call, day)
                raise
        return Paid(reply, day)

    async def _reserve(self, call: Call) -> date:
        """Take what it may cost out of the budget of the day, which is returned; raises NotAsked."""
        day, most = datetime.now(UTC).date(), self._settings.openai_daily_tokens
        async with self._attempt.database.transaction() as tx:
            if not await reserve_spending(tx, self._attempt.company_id, day, call.tokens, most=most):
                raise NotAsked(Unanswered.BUDGET)
        return day

    async def _release(self, call: Call, day: date) -> None:
        async with self._attempt.database.transaction() as tx:
            await add_spending(tx, self._attempt.company_id, day, Spending(0, -call.tokens, 0))

    # --- patience -------------------------------------------------------------------------------------

    async def _back_off(self, number: int, after: float | None) -> None:
        """Full jitter, or what the other side asked for: then all questions of the job wait."""
        if after is None:
            await self._sleep(random.uniform(0, FIRST_DELAY * 2**number))  # noqa: S311 - spread, not secrecy
        elif after > LONGEST_WAIT:
            raise NotAsked(Unanswered.UNAVAILABLE)
        else:
            self._resting_until = max(self._resting_until, self._clock() + after)

    async def _rest(self) -> None:
        while (seconds := self._resting_until - self._clock()) > 0:
            self._attempt.excuse(seconds)
            self._attempt.say(f"The language model asks us to wait {max(1, round(seconds))} s.")
            await self._sleep(seconds)
            self._attempt.say("")

    async def _sleep(self, seconds: float) -> None:
        """Raises NotAsked as soon as the worker is going down."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._attempt.stopping.wait()
                raise NotAsked(None)


def tokens_of(text: str) -> int:
    """About as many as a model would count."""
    return len(text) // LETTERS
