"""How much a company may ask: calls a minute, calls at once, batches a minute."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """As Intuit tells them (developer.intuit.com, "Limits and throttles"); ``minute`` in seconds, for the impatient."""

    calls: int = 500
    at_once: int = 10
    batches: int = 40
    minute: float = 60.0


class Throttle:
    """Of one company."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self.open = 0
        self.most = 0
        self.refused = 0
        self._clock = clock
        self._calls: deque[float] = deque()
        self._batches: deque[float] = deque()

    def admit(self, *, is_batch: bool) -> float | None:
        """None where the call may go on; else in how many seconds it may come again. A refused call takes no room."""
        now = self._clock()
        for window in (self._calls, self._batches):
            while window and window[0] <= now - self.limits.minute:
                window.popleft()
        wait = self._wait(now, is_batch=is_batch)
        if wait is not None:
            self.refused += 1
            return wait
        self._calls.append(now)
        if is_batch:
            self._batches.append(now)
        self.open += 1
        self.most = max(self.most, self.open)
        return None

    def leave(self) -> None:
        self.open -= 1

    def _wait(self, now: float, *, is_batch: bool) -> float | None:
        if self.open >= self.limits.at_once:
            return self.limits.minute / 60
        if len(self._calls) >= self.limits.calls:
            return self._calls[0] + self.limits.minute - now
        if is_batch and len(self._batches) >= self.limits.batches:
            return self._batches[0] + self.limits.minute - now
        return None
