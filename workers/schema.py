"""Every table there is, for migrations: importing this module registers them all."""

from workers import kept_files
from workers.books import access_schema
from workers.books import schema as books_schema
from workers.books.quickbooks import schema as quickbooks_schema
from workers.books.receipts import schema as receipts_schema
from workers.database import metadata
from workers.jobs import tables as job_tables

__all__ = [
    "access_schema",
    "books_schema",
    "job_tables",
    "kept_files",
    "metadata",
    "quickbooks_schema",
    "receipts_schema",
]
