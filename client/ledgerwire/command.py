"""What every command stands on: its client, and how trouble becomes one line and an exit code."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import Any

import click

from ledgerwire.client import Ledgerwire
from ledgerwire.display import printable
from ledgerwire.exceptions import (
    ConnectionFailed,
    InvalidRequest,
    InvalidSubmission,
    LedgerwireError,
    NotFound,
    ServerError,
    UnexpectedAnswer,
    WaitTimeout,
)
from ledgerwire.jobs import Job, Status
from ledgerwire.persistence import PASSING, Persistence

#: A person at a prompt would rather hear of it than wait.
PERSISTENCE = Persistence(tries=3)

FAILED, USAGE, CANCELLED, NOT_FOUND, UNREACHABLE, TIMED_OUT, INTERRUPTED = 1, 2, 3, 4, 5, 124, 130
#: As a shell tells of a program that SIGPIPE ended.
UNREAD = 141
#: Where in a command's notes stands the job that goes on when the command is interrupted.
FOLLOWED = "ledgerwire.followed"
_BY_ERROR: dict[type[LedgerwireError], int] = {
    NotFound: NOT_FOUND,
    ConnectionFailed: UNREACHABLE,
    UnexpectedAnswer: UNREACHABLE,
    WaitTimeout: TIMED_OUT,
    InvalidSubmission: USAGE,
    InvalidRequest: USAGE,
}


def exit_code(error: LedgerwireError) -> int:
    if isinstance(error, ServerError) and error.status in PASSING:
        return UNREACHABLE
    return _BY_ERROR.get(type(error), FAILED)


class Failure(click.ClickException):
    def __init__(self, error: LedgerwireError) -> None:
        super().__init__(printable(error))
        self.code = exit_code(error)

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        return self.code


class Commands(click.Group):
    """Turns what the SDK raises into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LedgerwireError as error:
            raise Failure(error) from None
        except (KeyboardInterrupt, click.Abort):
            job_id = ctx.meta.get(FOLLOWED)
            goes_on = f" The job goes on: ledgerwire watch {job_id}" if job_id else ""
            click.echo(f"Interrupted.{goes_on}", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            # Whoever reads has seen enough (`| head`); what is still to be flushed at exit must not complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(UNREAD)


class Session:
    """The client, made when the first command needs it."""

    def __init__(self, url: str, api_key: str | None, persistence: Persistence = PERSISTENCE) -> None:
        self._arguments = (url, api_key)
        self._persistence = persistence

    @cached_property
    def client(self) -> Ledgerwire:
        return Ledgerwire(*self._arguments, persistence=self._persistence)


pass_session = click.make_pass_decorator(Session)
as_json_option = click.option("--json", "in_json", is_flag=True, help="Write JSON, one value a line.")
company_option = click.option(
    "--company", envvar="LEDGERWIRE_COMPANY", default="demo", show_default=True, show_envvar=True
)
watch_option = click.option("--watch", is_flag=True, help="Watch it to its end.")
yes_option = click.option(
    "--yes", "-y", is_flag=True, help="Do not ask; without a terminal nothing is asked."
)


def sure(question: str, *, yes: bool) -> bool:
    return yes or not sys.stdin.isatty() or click.confirm(question, err=True)


def left_behind(job: Job) -> int:
    """How many lines a complete export could not send."""
    return int((job.result or {}).get("failed_count", 0)) if job.kind == "export-qbo" else 0


def how_it_ended(job: Job) -> int:
    """An export that left lines behind has not done what was asked, though its job is complete."""
    if left_behind(job):
        return FAILED
    return {Status.FAILED: FAILED, Status.CANCELLED: CANCELLED}.get(job.status, 0)
