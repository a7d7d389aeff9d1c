"""The questions of one job to a language model: each is asked once, and paid once.

An answer is committed, with what it cost, before anything uses it: a worker that is killed afterwards leaves it to
whoever takes the job over. Whatever goes wrong with a question is its outcome; nothing here makes the job fail.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from ledgerwire.jobs import Usage
from workers.books.answers import Spending, add_spending, find_answers, keep_answers, reserve_spending
from workers.books.precedents import Precedents
from workers.books.questions import SYSTEM, Answer, Question, Questionnaire, Unanswered, room_for
from workers.jobs.attempt import Attempt, Batch, Drained
from workers.outside.llm import (
    BadKey,
    Busy,
    Closed,
    Ending,
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
MOST_EXAMPLES = 40
#: Letters in a token, about: for a guess before a call, and after it where the server does not tell.
LETTERS = 3
TOKENS_EACH = 20

CLOSED = {BadKey: Unanswered.BAD_KEY, NoModel: Unanswered.NO_MODEL, NoCredit: Unanswered.NO_CREDIT}


class NotAsked(Exception):
    """Without a call; ``why`` is null where the worker is going down and another one will ask."""

    def __init__(self, why: Unanswered | None, *, for_good: bool = True) -> None:
        self.why = why
        #: Nor will anything else be asked by this job.
        self.for_good = for_good
        super().__init__(why)


class Call(msgspec.Struct, frozen=True):
    text: str
    schema: dict[str, Any]
    count: int

    @property
    def tokens(self) -> int:
        """What it will cost, guessed."""
        return tokens_of(SYSTEM + self.text) + tokens_of(str(self.schema)) + TOKENS_EACH * self.count


class Paid(msgspec.Struct, frozen=True):
    """``day`` is that whose budget the reply is taken out of."""

    reply: Reply
    day: date


class Inquiry:
    """Lives as long as one attempt's step; ``outcomes`` has what became of each question, by its key."""

    def __init__(self, attempt: Attempt, questionnaire: Questionnaire, precedents: Precedents) -> None:
        self.outcomes: dict[str, Answer | Unanswered] = {}
        self._attempt = attempt
        self._settings = attempt.shared.settings
        self._questionnaire = questionnaire
        self._precedents = precedents
        self._model = attempt.shared.get(LanguageModel)
        loop = asyncio.get_running_loop()
        self._clock = loop.time
        self._deadline = loop.time() + self._settings.openai_deadline
        self._resting_until = 0.0
        self._closed: Unanswered | None = None
        self._failures = 0
        self._writing = asyncio.Lock()

    @asynccontextmanager
    async def checkpoint(self) -> AsyncIterator[Batch]:
        """The attempt's, one at a time: questions in flight commit theirs, too."""
        async with self._writing, self._attempt.checkpoint() as batch:
            yield batch

    async def recall(self, keys: Collection[str]) -> set[str]:
        """Take over what was answered in earlier jobs, or before a worker died; which of ``keys`` are known."""
        new = set(keys) - self.outcomes.keys()
        async with self._attempt.database.reading() as connection:
            self.outcomes |= await find_answers(connection, self._attempt.company_id, new)
        return self.outcomes.keys() & set(keys)

    async def ask(self, questions: Sequence[Question], *, may_split: bool = True) -> None:
        """Each of them has an outcome afterwards, unless the worker is going down."""
        # Another job may have asked the same meanwhile.
        known = await self.recall([question.key for question in questions])
        questions = [question for question in questions if question.key not in known]
        if not questions:
            return
        call = self._call(questions)
        try:
            paid = await self._reply(call)
        except NotAsked as refusal:
            self._give_up(questions, refusal)
            return
        reply = paid.reply
        if reply.ending is Ending.CUT_SHORT and may_split and len(questions) > 1:
            await self._keep(call, paid, {})
            middle = len(questions) // 2
            await self.ask(questions[:middle], may_split=False)
            await self.ask(questions[middle:], may_split=False)
            return
        found = self._read(reply, questions)
        await self._keep(call, paid, found)
        self.outcomes |= found

    def _call(self, questions: Sequence[Question]) -> Call:
        merchants = [(question.merchant, question.sign) for question in questions]
        examples = self._precedents.examples(merchants, most=MOST_EXAMPLES)
        return Call(
            self._questionnaire.text(questions, examples),
            self._questionnaire.schema(len(questions)),
            len(questions),
        )

    def _read(self, reply: Reply, questions: Sequence[Question]) -> dict[str, Answer | Unanswered]:
        match reply.ending:
            case Ending.COMPLETE:
                return self._questionnaire.read(reply.text, questions)
            case Ending.REFUSED:
                why = Unanswered.REFUSED
            case Ending.CUT_SHORT:
                why = Unanswered.CUT_SHORT
        return dict.fromkeys((question.key for question in questions), why)

    def _give_up(self, questions: Sequence[Question], refusal: NotAsked) -> None:
        if refusal.why is None:
            return
        if refusal.for_good:
            self._closed = self._closed or refusal.why
        self.outcomes |= dict.fromkeys((question.key for question in questions), refusal.why)

    # --- one call -------------------------------------------------------------------------------------

    async def _reply(self, call: Call) -> Paid:
        """Raises NotAsked."""
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
                    system=SYSTEM, question=call.text, schema=call.schema, room=room_for(call.count)
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

    # --- what came of it ------------------------------------------------------------------------------

    async def _keep(self, call: Call, paid: Paid, found: Mapping[str, Answer | Unanswered]) -> None:
        now, company = datetime.now(UTC), self._attempt.company_id
        answers = {key: answer for key, answer in found.items() if isinstance(answer, Answer)}
        reply = paid.reply
        tokens = reply.tokens or Tokens(tokens_of(SYSTEM + call.text), tokens_of(reply.text))
        # Reserved was the guess, as input.
        due = Spending(1, tokens.input - call.tokens, tokens.output)
        # Going down changes nothing about these; whoever applies them hears of it.
        with contextlib.suppress(Drained):
            async with self.checkpoint() as batch:
                await keep_answers(batch.connection, company, answers, model=self._model.name, now=now)
                await add_spending(batch.connection, company, paid.day, due)
                # In here, so that this commit carries the job's new sum, and no other's does before it.
                self._attempt.spend(Usage(1, tokens.input, tokens.output))


def tokens_of(text: str) -> int:
    """About as many as a model would count."""
    return len(text) // LETTERS
