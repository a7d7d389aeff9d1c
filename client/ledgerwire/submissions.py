"""Every kind of work and what it takes: the routes for submitting are made of this union.

A new kind is one Struct here, one function in ``workers/tasks/`` and one line in its registry: docs/guide.md.
"""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import Annotated, get_args

import msgspec

from ledgerwire.books import TransactionFilter
from ledgerwire.statements import ColumnMapping
from ledgerwire.text import Identifier, Label

CompanyId = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", description="The company's id")
]


class Upload(msgspec.Struct, frozen=True):
    """Uploaded bytes, by reference. ``name`` is what the sender called it: for people, never for a path."""

    name: str
    sha256: str
    size: int


class Submission(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """The base of every kind of work. A field of type ``Upload`` makes its route take multipart."""

    company_id: CompanyId
    #: Accepted and stored for the host application; decides nothing.
    tenant_id: Label | None = None

    @property
    def uploads(self) -> list[Upload]:
        """Of fields that are a file or a list of files, in order."""
        values = (getattr(self, name) for name in self.__struct_fields__)
        each = chain.from_iterable(value if isinstance(value, list) else [value] for value in values)
        return [value for value in each if isinstance(value, Upload)]


class Categorize(Submission, frozen=True, kw_only=True, tag="categorize"):
    """Categorize lines that are imported and not yet approved."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=50_000)] = 100
    #: Only these lines; null means the oldest that wait.
    transaction_ids: Annotated[list[Identifier], msgspec.Meta(min_length=1, max_length=50_000)] | None = None


class UploadAndCategorize(Submission, frozen=True, kw_only=True, tag="upload-and-categorize"):
    """Read a bank file, import its lines, categorize them and propose journal entries."""

    file: Upload
    #: The bank account it belongs to; null takes the one the file names, else the only one there is.
    account_id: Label | None = None
    #: How to read the file, where it could not be read with certainty: what its problem proposed, confirmed.
    mapping: ColumnMapping | None = None


class BulkApprove(Submission, frozen=True, kw_only=True, tag="bulk-approve"):
    """Approve many transactions: by ids, by filter, or those that failed in an earlier such job."""

    transaction_ids: Annotated[list[Identifier], msgspec.Meta(min_length=1, max_length=50_000)] | None = None
    filter: TransactionFilter | None = None
    #: The lines that could not be approved in that job.
    failed_of: Identifier | None = None
    #: The revision you saw of a line; one that has moved on since is not approved but ``changed``.
    revisions: Annotated[dict[Identifier, int], msgspec.Meta(max_length=50_000)] | None = None
    #: When you looked; lines that changed after it are not approved but ``changed``. Null: now.
    seen_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None

    def __post_init__(self) -> None:
        named = [each for each in (self.transaction_ids, self.filter, self.failed_of) if each is not None]
        if len(named) != 1:
            raise ValueError("Say which lines: one of `transaction_ids`, `filter` and `failed_of`.")


class UndoApprove(Submission, frozen=True, kw_only=True, tag="undo-approve"):
    """Take back what a bulk approval approved, as far as nothing has happened to it since."""

    #: The job of kind ``bulk-approve``.
    approve_job_id: Identifier


class UndoImport(Submission, frozen=True, kw_only=True, tag="undo-import"):
    """Remove the unapproved lines that an upload imported."""

    #: The job of kind ``upload-and-categorize``.
    import_job_id: Identifier


class Learn(Submission, frozen=True, kw_only=True, tag="learn"):
    """Train the model that categorizes new lines, from all that is approved."""


class Ocr(Submission, frozen=True, kw_only=True, tag="ocr"):
    """Read receipts: photos, scans and PDFs, up to a hundred at once."""

    #: JPEG, PNG, WebP, TIFF, GIF, BMP, HEIC or PDF.
    files: Annotated[list[Upload], msgspec.Meta(min_length=1, max_length=100)]


class ExportQbo(Submission, frozen=True, kw_only=True, tag="export-qbo"):
    """Send what is approved and not yet exported to QuickBooks Online, and correct there what changed here."""

    #: Only these lines; without any of the three, all there is to send.
    transaction_ids: Annotated[list[Identifier], msgspec.Meta(min_length=1, max_length=50_000)] | None = None
    filter: TransactionFilter | None = None
    #: The lines that could not be sent in that job.
    failed_of: Identifier | None = None
    #: Show what would be sent, and send nothing.
    dry_run: bool = False

    def __post_init__(self) -> None:
        named = [each for each in (self.transaction_ids, self.filter, self.failed_of) if each is not None]
        if len(named) > 1:
            raise ValueError("Say which lines by one of `transaction_ids`, `filter` and `failed_of`.")


class ConnectQbo(Submission, frozen=True, kw_only=True, tag="connect-qbo"):
    """Finish a connection to QuickBooks that a person has consented to, and fetch its accounts."""

    #: Of the consent: see docs/guide.md.
    grant_id: Identifier


class FetchQbo(Submission, frozen=True, kw_only=True, tag="fetch-qbo"):
    """Fetch what connecting to QuickBooks needs: where to consent and, once connected, the accounts."""


class DisconnectQbo(Submission, frozen=True, kw_only=True, tag="disconnect-qbo"):
    """Give the connection to QuickBooks back; what was sent stays there."""


AnySubmission = (
    Categorize
    | UploadAndCategorize
    | BulkApprove
    | UndoApprove
    | UndoImport
    | Learn
    | Ocr
    | ExportQbo
    | ConnectQbo
    | FetchQbo
    | DisconnectQbo
)
KINDS: dict[str, type[Submission]] = {kind.__struct_config__.tag: kind for kind in get_args(AnySubmission)}
