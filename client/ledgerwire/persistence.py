"""How often and how long the SDK asks again, and what it takes for passing trouble."""

from __future__ import annotations

import msgspec

from ledgerwire.exceptions import APIError, ConnectionFailed, refusal
from ledgerwire.exchange import Answer, Lost, Request
from ledgerwire.flow import Flow, Pause, Send, now

#: Answers after which the same request may well succeed.
PASSING = frozenset({429, 502, 503, 504})


class Persistence(msgspec.Struct, frozen=True, kw_only=True):
    #: How often a request is sent before its caller is told of the trouble.
    tries: int = 5
    #: Seconds without the server that a stream or a wait bears, once it has begun.
    patience: float = 300.0
    #: No pause is shorter: a server that accepts and closes at once must not be stormed.
    least: float = 0.25
    base: float = 0.5
    most: float = 20.0
    #: A ``Retry-After`` beyond this is left to the caller.
    longest: float = 60.0

    def pause(self, failures: int, asked: float | None = None) -> Pause:
        """Full jitter above the least; what the server asks for is waited for, and a little more."""
        if asked:
            return Pause(asked, asked * 1.1 + self.least)
        return Pause(self.least, max(self.least, min(self.most, self.base * 2 ** min(failures, 20))))


def send(
    request: Request, persistence: Persistence, *, base: str = "", patience: float | None = None
) -> Flow[Answer]:
    """The answer, asked for again through passing trouble: ``tries`` times, or for ``patience`` seconds.

    Safe for whatever may be asked twice: reading, and submitting under an Idempotency-Key.
    """
    began = yield from now()
    failures = 0
    while True:
        answer: Answer | Lost = yield Send(request)
        if isinstance(answer, Answer) and answer.fine:
            return answer
        failures += 1
        spent = (yield from now()) - began
        exhausted = failures >= persistence.tries if patience is None else spent >= patience
        if exhausted or not passing(answer, persistence):
            raise failure(answer, base + request.path, tries=failures)
        yield persistence.pause(failures, asked_pause(answer))


def passing(trouble: Answer | Lost, persistence: Persistence) -> bool:
    if isinstance(trouble, Lost):
        return True
    return trouble.status in PASSING and (trouble.retry_after or 0) <= persistence.longest


def asked_pause(trouble: Answer | Lost) -> float | None:
    return trouble.retry_after if isinstance(trouble, Answer) else None


def failure(trouble: Answer | Lost, url: str, *, tries: int) -> APIError | ConnectionFailed:
    if isinstance(trouble, Lost):
        return ConnectionFailed(url, trouble.reason, tries=tries)
    return refusal(trouble.problem, tries=tries, retry_after=trouble.retry_after)
