"""What is asked about a company's jobs at large, as flows; of a single job see ``calls.py``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledgerwire.access import Ticket
from ledgerwire.activity import Activity
from ledgerwire.calls import Calls, company_path, job_path
from ledgerwire.company_calls import FILE_SILENCE, encoded
from ledgerwire.exceptions import LedgerwireError
from ledgerwire.exchange import Request
from ledgerwire.flow import Flow
from ledgerwire.jobs import Changed, JobFilter


def change_all(calls: Calls, company: str, verb: str, wanted: Mapping[str, Any]) -> Flow[Changed]:
    """``verb`` is ``cancel`` or ``retry``. The server does some at once; it is asked on until all are done.

    What ends it halfway carries a note of how many were changed before.
    """
    matched = changed = 0
    while True:
        body = encoded(
            "jobs", {name: value for name, value in wanted.items() if value is not None}, JobFilter
        )
        request = Request(method="POST", path=f"{company_path(company)}/{verb}", json=body)
        try:
            answer = yield from calls.ask(request)
        except LedgerwireError as error:
            error.add_note(f"{changed} jobs were changed before that.")
            raise
        done = calls.read(answer, Changed, request)
        matched, changed = matched + done.matched, changed + done.changed
        if done.next_cursor is None or wanted.get("limit"):
            return Changed(matched, changed, done.next_cursor)
        wanted = {**wanted, "cursor": done.next_cursor}


def activity(calls: Calls, company: str) -> Flow[Activity]:
    request = Request(path=f"{company_path(company)}/activity")
    answer = yield from calls.ask(request)
    return calls.read(answer, Activity, request)


def file(calls: Calls, job_id: str, number: int) -> Flow[bytes]:
    request = Request(path=f"{job_path(job_id)}/files/{number}", silence=FILE_SILENCE)
    answer = yield from calls.ask(request)
    return answer.body


def ticket(calls: Calls) -> Flow[Ticket]:
    """One that nobody used ends by itself, so it may be asked for again."""
    request = Request(method="POST", path="/api/tickets")
    answer = yield from calls.ask(request)
    return calls.read(answer, Ticket, request)
