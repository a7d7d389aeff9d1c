"""What a command says of a job: once, at its end, or all along."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click
from rich.console import Console

from ledgerwire.command import FOLLOWED, how_it_ended
from ledgerwire.display import BarDisplay, Display, JsonDisplay, LineDisplay, Lines, as_json, summary
from ledgerwire.handles import JobHandle, WatchEvent
from ledgerwire.jobs import Job


def submitted(job: JobHandle, *, watch: bool, in_json: bool, lines: Lines = Lines.FAILURES) -> None:
    if watch:
        follow(job, in_json=in_json, lines=lines)
        return
    tell(job.job, in_json=in_json)
    if not in_json:
        click.echo(f"Watch it with: ledgerwire watch {job.id}", err=True)


def follow(job: JobHandle, since: str | None = None, *, in_json: bool, lines: Lines = Lines.FAILURES) -> None:
    click.get_current_context().meta[FOLLOWED] = job.id
    with display_for(in_json=in_json, lines=lines) as display:
        display.start(job.job)
        show_all(job.events(since), display)
    sys.exit(how_it_ended(job.job))


def show_all(events: Iterable[WatchEvent], display: Display) -> None:
    for event in events:
        display.show(event)


def display_for(*, in_json: bool, lines: Lines = Lines.NONE) -> Display:
    """In JSON everything is shown."""
    if in_json:
        return JsonDisplay()
    console = terminal()
    return BarDisplay(console, lines=lines) if console else LineDisplay(lines=lines)


def terminal() -> Console | None:
    return Console() if sys.stdout.isatty() else None


def ended(job: Job, *, in_json: bool) -> None:
    tell(job, in_json=in_json)
    sys.exit(how_it_ended(job))


def tell(job: Job, *, in_json: bool) -> None:
    if in_json:
        as_json(job)
    else:
        click.echo(summary(job))
