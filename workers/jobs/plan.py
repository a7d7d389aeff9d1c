"""How far a job is: its steps, their weights, and a guess at the time left."""

from __future__ import annotations

import time
from collections.abc import Callable

from ledgerwire.jobs import Step, Units, Usage
from workers.jobs.record import Picture, sentence_begin


class Plan:
    """A job's steps in order, each with its share of the whole: ``Plan(read=5, import_=35, categorize=60)``.

    A trailing underscore is dropped, for names that Python keeps for itself.
    """

    def __init__(self, **weights: int) -> None:
        self.names = [name.rstrip("_") for name in weights]
        self.weights = list(weights.values())
        self.total = sum(self.weights)

    def step(self, name: str) -> Step:
        return Step(name, self.names.index(name) + 1, len(self.names))

    def progress(self, step: Step | None, units: Units | None) -> int:
        """0-99: only the end is 100."""
        if step is None:
            return 0
        before = sum(self.weights[: step.index - 1])
        share = 0.0 if units is None or not units.total else min(1.0, units.done / units.total)
        return min(99, int(100 * (before + share * self.weights[step.index - 1]) / self.total))


#: Seconds before which a guess would be wild.
GUESS_AFTER = 1.0


class Pace:
    """Seconds left, from how fast this attempt has come forward so far."""

    def __init__(self, progress: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._start = (clock(), progress)

    def eta(self, progress: int) -> int | None:
        began, first = self._start
        elapsed, gained = self._clock() - began, progress - first
        if gained <= 0 or elapsed < GUESS_AFTER:
            return None
        return round(elapsed * (100 - progress) / gained)


class Meter:
    """The picture of a running job as it changes."""

    def __init__(self, plan: Plan, picture: Picture) -> None:
        self.plan = plan
        self.pace = Pace(picture.progress)
        self.message = picture.message
        self.step = picture.step
        self.units = picture.units
        self.usage = picture.usage
        self._progress = picture.progress

    def begin(self, name: str, *, total: int | None, noun: str, done: int) -> None:
        self.step = self.plan.step(name)
        self.units = Units(done, total, noun)
        self.message = ""

    def advance(self, done: int) -> None:
        if self.units is not None:
            self.units = Units(done, self.units.total, self.units.noun)

    def spend(self, usage: Usage) -> None:
        spent = self.usage
        self.usage = Usage(
            spent.llm_calls + usage.llm_calls,
            spent.input_tokens + usage.input_tokens,
            spent.output_tokens + usage.output_tokens,
        )

    def picture(self) -> Picture:
        self._progress = max(self._progress, self.plan.progress(self.step, self.units))
        return Picture(
            message=self.message or self._sentence(),
            step=self.step,
            units=self.units,
            eta_seconds=self.pace.eta(self._progress),
            progress=self._progress,
            usage=self.usage,
        )

    def _sentence(self) -> str:
        if self.step is None or self.units is None:
            return ""
        of_all = "" if self.units.total is None else f" of {self.units.total:,}"
        return f"{sentence_begin(self.step)}{self.units.done:,}{of_all} {self.units.noun}"
