"""A company's chart of accounts and its bank accounts."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, delete, get, patch, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from ledgerwire.books import (
    Account,
    AccountChange,
    AccountPage,
    BankAccount,
    BankAccountChange,
    BankAccountPage,
    NewAccount,
    NewBankAccount,
)
from server.answers import created, page
from server.auth import require
from server.parameters import AccountCode, AccountId, Caller, CompanyId, TheKernel
from workers.books import accounts, bank_accounts, companies
from workers.books.access import Role


@get(
    "/companies/{company_id:str}/accounts",
    operation_id="listAccounts",
    summary="A company's chart of accounts",
    tags=["Books"],
    responses={200: ResponseSpec(AccountPage, description="All of them, by code")},
)
async def list_accounts(
    request: Request[Any, Any, Any], company_id: CompanyId, kernel: TheKernel, principal: Caller
) -> Response[bytes]:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        return page(request, await companies.list_chart(sql, company_id), None)


@post(
    "/companies/{company_id:str}/accounts",
    operation_id="createAccount",
    summary="Add an account to the chart",
    tags=["Books"],
    opt={"body": NewAccount, "problems": (409, 422)},
    responses={201: ResponseSpec(Account, description="The account, which lines may now get")},
)
async def create_account(
    company_id: CompanyId, kernel: TheKernel, principal: Caller, data: JSONBody[NewAccount]
) -> Response[bytes]:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        account = await accounts.create_account(sql, company_id, data)
    return created(account, f"/api/companies/{company_id}/accounts/{account.code}")


@patch(
    "/companies/{company_id:str}/accounts/{code:str}",
    operation_id="changeAccount",
    summary="Rename, archive or retype an account of the chart",
    tags=["Books"],
    opt={"body": AccountChange, "problems": (409, 422)},
    responses={200: ResponseSpec(Account, description="As it is now; a new name stands everywhere at once")},
)
async def change_account(
    company_id: CompanyId,
    code: AccountCode,
    kernel: TheKernel,
    principal: Caller,
    data: JSONBody[AccountChange],
) -> Account:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        return await accounts.change_account(sql, company_id, code, data)


@delete(
    "/companies/{company_id:str}/accounts/{code:str}",
    operation_id="deleteAccount",
    summary="Delete an account that nothing uses",
    tags=["Books"],
    opt={"problems": (409,)},
)
async def delete_account(
    company_id: CompanyId, code: AccountCode, kernel: TheKernel, principal: Caller
) -> None:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        await accounts.delete_account(sql, company_id, code)


@get(
    "/companies/{company_id:str}/accounts/bank",
    operation_id="listBankAccounts",
    summary="A company's bank accounts",
    tags=["Books"],
    responses={200: ResponseSpec(BankAccountPage, description="All of them, oldest first")},
)
async def list_bank_accounts(
    request: Request[Any, Any, Any], company_id: CompanyId, kernel: TheKernel, principal: Caller
) -> Response[bytes]:
    require(principal, company_id, Role.VIEWER)
    async with kernel.database.reading() as sql:
        return page(request, await companies.list_bank_accounts(sql, company_id), None)


@post(
    "/companies/{company_id:str}/accounts/bank",
    operation_id="openBankAccount",
    summary="Add a bank account, which is an account of the chart too",
    tags=["Books"],
    opt={"body": NewBankAccount, "problems": (409, 422)},
    responses={201: ResponseSpec(BankAccount, description="The account, which files may now be imported to")},
)
async def open_bank_account(
    company_id: CompanyId, kernel: TheKernel, principal: Caller, data: JSONBody[NewBankAccount]
) -> Response[bytes]:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        account = await bank_accounts.open_bank_account(sql, company_id, data)
    return created(account, f"/api/companies/{company_id}/accounts/bank/{account.account_id}")


@patch(
    "/companies/{company_id:str}/accounts/bank/{account_id:str}",
    operation_id="changeBankAccount",
    summary="Change a bank account's name or number",
    tags=["Books"],
    opt={"body": BankAccountChange, "problems": (409, 422)},
    responses={200: ResponseSpec(BankAccount, description="As it is now")},
)
async def change_bank_account(
    company_id: CompanyId,
    account_id: AccountId,
    kernel: TheKernel,
    principal: Caller,
    data: JSONBody[BankAccountChange],
) -> BankAccount:
    require(principal, company_id, Role.BOOKKEEPER)
    async with kernel.database.transaction() as sql:
        return await bank_accounts.change_bank_account(sql, company_id, account_id, data)


route_handlers = [
    list_accounts,
    create_account,
    change_account,
    delete_account,
    list_bank_accounts,
    open_bank_account,
    change_bank_account,
]
