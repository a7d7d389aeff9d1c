"""The questions of one job to a language model: each is asked once, and paid once.

An answer is committed, with what it cost, before anything uses it: a worker that is killed afterwards leaves it to
whoever takes the job over. Whatever goes wrong with a question is its outcome; nothing here makes the job fail.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from workers.books.answers import find_answers, keep_answers
from workers.books.precedents import Precedents
from workers.books.questions import SYSTEM, Answer, Question, Questionnaire, Unanswered, room_for
from workers.jobs.attempt import Attempt, Batch, Drained
from workers.outside.llm import Ending, Reply
from workers.tasks.calling import Call, Caller, NotAsked, Paid

MOST_EXAMPLES = 40
TOKENS_EACH = 20


class Inquiry:
    """Lives as long as one attempt's step; ``outcomes`` has what became of each question, by its key."""

    def __init__(self, attempt: Attempt, questionnaire: Questionnaire, precedents: Precedents) -> None:
        self.outcomes: dict[str, Answer | Unanswered] = {}
        self._attempt = attempt
        self._questionnaire = questionnaire
        self._precedents = precedents
        self._caller = Caller(attempt)
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
            paid = await self._caller.reply(call)
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
            system=SYSTEM,
            text=self._questionnaire.text(questions, examples),
            schema=self._questionnaire.schema(len(questions)),
            room=room_for(len(questions)),
            expected=TOKENS_EACH * len(questions),
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
        self.outcomes |= dict.fromkeys((question.key for question in questions), refusal.why)

    # --- what came of it ------------------------------------------------------------------------------

    async def _keep(self, call: Call, paid: Paid, found: Mapping[str, Answer | Unanswered]) -> None:
        now, company = datetime.now(UTC), self._attempt.company_id
        answers = {key: answer for key, answer in found.items() if isinstance(answer, Answer)}
        # Going down changes nothing about these; whoever applies them hears of it.
        with contextlib.suppress(Drained):
            async with self.checkpoint() as batch:
                await keep_answers(batch.connection, company, answers, model=self._caller.model, now=now)
                await self._caller.settle(batch, call, paid)
