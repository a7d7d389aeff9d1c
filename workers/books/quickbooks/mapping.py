"""Which account of QuickBooks each of ours is: proposed by name and type, confirmed by a person, remembered by code."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from rapidfuzz import fuzz
from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledgerwire.quickbooks import AccountChoice, AccountMapping, MappingList, QuickBooksAccount
from workers.books.quickbooks.accounts import list_accounts
from workers.books.quickbooks.composing import OWN, Place
from workers.books.quickbooks.schema import quickbooks_accounts
from workers.books.quickbooks.schema import quickbooks_mappings as mappings
from workers.books.schema import accounts, bank_accounts, transactions

#: Intuit's types that an account of ours may be, the likeliest first.
TYPES: Mapping[str, tuple[str, ...]] = {
    "asset": ("Other Current Asset", "Fixed Asset", "Other Asset", "Accounts Receivable", *OWN),
    "liability": ("Other Current Liability", "Long Term Liability", "Credit Card", "Accounts Payable"),
    "equity": ("Equity",),
    "income": ("Income", "Other Income"),
    "expense": ("Expense", "Other Expense", "Cost of Goods Sold"),
}
#: Other words for what our first chart calls its accounts, as charts of small businesses have them.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "Advertising and marketing": ("advertising", "marketing"),
    "Bank and finance charges": ("bank charges", "bank fees", "bank service charges", "interest paid"),
    "Commissions and fees": ("commissions", "fees"),
    "Cost of goods sold": ("cost of sales", "supplies materials cogs"),
    "Employee benefits": ("payroll benefits", "health insurance"),
    "Groceries and household": ("household", "groceries"),
    "Insurance": ("insurance expense", "business insurance"),
    "Interest income": ("interest earned", "bank interest"),
    "Materials and maintenance": ("repairs and maintenance", "job materials", "supplies"),
    "Meals and entertainment": ("meals", "entertainment", "restaurants"),
    "Office supplies and equipment": ("office expenses", "office supplies", "stationery"),
    "Other expenses": ("miscellaneous", "uncategorized expense", "other business expenses"),
    "Other income": ("miscellaneous income", "other primary income", "uncategorized income"),
    "Owner's equity": ("opening balance equity", "owner's capital", "owner investment"),
    "Payroll and contractors": ("payroll expenses", "wages", "salaries", "contract labor", "subcontractors"),
    "Postage and shipping": ("shipping", "postage", "freight and delivery"),
    "Professional services": ("legal and professional fees", "accounting", "consulting"),
    "Rent and storage": ("rent or lease", "rent", "storage"),
    "Sales income": ("sales", "services", "sales of product income", "revenue"),
    "Software and subscriptions": ("software", "dues and subscriptions", "apps"),
    "Taxes and licenses": ("taxes paid", "licenses", "business taxes"),
    "Telephone and internet": ("telephone", "phone", "internet", "communications"),
    "Transfers": ("undeposited funds", "clearing", "bank transfers"),
    "Travel lodging": ("hotels", "lodging", "travel"),
    "Travel transport": ("travel", "airfare", "taxis"),
    "Utilities": ("electricity", "gas and electric", "water"),
    "Vehicle fuel": ("fuel", "gas", "automobile fuel"),
    "Vehicle repairs": ("automobile", "car and truck", "vehicle maintenance"),
}
#: A proposal below this is none.
LEAST = 0.6


class Fault(msgspec.Struct, frozen=True):
    """Which of the choices cannot be, by its place among them, and why."""

    index: int
    name: str
    detail: str


class Ours(msgspec.Struct, frozen=True):
    code: str
    name: str
    type: str
    is_bank: bool
    archived: bool


async def list_mapping(connection: AsyncConnection, company_id: str, realm_id: str) -> MappingList:
    """Bank accounts first, then by how many lines wait for it."""
    ours = await _ours(connection, company_id)
    theirs = await list_accounts(connection, company_id, realm_id)
    confirmed = await _confirmed(connection, company_id, realm_id)
    lines = await _lines(connection, company_id)
    shown = [each for each in ours if not each.archived or lines.get(each.name)]
    proposed = propose(
        [each for each in shown if each.code not in confirmed], theirs, set(confirmed.values())
    )
    rows = [
        _row(each, confirmed.get(each.code), proposed.get(each.code), lines.get(each.name, 0))
        for each in shown
    ]
    rows.sort(key=lambda row: (not row.is_bank, -row.lines, row.account))
    return MappingList(rows, [each for each in theirs if each.active])


async def confirm(
    connection: AsyncConnection,
    company_id: str,
    realm_id: str,
    choices: Sequence[AccountChoice],
    *,
    actor: str,
    now: datetime,
) -> list[Fault]:
    """All of them, or nothing and why."""
    ours = {each.name: each for each in await _ours(connection, company_id)}
    theirs = {each.qbo_id: each for each in await list_accounts(connection, company_id, realm_id)}
    confirmed = await _confirmed(connection, company_id, realm_id)
    chosen = {ours[each.account].code: each.qbo_id for each in choices if each.account in ours}
    after = {**confirmed, **chosen}
    faults = _twice(choices) + [
        fault
        for index, each in enumerate(choices)
        if (fault := _fault(index, each, ours, theirs, after)) is not None
    ]
    if not faults:
        await _write(connection, company_id, realm_id, chosen, actor=actor, now=now)
    return faults


async def load_places(connection: AsyncConnection, company_id: str, realm_id: str) -> dict[str, Place]:
    """By the names of our accounts: what a person has confirmed and is still there."""
    found = await connection.execute(_PLACES, {"company": company_id, "realm": realm_id})
    return {row.ours: Place(row.qbo_id, row.name, row.type) for row in found}


async def count_unconfirmed(connection: AsyncConnection, company_id: str, realm_id: str) -> int:
    """How many accounts that lines to be sent are of are not confirmed."""
    places = await load_places(connection, company_id, realm_id)
    return sum(name not in places for name in await _lines(connection, company_id))


# --- proposing ------------------------------------------------------------------------------------------


class Proposal(msgspec.Struct, frozen=True):
    qbo_id: str
    confidence: float
    reason: str


def propose(
    ours: Iterable[Ours], theirs: Sequence[QuickBooksAccount], taken: Collection[str]
) -> dict[str, Proposal]:
    """By code. No two bank accounts get the same; several categories may."""
    found: dict[str, Proposal] = {}
    gone = set(taken)
    pairs = sorted(
        ((proposal, each) for each in ours for proposal in _candidates(each, theirs)),
        key=lambda pair: -pair[0].confidence,
    )
    for proposal, each in pairs:
        if each.code in found or (each.is_bank and proposal.qbo_id in gone):
            continue
        found[each.code] = proposal
        if each.is_bank:
            gone.add(proposal.qbo_id)
    return found


def _types_for(ours: Ours) -> Sequence[str]:
    return OWN if ours.is_bank else TYPES[ours.type]


def _candidates(ours: Ours, theirs: Sequence[QuickBooksAccount]) -> list[Proposal]:
    types = _types_for(ours)
    possible = [each for each in theirs if each.active and each.type in types]
    if not ours.is_bank:
        possible = [each for each in possible if each.type not in OWN]
    if len(possible) == 1 and ours.is_bank:
        alone = Proposal(possible[0].qbo_id, 0.75, f"the only {possible[0].type.lower()} account")
        return [max(alone, _likeness(ours, possible[0]), key=lambda each: each.confidence)]
    return [found for each in possible if (found := _likeness(ours, each)).confidence >= LEAST]


def _likeness(ours: Ours, theirs: QuickBooksAccount) -> Proposal:
    name, other = ours.name.casefold(), theirs.name.casefold()
    if name == other:
        return Proposal(theirs.qbo_id, 0.99, "same name")
    if other in SYNONYMS.get(ours.name, ()):
        return Proposal(theirs.qbo_id, 0.85, "another word for it")
    words = max(
        (fuzz.token_sort_ratio(word, other) for word in (name, *SYNONYMS.get(ours.name, ()))), default=0
    )
    return Proposal(theirs.qbo_id, round(0.9 * words / 100, 2), "similar name")


def _row(ours: Ours, confirmed: str | None, proposed: Proposal | None, lines: int) -> AccountMapping:
    return AccountMapping(
        account=ours.name,
        type=ours.type,
        is_bank=ours.is_bank,
        lines=lines,
        qbo_id=confirmed or (proposed.qbo_id if proposed else None),
        confirmed=confirmed is not None,
        confidence=proposed.confidence if proposed and not confirmed else None,
        reason=proposed.reason if proposed and not confirmed else None,
        types=list(_types_for(ours)),
    )


def _fault(
    index: int,
    choice: AccountChoice,
    ours: Mapping[str, Ours],
    theirs: Mapping[str, QuickBooksAccount],
    after: Mapping[str, str | None],
) -> Fault | None:
    account = ours.get(choice.account)
    if account is None:
        return Fault(index, "account", "This is no account of the chart.")
    if choice.qbo_id is None:
        return None
    target = theirs.get(choice.qbo_id)
    if target is None or not target.active:
        return Fault(index, "qbo_id", "QuickBooks has no such account (any more). Fetch the accounts again.")
    why = _mismatch(account, target)
    banks = {each.code for each in ours.values() if each.is_bank}
    if why is None and account.is_bank and sum(after.get(code) == choice.qbo_id for code in banks) > 1:
        why = f"{target.name} is another bank account's already."
    return None if why is None else Fault(index, "qbo_id", why)


def _twice(choices: Sequence[AccountChoice]) -> list[Fault]:
    names = [each.account for each in choices]
    return [
        Fault(index, "account", "It is chosen twice here.")
        for index, name in enumerate(names)
        if name in names[:index]
    ]


def _mismatch(ours: Ours, theirs: QuickBooksAccount) -> str | None:
    if ours.is_bank and theirs.type not in OWN:
        return f"{theirs.name} is of type {theirs.type}; choose a bank or card account."
    if not ours.is_bank and theirs.type not in TYPES[ours.type]:
        return f"{theirs.name} is of type {theirs.type}, which no {ours.type} account is."
    return None


# --- kept -----------------------------------------------------------------------------------------------


async def _ours(connection: AsyncConnection, company_id: str) -> list[Ours]:
    names = set((await connection.execute(_BANKS, {"company": company_id})).scalars())
    found = await connection.execute(_OURS, {"company": company_id})
    return [Ours(row.code, row.name, row.type, row.name in names, row.archived) for row in found]


async def _confirmed(connection: AsyncConnection, company_id: str, realm_id: str) -> dict[str, str]:
    """What stands confirmed, by code."""
    found = await connection.execute(_CONFIRMED, {"company": company_id, "realm": realm_id})
    return {row.code: row.qbo_id for row in found}


async def _lines(connection: AsyncConnection, company_id: str) -> dict[str, int]:
    """Approved lines that wait to be sent, by the names of both accounts of each."""
    counts: dict[str, int] = {}
    for statement in (_BY_CATEGORY, _BY_BANK):
        for row in await connection.execute(statement, {"company": company_id}):
            counts[row.name] = counts.get(row.name, 0) + row.lines
    return counts


async def _write(
    connection: AsyncConnection,
    company_id: str,
    realm_id: str,
    chosen: Mapping[str, str | None],
    *,
    actor: str,
    now: datetime,
) -> None:
    realm = {"company": company_id, "realm": realm_id}
    await connection.execute(_FORGET, [{**realm, "ours": code} for code in chosen])
    own = {"company_id": company_id, "realm_id": realm_id, "confirmed_by": actor, "confirmed_at": now}
    rows = [{**own, "code": code, "qbo_id": qbo_id} for code, qbo_id in chosen.items() if qbo_id is not None]
    if rows:
        await connection.execute(insert(mappings), rows)


_COMPANY = accounts.c.company_id == bindparam("company")
_OURS = (
    select(accounts.c.code, accounts.c.name, accounts.c.type, accounts.c.archived)
    .where(_COMPANY)
    .order_by(accounts.c.code)
)
_BANKS = select(bank_accounts.c.name).where(bank_accounts.c.company_id == bindparam("company"))
_OF_REALM = (mappings.c.company_id == bindparam("company"), mappings.c.realm_id == bindparam("realm"))
_CONFIRMED = select(mappings.c.code, mappings.c.qbo_id).where(*_OF_REALM)
_FORGET = delete(mappings).where(*_OF_REALM, mappings.c.code == bindparam("ours"))
_PLACES: Any = (
    select(
        accounts.c.name.label("ours"),
        quickbooks_accounts.c.qbo_id,
        quickbooks_accounts.c.name,
        quickbooks_accounts.c.type,
    )
    .join_from(
        mappings,
        accounts,
        (accounts.c.company_id == mappings.c.company_id) & (accounts.c.code == mappings.c.code),
    )
    .join(
        quickbooks_accounts,
        (quickbooks_accounts.c.company_id == mappings.c.company_id)
        & (quickbooks_accounts.c.realm_id == mappings.c.realm_id)
        & (quickbooks_accounts.c.qbo_id == mappings.c.qbo_id),
    )
    .where(*_OF_REALM, quickbooks_accounts.c.active.is_(True))
)
_APPROVED = (transactions.c.company_id == bindparam("company"), transactions.c.state == "approved")
_BY_CATEGORY = (
    select(transactions.c.category.label("name"), func.count().label("lines"))
    .where(*_APPROVED, transactions.c.category.is_not(None))
    .group_by(transactions.c.category)
)
_BY_BANK = (
    select(bank_accounts.c.name, func.count().label("lines"))
    .join_from(transactions, bank_accounts, bank_accounts.c.account_id == transactions.c.account_id)
    .where(*_APPROVED)
    .group_by(bank_accounts.c.name)
)

__all__ = [
    "confirm",
    "count_unconfirmed",
    "list_mapping",
    "load_places",
    "propose",
]
