"""``ledgerwire-server``: every command that runs or looks after a Ledgerwire."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import re
import runpy
import socket
import sys
from typing import TYPE_CHECKING

import click

from server.errors import StartError
from workers.settings import SettingError, Settings, export, read_settings

if TYPE_CHECKING:
    from workers.books.access import KeyRecord

# What a command needs is imported inside it: `--help` and a worker should not wait for what `up` loads.

ROLES = ("viewer", "bookkeeper", "admin")
COMPANY_PATTERN = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
CURRENCY_PATTERN = re.compile(r"[A-Z]{3}")


def _company(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not COMPANY_PATTERN.fullmatch(value):
        raise click.BadParameter("use 1 to 64 of a-z, 0-9, - and _, starting with a letter or digit")
    return value


def _currency(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not CURRENCY_PATTERN.fullmatch(value.upper()):
        raise click.BadParameter("use the three letters of ISO 4217, like USD")
    return value.upper()


def _person(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    from server.admission import LONGEST_NAME

    name = value and value.strip(" ")
    if name is not None and not (name and name.isprintable() and len(name) <= LONGEST_NAME):
        raise click.BadParameter(f"use 1 to {LONGEST_NAME} letters on one line")
    return name


_role = click.option(
    "--role",
    type=click.Choice(ROLES),
    default="bookkeeper",
    show_default=True,
    help="What it may do.",
)


_gate = click.option("--gate", type=int, hidden=True, help="A pipe that `up` closes when all stands.")


def _pass(gate: int | None) -> None:
    """Wait, loaded and ready to go, until broker and tables are there; returns at once ever after."""
    if gate is not None:
        os.read(gate, 1)
        os.close(gate)


def _prepared() -> Settings:
    """The settings, once the database they name has its tables."""
    from server.ground import prepare_database

    settings = read_settings()
    asyncio.run(prepare_database(settings))
    return settings


def _settings_of_process() -> Settings:
    """The settings of a process that stands alone; its broker is the one `up` starts, if none is named."""
    from server import broker

    settings = read_settings()
    if settings.redis_url is None:
        export(REDIS_URL=broker.address(settings.data_dir))
        settings = read_settings()
    return settings


def main() -> None:
    try:
        cli()
    except (SettingError, StartError) as error:
        click.echo(f"ledgerwire-server: {error}", err=True)
        sys.exit(1)
    except ModuleNotFoundError as error:
        if not _is_foreign(error.name or ""):
            raise
        # `pip install ledgerwire` brings the SDK, and this command with it.
        told = f"{error.name} is not installed. A server needs more than the SDK: pip install 'ledgerwire[server]'"
        click.echo(f"ledgerwire-server: {told}", err=True)
        sys.exit(1)


def _is_foreign(module: str) -> bool:
    return module.partition(".")[0] not in {"server", "workers", "ledgerwire"}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ledgerwire")
def cli() -> None:
    """Run Ledgerwire. Every setting is an environment variable; `doctor` shows what it finds."""


@cli.command()
def up() -> None:
    """Run everything here: broker, API and worker as one group. Ctrl-C stops it."""
    from server.up import up as run

    sys.exit(run(read_settings()))


@cli.command()
@click.option("--fd", type=int, hidden=True, help="A listening socket that `up` keeps.")
@_gate
def api(fd: int | None, gate: int | None) -> None:
    """Run one API process; it keeps trying while broker or database are away."""
    from server.ground import listen
    from server.serve import serve

    _pass(gate)
    settings = _settings_of_process()
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    listening = listen(settings) if fd is None else socket.socket(fileno=fd)
    sys.exit(serve(settings, listening))


@cli.command()
@click.option("--worker-id", help="A name that no other worker has or had.")
@_gate
def worker(worker_id: str | None, gate: int | None) -> None:
    """Run one worker process; it keeps trying while broker or database are away."""
    # By name: the server imports no task, so that an API process never loads what talks to vendors.
    for name in ("workers.worker", "workers.tasks"):
        importlib.import_module(name)
    _pass(gate)
    _settings_of_process()
    sys.argv = ["workers", *(["--worker-id", worker_id] if worker_id else [])]
    runpy.run_module("workers", run_name="__main__", alter_sys=True)


@cli.command()
def migrate() -> None:
    """Bring the database's tables up to date."""
    from server.ground import shown_url

    settings = _prepared()
    click.echo(f"The tables of {shown_url(settings.database_url)} are up to date.")


@cli.command("create-company")
@click.argument("company", callback=_company)
@click.option("--name", help="What people call it; its id by default.")
@click.option("--currency", default="USD", show_default=True, callback=_currency, help="Its base currency.")
def create_company(company: str, name: str | None, currency: str) -> None:
    """Create COMPANY with the default chart of accounts and the bank account "Checking"."""
    from server import admission

    new = asyncio.run(admission.new_company(_prepared(), company, name=name, currency=currency))
    click.echo(f"Company {company} {'is created' if new else 'stands already; nothing was changed'}.")


@cli.command("create-key")
@click.argument("company", callback=_company)
@_role
@click.option("--name", default="API key", show_default=True, help="What the key is for.")
def create_key(company: str, role: str, name: str) -> None:
    """Print a new API key for COMPANY, created if it is unknown. It cannot be shown again."""
    from server import admission
    from workers.books.access import Role

    click.echo(asyncio.run(admission.new_key(_prepared(), company, role=Role(role), name=name)))


@cli.command("list-keys")
@click.argument("company", callback=_company)
def list_keys(company: str) -> None:
    """List the API keys of COMPANY, oldest first: how each begins, what it may do, when it was used."""
    from server import admission

    for key in asyncio.run(admission.keys_of(_prepared(), company)):
        click.echo(key_line(key))


@cli.command("revoke-key")
@click.argument("company", callback=_company)
@click.argument("key")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def revoke_key(company: str, key: str, *, yes: bool) -> None:
    """Refuse KEY of COMPANY from now on. KEY is how it begins, as list-keys shows it, or the whole secret."""
    from server import admission

    settings = _prepared()
    found = asyncio.run(admission.living_key(settings, company, key))
    if not yes:
        click.confirm(f"{key_line(found)}\nRevoke it? This cannot be taken back.", abort=True)
    asyncio.run(admission.end_key(settings, company, found))
    click.echo(f"Key {found.prefix}… ({found.name}) is revoked.")


def key_line(key: KeyRecord) -> str:
    used = f"used {key.last_used:%Y-%m-%d %H:%M} UTC" if key.last_used else "never used"
    state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else used
    return f"{key.prefix}…  {key.role:<10}  made {key.created_at:%Y-%m-%d}  {state}  {key.name}"


@cli.command("sign-in")
@click.argument("company", callback=_company)
@_role
@click.option(
    "--name",
    callback=_person,
    show_default="your account's on this machine",
    help="What others will call whoever signs in.",
)
def sign_in(company: str, role: str, name: str | None) -> None:
    """Print a link that signs in to the dashboard of COMPANY, once, within a day."""
    from server import admission
    from workers.books.access import Role

    click.echo(asyncio.run(admission.sign_in_link(_prepared(), company, role=Role(role), name=name)))


@cli.command()
def doctor() -> None:
    """Say what was found, what is missing and what to do about it."""
    from server.doctor import examine, report

    findings = asyncio.run(examine(read_settings()))
    click.echo(report(findings))
    sys.exit(0 if all(finding.can_run for finding in findings) else 1)


if __name__ == "__main__":
    main()
