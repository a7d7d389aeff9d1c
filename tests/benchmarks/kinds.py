"""``python -m tests.benchmarks.kinds``: a worker that also knows kinds of work which do nothing."""

from __future__ import annotations

import sys

from ledgerwire.submissions import Submission
from tests.benchmarks.marks import mark
from workers.__main__ import main
from workers.jobs.attempt import Attempt
from workers.jobs.kinds import Kind, registry
from workers.jobs.plan import Plan
from workers.tasks import KINDS

ENTRY = ("-m", "tests.benchmarks.kinds")


class Marked(Submission, frozen=True, kw_only=True, tag="marked"):
    """Tells when its first line ran."""

    token: str


class Noop(Submission, frozen=True, kw_only=True, tag="noop"):
    """Does nothing."""


async def marked(_attempt: Attempt, submission: Marked) -> None:
    mark(submission.token)


async def noop(_attempt: Attempt, _submission: Noop) -> None:
    return


if __name__ == "__main__":
    more = [Kind(Marked, marked, Plan(work=100)), Kind(Noop, noop, Plan(work=100))]
    sys.exit(main(registry([*KINDS.values(), *more]), (sys.executable, *ENTRY)))
