"""A company's rules: written, ordered, tried."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import Request, Response, delete, get, post, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, QueryParameter

from ledgerwire.rules import NewRule, Rule, RulePage, RulePreview
from ledgerwire.text import PLAIN
from server.answers import created, page
from server.auth import require
from server.parameters import Caller, CompanyId, RuleId, TheKernel
from workers.books import previewing, rule_book
from workers.books.access import Role

Replaced = Annotated[
    str | None,
    QueryParameter(
        required=False, max_length=64, pattern=PLAIN, description="The rule this one would replace"
    ),
]


@get(
    "/companies/{company_id:str}/rules",
    operation_id="listRules",
    summary="A company's rules",
    tags=["Books"],
    responses={200: ResponseSpec(RulePage, description="All of them, in the order in which they decide")},
)
async def list_rules(
    request: Request[Any, Any, Any], company_id: CompanyId, kernel: TheKernel, principal: Caller
) -> Response[bytes]:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        return page(request, await rule_book.list_rules(sql, company_id), None)


@post(
    "/companies/{company_id:str}/rules",
    operation_id="createRule",
    summary="Write a rule",
    tags=["Books"],
    opt={"body": NewRule, "problems": (422,)},
    responses={201: ResponseSpec(Rule, description="It decides from now on: categorize, and it is asked")},
)
async def create_rule(
    company_id: CompanyId, kernel: TheKernel, principal: Caller, data: JSONBody[NewRule]
) -> Response[bytes]:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        rule = await rule_book.create_rule(sql, company_id, data, now=datetime.now(UTC))
    return created(rule, f"/api/companies/{company_id}/rules/{rule.rule_id}")


@put(
    "/companies/{company_id:str}/rules/{rule_id:str}",
    operation_id="replaceRule",
    summary="Write a rule anew, or put it elsewhere among the others",
    tags=["Books"],
    opt={"body": NewRule, "problems": (422,)},
    responses={200: ResponseSpec(Rule, description="As it is now; the others have moved up or down")},
)
async def replace_rule(
    company_id: CompanyId, rule_id: RuleId, kernel: TheKernel, principal: Caller, data: JSONBody[NewRule]
) -> Rule:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        return await rule_book.replace_rule(sql, company_id, rule_id, data)


@delete(
    "/companies/{company_id:str}/rules/{rule_id:str}",
    operation_id="deleteRule",
    summary="Delete a rule; what it decided stays decided",
    tags=["Books"],
)
async def delete_rule(company_id: CompanyId, rule_id: RuleId, kernel: TheKernel, principal: Caller) -> None:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        await rule_book.delete_rule(sql, company_id, rule_id)


@post(
    "/companies/{company_id:str}/rules/preview",
    operation_id="previewRule",
    summary="What a rule would do to the newest 20,000 lines, were it saved",
    tags=["Books"],
    status_code=200,
    opt={"body": NewRule, "problems": (422,)},
    responses={200: ResponseSpec(RulePreview, description="Nothing was changed")},
)
async def preview_rule(
    company_id: CompanyId,
    kernel: TheKernel,
    principal: Caller,
    data: JSONBody[NewRule],
    rule_id: Replaced = None,
) -> RulePreview:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.reading() as sql:
        return await previewing.preview_rule(sql, company_id, data, rule_id=rule_id)


route_handlers = [list_rules, create_rule, replace_rule, delete_rule, preview_rule]
