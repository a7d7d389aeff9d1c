"""What a kind of work is to the kernel: the Struct that submits it, the function that does it, its plan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import msgspec

from ledgerwire.submissions import Submission
from workers.jobs.attempt import Attempt
from workers.jobs.plan import Plan

Task = Callable[[Attempt, Any], Awaitable[Any]]


class Kind(msgspec.Struct, frozen=True):
    """``task(attempt, submission)`` returns the job's result: a Struct, a dict or None."""

    submission: type[Submission]
    task: Task
    plan: Plan

    @property
    def name(self) -> str:
        return str(self.submission.__struct_config__.tag)


def registry(kinds: Iterable[Kind]) -> Mapping[str, Kind]:
    return {kind.name: kind for kind in kinds}
