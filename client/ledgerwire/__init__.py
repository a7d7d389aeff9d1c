"""Ledgerwire: the contract and the Python SDK made of it.

``from ledgerwire import Ledgerwire`` is where to begin; see ``ledgerwire/client.py``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ledgerwire.async_client import AsyncLedgerwire
    from ledgerwire.books import Transaction, TransactionFilter
    from ledgerwire.client import Ledgerwire
    from ledgerwire.errors import FieldError, Problem
    from ledgerwire.events import JobEvent, LogEvent, Snapshot
    from ledgerwire.exceptions import (
        APIError,
        AuthenticationError,
        Conflict,
        ConnectionFailed,
        InvalidRequest,
        InvalidSubmission,
        JobCancelled,
        JobFailed,
        LedgerwireError,
        NotFound,
        PermissionDenied,
        RateLimited,
        ServerError,
        UnexpectedAnswer,
        WaitTimeout,
    )
    from ledgerwire.handles import AsyncJobHandle, JobHandle
    from ledgerwire.jobs import Attempt, Job, LogLine, Status
    from ledgerwire.persistence import Persistence
    from ledgerwire.review import Categorized
    from ledgerwire.statements import ColumnMapping, MappingProposal
    from ledgerwire.submissions import (
        BulkApprove,
        Categorize,
        Learn,
        Submission,
        UndoApprove,
        UndoImport,
        UploadAndCategorize,
    )

__all__ = [
    "APIError",
    "AsyncJobHandle",
    "AsyncLedgerwire",
    "Attempt",
    "AuthenticationError",
    "BulkApprove",
    "Categorize",
    "Categorized",
    "ColumnMapping",
    "Conflict",
    "ConnectionFailed",
    "FieldError",
    "InvalidRequest",
    "InvalidSubmission",
    "Job",
    "JobCancelled",
    "JobEvent",
    "JobFailed",
    "JobHandle",
    "Learn",
    "Ledgerwire",
    "LedgerwireError",
    "LogEvent",
    "LogLine",
    "MappingProposal",
    "NotFound",
    "PermissionDenied",
    "Persistence",
    "Problem",
    "RateLimited",
    "ServerError",
    "Snapshot",
    "Status",
    "Submission",
    "Transaction",
    "TransactionFilter",
    "UndoApprove",
    "UndoImport",
    "UnexpectedAnswer",
    "UploadAndCategorize",
    "WaitTimeout",
]

# Workers and servers import this package for its contract alone: the SDK, which brings httpx2 and websockets,
# is loaded by whoever names a part of it.
_HOMES = (
    "errors",
    "jobs",
    "events",
    "books",
    "review",
    "statements",
    "submissions",
    "exceptions",
    "persistence",
    "handles",
    "client",
    "async_client",
)


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for home in _HOMES:
        module = import_module(f"{__name__}.{home}")
        found = getattr(module, name, None)
        if found is not None and found.__module__ == module.__name__:
            return found
    raise AttributeError(f"{name!r} is public and has no home")


def __dir__() -> list[str]:
    return sorted(__all__)
