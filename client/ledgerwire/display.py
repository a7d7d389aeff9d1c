"""Jobs and events on a terminal, in a pipe, and as JSON.

What a bank file or a server says is data: control characters never reach the terminal, and nothing is read as markup.
"""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from types import TracebackType
from typing import Protocol, Self

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn
from rich.table import Column, Table
from rich.text import Text

from ledgerwire.events import JobEvent, LogEvent, Snapshot
from ledgerwire.handles import WatchEvent
from ledgerwire.jobs import Attempt, Job, LogLine, Status

MINUTE = 60
HOUR = 60 * MINUTE
#: Columns of a terminal from which on there is room for what a job is and what it says.
ROOMY = 120
#: Per cent.
TENTH = 10
_COLOURS = {Status.COMPLETE: "green", Status.FAILED: "red", Status.CANCELLED: "yellow"}


def printable(text: object) -> str:
    """One line that cannot move the cursor, change colours or ring."""
    return "".join(char if char.isprintable() else " " for char in str(text))


def as_json(value: object) -> None:
    click.echo(msgspec.json.encode(value))


# --- words ------------------------------------------------------------------------------------------


def headline(job: Job) -> str:
    return printable(f"{job.job_id}  {_state(job)}  {job.progress:3d} %  {job.kind}")


def summary(job: Job) -> str:
    """Everything worth one line."""
    return "  ".join(filter(None, (headline(job), details(job))))


def details(job: Job) -> str:
    told = {Status.COMPLETE: _result(job), Status.FAILED: _error(job), Status.CANCELLED: ""}
    parts = [told[job.status]] if job.status.terminal else [_step(job), _units(job), _eta(job), _message(job)]
    return printable(" · ".join(filter(None, parts)))


def moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def origin(job: Job) -> list[str]:
    """What it works on, where it has a name, and who wanted it when."""
    who = f"submitted by {job.submitted_by}" if job.submitted_by else "submitted"
    title = [f"title: {job.title}"] if job.title else []
    return [printable(line) for line in (*title, f"{who}, {moment(job.created_at)}")]


def attempt_line(attempt: Attempt) -> str:
    where = f"{attempt.outcome} on {attempt.worker_id}"
    return printable(f"attempt {attempt.attempt}: {where}, {moment(attempt.started_at)}")


def log_line(line: LogLine) -> str:
    mark = "" if line.level == "info" else f"{line.level}: "
    return printable(f"{moment(line.at)}  {mark}{line.text}")


def said(line: LogLine) -> str:
    """The same for whoever sees it happen."""
    return printable(line.text if line.level == "info" else f"{line.level}: {line.text}")


def _state(job: Job) -> str:
    return "cancelling" if job.cancel_requested and not job.status.terminal else job.status.value


def _step(job: Job) -> str:
    return f"{job.step.name} ({job.step.index}/{job.step.count})" if job.step else ""


def _units(job: Job) -> str:
    if job.units is None or not (job.units.done or job.units.total):
        return ""
    total = "" if job.units.total is None else f"/{job.units.total:,}"
    return f"{job.units.done:,}{total} {job.units.noun}"


def _message(job: Job) -> str:
    """Unless it says in a sentence what step and units say already."""
    is_plain = job.step is not None and job.message.startswith(f"{job.step.name.capitalize()}: ")
    return "" if is_plain else job.message


def _eta(job: Job) -> str:
    return "" if job.eta_seconds is None else f"{duration(job.eta_seconds)} left"


def _result(job: Job) -> str:
    """Its figures; lists of single outcomes are no part of one line."""
    told = {name: value for name, value in (job.result or {}).items() if not isinstance(value, list | dict)}
    return ", ".join(f"{name.replace('_', ' ')} {_figure(value)}" for name, value in told.items())


def _figure(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _error(job: Job) -> str:
    if job.error is None:
        return "no reason was given"
    return ": ".join(filter(None, (job.error.title.rstrip("."), job.error.detail)))


def duration(seconds: int) -> str:
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min {seconds % MINUTE:02d} s"
    return f"{seconds // HOUR} h {seconds % HOUR // MINUTE:02d} min"


def listing(jobs: list[Job], console: Console | None) -> None:
    """A table on a terminal, else lines with tabs between their fields."""
    if console is not None:
        console.print(_table(jobs, is_roomy=console.width >= ROOMY))
        return
    for job in jobs:
        created = f"{job.created_at.astimezone(UTC):%F %R} UTC"
        fields = (job.job_id, _state(job), job.progress, job.kind, created, details(job), job.title or "")
        click.echo("\t".join(map(printable, fields)))


def _table(jobs: list[Job], *, is_roomy: bool) -> Table:
    """One line a job. An id is of use only as a whole, so a title or what it says is cut where there is no room."""
    whole = [Column(name, no_wrap=True) for name in ("Job", "Status", "%", "Created UTC")]
    whole[2].justify = "right"
    table = Table(*whole, "Title", box=None, padding=(0, 1, 0, 0))
    if is_roomy:
        table.add_column("Kind", no_wrap=True)
        table.add_column("")
    for job in jobs:
        state = Text(_state(job), _COLOURS.get(job.status, ""))
        told = (job.kind, details(job)) if is_roomy else ()
        named = job.title or ("" if is_roomy else job.kind)
        created = f"{job.created_at.astimezone(UTC):%b %d %H:%M}"
        table.add_row(cell(job.job_id), state, str(job.progress), created, *map(cell, (named, *told)))
    return table


def cell(text: str) -> Text:
    return Text(printable(text), no_wrap=True, overflow="ellipsis")


# --- watching ---------------------------------------------------------------------------------------


class Lines(enum.Enum):
    """What of that which a job says of each part of its work is shown to whoever follows it."""

    NONE = enum.auto()
    #: Of fifty thousand that went well nobody reads a word.
    FAILURES = enum.auto()
    ALL = enum.auto()

    def have(self, line: LogLine) -> bool:
        return self is Lines.ALL or (self is Lines.FAILURES and line.level != "info")


class Display(Protocol):
    def start(self, job: Job) -> None:
        """The job as it was when the watch began."""

    def show(self, event: WatchEvent) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class _Plain:
    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


class JsonDisplay(_Plain):
    """One event, one line, exactly as the server sent it."""

    def start(self, job: Job) -> None:
        pass

    def show(self, event: WatchEvent) -> None:
        as_json(event)


class _Jobs(_Plain):
    """Shows jobs; what had ended before the watch began is no news. ``lines``: which of what they say, too."""

    def __init__(self, *, lines: Lines = Lines.NONE) -> None:
        self._known: set[str] = set()
        self._lines = lines

    def start(self, job: Job) -> None:
        self._known.add(job.job_id)
        self._tell(job)

    def show(self, event: WatchEvent) -> None:
        begins = isinstance(event, Snapshot) and event.reason == "subscribed"
        for job in jobs_of(event):
            if job.job_id in self._known or not (begins and job.status.terminal):
                self.start(job)
        if isinstance(event, LogEvent):
            for line in filter(self._lines.have, event.lines):
                self._say(line)

    def _tell(self, job: Job) -> None:
        raise NotImplementedError

    def _say(self, line: LogLine) -> None:
        raise NotImplementedError


class LineDisplay(_Jobs):
    """One line per state, step and tenth of the work: a log that people read, not a bar."""

    def __init__(self, *, lines: Lines = Lines.NONE) -> None:
        super().__init__(lines=lines)
        self._last: dict[str, tuple[object, ...]] = {}

    def _tell(self, job: Job) -> None:
        step = None if job.step is None or job.status.terminal else job.step.index
        look = (_state(job), job.attempt, step, job.progress // TENTH)
        if self._last.get(job.job_id) != look:
            self._last[job.job_id] = look
            click.echo(summary(job))

    def _say(self, line: LogLine) -> None:
        click.echo(said(line))


class BarDisplay(_Jobs):
    """A bar for every job that goes on; a line for every one that has ended."""

    def __init__(self, console: Console, *, lines: Lines = Lines.NONE) -> None:
        super().__init__(lines=lines)
        self._console = console
        self._bars: dict[str, TaskID] = {}
        self._told: dict[str, int] = {}
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=30),
            TaskProgressColumn(),
            TextColumn("{task.fields[details]}", markup=False),
            console=console,
        )

    def _tell(self, job: Job) -> None:
        if job.status.terminal:
            self._end(job)
        else:
            bar = self._bars.get(job.job_id)
            if bar is None:
                bar = self._bars[job.job_id] = self._progress.add_task("", total=100, details="")
            name = printable(f"{job.kind} {_state(job)}")
            self._progress.update(bar, completed=job.progress, description=name, details=details(job))

    def _end(self, job: Job) -> None:
        if (bar := self._bars.pop(job.job_id, None)) is not None:
            self._progress.remove_task(bar)
        if self._told.get(job.job_id) != job.version:
            self._told[job.job_id] = job.version
            self._console.print(Text(summary(job), _COLOURS[job.status]))

    def _say(self, line: LogLine) -> None:
        self._console.print(Text(said(line), "" if line.level == "info" else "yellow"))

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def jobs_of(event: WatchEvent) -> list[Job]:
    match event:
        case JobEvent(job=job):
            return [job]
        case Snapshot(jobs=jobs):
            return jobs
    return []
