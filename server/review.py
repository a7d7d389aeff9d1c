"""What a person says about one transaction, and what was ever said about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response, get, patch, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from ledgerwire.books import Transaction
from ledgerwire.errors import FieldError
from ledgerwire.journal import AuditEntry, AuditPage
from ledgerwire.review import Categorization, Categorized, Seen
from server.answers import page
from server.auth import require
from server.parameters import Caller, CompanyId, Cursor, Limit, TheKernel, TransactionId
from server.refusals import InvalidInput
from workers.books import alike, approval, audit, correcting, transactions
from workers.books.access import Role
from workers.books.errors import Conflict, Missing
from workers.books.outcomes import Outcome

#: Digits of a number that fits every integer column of both databases.
LONGEST_NUMBER = 18


@patch(
    "/companies/{company_id:str}/transactions/{transaction_id:str}",
    operation_id="categorizeTransaction",
    summary="Give a transaction its category, or take it away",
    tags=["Books"],
    opt={"body": Categorization, "problems": (409, 422)},
    responses={
        200: ResponseSpec(
            Categorized, description="As it is now, how many are like it, and a rule that would do the same"
        )
    },
)
async def categorize_transaction(
    company_id: CompanyId,
    transaction_id: TransactionId,
    kernel: TheKernel,
    principal: Caller,
    data: JSONBody[Categorization],
) -> Categorized:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        line = await correcting.set_category(
            sql,
            company_id,
            transaction_id,
            data.category,
            actor=principal.name,
            now=datetime.now(UTC),
            revision=data.revision,
        )
    async with kernel.database.reading() as sql:
        others = await alike.count_alike(sql, company_id, line)
        rule = await alike.propose_rule(sql, company_id, line)
    return Categorized(transaction=line, alike=others, rule=rule)


@post(
    "/companies/{company_id:str}/transactions/{transaction_id:str}/approve",
    operation_id="approveTransaction",
    summary="Approve a transaction",
    tags=["Books"],
    status_code=200,
    opt={"body": Seen, "body_required": False, "problems": (409,)},
    responses={200: ResponseSpec(Transaction, description="Approved, now or before; its entry is posted")},
)
async def approve_transaction(
    company_id: CompanyId,
    transaction_id: TransactionId,
    kernel: TheKernel,
    principal: Caller,
    data: JSONBody[Seen | None] = None,
) -> Transaction:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        (outcome,) = await approval.approve_lines(
            sql,
            company_id,
            [transaction_id],
            actor=principal.name,
            now=datetime.now(UTC),
            revisions=_revisions(transaction_id, data),
        )
        settle(outcome, "approved")
        return await transactions.find_transaction(sql, company_id, transaction_id)


@post(
    "/companies/{company_id:str}/transactions/{transaction_id:str}/reopen",
    operation_id="reopenTransaction",
    summary="Take the approval of a transaction back",
    tags=["Books"],
    status_code=200,
    opt={"body": Seen, "body_required": False, "problems": (409,)},
    responses={200: ResponseSpec(Transaction, description="Open, now or before; its entry is a proposal")},
)
async def reopen_transaction(
    company_id: CompanyId,
    transaction_id: TransactionId,
    kernel: TheKernel,
    principal: Caller,
    data: JSONBody[Seen | None] = None,
) -> Transaction:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        (outcome,) = await approval.reopen_lines(
            sql,
            company_id,
            [transaction_id],
            actor=principal.name,
            now=datetime.now(UTC),
            revisions=_revisions(transaction_id, data),
        )
        settle(outcome, "reopened")
        return await transactions.find_transaction(sql, company_id, transaction_id)


def _revisions(transaction_id: str, seen: Seen | None) -> dict[str, int] | None:
    return {transaction_id: seen.revision} if seen and seen.revision is not None else None


def settle(outcome: Outcome, wanted: str) -> None:
    """Raises Missing or Conflict unless the line is as it was wanted; being so already is as good."""
    if outcome.outcome == "unknown":
        raise Missing("transaction")
    if outcome.outcome not in {wanted, "already"}:
        raise Conflict(outcome.outcome, f"The transaction was not {wanted}", outcome.detail)


# --- the audit ----------------------------------------------------------------------------------------


@get(
    "/companies/{company_id:str}/audit",
    operation_id="listAudit",
    summary="Every change of a category or state in a company, newest first",
    tags=["Books"],
    responses={200: ResponseSpec(AuditPage, description="Who, when, from what to what")},
)
async def list_audit(
    request: Request[Any, Any, Any],
    company_id: CompanyId,
    kernel: TheKernel,
    principal: Caller,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response[bytes]:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        found = await audit.list_changes(sql, company_id, before=_before(cursor), limit=limit + 1)
    return _audit_page(request, found, limit)


@get(
    "/companies/{company_id:str}/transactions/{transaction_id:str}/audit",
    operation_id="listTransactionAudit",
    summary="Every change of a transaction's category or state, newest first",
    tags=["Books"],
    responses={200: ResponseSpec(AuditPage, description="Also of one that has been removed since")},
)
async def list_transaction_audit(
    request: Request[Any, Any, Any],
    company_id: CompanyId,
    transaction_id: TransactionId,
    kernel: TheKernel,
    principal: Caller,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response[bytes]:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        found = await audit.list_changes(
            sql, company_id, transaction_id=transaction_id, before=_before(cursor), limit=limit + 1
        )
        if not found:
            await transactions.find_transaction(sql, company_id, transaction_id)
    return _audit_page(request, found, limit)


def _audit_page(request: Request[Any, Any, Any], found: list[AuditEntry], limit: int) -> Response[bytes]:
    """Of what was read with one to spare."""
    more = str(found[limit - 1].audit_id) if len(found) > limit else None
    return page(request, found[:limit], more)


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= LONGEST_NUMBER):
        raise InvalidInput(FieldError("?cursor", "Take next_cursor of the page before, unchanged."))
    return int(cursor)


route_handlers = [
    categorize_transaction,
    approve_transaction,
    reopen_transaction,
    list_audit,
    list_transaction_audit,
]
