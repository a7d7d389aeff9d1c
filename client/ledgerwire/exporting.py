"""The commands about QuickBooks: how it stands, and sending what is approved."""

from __future__ import annotations

from itertools import islice
from typing import Any

import click

from ledgerwire.command import Session, as_json_option, company_option, pass_session, watch_option
from ledgerwire.display import as_json, printable
from ledgerwire.following import submitted
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
@watch_option
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

    A line that cannot go is told and stops no other: send those again with --failed-of JOB.
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
    submitted(job, watch=watch, in_json=in_json, lines=True)


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
    """Show how QuickBooks stands: the connection, and what waits to be sent."""
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
    click.echo(printable(f"{STATES[found.state]}{name}"))
    if found.state == "connected":
        click.echo(f"  {found.to_send} approved lines wait to be sent: ledgerwire export --dry-run")
        if found.to_correct:
            click.echo(f"  {found.to_correct} objects over there no longer agree with the books")
        if found.unconfirmed:
            click.echo(f"  {found.unconfirmed} accounts are not confirmed: ledgerwire quickbooks --mapping")


def _mapping(desk: QuickBooks, *, in_json: bool) -> None:
    found = desk.mapping()
    names = {each.qbo_id: each.full_name for each in found.accounts}
    for each in found.data:
        if in_json:
            as_json(each)
            continue
        state = "confirmed" if each.confirmed else "proposed" if each.qbo_id else "missing"
        there = names.get(each.qbo_id or "", "")
        click.echo("\t".join(map(printable, (state, each.account, there, str(each.lines)))))


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
