"""The kinds of work as methods, once for both doors: what is submitted is a job's handle, blocking or to be awaited."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from ledgerwire.attachment import Source
from ledgerwire.books import TransactionFilter
from ledgerwire.statements import ColumnMapping
from ledgerwire.submissions import (
    BulkApprove,
    Categorize,
    ExportQbo,
    Learn,
    Ocr,
    Submission,
    UndoApprove,
    UndoImport,
    UploadAndCategorize,
)

#: A JobHandle, or a coroutine of an AsyncJobHandle.
Handle = TypeVar("Handle")


class Work(ABC, Generic[Handle]):
    @abstractmethod
    def submit(
        self, work: type[Submission] | Submission, *, idempotency_key: str | None = None, **fields: Any
    ) -> Handle:
        """Submits any kind of work: its class and its fields, files as paths or bytes."""

    def upload_and_categorize(
        self,
        file: Source,
        *,
        company: str,
        account: str | None = None,
        mapping: ColumnMapping | dict[str, Any] | None = None,
        tenant_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Handle:
        """Reads a bank file, imports its lines and categorizes them.

        ``account`` is a bank account's id, needed where the file names none and the company has several.
        ``mapping`` is what the problem of a failed job proposed (``job.error.proposal.mapping``), if it is right.
        """
        return self.submit(
            UploadAndCategorize,
            file=file,
            company_id=company,
            account_id=account,
            mapping=mapping,
            tenant_id=tenant_id,
            idempotency_key=idempotency_key,
        )

    def read_receipts(
        self,
        files: Sequence[Source],
        *,
        company: str,
        tenant_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Handle:
        """Reads up to a hundred photos, scans and PDFs of receipts; each has its outcome in ``result()["files"]``."""
        return self.submit(
            Ocr,
            company_id=company,
            files=list(files),
            tenant_id=tenant_id,
            idempotency_key=idempotency_key,
        )

    def categorize(
        self,
        *,
        company: str,
        limit: int | None = None,
        transaction_ids: Sequence[str] | None = None,
        tenant_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Handle:
        """Categorizes what is imported and not yet approved: the oldest 100, or what you say."""
        return self.submit(
            Categorize,
            company_id=company,
            limit=limit,
            transaction_ids=transaction_ids,
            tenant_id=tenant_id,
            idempotency_key=idempotency_key,
        )

    def bulk_approve(
        self,
        *,
        company: str,
        transaction_ids: Sequence[str] | None = None,
        matching: TransactionFilter | Mapping[str, Any] | None = None,
        failed_of: str | None = None,
        revisions: Mapping[str, int] | None = None,
        seen_at: datetime | None = None,
        tenant_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Handle:
        """Approves these lines, or all that match, or those that failed in an earlier such job: one of the three.

        Its result counts what was approved, and says of each line that was not why.
        """
        return self.submit(
            BulkApprove,
            company_id=company,
            transaction_ids=transaction_ids,
            filter=matching,
            failed_of=failed_of,
            revisions=revisions,
            seen_at=seen_at,
            tenant_id=tenant_id,
            idempotency_key=idempotency_key,
        )

    def undo_approve(
        self,
        approve_job_id: str,
        *,
        company: str,
        tenant_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Handle:
        """Takes back what a bulk approval approved."""
        return self.submit(
            UndoApprove,
            company_id=company,
            approve_job_id=approve_job_id,
            tenant_id=tenant_id,
            idempotency_key=idempotency_key,
        )

    def undo_import(
        self,
        import_job_id: str,
        *,
        company: str,
        tenant_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Handle:
        """Removes the lines that an upload imported, except those that are approved."""
        return self.submit(
            UndoImport,
            company_id=company,
            import_job_id=import_job_id,
            tenant_id=tenant_id,
            idempotency_key=idempotency_key,
        )

    def export_qbo(
        self,
        *,
        company: str,
        transaction_ids: Sequence[str] | None = None,
        matching: TransactionFilter | Mapping[str, Any] | None = None,
        failed_of: str | None = None,
        dry_run: bool = False,
        tenant_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Handle:
        """Sends to QuickBooks what is approved and not there yet: all of it, or what you say by one of the three.

        ``dry_run`` sends nothing and tells what would be sent. Its result says of each line that could not go why.
        """
        return self.submit(
            ExportQbo,
            company_id=company,
            transaction_ids=transaction_ids,
            filter=matching,
            failed_of=failed_of,
            dry_run=dry_run or None,
            tenant_id=tenant_id,
            idempotency_key=idempotency_key,
        )

    def learn(
        self, *, company: str, tenant_id: str | None = None, idempotency_key: str | None = None
    ) -> Handle:
        """Trains the model that categorizes new lines, from all that is approved."""
        return self.submit(Learn, company_id=company, tenant_id=tenant_id, idempotency_key=idempotency_key)
