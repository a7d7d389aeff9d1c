"""The step after categorizing: what is left for review is asked of a language model, if there is one.

Several calls are in flight at a time and their answers are applied in the lines' order, so that one cursor says how
far the step is. An answer is a suggestion: its line stays in review.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

import msgspec

from workers.books.answers import load_choices
from workers.books.categorizing import Decided, Line
from workers.books.holding import hold_books
from workers.books.precedents import load_precedents
from workers.books.questions import Answer, Question, Questionnaire, Unanswered
from workers.books.suggestions import suggested, unsure_decisions
from workers.jobs.attempt import Attempt, Batch, Drained
from workers.jobs.live import ended
from workers.tasks.categorizing import BATCH, READ_AHEAD, NextLines, Tally, store
from workers.tasks.inquiry import Inquiry
from workers.tasks.unanswered import OFF, of_lines, sentence

#: In one call; fewer where so many lines have no more questions between them.
QUESTIONS = 40
MOST_LINES = 1_000


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """How far the asking is: lines after ``cursor`` are still to do."""

    cursor: str | int | None = None
    done: int = 0
    suggested: int = 0
    #: Lines without an answer, by the reason.
    unanswered: dict[Unanswered, int] = {}
    #: Nothing is left to do, and the log says what came of it.
    finished: bool = False


class Chunk(msgspec.Struct, frozen=True):
    """Lines in a row that nobody is sure about, and those of their questions that were not put before."""

    lines: list[Line]
    questions: list[Question]


async def load_questionnaire(attempt: Attempt) -> Questionnaire | None:
    """Null where no language model is set up."""
    settings = attempt.shared.settings
    if not settings.has_language_model:
        return None
    async with attempt.database.reading() as connection:
        choices = await load_choices(connection, attempt.company_id)
    return Questionnaire(choices, settings.openai_model or "")


async def ask_lines(
    attempt: Attempt,
    questionnaire: Questionnaire | None,
    next_lines: NextLines,
    cursor_of: Callable[[Line], str | int],
    *,
    tally: Tally,
    asked: Asked,
    keep: dict[str, Any],
) -> None:
    """Ask about what ``tally`` left for review; ``keep`` is what else the checkpoint must remember."""
    attempt.begin("ask", total=tally.needs_review, done=asked.done)
    if asked.finished or not tally.needs_review:
        return
    if questionnaire is None:
        await _say_that_it_is_off(attempt, tally, asked, keep)
        return
    async with attempt.database.reading() as connection:
        precedents = await load_precedents(connection, attempt.company_id, questionnaire.names)
    inquiry = Inquiry(attempt, questionnaire, precedents)
    asking = Asking(attempt, questionnaire, inquiry, next_lines, cursor_of, tally, asked, keep)
    await asking.run()


async def _say_that_it_is_off(attempt: Attempt, tally: Tally, asked: Asked, keep: dict[str, Any]) -> None:
    async with attempt.checkpoint() as batch:
        batch.log(OFF.format(lines=of_lines(tally.needs_review, "waits", "wait")))
        batch.state = {**keep, "asked": msgspec.structs.replace(asked, finished=True)}
        batch.done = tally.needs_review


class Asking:
    def __init__(
        self,
        attempt: Attempt,
        questionnaire: Questionnaire,
        inquiry: Inquiry,
        next_lines: NextLines,
        cursor_of: Callable[[Line], Any],
        tally: Tally,
        asked: Asked,
        keep: dict[str, Any],
    ) -> None:
        self.asked = asked
        self._attempt = attempt
        self._questionnaire = questionnaire
        self._inquiry = inquiry
        self._next_lines = next_lines
        self._cursor_of = cursor_of
        self._tally = tally
        self._keep = keep

    async def run(self) -> None:
        ahead = self._attempt.shared.settings.openai_concurrency
        async with aclosing(self._chunks()) as chunks, in_flight() as start:
            waiting: deque[tuple[Chunk, asyncio.Task[None]]] = deque()
            async for chunk in chunks:
                waiting.append((chunk, start(self._inquiry.ask(chunk.questions))))
                if len(waiting) >= ahead:
                    await self._apply(*waiting.popleft())
            while waiting:
                await self._apply(*waiting.popleft())
        await self._finish()

    # --- what to ask ----------------------------------------------------------------------------------

    async def _chunks(self) -> AsyncGenerator[Chunk, None]:
        put: set[str] = set()
        lines: list[Line] = []
        questions: list[Question] = []
        async for page in self._pages():
            known = await self._inquiry.recall({question.key for _line, question in page})
            for line, question in page:
                lines.append(line)
                if question.key not in known and question.key not in put:
                    questions.append(question)
                    put.add(question.key)
                if len(questions) == QUESTIONS or len(lines) == MOST_LINES:
                    yield Chunk(lines, questions)
                    lines, questions = [], []
        if lines:
            yield Chunk(lines, questions)

    async def _pages(self) -> AsyncIterator[list[tuple[Line, Question]]]:
        """The lines that nobody is sure about, up to where categorizing came, each with its question."""
        cursor: Any = self.asked.cursor
        end: Any = self._tally.cursor
        while (cursor is None or cursor < end) and (lines := await self._next_lines(cursor, READ_AHEAD)):
            cursor = self._cursor_of(lines[-1])
            ids = [line.transaction_id for line in lines if line.state == "review"]
            async with self._attempt.database.reading() as connection:
                unsure = await unsure_decisions(connection, self._attempt.company_id, ids)
            yield [
                (line, self._questionnaire.question(line))
                for line in lines
                if line.transaction_id in unsure and self._cursor_of(line) <= end
            ]

    # --- what comes back ------------------------------------------------------------------------------

    async def _apply(self, chunk: Chunk, asking: asyncio.Task[None]) -> None:
        await asking
        outcomes = self._inquiry.outcomes
        if any(question.key not in outcomes for question in chunk.questions):
            # The worker is going down: this raises Drained, and another one asks.
            async with self._inquiry.checkpoint():
                pass
        for start in range(0, len(chunk.lines), BATCH):
            await self._apply_batch(chunk.lines[start : start + BATCH])

    async def _apply_batch(self, lines: Sequence[Line]) -> None:
        outcomes = {line.transaction_id: self._outcome(line) for line in lines}
        answers = {key: each for key, each in outcomes.items() if isinstance(each, Answer)}
        missed = Counter(each for each in outcomes.values() if isinstance(each, Unanswered))
        async with self._inquiry.checkpoint() as batch:
            decided, gone = await self._decided(batch, lines, answers)
            stored = await store(self._attempt, batch, decided)
            missed[Unanswered.FOREIGN] += gone
            self.asked = self._counted(lines, stored, missed)
            batch.state = {**self._keep, "asked": self.asked}
            batch.done = self.asked.done

    def _outcome(self, line: Line) -> Answer | Unanswered | None:
        return self._inquiry.outcomes.get(self._questionnaire.question(line).key)

    async def _decided(
        self, batch: Batch, lines: Sequence[Line], answers: dict[str, Answer]
    ) -> tuple[list[Decided], int]:
        """What the answers make of the lines as they stand now, and how many name an account that has gone."""
        company, connection = self._attempt.company_id, batch.connection
        books = await hold_books(connection, company)
        there = {None, *books.accounts}
        fitting = {key: each for key, each in answers.items() if each.category in there}
        unsure = await unsure_decisions(connection, company, fitting, hold=True)
        decided = [
            Decided(line, suggested(unsure[key], fitting[key], self._questionnaire.model))
            for line in lines
            if (key := line.transaction_id) in unsure
        ]
        return decided, len(answers) - len(fitting)

    def _counted(
        self, lines: Sequence[Line], stored: Sequence[Decided], missed: Counter[Unanswered]
    ) -> Asked:
        return Asked(
            cursor=self._cursor_of(lines[-1]),
            done=self.asked.done + len(lines),
            suggested=self.asked.suggested + sum(1 for each in stored if each.decision.source == "llm"),
            unanswered=dict(+(Counter(self.asked.unanswered) + missed)),
        )

    async def _finish(self) -> None:
        async with self._inquiry.checkpoint() as batch:
            if self.asked.done:
                found = f"{self.asked.suggested:,} of {of_lines(self.asked.done)}"
                batch.log(f"The language model suggests a category for {found}.")
            for why, count in self.asked.unanswered.items():
                batch.log(sentence(why, count, self._attempt.shared.settings), level="warning")
            batch.state = {**self._keep, "asked": msgspec.structs.replace(self.asked, finished=True)}
            batch.done = self._tally.needs_review


@asynccontextmanager
async def in_flight() -> AsyncIterator[Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]]:
    """Starts calls, and leaves none behind. A worker that is going down waits for them: they have to be paid."""
    tasks: set[asyncio.Task[None]] = set()

    def start(call: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(call)
        tasks.add(task)
        return task

    try:
        yield start
    except Drained:
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    finally:
        await ended(*tasks)
        await asyncio.gather(*tasks, return_exceptions=True)
