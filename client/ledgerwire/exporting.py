"""The commands about QuickBooks: how it stands, and sending what is approved."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

import click

from ledgerwire.command import (
    Session,
    as_json_option,
    company_option,
    how_it_ended,
    left_behind,
    pass_session,
)
from ledgerwire.display import Lines, as_json, printable
from ledgerwire.following import display_for, show_all, submitted
from ledgerwire.handles import JobHandle
from ledgerwire.quickbooks import QuickBooksConnection, SentLine
from ledgerwire.quickbooks_desk import QuickBooks
from ledgerwire.reviewing import filter_options, wanted

STATES = {
    "none": "Not connected. An administrator connects it on the dashboard's QuickBooks page.",
    "connected": "Connected",
    "refused": "QuickBooks takes our word no more; connect it again on the dashboard's QuickBooks page.",
}


@click.command()
@click.argument("transaction", nargs=-1)
@company_option
@filter_options
@click.option("--failed-of", help="The lines that this export could not send.")
@click.option("--dry-run", is_flag=True, help="Send nothing; tell what would be sent.")
@click.option("--watch/--no-watch", default=True, show_default=True, help="Watch it to its end.")
@as_json_option
@pass_session
def export(
    session: Session,
    /,
    company: str,
    transaction: tuple[str, ...],
    failed_of: str | None,
    *,
    dry_run: bool,
    watch: bool,
    in_json: bool,
    **given: Any,
) -> None:
    """Send to QuickBooks what is approved and not there yet, or these TRANSACTIONs, or all that match.

    A line that cannot go is told and stops no other; then the exit code is 1, and --failed-of JOB sends those again.
    --dry-run tells of every line, and so does --json.
    """
    matching = wanted(given)
    if sum(map(bool, (transaction, matching, failed_of))) > 1:
        raise click.UsageError(
            "Say which by one of TRANSACTIONs, filters like --to 2026-06-30, --failed-of JOB."
        )
    job = session.client.export_qbo(
        company=company,
        transaction_ids=list(transaction) or None,
        matching=matching or None,
        failed_of=failed_of,
        dry_run=dry_run,
    )
    if watch:
        _follow(job, in_json=in_json, lines=Lines.ALL if dry_run else Lines.FAILURES)
    else:
        submitted(job, watch=False, in_json=in_json)


def _follow(job: JobHandle, *, in_json: bool, lines: Lines) -> None:
    with display_for(in_json=in_json, lines=lines) as display:
        display.start(job.job)
        show_all(job.events(), display)
    if left := left_behind(job.job):
        again = f"When that is set right: ledgerwire export --failed-of {job.id}"
        click.echo(f"Not sent: {left}. Above is why. {printable(again)}", err=True)
    sys.exit(how_it_ended(job.job))


@click.command()
@company_option
@click.option("--sent", is_flag=True, help="List what was sent, newest first.")
@click.option("--mapping", is_flag=True, help="List whose account is whose.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Of --sent.")
@as_json_option
@pass_session
def quickbooks(
    session: Session, company: str, limit: int, *, sent: bool, mapping: bool, in_json: bool
) -> None:
    """Show how QuickBooks stands: the connection, whether the mapping is complete, and what waits to be sent."""
    desk = session.client.quickbooks(company)
    if sent:
        _history(desk, limit, in_json=in_json)
    elif mapping:
        _mapping(desk, in_json=in_json)
    else:
        _connection(desk.connection(), in_json=in_json)


def _connection(found: QuickBooksConnection, *, in_json: bool) -> None:
    if in_json:
        as_json(found)
        return
    if not found.available:
        click.echo(
            "This server has no application of Intuit's: whoever runs it sets QBO_CLIENT_ID and _SECRET."
        )
        return
    name = "" if found.company_name is None else f" to {found.company_name} ({found.environment})"
    click.echo(printable(f"{STATES.get(found.state, found.state)}{name}"))
    if found.problem:
        click.echo(printable(f"  {found.problem}"))
    if found.state == "connected":
        for words in _waiting(found):
            click.echo(f"  {words}")


def _waiting(found: QuickBooksConnection) -> Iterator[str]:
    """What there is to do, the first step first."""
    if found.unconfirmed:
        yield f"{found.unconfirmed} accounts are not confirmed: ledgerwire quickbooks --mapping"
    else:
        yield "Every account that approved lines need is confirmed"
    yield f"{found.to_send} approved lines wait to be sent: ledgerwire export --dry-run"
    if found.to_correct:
        yield f"{found.to_correct} objects over there no longer agree with the books: ledgerwire export"
    if found.closed_through:
        yield f"The books over there are closed through {found.closed_through}"


def _mapping(desk: QuickBooks, *, in_json: bool) -> None:
    found = desk.mapping()
    if in_json:
        for each in found.data:
            as_json(each)
        return
    names = {each.qbo_id: each.full_name for each in found.accounts}
    for each in found.data:
        state = "confirmed" if each.confirmed else "proposed" if each.qbo_id else "missing"
        there = names.get(each.qbo_id or "", "")
        click.echo("\t".join(map(printable, (state, each.account, there, str(each.lines)))))
    if any(each.lines and not each.confirmed for each in found.data):
        click.echo(
            "Confirm what is not, on the dashboard's QuickBooks page: its lines are not sent.", err=True
        )


def _history(desk: QuickBooks, limit: int, *, in_json: bool) -> None:
    lines = list(islice(desk.sent(), limit))
    for line in lines:
        if in_json:
            as_json(line)
        else:
            click.echo("\t".join(map(printable, _fields(line))))
    if not lines and not in_json:
        click.echo("Nothing was sent yet.", err=True)


def _fields(line: SentLine) -> tuple[str, ...]:
    return (
        "" if line.date is None else f"{line.date}",
        "" if line.amount is None else f"{line.amount:f}",
        line.outcome,
        line.object_type or "",
        line.description or line.transaction_id,
        line.url or line.detail,
    )
