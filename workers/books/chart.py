"""The chart of accounts a new small business starts with."""

from __future__ import annotations

import msgspec


class Account(msgspec.Struct, frozen=True):
    code: str
    #: What transactions carry as their category.
    name: str
    #: ``asset``, ``liability``, ``equity``, ``income`` or ``expense``.
    type: str


#: Bank accounts take the codes from here on, one each.
FIRST_BANK_CODE = 1000

DEFAULT_CHART = tuple(
    Account(*row)
    for row in (
        ("1500", "Furniture and fixtures", "asset"),
        ("1900", "Transfers", "asset"),
        ("2300", "Loan payments", "liability"),
        ("3000", "Owner's equity", "equity"),
        ("4000", "Sales income", "income"),
        ("4100", "Interest income", "income"),
        ("5000", "Cost of goods sold", "expense"),
        ("6010", "Advertising and marketing", "expense"),
        ("6020", "Bank and finance charges", "expense"),
        ("6030", "Clothing and uniforms", "expense"),
        ("6040", "Education and training", "expense"),
        ("6050", "General merchandise", "expense"),
        ("6060", "Groceries and household", "expense"),
        ("6070", "Insurance", "expense"),
        ("6080", "Materials and maintenance", "expense"),
        ("6090", "Meals and entertainment", "expense"),
        ("6100", "Medical and health", "expense"),
        ("6110", "Office supplies and equipment", "expense"),
        ("6120", "Parking and tolls", "expense"),
        ("6130", "Payroll and contractors", "expense"),
        ("6140", "Personal care", "expense"),
        ("6150", "Pets and animals", "expense"),
        ("6160", "Postage and shipping", "expense"),
        ("6170", "Professional services", "expense"),
        ("6180", "Rent and storage", "expense"),
        ("6190", "Software and subscriptions", "expense"),
        ("6200", "Taxes and licenses", "expense"),
        ("6210", "Telephone and internet", "expense"),
        ("6220", "Travel lodging", "expense"),
        ("6230", "Travel transport", "expense"),
        ("6240", "Utilities", "expense"),
        ("6250", "Vehicle fuel", "expense"),
        ("6260", "Vehicle repairs", "expense"),
    )
)

#: For the seeded demo company only: whole words looked for, the category, and the sign they hold for.
STARTER_RULES: tuple[tuple[str, str, int | None], ...] = (
    ("STRIPE PAYOUT", "Sales income", 1),
    ("INTEREST PAID", "Interest income", 1),
    ("MONTHLY SERVICE FEE", "Bank and finance charges", -1),
    ("WIRE FEE", "Bank and finance charges", -1),
    ("TRANSFER TO SAVINGS", "Transfers", None),
    ("PAYROLL", "Payroll and contractors", -1),
    ("LOAN PAYMENT", "Loan payments", -1),
    ("IRS", "Taxes and licenses", -1),
    ("INSURANCE", "Insurance", -1),
    ("ADS", "Advertising and marketing", -1),
    ("COFFEE", "Meals and entertainment", -1),
    ("RESTAURANT", "Meals and entertainment", -1),
    ("PIZZA", "Meals and entertainment", -1),
    ("UBER EATS", "Meals and entertainment", -1),
    ("UBER", "Travel transport", -1),
    ("AIRLINES", "Travel transport", -1),
    ("HOTEL", "Travel lodging", -1),
    ("PARKING", "Parking and tolls", -1),
    ("GAS STATION", "Vehicle fuel", -1),
    ("OFFICE SUPPLY", "Office supplies and equipment", -1),
    ("HOSTING", "Software and subscriptions", -1),
    ("SUBSCRIPTION", "Software and subscriptions", -1),
    ("WIRELESS", "Telephone and internet", -1),
    ("INTERNET", "Telephone and internet", -1),
    ("ELECTRIC", "Utilities", -1),
    ("WATER DEPT", "Utilities", -1),
    ("RENT", "Rent and storage", -1),
    ("POST OFFICE", "Postage and shipping", -1),
    ("HARDWARE", "Materials and maintenance", -1),
)
