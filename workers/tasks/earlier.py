"""The earlier job that a job is about: of this company and of one kind, and at its end."""

from __future__ import annotations

from ledgerwire.errors import FieldError
from ledgerwire.submissions import Submission
from workers.jobs.attempt import Attempt
from workers.jobs.faults import BadInput
from workers.jobs.ledger import Ledger
from workers.jobs.record import JobRecord


async def find_earlier(
    attempt: Attempt, job_id: str, kind: type[Submission], *, pointer: str, noun: str
) -> JobRecord:
    """Raises BadInput: another company's job is as unknown as one of another kind, or none."""
    record = await Ledger(attempt.database).find(job_id)
    tag = kind.__struct_config__.tag
    if record is None or record.company_id != attempt.company_id or record.kind != tag:
        raise unknown(pointer, noun)
    if not record.status.terminal:
        raise not_ended(pointer, noun)
    return record


def unknown(pointer: str, noun: str) -> BadInput:
    return BadInput.of(
        "unknown_job",
        f"There is no such {noun}",
        f"Take the id of a {noun} from the list of this company's jobs.",
        [FieldError(pointer, f"is not a {noun} of this company")],
    )


def not_ended(pointer: str, noun: str) -> BadInput:
    return BadInput.of(
        "job_not_ended",
        f"The {noun} has not ended",
        "Wait for its end, or cancel it first; then submit this again.",
        [FieldError(pointer, "has not ended")],
    )
