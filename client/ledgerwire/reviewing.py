"""The commands about transactions: list them, approve them, and undo what a job did to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar, get_args

import click
from rich.console import Console
from rich.table import Column, Table

from ledgerwire.books import Source, State, Transaction
from ledgerwire.command import (
    Session,
    as_json_option,
    company_option,
    pass_session,
    sure,
    watch_option,
    yes_option,
)
from ledgerwire.display import ROOMY, as_json, cell, printable, summary
from ledgerwire.exceptions import Conflict, InvalidRequest
from ledgerwire.following import submitted, terminal
from ledgerwire.handles import JobHandle

F = TypeVar("F", bound=Callable[..., Any])

DAY = click.DateTime(["%Y-%m-%d"])
FILTERS = (
    click.option("--state", multiple=True, type=click.Choice(get_args(State)), help="May be repeated."),
    click.option("--source", multiple=True, type=click.Choice(get_args(Source)), help="Who decided."),
    click.option("--job", "job_id", help="Imported by this job."),
    click.option("--account", "account_id", help="The bank account's id."),
    click.option("--text", help="Stands in the description."),
    click.option("--category"),
    click.option("--merchant", "merchant_key"),
    click.option("--from", "date_from", type=DAY, help="The first day."),
    click.option("--to", "date_to", type=DAY, help="The last day."),
    click.option("--least", "amount_min", help="The lowest amount; money out is below zero."),
    click.option("--most", "amount_max", help="The highest amount."),
)


def filter_options(command: F) -> F:
    for option in reversed(FILTERS):
        command = option(command)
    return command


def wanted(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a TransactionFilter that were given."""
    found = {
        name: list(value) if isinstance(value, tuple) else value for name, value in given.items() if value
    }
    return {
        name: f"{value:%Y-%m-%d}" if isinstance(value, datetime) else value for name, value in found.items()
    }


@click.command()
@company_option
@filter_options
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@as_json_option
@pass_session
def transactions(session: Session, /, company: str, limit: int, *, in_json: bool, **given: Any) -> None:
    """List a company's transactions, newest first."""
    lines = list(islice(session.client.transactions(company, **wanted(given)), limit))
    if in_json:
        for line in lines:
            as_json(line)
    elif lines:
        listing(lines, terminal())
    else:
        click.echo(f"No such transactions in {printable(company)}.", err=True)


@click.command()
@click.argument("transaction", nargs=-1)
@company_option
@filter_options
@click.option("--failed-of", help="Those that this bulk approval could not approve.")
@watch_option
@as_json_option
@pass_session
def approve(
    session: Session,
    /,
    company: str,
    transaction: tuple[str, ...],
    failed_of: str | None,
    *,
    watch: bool,
    in_json: bool,
    **given: Any,
) -> None:
    """Approve these TRANSACTIONs, or all that match: as one job that `ledgerwire undo` takes back."""
    matching = wanted(given)
    if sum(map(bool, (transaction, matching, failed_of))) != 1:
        raise click.UsageError("Say which: TRANSACTIONs, filters like --state proposed, or --failed-of JOB.")
    job = session.client.bulk_approve(
        company=company,
        transaction_ids=list(transaction) or None,
        matching=matching or None,
        failed_of=failed_of,
    )
    submitted(job, watch=watch, in_json=in_json)


@click.command()
@company_option
@filter_options
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@pass_session
def review(session: Session, /, company: str, limit: int, **given: Any) -> None:
    """Go through lines that wait for a person: say a category for each, or nothing to leave it, or q to stop.

    Without a terminal they are listed. Categories are those of the company's chart, by name.
    """
    asked = {"state": ["review"], **wanted(given)}
    lines = list(islice(session.client.transactions(company, **asked), limit))
    if not lines:
        click.echo(f"Nothing waits for review in {printable(company)}.", err=True)
    elif terminal() is None:
        listing(lines, None)
    else:
        _go_through(session, company, lines)


def _go_through(session: Session, company: str, lines: list[Transaction]) -> None:
    done = 0
    for line in lines:
        click.echo("  ".join(map(printable, _fields(line))))
        said = click.prompt("  category", default="", show_default=False).strip()
        if said == "q":
            break
        if said:
            done += _say(session, company, line, said)
    click.echo(f"{done} of {len(lines)} lines have a category now.")


def _say(session: Session, company: str, line: Transaction, category: str) -> bool:
    """What cannot be is told, and the next line comes."""
    try:
        session.client.set_category(line.transaction_id, category, company=company, revision=line.revision)
    except (Conflict, InvalidRequest) as error:
        click.echo(f"  {printable(error)}", err=True)
        return False
    return True


@click.command()
@click.argument("job")
@yes_option
@watch_option
@as_json_option
@pass_session
def undo(session: Session, job: str, *, yes: bool, watch: bool, in_json: bool) -> None:
    """Undo JOB: take back what it approved, or remove what it imported and nobody approved."""
    done = session.client.job(job).job
    undoing: Callable[..., JobHandle]
    match done.kind:
        case "bulk-approve":
            undoing, question = session.client.undo_approve, "Take back what it approved?"
        case "upload-and-categorize":
            undoing, question = session.client.undo_import, "Remove what it imported and nobody approved?"
        case kind:
            raise click.UsageError(f"A job of kind {printable(kind)} cannot be undone.")
    if not sure(f"{summary(done)}\n{question}", yes=yes):
        return
    submitted(undoing(done.job_id, company=done.company_id), watch=watch, in_json=in_json)


def listing(lines: list[Transaction], console: Console | None) -> None:
    """A table on a terminal, else lines with tabs between their fields."""
    if console is None:
        for line in lines:
            click.echo("\t".join(map(printable, (line.transaction_id, *_fields(line)))))
        return
    # An id is of use only as a whole; what else there is room for beside it depends.
    whole = [Column(name, no_wrap=True) for name in ("Transaction", "Date", "Amount", "")]
    whole[2].justify = "right"
    table = Table(*whole, box=None, padding=(0, 1, 0, 0))
    is_roomy = console.width >= ROOMY
    for name in ("State", "Category", "Description") if is_roomy else ("Description",):
        table.add_column(name)
    for line in lines:
        fields = _fields(line)
        table.add_row(line.transaction_id, *map(cell, fields if is_roomy else (*fields[:3], fields[-1])))
    console.print(table)


def _fields(line: Transaction) -> tuple[str, ...]:
    return (
        f"{line.date}",
        f"{line.amount:f}",
        line.currency,
        line.state,
        line.category or "",
        line.description,
    )
