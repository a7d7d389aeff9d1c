"""What is to be done about each line, decided on the line as it is held; and the writing down of what goes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Subquery, bindparam, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.quickbooks import SentLine
from workers.books.holding import HeldLine, hold_books, hold_lines
from workers.books.outcomes import UNKNOWN, Objection
from workers.books.quickbooks.composing import Composed, identity_only, with_identity
from workers.books.quickbooks.schema import quickbooks_objects as objects
from workers.books.quickbooks.sending import OF_REALM, Office, Sending, Unit, in_units, request_id_of
from workers.books.schema import transactions
from workers.database import insert_new

OURS = ("approved", "exported")
NOT_APPROVED = Objection("not_approved", "Approve it first.")
IN_HAND = Objection("already", "Another export is sending it at this moment.")
THERE = Objection("already", "")
GONE = Objection("already", "It is not in QuickBooks (any more).")
ELSEWHERE = Objection("already", "It was sent to a company of QuickBooks that is no longer connected.")

#: What a line becomes; needs no more than what is held and was fetched before.
Compose = Callable[[HeldLine], Composed | Objection]


class Standing(msgspec.Struct, frozen=True):
    """What is known of a line's object over there."""

    transaction_id: str
    state: str
    object_type: str
    qbo_id: str | None
    sync_token: str | None
    sending_no: int
    body: str
    digest: str
    shown: dict[str, Any]
    job_id: str

    @property
    def is_there(self) -> bool:
        return self.state == "sent"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Either there is something to send, or ``left`` says why there is not."""

    transaction_id: str
    line: HeldLine | None
    standing: Standing | None
    operation: str | None = None
    composed: Composed | None = None
    left: Objection | None = None
    #: It is over there as it is here: nothing to send, but the line is exported.
    keep: bool = False

    @property
    def shown(self) -> SentLine:
        """Without an outcome yet: how the line looks, to people."""
        if self.composed is not None:
            return self.composed.shown
        if self.standing is not None and self.line is None:
            return msgspec.convert(self.standing.shown, SentLine)
        return shown_of(self.transaction_id, self.line)


class Claimed(msgspec.Struct, frozen=True):
    units: list[Unit]
    #: Those for which there is nothing to send, as they are settled.
    left: list[Decision]


async def decide(
    connection: AsyncConnection, office: Office, ids: Sequence[str], compose: Compose
) -> list[Decision]:
    """For each of ``ids``, some hundred at most, in their order; their lines are held from here on."""
    await hold_books(connection, office.company_id)
    lines = await hold_lines(connection, office.company_id, ids)
    standings = await _standings(connection, office, ids)
    return [_decide(key, lines.get(key), standings.get(key), compose) for key in dict.fromkeys(ids)]


async def claim(
    connection: AsyncConnection, office: Office, decisions: Sequence[Decision], *, batches: int, singles: int
) -> Claimed:
    """Write down what goes out now, as much as so many calls carry; what they do not carry waits."""
    due = [_sending(office, each) for each in decisions if each.operation is not None]
    units = in_units(due, batches=batches, singles=singles)
    await _write_down(connection, office, [item for unit in units for item in unit.items])
    return Claimed(units, [each for each in decisions if each.operation is None])


def shown_of(transaction_id: str, line: HeldLine | None) -> SentLine:
    if line is None:
        return SentLine(transaction_id=transaction_id, outcome="")
    return SentLine(
        transaction_id=transaction_id,
        outcome="",
        date=line.date,
        amount=line.amount,
        currency=line.currency,
        description=line.description,
        category=line.category,
    )


def _decide(key: str, line: HeldLine | None, standing: Standing | None, compose: Compose) -> Decision:
    known = Decision(transaction_id=key, line=line, standing=standing)
    if standing is not None and standing.state == "sending":
        return msgspec.structs.replace(known, left=IN_HAND)
    if line is None or line.state not in OURS:
        return _without_approval(known)
    if line.state == "exported":
        left = THERE if standing is not None and standing.is_there else ELSEWHERE
        return msgspec.structs.replace(known, left=left)
    return _approved(known, compose(line))


def _without_approval(known: Decision) -> Decision:
    if known.standing is not None and known.standing.is_there:
        return msgspec.structs.replace(known, operation="delete")
    if known.line is None:
        left = Objection("unknown", UNKNOWN) if known.standing is None else GONE
    else:
        left = NOT_APPROVED if known.standing is None or known.standing.state != "deleted" else GONE
    return msgspec.structs.replace(known, left=left)


def _approved(known: Decision, composed: Composed | Objection) -> Decision:
    if isinstance(composed, Objection):
        return msgspec.structs.replace(known, left=composed)
    standing = known.standing
    if standing is None or not standing.is_there:
        return msgspec.structs.replace(known, operation="create", composed=composed)
    if standing.digest == composed.digest:
        return msgspec.structs.replace(known, left=THERE, keep=True, composed=composed)
    # An object cannot become one of another type: it goes, and the line stays in the list and is created anew.
    operation = "update" if standing.object_type == composed.object_type else "delete"
    return msgspec.structs.replace(known, operation=operation, composed=composed)


def _sending(office: Office, decision: Decision) -> Sending:
    standing, composed = decision.standing, decision.composed
    number = 1 if standing is None else standing.sending_no + 1
    qbo_id = standing.qbo_id if standing is not None and standing.is_there else None
    token = standing.sync_token if standing is not None and standing.is_there else None
    operation = str(decision.operation)
    return Sending(
        transaction_id=decision.transaction_id,
        operation=operation,
        object_type=_type_of(decision),
        qbo_id=qbo_id,
        sync_token=token,
        sending_no=number,
        request_id=request_id_of(office.company_id, office.realm_id, decision.transaction_id, number),
        batch_id=None,
        batch_no=None,
        body=_body(operation, composed, qbo_id, token),
        revision=0 if decision.line is None else decision.line.revision,
        digest="" if composed is None or operation == "delete" else composed.digest,
        shown=msgspec.structs.replace(decision.shown, object_type=_type_of(decision), qbo_id=qbo_id),
    )


def _type_of(decision: Decision) -> str:
    if decision.operation != "create" and decision.standing is not None:
        return decision.standing.object_type
    assert decision.composed is not None  # noqa: S101
    return decision.composed.object_type


def _body(operation: str, composed: Composed | None, qbo_id: str | None, token: str | None) -> str:
    if operation == "delete":
        return identity_only(qbo_id or "", token or "0")
    assert composed is not None  # noqa: S101
    return (
        composed.body if operation == "create" else with_identity(composed.body, qbo_id or "", token or "0")
    )


# --- which lines ----------------------------------------------------------------------------------------


async def to_send(connection: AsyncConnection, office: Office, *, after: str, limit: int) -> list[str]:
    """Lines that are approved and not exported, and objects over there whose line is approved no more."""
    values = {**office.realm, "after": after, "limit": limit}
    return list((await connection.execute(_TO_SEND, values)).scalars())


def astray() -> Subquery:
    """Ids of objects that are over there, or may be, while their line is approved no more, or gone."""
    return (
        select(objects.c.transaction_id.label("id"))
        .join_from(
            objects, transactions, transactions.c.transaction_id == objects.c.transaction_id, isouter=True
        )
        .where(
            *OF_REALM,
            objects.c.state.in_(("sent", "sending")),
            transactions.c.state.is_(None) | transactions.c.state.not_in(OURS),
        )
        .subquery()
    )


async def _standings(connection: AsyncConnection, office: Office, ids: Sequence[str]) -> dict[str, Standing]:
    found = await connection.execute(_STANDINGS, {**office.realm, "ids": list(ids)})
    return {row.transaction_id: Standing(*row) for row in found}


async def _write_down(connection: AsyncConnection, office: Office, sendings: Iterable[Sending]) -> None:
    rows = [_row(office, each) for each in sendings]
    if rows:
        empty = [{**row, "sending_no": 0, "state": "failed"} for row in rows]
        await connection.execute(insert_new(connection.dialect, objects), empty)
        await connection.execute(_WRITE_DOWN, [{f"p_{name}": row[name] for name in row} for row in rows])


def _row(office: Office, sending: Sending) -> dict[str, Any]:
    values = {name: getattr(sending, name) for name in Sending.__struct_fields__}
    own = {"company_id": office.company_id, "realm_id": office.realm_id, "job_id": office.job_id}
    return {**values, **own, "state": "sending", "unsure": False}


_ROW = (*Sending.__struct_fields__, "job_id", "state")
_KEY = ("transaction_id",)
_WRITE_DOWN = (
    update(objects)
    .where(
        objects.c.company_id == bindparam("p_company_id"),
        objects.c.realm_id == bindparam("p_realm_id"),
        objects.c.transaction_id == bindparam("p_transaction_id"),
    )
    .values(**{name: bindparam(f"p_{name}") for name in _ROW if name not in _KEY})
)
_STANDINGS = select(*(objects.c[name] for name in Standing.__struct_fields__)).where(
    *OF_REALM, objects.c.transaction_id.in_(bindparam("ids", expanding=True))
)
_APPROVED = select(transactions.c.transaction_id.label("id")).where(
    transactions.c.company_id == bindparam("company"),
    transactions.c.state == "approved",
    transactions.c.transaction_id > bindparam("after"),
)
_ASTRAY = astray()
_BEHIND = select(_ASTRAY.c.id).where(_ASTRAY.c.id > bindparam("after"))
_BOTH = union(_APPROVED, _BEHIND).subquery()
_TO_SEND = select(_BOTH.c.id).order_by(_BOTH.c.id).limit(bindparam("limit"))
