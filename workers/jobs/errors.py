"""What the kernel refuses.

KernelError
 ├─ IdempotencyConflict   one key, two different requests
 ├─ WrongState            the job's state forbids it
 └─ Superseded            the fence has moved on: whoever holds the old one stops and writes nothing
"""

from __future__ import annotations

from workers.jobs.record import JobRecord


class KernelError(Exception):
    """The base of all below."""


class IdempotencyConflict(KernelError):
    def __init__(self, key: str, job_id: str) -> None:
        self.key = key
        self.job_id = job_id
        super().__init__(f"Idempotency-Key {key!r} was used for another request, which became job {job_id}.")


class WrongState(KernelError):
    """``record`` is the job as it is; ``verb`` what was asked of it."""

    def __init__(self, record: JobRecord, verb: str) -> None:
        self.record = record
        self.verb = verb
        super().__init__(f"A {record.status} job cannot be {verb}.")


class Superseded(KernelError):
    def __init__(self, job_id: str, fence: int) -> None:
        self.job_id = job_id
        self.fence = fence
        super().__init__(f"Job {job_id} has moved on from fence {fence}.")
