"""How a task's errors are judged: what passes, what does not, and when to try again.

Fault
 ├─ BadInput     the submission cannot succeed: never retried
 └─ TryLater     a passing trouble (network, 429, 5xx), with the time a vendor asked for
"""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta

from ledgerwire.errors import FieldError, Problem
from workers.database import is_unknown_outcome
from workers.jobs.record import MAX_ERRORS
from workers.settings import Tempo


class Fault(Exception):
    """The base; ``problem`` is what the watcher reads."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.title)


class BadInput(Fault):
    """Raise it for input that no retry makes good; name the field or the line in ``errors``."""

    @classmethod
    def of(cls, code: str, title: str, detail: str, errors: list[FieldError] | None = None) -> BadInput:
        return cls(Problem(type=f"/problems/{code}", title=title, detail=detail, errors=errors or []))


class TryLater(Fault):
    """``after`` seconds were asked for by the other side; without them the usual backoff applies."""

    def __init__(self, problem: Problem, *, after: float | None = None) -> None:
        super().__init__(problem)
        self.after = after


TROUBLE = Problem(
    type="/problems/passing_trouble",
    title="Something this job needs did not answer.",
    detail="It is tried again by itself; nothing that was done is lost.",
)
TIMED_OUT = Problem(
    type="/problems/timeout",
    title="The job made no progress for too long.",
    detail="Raise JOB_TIMEOUT if one batch really takes that long, then retry it.",
)
INTERNAL = Problem(
    type="/problems/internal",
    title="A fault in Ledgerwire stopped this job.",
    detail="The worker's log has the details under this job's id. What was committed is kept; you can retry.",
)


def judge(error: BaseException) -> Fault | None:
    """The fault that ``error`` is, or None for a bug."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, (ConnectionError, asyncio.TimeoutError)) or is_unknown_outcome(error):
        return TryLater(TROUBLE)
    return None


def next_try(errors: int, tempo: Tempo, *, after: float | None = None) -> datetime:
    """When to try again after ``errors`` errors: exponential, full jitter, never before ``after`` seconds."""
    ceiling = min(tempo.retry_cap, tempo.retry_base * 2 ** min(errors - 1, MAX_ERRORS))
    delay = max(after or 0.0, random.uniform(0, ceiling))  # noqa: S311 - spread, not secrecy
    return datetime.now(UTC) + timedelta(seconds=delay)
