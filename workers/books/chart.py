"""The chart of accounts a new small business starts with.

Behind each account of income or expense stands the line of a sole proprietor's Schedule C it adds up to, where there
is one. It is finer than the form where banks print enough to tell things apart (travel, vehicles, supplies).
"""

from __future__ import annotations

from ledgerwire.books import Account

#: Bank accounts take the codes from here on, one each.
FIRST_BANK_CODE = 1000

DEFAULT_CHART = tuple(
    Account(*row)
    for row in (
        ("1500", "Furniture and fixtures", "asset"),
        ("1900", "Transfers", "asset"),
        ("2300", "Loan payments", "liability"),
        ("3000", "Owner's equity", "equity"),
        ("4000", "Sales income", "income"),  # 1
        ("4100", "Interest income", "income"),
        ("4200", "Returns and allowances", "income"),  # 2
        ("4900", "Other income", "income"),  # 6
        ("5000", "Cost of goods sold", "expense"),  # 4
        ("6010", "Advertising and marketing", "expense"),  # 8
        ("6020", "Bank and finance charges", "expense"),  # 16b, 27
        ("6030", "Clothing and uniforms", "expense"),  # 27
        ("6035", "Commissions and fees", "expense"),  # 10
        ("6037", "Depreciation", "expense"),  # 13
        ("6040", "Education and training", "expense"),  # 27
        ("6045", "Employee benefits", "expense"),  # 14
        ("6050", "General merchandise", "expense"),  # 22
        ("6060", "Groceries and household", "expense"),
        ("6065", "Home office", "expense"),  # 30
        ("6070", "Insurance", "expense"),  # 15
        ("6080", "Materials and maintenance", "expense"),  # 21, 22
        ("6090", "Meals and entertainment", "expense"),  # 24b
        ("6100", "Medical and health", "expense"),
        ("6110", "Office supplies and equipment", "expense"),  # 18
        ("6120", "Parking and tolls", "expense"),  # 9
        ("6130", "Payroll and contractors", "expense"),  # 11, 26
        ("6140", "Personal care", "expense"),
        ("6150", "Pets and animals", "expense"),
        ("6160", "Postage and shipping", "expense"),  # 18
        ("6170", "Professional services", "expense"),  # 17
        ("6180", "Rent and storage", "expense"),  # 20
        ("6185", "Retirement plans", "expense"),  # 19
        ("6190", "Software and subscriptions", "expense"),  # 18
        ("6200", "Taxes and licenses", "expense"),  # 23
        ("6210", "Telephone and internet", "expense"),  # 25
        ("6220", "Travel lodging", "expense"),  # 24a
        ("6230", "Travel transport", "expense"),  # 24a
        ("6240", "Utilities", "expense"),  # 25
        ("6250", "Vehicle fuel", "expense"),  # 9
        ("6260", "Vehicle repairs", "expense"),  # 9
        ("6900", "Other expenses", "expense"),  # 27
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
