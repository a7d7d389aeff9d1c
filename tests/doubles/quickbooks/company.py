"""One company of the double: its objects, their rules, and the ledger they add up to."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.doubles.quickbooks.faults import Refusal, money, references, required

LISTS = ("Account", "Vendor", "Customer", "Employee")
POSTING = ("Purchase", "Deposit", "Transfer", "JournalEntry", "Bill")
ENTITIES = (*LISTS, *POSTING, "Attachable", "CompanyInfo", "Preferences")
#: One space of names for them all.
NAMED = ("Vendor", "Customer", "Employee")
#: Name, type and sub-type, as a new company over there has them.
CHART = (
    ("Checking", "Bank", "Checking"),
    ("Savings", "Bank", "Savings"),
    ("Visa Card", "Credit Card", "CreditCard"),
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    ("Furniture and Equipment", "Fixed Asset", "FurnitureAndFixtures"),
    ("Loan Payable", "Other Current Liability", "LoanPayable"),
    ("Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    ("Sales", "Income", "SalesOfProductIncome"),
    ("Interest Earned", "Other Income", "InterestEarned"),
    ("Miscellaneous Income", "Other Income", "OtherMiscellaneousIncome"),
    ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Advertising", "Expense", "AdvertisingPromotional"),
    ("Automobile Fuel", "Expense", "Auto"),
    ("Bank Charges", "Expense", "BankCharges"),
    ("Dues and Subscriptions", "Expense", "DuesSubscriptions"),
    ("Insurance", "Expense", "Insurance"),
    ("Legal and Professional Fees", "Expense", "LegalProfessionalFees"),
    ("Meals and Entertainment", "Expense", "EntertainmentMeals"),
    ("Office Supplies", "Expense", "OfficeGeneralAdministrativeExpenses"),
    ("Payroll Expenses", "Expense", "PayrollExpenses"),
    ("Rent or Lease", "Expense", "RentOrLeaseOfBuildings"),
    ("Repairs and Maintenance", "Expense", "RepairMaintenance"),
    ("Shipping", "Expense", "ShippingFreightDelivery"),
    ("Taxes Paid", "Expense", "TaxesPaid"),
    ("Telephone", "Expense", "Utilities"),
    ("Travel", "Expense", "Travel"),
    ("Utilities", "Expense", "Utilities"),
    ("Miscellaneous", "Other Expense", "OtherMiscellaneousExpense"),
)
VENDORS = ("Robertson & Associates", "Norton Lumber", "Hicks Hardware")


class Company:
    def __init__(self, realm_id: str, name: str = "Sandbox Company", currency: str = "USD") -> None:
        self.realm_id = realm_id
        self.currency = currency
        self.closed_through: date | None = None
        self.objects: dict[str, dict[str, dict[str, Any]]] = {entity: {} for entity in ENTITIES}
        self.files: dict[str, bytes] = {}
        self._next = 1
        self._seed(name)

    def _seed(self, name: str) -> None:
        self.objects["CompanyInfo"]["1"] = {"Id": "1", "SyncToken": "0", "CompanyName": name, "Country": "US"}
        for account, kind, detail in CHART:
            self.create("Account", {"Name": account, "AccountType": kind, "AccountSubType": detail})
        for vendor in VENDORS:
            self.create("Vendor", {"DisplayName": vendor})

    def rows(self, entity: str) -> list[dict[str, Any]]:
        if entity == "Preferences":
            return [self._preferences()]
        return list(self.objects[entity].values())

    def _preferences(self) -> dict[str, Any]:
        books: dict[str, Any] = {"UseAccountNumbers": False}
        if self.closed_through is not None:
            books["BookCloseDate"] = self.closed_through.isoformat()
        currency = {"HomeCurrency": {"value": self.currency}, "MultiCurrencyEnabled": False}
        return {"Id": "1", "SyncToken": "0", "AccountingInfoPrefs": books, "CurrencyPrefs": currency}

    # --- changing -------------------------------------------------------------------------------------

    def create(self, entity: str, content: dict[str, Any]) -> dict[str, Any]:
        made = {name: value for name, value in content.items() if name not in {"Id", "SyncToken", "sparse"}}
        self._check(entity, made, None)
        made |= {"Id": str(self._next), "SyncToken": "0", "domain": "QBO"}
        self._next += 1
        now = datetime.now(UTC).isoformat()
        made["MetaData"] = {"CreateTime": now, "LastUpdatedTime": now}
        return self._kept(entity, made)

    def update(self, entity: str, content: dict[str, Any]) -> dict[str, Any]:
        old = self._current(entity, content)
        base = old if content.get("sparse") in (True, "true") else {}
        new = {**base, **content, "Id": old["Id"], "domain": "QBO", "MetaData": {**old["MetaData"]}}
        new.pop("sparse", None)
        self._check(entity, new, old)
        new["SyncToken"] = str(int(old["SyncToken"]) + 1)
        new["MetaData"]["LastUpdatedTime"] = datetime.now(UTC).isoformat()
        return self._kept(entity, new)

    def delete(self, entity: str, content: dict[str, Any]) -> dict[str, Any]:
        old = self._current(entity, content)
        self._check_period(entity, old)
        if entity in LISTS:
            raise Refusal("6000", "A name in a list is made inactive, and never deleted")
        del self.objects[entity][old["Id"]]
        return {"Id": old["Id"], "status": "Deleted", "domain": "QBO"}

    def read(self, entity: str, qbo_id: str) -> dict[str, Any]:
        if qbo_id not in self.objects[entity]:
            raise Refusal("610", f"Object Not Found : {entity} {qbo_id} is not here")
        return self.objects[entity][qbo_id]

    def _current(self, entity: str, content: dict[str, Any]) -> dict[str, Any]:
        required(content, "Id", "SyncToken")
        old = self.read(entity, str(content["Id"]))
        if str(content["SyncToken"]) != old["SyncToken"]:
            raise Refusal("5010", "You and somebody else were working on this at the same time")
        return old

    def _kept(self, entity: str, content: dict[str, Any]) -> dict[str, Any]:
        if entity in NAMED:
            content.setdefault("Active", True)
        if entity == "Account":
            content.setdefault("Active", True)
            content.setdefault("FullyQualifiedName", content["Name"])
            content["CurrencyRef"] = {"value": self.currency}
        if entity in {"Purchase", "Deposit"}:
            content["TotalAmt"] = format(_sum(content), "f")
        self.objects[entity][content["Id"]] = content
        return copy.deepcopy(content)

    # --- checking -------------------------------------------------------------------------------------

    def _check(self, entity: str, content: dict[str, Any], old: dict[str, Any] | None) -> None:
        if entity in LISTS:
            self._check_name(entity, content, old)
        if entity in POSTING:
            if old is not None:
                self._check_period(entity, old)
            self._check_posting(entity, content)

    def _check_name(self, entity: str, content: dict[str, Any], old: dict[str, Any] | None) -> None:
        field = "Name" if entity == "Account" else "DisplayName"
        required(content, field)
        name = str(content[field])
        if any(each in name for each in ":\t\n") or len(name) > 100:
            raise Refusal("2050", f"{field} has a colon, a tab or a newline, or is too long", field)
        spaces = ("Account",) if entity == "Account" else NAMED
        for other in (row for space in spaces for row in self.objects[space].values()):
            if other is not old and str(other[field]).casefold() == name.casefold():
                raise Refusal("6240", f"The name supplied already exists. : Id={other['Id']}")

    def _check_period(self, entity: str, content: dict[str, Any]) -> None:
        day = content.get("TxnDate")
        if self.closed_through is not None and day and date.fromisoformat(day) <= self.closed_through:
            raise Refusal("6210", f"The account period has closed through {self.closed_through}")

    def _check_posting(self, entity: str, content: dict[str, Any]) -> None:
        try:
            date.fromisoformat(str(content.get("TxnDate", "2000-01-01")))
        except ValueError:
            raise Refusal("2010", "TxnDate should read YYYY-MM-DD", "TxnDate") from None
        if len(str(content.get("PrivateNote", ""))) > 4_000:
            raise Refusal("2050", "PrivateNote is longer than 4000", "PrivateNote")
        for name, kind, reference in references(content):
            if str(reference["value"]) not in self.objects.get(kind, {}):
                raise Refusal("2500", f"Invalid Reference Id : {kind} {reference['value']}", name)
        self._check_period(entity, content)
        self._check_number(entity, content)
        CHECKS[entity](self, content)
        postings = list(self._postings(entity, content))
        if sum((amount for _account, amount in postings), Decimal(0)) != 0:
            raise Refusal("6000", "Debits and credits are not equal")

    def _check_number(self, entity: str, content: dict[str, Any]) -> None:
        """As with the company's setting to warn of duplicate numbers."""
        number = content.get("DocNumber")
        for other in self.objects[entity].values():
            if number and other.get("DocNumber") == number and other["Id"] != content.get("Id"):
                raise Refusal("6140", f"DocNumber={number} is assigned to TxnId={other['Id']}", "DocNumber")

    def kind_of(self, reference: dict[str, Any]) -> str:
        return str(self.objects["Account"][str(reference["value"])]["AccountType"])

    # --- the ledger -----------------------------------------------------------------------------------

    def balance(self) -> dict[str, Decimal]:
        """By account's name; debits are positive. Their sum is zero."""
        found: defaultdict[str, Decimal] = defaultdict(Decimal)
        for entity in POSTING:
            for content in self.objects[entity].values():
                for account, amount in self._postings(entity, content):
                    found[self.objects["Account"][account]["Name"]] += amount
        return dict(found)

    def _postings(self, entity: str, content: dict[str, Any]) -> Iterator[tuple[str, Decimal]]:
        if entity == "Transfer":
            amount = money(content["Amount"], "Amount")
            yield str(content["ToAccountRef"]["value"]), amount
            yield str(content["FromAccountRef"]["value"]), -amount
        elif entity == "JournalEntry":
            for line in content["Line"]:
                detail = line["JournalEntryLineDetail"]
                sign = 1 if detail["PostingType"] == "Debit" else -1
                yield str(detail["AccountRef"]["value"]), sign * money(line["Amount"], "Amount")
        elif entity in {"Purchase", "Deposit"}:
            yield from _two_sided(entity, content)


def _two_sided(entity: str, content: dict[str, Any]) -> Iterator[tuple[str, Decimal]]:
    own = content["AccountRef" if entity == "Purchase" else "DepositToAccountRef"]
    detail = "AccountBasedExpenseLineDetail" if entity == "Purchase" else "DepositLineDetail"
    # A purchase debits its lines, a credit or a deposit credits them.
    sign = -1 if entity == "Deposit" or content.get("Credit") in (True, "true") else 1
    for line in content["Line"]:
        amount = sign * money(line["Amount"], "Amount")
        yield str(line[detail]["AccountRef"]["value"]), amount
        yield str(own["value"]), -amount


def _sum(content: dict[str, Any]) -> Decimal:
    return sum((money(line["Amount"], "Amount") for line in content["Line"]), Decimal(0))


def _check_purchase(company: Company, content: dict[str, Any]) -> None:
    required(content, "AccountRef", "PaymentType", "Line")
    kind = company.kind_of(content["AccountRef"])
    wanted = "Credit Card" if content["PaymentType"] == "CreditCard" else "Bank"
    if kind != wanted:
        raise Refusal("6000", f"A {content['PaymentType']} purchase is of a {wanted} account, not of {kind}")
    if content.get("Credit") in (True, "true") and content["PaymentType"] != "CreditCard":
        raise Refusal("6000", "Only a credit card takes a credit")
    _check_lines(company, content, "AccountBasedExpenseLineDetail")


def _check_deposit(company: Company, content: dict[str, Any]) -> None:
    required(content, "DepositToAccountRef", "Line")
    if company.kind_of(content["DepositToAccountRef"]) not in {"Bank", "Other Current Asset"}:
        raise Refusal("6000", "A deposit goes to a bank account")
    _check_lines(company, content, "DepositLineDetail")


def _check_transfer(company: Company, content: dict[str, Any]) -> None:
    required(content, "FromAccountRef", "ToAccountRef", "Amount")
    if content["FromAccountRef"]["value"] == content["ToAccountRef"]["value"]:
        raise Refusal("6000", "A transfer goes to another account")
    if money(content["Amount"], "Amount") <= 0:
        raise Refusal("2090", "Amount should be above zero", "Amount")


def _check_journal_entry(company: Company, content: dict[str, Any]) -> None:
    required(content, "Line")
    for line in content["Line"]:
        required(line, "JournalEntryLineDetail", "Amount")
        detail = line["JournalEntryLineDetail"]
        required(detail, "PostingType", "AccountRef")
        kind = company.kind_of(detail["AccountRef"])
        if kind in {"Accounts Receivable", "Accounts Payable"} and "Entity" not in detail:
            raise Refusal("6000", "When you use Accounts Receivable or Payable, choose a customer or vendor")


def _check_lines(company: Company, content: dict[str, Any], detail: str) -> None:
    for line in content["Line"]:
        required(line, "Amount", detail)
        required(line[detail], "AccountRef")
        if money(line["Amount"], "Amount") <= 0:
            raise Refusal("2090", "Amount should be above zero", "Amount")
        if company.kind_of(line[detail]["AccountRef"]) in {"Accounts Receivable", "Accounts Payable"}:
            raise Refusal("6000", "Accounts Receivable and Payable need a customer or vendor on the line")


def _check_bill(company: Company, content: dict[str, Any]) -> None:
    required(content, "VendorRef", "Line")


CHECKS = {
    "Purchase": _check_purchase,
    "Deposit": _check_deposit,
    "Transfer": _check_transfer,
    "JournalEntry": _check_journal_entry,
    "Bill": _check_bill,
}
