"""What became of what was sent: the object, its line, the audit and the outcome, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.quickbooks import SentLine
from workers.books.audit import Change, record_changes
from workers.books.enlisting import settle
from workers.books.holding import HeldLine, hold_books, hold_lines
from workers.books.outcomes import Outcome
from workers.books.quickbooks.claiming import OURS, Decision
from workers.books.quickbooks.schema import quickbooks_objects as objects
from workers.books.quickbooks.sending import OF_REALM, Office, Sending
from workers.books.schema import transactions

#: ``(object_type, qbo_id)``: where a person sees it.
PageOf = Callable[[str, str], str]
#: Outcomes that are no failure.
GOOD = ("created", "updated", "deleted", "already")
#: "Something you're trying to use has been made inactive": an account or a vendor; Intuit does not say which.
NOT_THERE = ("610", "2500")
DONE = {"create": "created", "update": "updated", "delete": "deleted"}
WOULD = {"create": "would_create", "update": "would_update", "delete": "would_delete"}


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why QuickBooks did not take it, in plain words; ``outcome`` is a word of SentLine."""

    outcome: str
    detail: str
    code: str | None = None
    #: It is not there (any more): the next export creates it anew.
    gone: bool = False


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one object: it is there (or gone, where that was asked), or it was refused."""

    sending: Sending
    qbo_id: str | None = None
    sync_token: str | None = None
    refusal: Refusal | None = None


async def settle_arrivals(
    connection: AsyncConnection, office: Office, arrivals: Sequence[Arrival], *, page: PageOf, now: datetime
) -> list[SentLine]:
    """One for each.

    A line that moved on while its object was on its way is not exported: the next export puts that right.
    """
    ids = [each.sending.transaction_id for each in arrivals]
    await hold_books(connection, office.company_id)
    lines = await hold_lines(connection, office.company_id, ids)
    told = [_told(each, office, page=page, now=now) for each in arrivals]
    await connection.execute(
        _SETTLE, [_row(office, each, line, now) for each, line in zip(arrivals, told, strict=True)]
    )
    await _export_lines(connection, office, _carried(arrivals, lines), now)
    ended = [
        line
        for each, line in zip(arrivals, told, strict=True)
        if not _comes_again(each, lines.get(each.sending.transaction_id))
    ]
    await settle(connection, office.job_id, map(outcome_of, ended))
    return told


async def settle_left(
    connection: AsyncConnection, office: Office, left: Iterable[Decision], *, now: datetime
) -> list[SentLine]:
    """Those for which there is nothing to send."""
    left = list(left)
    told = [left_line(each) for each in left]
    kept = {each.transaction_id: each.line for each in left if each.keep and each.line is not None}
    await _export_lines(connection, office, kept, now)
    await settle(connection, office.job_id, map(outcome_of, told))
    return told


def left_line(decision: Decision) -> SentLine:
    assert decision.left is not None  # noqa: S101
    return msgspec.structs.replace(
        decision.shown,
        outcome=decision.left.outcome,
        detail=decision.left.detail,
        **_standing_of(decision),
    )


def would_be(decision: Decision) -> SentLine:
    """Of a dry run."""
    if decision.operation is None:
        return left_line(decision)
    word = WOULD[decision.operation]
    return msgspec.structs.replace(decision.shown, outcome=word, **_standing_of(decision))


def vendors_not_there(lines: Iterable[SentLine]) -> set[str]:
    """Names of those who may have been removed over there: they are to be looked for, or made, again."""
    return {line.vendor for line in lines if line.code in NOT_THERE and line.vendor}


def outcome_of(line: SentLine) -> Outcome:
    return Outcome(
        transaction_id=line.transaction_id,
        outcome=line.outcome,
        detail=line.detail,
        date=line.date,
        amount=line.amount,
        currency=line.currency,
        description=line.description,
        category=line.category,
    )


def _standing_of(decision: Decision) -> dict[str, Any]:
    standing = decision.standing
    if standing is None or not standing.is_there:
        return {}
    shown = msgspec.convert(standing.shown, SentLine)
    return {"object_type": standing.object_type, "qbo_id": standing.qbo_id, "url": shown.url}


def _told(arrival: Arrival, office: Office, *, page: PageOf, now: datetime) -> SentLine:
    sending, refusal = arrival.sending, arrival.refusal
    shown = msgspec.structs.replace(sending.shown, object_type=sending.object_type, job_id=office.job_id)
    if refusal is not None:
        return msgspec.structs.replace(
            shown, outcome=refusal.outcome, detail=refusal.detail, code=refusal.code
        )
    qbo_id = arrival.qbo_id or sending.qbo_id
    is_there = sending.operation != "delete" and qbo_id is not None
    there = page(sending.object_type, str(qbo_id)) if is_there else None
    return msgspec.structs.replace(
        shown, outcome=DONE[sending.operation], detail="", qbo_id=qbo_id, url=there, at=now
    )


def _row(office: Office, arrival: Arrival, told: SentLine, now: datetime) -> dict[str, Any]:
    sending, refused = arrival.sending, arrival.refusal is not None
    return {
        "company": office.company_id,
        "realm": office.realm_id,
        "mine": office.job_id,
        "id": sending.transaction_id,
        "request": sending.request_id,
        "to": _state(arrival),
        "qbo": arrival.qbo_id or sending.qbo_id,
        "token": arrival.sync_token or sending.sync_token,
        # Of a correction that was refused nobody knows what it looks like over there: it is tried again.
        "hash": "" if refused else sending.digest,
        "line": told,
        "now": now,
    }


def _state(arrival: Arrival) -> str:
    operation, refusal = arrival.sending.operation, arrival.refusal
    if refusal is None:
        return "deleted" if operation == "delete" else "sent"
    return "failed" if operation == "create" or refusal.gone else "sent"


def _carried(arrivals: Iterable[Arrival], lines: Mapping[str, HeldLine]) -> dict[str, HeldLine]:
    """The lines that are now over there just as they stand here."""
    found = {}
    for each in arrivals:
        line = lines.get(each.sending.transaction_id)
        if each.refusal is not None or each.sending.operation == "delete" or line is None:
            continue
        if line.state == "approved" and line.revision == each.sending.revision:
            found[line.transaction_id] = line
    return found


def _comes_again(arrival: Arrival, line: HeldLine | None) -> bool:
    """Whether the line has another turn in this job: what is over there is not yet what is here."""
    if arrival.refusal is not None:
        return False
    wanted = line is not None and line.state in OURS
    if arrival.sending.operation == "delete":
        return wanted
    return not wanted or (line is not None and line.revision != arrival.sending.revision)


async def _export_lines(
    connection: AsyncConnection, office: Office, lines: Mapping[str, HeldLine], now: datetime
) -> None:
    if not lines:
        return
    await connection.execute(_EXPORT, {"ids": list(lines), "now": now})
    changes = [_change(line) for line in lines.values()]
    await record_changes(
        connection, office.company_id, changes, actor=office.actor, now=now, job_id=office.job_id
    )


def _change(line: HeldLine) -> Change:
    return Change(
        transaction_id=line.transaction_id,
        action="exported",
        from_state=line.state,
        to_state="exported",
        from_category=line.category,
        to_category=line.category,
        source=line.source,
        confidence=line.confidence,
        reason=line.reason,
    )


_SETTLE = (
    update(objects)
    .where(
        *OF_REALM,
        objects.c.transaction_id == bindparam("id"),
        # Whoever took it over, or sent it anew, settles it.
        objects.c.job_id == bindparam("mine"),
        objects.c.request_id == bindparam("request"),
        objects.c.state == "sending",
    )
    .values(
        state=bindparam("to"),
        qbo_id=bindparam("qbo"),
        sync_token=bindparam("token"),
        digest=bindparam("hash"),
        shown=bindparam("line"),
        sent_at=bindparam("now"),
        batch_id=None,
        batch_no=None,
        unsure=False,
    )
)
_EXPORT = (
    update(transactions)
    .where(transactions.c.transaction_id.in_(bindparam("ids", expanding=True)))
    .values(state="exported", revision=transactions.c.revision + 1, updated_at=bindparam("now"))
)
