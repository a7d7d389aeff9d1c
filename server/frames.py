"""What goes out to watchers: each event's bytes made once and handed to everybody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from ledgerwire.events import Ping, Snapshot
from ledgerwire.jobs import Status
from workers.jobs.live import StreamEvent
from workers.jobs.position import Position

#: The last two fields of a job: advance.lua and msgspec write them last (see ledgerwire.jobs.Job).
_PROGRESS: Final = re.compile(rb'"progress":(\d+),"version":\d+\}{1,2}$')
_DROPPED: Final = re.compile(rb'"dropped":(\d+)\}$')
_JOB: Final = b',"job":'


class Frame:
    """``kind``: job, log or end (a job's last event), snapshot, ping or reply (what only a socket answers)."""

    __slots__ = ("_sse", "_text", "final", "job_id", "json", "kind", "position")

    def __init__(
        self, kind: str, job_id: str, position: Position, json: bytes, *, final: bool = False
    ) -> None:
        self.kind = kind
        self.job_id = job_id
        self.position = position
        self.json = json
        #: Nothing more will be said of the job or jobs in it.
        self.final = final
        self._text: str | None = None
        self._sse: bytes | None = None

    @property
    def text(self) -> str:
        if self._text is None:
            self._text = self.json.decode()
        return self._text

    @property
    def sse(self) -> bytes:
        if self._sse is None:
            name = "job" if self.kind == "end" else self.kind
            self._sse = b"event: %s\nid: %s\ndata: %s\n\n" % (
                name.encode(),
                str(self.position).encode(),
                self.json,
            )
        return self._sse

    @property
    def job(self) -> bytes:
        """The job's own JSON, of a job or end frame."""
        return self.json[self.json.index(_JOB) + len(_JOB) : -1]

    def __repr__(self) -> str:
        return f"<{self.kind} {self.position} {self.job_id}>"


class Glance(msgspec.Struct, frozen=True):
    """As much of an encoded job as the gateway must understand."""

    job_id: str
    status: Status
    progress: int


class _Lines(msgspec.Struct, frozen=True):
    lines: list[msgspec.Raw]
    dropped: int = 0


_glance: Final = msgspec.json.Decoder(Glance)
_lines: Final = msgspec.json.Decoder(_Lines)


def glance(job: bytes) -> Glance:
    return _glance.decode(job)


def event(published: StreamEvent) -> Frame:
    kind = published.kind
    return Frame(kind, published.job_id, published.position, published.json, final=kind == "end")


def snapshot(
    company_id: str, position: Position, jobs: Sequence[bytes], reason: str, *, answers: int | None = None
) -> Frame:
    """``answers``: the id of the subscription it is for; null means all of the company's."""
    raw = [msgspec.Raw(job) for job in jobs]
    value = Snapshot(
        company_id=company_id,
        position=str(position),
        jobs=raw,  # type: ignore[arg-type]
        reason=reason,
        id=answers,
    )
    final = bool(jobs) and all(glance(job).status.terminal for job in jobs)
    return Frame("snapshot", "", position, msgspec.json.encode(value), final=final)


def ping(company_id: str, position: Position) -> Frame:
    return Frame(
        "ping", "", position, msgspec.json.encode(Ping(company_id=company_id, position=str(position)))
    )


def reply(value: msgspec.Struct, position: Position) -> Frame:
    return Frame("reply", "", position, msgspec.json.encode(value))


def progress_of(json: bytes) -> int:
    """Of an encoded job or job event, without decoding it."""
    found = _PROGRESS.search(json, max(0, len(json) - 80))
    return int(found[1]) if found else 0


def with_progress(json: bytes, progress: int) -> bytes:
    found = _PROGRESS.search(json, max(0, len(json) - 80))
    return json if found is None else b"%s%d%s" % (json[: found.start(1)], progress, json[found.end(1) :])


def line_count(frame: Frame) -> int:
    """How many lines a log frame stands for, those dropped from it included."""
    value = _lines.decode(frame.json)
    return len(value.lines) + value.dropped


def with_dropped(frame: Frame, count: int) -> Frame:
    """The same log frame, confessing ``count`` more lines that were left out."""
    found = _DROPPED.search(frame.json)
    if found is None or not count:
        return frame
    total = int(found[1]) + count
    json = b"%s%d}" % (frame.json[: found.start(1)], total)
    return Frame(frame.kind, frame.job_id, frame.position, json)
