"""The command ``ledgerwire``: the SDK in a shell.

Exit codes: 0 done · 1 the job failed, an export left lines behind, or the server refused · 2 usage ·
3 the job was cancelled · 4 not found · 5 the server cannot be reached · 124 the wait timed out · 130 interrupted ·
141 whoever reads the output went away.
"""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import click

from ledgerwire.client import DEFAULT_URL
from ledgerwire.command import (
    Commands,
    Session,
    as_json_option,
    company_option,
    pass_session,
    sure,
    watch_option,
    yes_option,
)
from ledgerwire.diagnosing import doctor
from ledgerwire.display import as_json, attempt_line, listing, log_line, origin, printable, summary
from ledgerwire.exporting import export, quickbooks
from ledgerwire.following import display_for, ended, follow, show_all, submitted, tell, terminal
from ledgerwire.jobs import Status
from ledgerwire.receiving import receipt, receipts
from ledgerwire.reviewing import approve, review, transactions, undo
from ledgerwire.submissions import KINDS
from ledgerwire.submit import upload_fields


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--url", envvar="LEDGERWIRE_URL", default=DEFAULT_URL, show_default=True, show_envvar=True)
@click.option("--api-key", envvar="LEDGERWIRE_API_KEY", show_envvar=True, help="Who you are.")
@click.version_option(package_name="ledgerwire")
@click.pass_context
def main(ctx: click.Context, url: str, api_key: str | None) -> None:
    """Submit bookkeeping jobs to a Ledgerwire server and watch them.

    Exit codes: 0 done, 1 job failed, lines left unsent or refused, 2 usage, 3 job cancelled, 4 not found, 5 server
    unreachable, 124 timed out, 130 interrupted, 141 output not read to its end.
    """
    ctx.obj = ctx.obj or Session(url, api_key)


for command in (approve, doctor, export, quickbooks, receipt, receipts, review, transactions, undo):
    main.add_command(command)


# --- submitting -------------------------------------------------------------------------------------


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@company_option
@click.option("--account", help="The bank account's id, where the file does not name it.")
@click.option("--mapping", help="Which column is what, as a JSON object.")
@watch_option
@as_json_option
@pass_session
def upload(
    session: Session,
    file: Path,
    company: str,
    account: str | None,
    mapping: str | None,
    *,
    watch: bool,
    in_json: bool,
) -> None:
    """Import a bank file and categorize its lines."""
    job = session.client.upload_and_categorize(
        file, company=company, account=account, mapping=_json_object(mapping)
    )
    submitted(job, watch=watch, in_json=in_json)


@main.command()
@company_option
@click.option("--limit", type=click.IntRange(1, 50_000), help="At most so many lines.  [default: 100]")
@click.option("--transaction", "transactions", multiple=True, help="Only this one; may be repeated.")
@watch_option
@as_json_option
@pass_session
def categorize(
    session: Session,
    company: str,
    limit: int | None,
    transactions: tuple[str, ...],
    *,
    watch: bool,
    in_json: bool,
) -> None:
    """Categorize imported lines that wait for it."""
    job = session.client.categorize(company=company, limit=limit, transaction_ids=list(transactions) or None)
    submitted(job, watch=watch, in_json=in_json)


@main.command()
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@click.argument("fields", required=False)
@company_option
@click.option("--file", "files", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@watch_option
@as_json_option
@pass_session
def submit(
    session: Session,
    kind: str,
    fields: str | None,
    company: str,
    files: tuple[Path, ...],
    *,
    watch: bool,
    in_json: bool,
) -> None:
    """Submit any KIND of work, with its FIELDS as a JSON object: submit categorize '{"limit": 10}'."""
    work = KINDS[kind]
    given: dict[str, Any] = {"company_id": company, **(_json_object(fields, "FIELDS") or {})}
    if files:
        given |= {name: list(files) if name == "files" else files[0] for name in sorted(upload_fields(work))}
    submitted(session.client.submit(work, **given), watch=watch, in_json=in_json)


def _json_object(text: str | None, name: str = "--mapping") -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        value = json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"{name} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise click.BadParameter(f'{name} should be a JSON object, like {{"date": "Booked"}}.')
    return value


# --- watching ---------------------------------------------------------------------------------------


@main.command()
@click.argument("job", required=False)
@company_option
@click.option("--since", help="Resume after this position.")
@as_json_option
@click.pass_context
def watch(ctx: click.Context, job: str | None, company: str, since: str | None, *, in_json: bool) -> None:
    """Watch one JOB to its end, or all of a company until Ctrl-C."""
    session: Session = ctx.obj
    if job and ctx.get_parameter_source("company") is click.core.ParameterSource.COMMANDLINE:
        raise click.UsageError("Give a JOB or --company, not both.")
    if job:
        follow(session.client.job(job), since, in_json=in_json)
        return
    with display_for(in_json=in_json) as display:
        show_all(session.client.watch(company, since), display)


@main.command()
@click.argument("job")
@click.option("--timeout", type=click.FloatRange(min=0), help="Seconds to wait at most.")
@as_json_option
@pass_session
def wait(session: Session, job: str, timeout: float | None, *, in_json: bool) -> None:
    """Wait for JOB to end; the exit code tells how it did."""
    ended(session.client.job(job).wait(timeout).job, in_json=in_json)


# --- looking ----------------------------------------------------------------------------------------


@main.command()
@click.argument("job")
@click.option(
    "--download", type=click.Path(dir_okay=False, path_type=Path), help="The file it was given, to here."
)
@click.option(
    "--file", "number", type=click.IntRange(min=1), default=1, help="Which one, where there are several."
)
@as_json_option
@pass_session
def show(session: Session, job: str, download: Path | None, number: int, *, in_json: bool) -> None:
    """Show JOB as it is now, who submitted it when, and every attempt at it."""
    handle = session.client.job(job)
    if download:
        click.echo(f"Saved as {printable(handle.download(download, number))}.", err=True)
    tell(handle.job, in_json=in_json)
    if in_json:
        return
    for line in (*origin(handle.job), *map(attempt_line, handle.attempts())):
        click.echo(f"  {line}")


@main.command("list")
@company_option
@click.option("--status", type=click.Choice([status.value for status in Status]))
@click.option("--kind", type=click.Choice(sorted(KINDS)))
@click.option("--text", help="Stands in a file's name, the submitter or the error, or begins the id.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@as_json_option
@pass_session
def list_jobs(
    session: Session,
    company: str,
    status: str | None,
    kind: str | None,
    text: str | None,
    limit: int,
    *,
    in_json: bool,
) -> None:
    """List a company's jobs, newest first."""
    handles = islice(session.client.jobs(company, status=status, kind=kind, text=text), limit)
    jobs = [handle.job for handle in handles]
    if in_json:
        for job in jobs:
            as_json(job)
    elif jobs:
        listing(jobs, terminal())
    else:
        click.echo(f"No such jobs in {printable(company)}. Submit one: ledgerwire upload FILE", err=True)


@main.command()
@click.argument("job")
@as_json_option
@pass_session
def log(session: Session, job: str, *, in_json: bool) -> None:
    """Write every line that JOB has logged."""
    is_empty = True
    for line in session.client.job(job).log():
        is_empty = False
        if in_json:
            as_json(line)
        else:
            click.echo(log_line(line))
    if is_empty:
        click.echo(f"Job {printable(job)} has logged no line.", err=True)


# --- acting -----------------------------------------------------------------------------------------


@main.command()
@click.argument("job")
@click.option("--reason", help="Why; it is kept with the job.")
@yes_option
@as_json_option
@pass_session
def cancel(session: Session, job: str, reason: str | None, *, yes: bool, in_json: bool) -> None:
    """Cancel JOB; what it has done so far stays."""
    handle = session.client.job(job)
    if not sure(f"{summary(handle.job)}\nCancel it?", yes=yes):
        return
    tell(handle.cancel(reason).job, in_json=in_json)


@main.command()
@click.argument("job")
@watch_option
@as_json_option
@pass_session
def retry(session: Session, job: str, *, watch: bool, in_json: bool) -> None:
    """Run a failed or cancelled JOB again from where it stopped."""
    submitted(session.client.job(job).retry(), watch=watch, in_json=in_json)
