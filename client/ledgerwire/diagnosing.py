"""``ledgerwire doctor``: whether the server answers, who you are there, and whether what happens arrives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import click

from ledgerwire.command import FAILED, Session, company_option, exit_code, pass_session
from ledgerwire.display import printable
from ledgerwire.exceptions import AuthenticationError, LedgerwireError

NO_KEY = "Set LEDGERWIRE_API_KEY, or give --api-key: ledgerwire-server create-key COMPANY makes one."


@click.command()
@company_option
@click.pass_context
@pass_session
def doctor(session: Session, ctx: click.Context, company: str) -> None:
    """Look whether the server answers, who you are there, and whether what happens arrives.

    Stops at the first thing that is wrong and says what to do about it.
    """
    try:
        for name, found in _findings(session, company):
            click.echo(f"ok    {name:8}{printable(found)}")
    except AuthenticationError as error:
        click.echo(f"wrong {printable(error)} {NO_KEY}", err=True)
        ctx.exit(exit_code(error))
    except LedgerwireError as error:
        click.echo(f"wrong {printable(error)}", err=True)
        ctx.exit(exit_code(error))


def _findings(session: Session, company: str) -> Iterator[tuple[str, str]]:
    client = session.client
    who = client.session()
    yield "Server", client.url
    roles = {each.company_id: each.role for each in who.companies}
    yield (
        "You",
        f"{who.name}, {', '.join(f'{role} of {name}' for name, role in roles.items()) or 'of no company'}",
    )
    if company not in roles:
        click.echo(f"wrong {printable(company)} is none of your companies: give another --company.", err=True)
        click.get_current_context().exit(FAILED)
    with closing(client.watch(company)) as events:
        first = next(events)
    yield "Events", f"those of {company} arrive (position {first.position})"
