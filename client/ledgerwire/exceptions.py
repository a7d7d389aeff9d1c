"""What the SDK raises.

    LedgerwireError
    ├── APIError                 the server refused; ``.problem`` says why
    │   ├── InvalidRequest       400, 413, 415, 422
    │   ├── AuthenticationError  401
    │   ├── PermissionDenied     403
    │   ├── NotFound             404
    │   ├── Conflict             409, 412
    │   ├── RateLimited          429
    │   └── ServerError          5xx
    ├── InvalidSubmission        refused before it was sent (a ValueError too)
    ├── ConnectionFailed         no answer, however often it was asked
    ├── UnexpectedAnswer         an answer, but not one of Ledgerwire's
    ├── JobFailed                the job ended as ``failed``; ``.problem`` says why
    ├── JobCancelled             the job ended as ``cancelled``
    └── WaitTimeout              the job goes on, the wait is over (a TimeoutError too)

Every message says what to do next.
"""

from __future__ import annotations

import http

from ledgerwire.errors import Problem
from ledgerwire.jobs import Job


class LedgerwireError(Exception):
    """The root: catch it to catch everything this package raises."""


class APIError(LedgerwireError):
    #: What to do, where the server has not said it itself.
    advice = ""

    def __init__(self, problem: Problem, *, tries: int = 1, retry_after: float | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        #: How often the request was sent.
        self.tries = tries
        #: Seconds after which the server wants to be asked again.
        self.retry_after = retry_after

    @property
    def status(self) -> int:
        return self.problem.status or 0

    def __str__(self) -> str:
        faults = "; ".join(f"{fault.pointer}: {fault.detail}" for fault in self.problem.errors)
        told = " ".join(filter(None, (self.problem.detail, faults))) or self.advice
        return f"{self.problem.title.rstrip('.')} ({self.status})" + (f": {told}" if told else "")


class InvalidRequest(APIError):
    advice = "Correct the request and send it again."


class AuthenticationError(APIError):
    advice = "Set LEDGERWIRE_API_KEY; `ledgerwire-server create-key COMPANY` makes a key."


class PermissionDenied(APIError):
    advice = "Ask for a key with a higher role, or one of the right company."


class NotFound(APIError):
    advice = "Check the id, and that your key belongs to the company it is in."


class Conflict(APIError):
    advice = "Look at its present state (`refresh()`, `ledgerwire show`) and decide anew."


class RateLimited(APIError):
    advice = "Ask again later, and less often."


class ServerError(APIError):
    advice = "Try again; the server's log says more."


class InvalidSubmission(LedgerwireError, ValueError):
    """The fields do not fit the kind of work; nothing was sent."""


class ConnectionFailed(LedgerwireError):
    def __init__(self, url: str, reason: str, *, tries: int) -> None:
        super().__init__(url, reason)
        self.url = url
        self.reason = reason
        self.tries = tries

    def __str__(self) -> str:
        times = "once" if self.tries == 1 else f"{self.tries} times"
        return (
            f"No answer from {self.url} (asked {times}; {self.reason}). "
            "Is the server running, and does LEDGERWIRE_URL point to it?"
        )


class UnexpectedAnswer(LedgerwireError):
    def __init__(self, url: str, what: str) -> None:
        super().__init__(url, what)
        self.url = url
        self.what = what

    def __str__(self) -> str:
        return f"{self.url} answered, but {self.what}. Does LEDGERWIRE_URL point to a Ledgerwire server?"


class JobFailed(LedgerwireError):
    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.job = job
        self.problem = job.error or Problem(title="The job failed without saying why")

    def __str__(self) -> str:
        parts = filter(None, (self.problem.title, self.problem.detail))
        why = ": ".join(part.rstrip(".") for part in parts)
        return f"Job {self.job.job_id} failed: {why}. When the cause is gone, `retry()` resumes it."


class JobCancelled(LedgerwireError):
    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.job = job

    def __str__(self) -> str:
        return f"Job {self.job.job_id} was cancelled; `retry()` resumes it where it stopped."


class WaitTimeout(LedgerwireError, TimeoutError):
    def __init__(self, job: Job, seconds: float) -> None:
        super().__init__(job, seconds)
        self.job = job
        self.seconds = seconds

    def __str__(self) -> str:
        return (
            f"Job {self.job.job_id} is still {self.job.status} ({self.job.progress} %) "
            f"after {self.seconds:g} s. It goes on: wait again, with a longer timeout if need be."
        )


_BY_STATUS: dict[int, type[APIError]] = {
    401: AuthenticationError,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    429: RateLimited,
}


def refusal(problem: Problem, *, tries: int = 1, retry_after: float | None = None) -> APIError:
    """The exception that says what this problem means to a caller."""
    status = problem.status or 0
    fallback = InvalidRequest if status < http.HTTPStatus.INTERNAL_SERVER_ERROR else ServerError
    return _BY_STATUS.get(status, fallback)(problem, tries=tries, retry_after=retry_after)
