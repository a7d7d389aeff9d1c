"""Misbehaviour by order: for the next calls, or for a share of them."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec

KINDS = (
    "hang",
    "drop",
    "drop_after",
    "html503",
    "500",
    "401",
    "429",
    "denied",
    "throttled403",
    "fault200",
    "partial",
    "silent",
)
#: What a switch may be for.
CALLS = ("any", "create", "update", "delete", "batch", "query", "upload", "read", "token")


class Switch(msgspec.Struct, kw_only=True):
    """``hang`` never answers; ``drop`` cuts the connection before anything is done, ``drop_after`` after it;
    ``html503`` and ``500`` do nothing; ``denied`` is Intuit's 120 with status 401, ``throttled403`` a throttle with
    another status than 429, ``fault200`` an application error with status 200; ``partial`` lets every second item of a
    batch be throttled; ``silent`` leaves the last item of a batch out of the answer. A ``retry_after`` goes along.
    """

    kind: str
    on: Sequence[str] = ("any",)
    #: For so many calls; null: for all there will be.
    count: int | None = None
    #: The share of calls it is for.
    share: float = 1.0
    retry_after: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS or not set(self.on) <= set(CALLS):
            raise ValueError(f"{self.kind} on {self.on}: one of {KINDS} on some of {CALLS}")


class Switches:
    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._switches: list[Switch] = []
        #: Request ids are forgotten: every request is a new one.
        self.forgets = False

    def add(self, switch: Switch) -> None:
        self._switches.append(switch)

    def clear(self) -> None:
        self._switches.clear()
        self.forgets = False

    def take(self, call: str) -> Switch | None:
        """What is to go wrong with this call."""
        for switch in list(self._switches):
            if call not in switch.on and ("any" not in switch.on or call == "token"):
                continue
            if self._random.random() >= switch.share:
                continue
            if switch.count is not None:
                switch.count -= 1
                if switch.count <= 0:
                    self._switches.remove(switch)
            return switch
        return None
