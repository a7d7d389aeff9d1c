"""Which kind of line a watch takes: the best that gets through.

A WebSocket, below it a stream over HTTP, and last asking again and again, which passes wherever plain HTTP does.
A kind that stays dead gives way to the next one, and the last to the first: it may be the server that was away.
"""

from __future__ import annotations

import enum


class Rung(enum.Enum):
    SOCKET = "WebSocket"
    SSE = "SSE"
    POLLING = "polling"


#: So many dead lines in a row, and the next kind is tried.
DEAD_LINES = 2
#: Seconds of polling until the first kind is tried again: twice as long after each time in vain ...
CLIMB_AFTER = 300.0
#: ... and never longer.
CLIMB_WITHIN = 3_600.0


class Sockets:
    """What the watches of one client tell each other: that none gets through from here, for the time being."""

    def __init__(self) -> None:
        self._blocked_until: float | None = None

    def block(self, now: float) -> None:
        self._blocked_until = now + CLIMB_AFTER

    def are_blocked(self, now: float) -> bool:
        return self._blocked_until is not None and now < self._blocked_until


class Ladder:
    def __init__(self, *rungs: Rung) -> None:
        self._rungs = list(rungs)
        self._at = 0
        #: Lines in a row of this kind on which nothing was heard, and how many of them are borne.
        self._dead = 0
        self._bears = DEAD_LINES
        #: None at first: a plain answer shows that the server is there, which it may not have been a moment ago.
        self._climb_after = 0.0
        self._proven: set[Rung] = set()
        #: Plain HTTP was asked since a better line was heard.
        self._asked_plainly = False

    @property
    def rung(self) -> Rung:
        return self._rungs[self._at]

    @property
    def is_proven(self) -> bool:
        """This kind has got through before."""
        return self.rung in self._proven

    def heard(self) -> None:
        """This kind gets through; after a line that was not polled the first kind is tried again."""
        self._dead, self._bears = 0, DEAD_LINES
        self._proven.add(self.rung)
        self._asked_plainly = self.rung is Rung.POLLING
        if not self._asked_plainly:
            self._at, self._climb_after = 0, 0.0

    def died(self, *, blocked: bool = False) -> None:
        """Nothing was heard. ``blocked``: and it was no accident, so another of its kind would fare no better."""
        self._dead += 1
        self._asked_plainly = self._asked_plainly or self.rung is Rung.POLLING
        if blocked:
            self._climb_after = max(self._climb_after, CLIMB_AFTER)
        if blocked or self._dead >= self._bears:
            self._go_to((self._at + 1) % len(self._rungs))

    def begin_below_sockets(self) -> None:
        """Another watch found them blocked; they have their turn when a better line is looked for."""
        self._go_to(1)

    def without_sockets(self) -> None:
        """They do not get through and never will."""
        self._rungs.remove(Rung.SOCKET)
        self._go_to(0)

    def climb(self, polled: float) -> bool:
        """After so many seconds of polling, whether it is time; then the better kinds have one try each."""
        if polled < self._climb_after:
            return False
        self._climb_after = min(max(2 * self._climb_after, CLIMB_AFTER), CLIMB_WITHIN)
        self._go_to(0)
        self._bears = 1
        return True

    def last_resort(self) -> bool:
        """Before a watch is given up plain HTTP is asked; false where it was."""
        if self._asked_plainly:
            return False
        self._go_to(len(self._rungs) - 1)
        return True

    def _go_to(self, rung: int) -> None:
        self._at, self._dead = rung, 0
        if self.rung is Rung.POLLING:
            self._bears = DEAD_LINES
