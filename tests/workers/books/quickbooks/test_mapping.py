"""Which account of QuickBooks each of ours may be."""

from __future__ import annotations

from ledgerwire.quickbooks import QuickBooksAccount
from tests.doubles.quickbooks.company import CHART
from workers.books.chart import DEFAULT_CHART
from workers.books.quickbooks.mapping import Ours, propose

THEIRS = [
    QuickBooksAccount(qbo_id=str(number), name=name, full_name=name, type=kind)
    for number, (name, kind, _detail) in enumerate(CHART)
]
NAMES = {each.qbo_id: each.name for each in THEIRS}


def ours(name: str, kind: str, *, is_bank: bool = False) -> Ours:
    return Ours(name, name, kind, is_bank, archived=False)


def test_the_chart_of_a_new_company_finds_its_counterparts() -> None:
    mine = [Ours(each.code, each.name, each.type, is_bank=False, archived=False) for each in DEFAULT_CHART]
    codes = {each.code: each.name for each in mine}
    found = {codes[code]: NAMES[each.qbo_id] for code, each in propose(mine, THEIRS, set()).items()}
    assert found["Meals and entertainment"] == "Meals and Entertainment"
    assert found["Sales income"] == "Sales"
    assert found["Bank and finance charges"] == "Bank Charges"
    assert found["Rent and storage"] == "Rent or Lease"
    assert found["Owner's equity"] == "Opening Balance Equity"
    assert found["Transfers"] == "Undeposited Funds"
    kinds = {each.name: each.type for each in THEIRS}
    incomes = {"Income", "Other Income"}
    assert all(
        (kinds[found[each.name]] in incomes) == (each.type == "income") for each in mine if each.name in found
    )


def test_no_two_bank_accounts_get_the_same() -> None:
    mine = [ours("Checking", "asset", is_bank=True), ours("Checking account", "asset", is_bank=True)]
    found = propose(mine, THEIRS, set())
    assert NAMES[found["Checking"].qbo_id] == "Checking"
    assert found["Checking"].qbo_id != found.get("Checking account", found["Checking"]).qbo_id or (
        "Checking account" not in found
    )
    taken = {found["Checking"].qbo_id}
    assert propose([mine[0]], THEIRS, taken).get("Checking", None) is None or (
        propose([mine[0]], THEIRS, taken)["Checking"].qbo_id not in taken
    )


def test_a_bank_account_is_proposed_for_no_category() -> None:
    found = propose([ours("Savings", "asset")], THEIRS, set())
    assert all(NAMES[each.qbo_id] not in {"Savings", "Checking"} for each in found.values())


def test_what_resembles_nothing_is_not_guessed() -> None:
    assert propose([ours("Xylophones", "expense")], THEIRS, set()) == {}
