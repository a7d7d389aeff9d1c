"""The commands about receipts: read a pile, list them, and settle one."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, get_args

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from ledgerwire.command import Session, as_json_option, company_option, pass_session, watch_option
from ledgerwire.display import Lines, as_json, printable
from ledgerwire.following import submitted, terminal
from ledgerwire.receipt_shelf import Receipts
from ledgerwire.receipts import Receipt, ReceiptState

DAY = click.DateTime(["%Y-%m-%d"])
FIELDS = ("vendor", "date", "total", "currency", "subtotal", "tip", "payment_method", "card", "number")


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@company_option
@click.option("--state", multiple=True, type=click.Choice(get_args(ReceiptState)), help="May be repeated.")
@click.option("--text", help="Words that stand in it.")
@click.option("--attached/--unattached", default=None, help="Whether it has its bank line.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@watch_option
@as_json_option
@pass_session
def receipts(
    session: Session,
    /,
    files: tuple[Path, ...],
    company: str,
    limit: int,
    *,
    watch: bool,
    in_json: bool,
    **given: Any,
) -> None:
    """Read FILES: photos, scans and PDFs of receipts, or folders of them, up to a hundred at once.

    A file that cannot be read is told, and the others are read: the job is complete all the same. Without FILES
    the company's receipts are listed, newest first.
    """
    if not files:
        _list(session, company, _wanted(given), limit, in_json=in_json)
        return
    pile = [each for path in files for each in _files_in(path)]
    if not pile:
        raise click.UsageError("There are no files in these folders.")
    job = session.client.read_receipts(pile, company=company)
    submitted(job, watch=watch, in_json=in_json, lines=Lines.ALL)


@click.command()
@click.argument("receipt_id")
@company_option
@click.option("--vendor")
@click.option("--date", type=DAY)
@click.option("--total")
@click.option("--currency")
@click.option("--confirm", is_flag=True, help="It is right, with what is said along.")
@click.option("--attach", metavar="TRANSACTION", help="This bank line paid it.")
@click.option("--detach", metavar="TRANSACTION", help="This one did not.")
@click.option("--download", type=click.Path(dir_okay=False, path_type=Path), help="Its file, to here.")
@as_json_option
@pass_session
def receipt(
    session: Session,
    /,
    receipt_id: str,
    company: str,
    attach: str | None,
    detach: str | None,
    download: Path | None,
    *,
    confirm: bool,
    in_json: bool,
    **given: Any,
) -> None:
    """Show RECEIPT_ID, or say what is right about it: what is said is done first, and it is shown as it is then."""
    shelf = session.client.receipts(company)
    fields = {name: _plain(value) for name, value in given.items() if value is not None}
    if fields or confirm:
        shelf.correct(receipt_id, confirm=confirm, **fields)
    if detach:
        shelf.detach(receipt_id, detach)
    if attach:
        shelf.attach(receipt_id, attach)
    if download:
        click.echo(f"Saved as {printable(shelf.download(receipt_id, download))}.", err=True)
    _show(shelf, receipt_id, in_json=in_json)


def _list(session: Session, company: str, wanted: dict[str, Any], limit: int, *, in_json: bool) -> None:
    found = list(islice(session.client.receipts(company).list(**wanted), limit))
    if in_json:
        for each in found:
            as_json(each)
    elif found:
        listing(found, terminal())
    else:
        click.echo(f"No such receipts in {printable(company)}.", err=True)


def _show(shelf: Receipts, receipt_id: str, *, in_json: bool) -> None:
    one = shelf.show(receipt_id)
    if in_json:
        as_json(one)
        return
    click.echo(f"{printable(one.name)}  {one.state}  {one.receipt_id}")
    for name in FIELDS:
        value = getattr(one, name)
        if value is not None:
            click.echo(f"  {name.replace('_', ' '):16}{printable(value)}{_sureness(one, name)}")
    for key in one.transaction_ids:
        click.echo(f"  attached to     {printable(key)}")
    if one.match is not None:
        line = one.match.transaction
        words = f"{line.date} {line.amount:f} {line.currency} {line.description}"
        click.echo(
            f"  perhaps         {printable(words)} ({one.match.reason}): --attach {line.transaction_id}"
        )


def _sureness(one: Receipt, name: str) -> str:
    reading = one.fields.get(name)
    if reading is None or reading.sure:
        return ""
    others = ", ".join(printable(each.value) for each in reading.alternatives[:3])
    return f"  (check this{f'; or {others}' if others else ''})"


def listing(found: list[Receipt], console: Console | None) -> None:
    """A table on a terminal, else lines with tabs between their fields."""
    if console is None:
        for each in found:
            click.echo("\t".join(map(printable, (each.receipt_id, *_fields(each)))))
        return
    table = Table(
        Column("Receipt", no_wrap=True),
        Column("Date", no_wrap=True),
        Column("Total", justify="right"),
        "",
        "State",
        "Attached",
        "Vendor",
        box=None,
    )
    for each in found:
        table.add_row(each.receipt_id, *(Text(printable(field)) for field in _fields(each)))
    console.print(table)


def _fields(one: Receipt) -> tuple[str, ...]:
    return (
        "" if one.date is None else f"{one.date}",
        "" if one.total is None else f"{one.total:f}",
        one.currency or "",
        one.state,
        "yes" if one.transaction_ids else "",
        one.vendor or one.name,
    )


def _wanted(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a ReceiptFilter that were given."""
    found = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    return {name: value for name, value in found.items() if value not in (None, [])}


def _plain(value: Any) -> Any:
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime) else value


def _files_in(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
