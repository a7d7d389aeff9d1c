"""The routes of a company's books, each noun in a file of its own."""

from __future__ import annotations

from server import (
    accounts,
    companies,
    journal,
    members,
    quickbooks,
    receipt_files,
    receipts,
    review,
    rules,
    transactions,
)

route_handlers = [
    *companies.route_handlers,
    *accounts.route_handlers,
    *rules.route_handlers,
    *transactions.route_handlers,
    *review.route_handlers,
    *journal.route_handlers,
    *receipts.route_handlers,
    *receipt_files.route_handlers,
    *quickbooks.route_handlers,
    *members.route_handlers,
]
