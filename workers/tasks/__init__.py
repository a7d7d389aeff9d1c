"""The registry: which function does which kind of work. One line each."""

from __future__ import annotations

from ledgerwire.submissions import (
    BulkApprove,
    Categorize,
    ConnectQbo,
    DisconnectQbo,
    ExportQbo,
    FetchQbo,
    Learn,
    Ocr,
    UndoApprove,
    UndoImport,
    UploadAndCategorize,
)
from workers.books.receipts.readers import Readers
from workers.jobs.kinds import Kind, registry
from workers.tasks import (
    bulk_approve,
    categorize,
    learn,
    ocr,
    undo_approve,
    undo_import,
    upload_and_categorize,
)
from workers.tasks.quickbooks import connect_qbo, disconnect_qbo, export_qbo, fetch_qbo

KINDS = registry(
    [
        Kind(Categorize, categorize.categorize, categorize.PLAN),
        Kind(UploadAndCategorize, upload_and_categorize.upload_and_categorize, upload_and_categorize.PLAN),
        Kind(BulkApprove, bulk_approve.bulk_approve, bulk_approve.PLAN),
        Kind(UndoApprove, undo_approve.undo_approve, undo_approve.PLAN),
        Kind(UndoImport, undo_import.undo_import, undo_import.PLAN),
        Kind(Learn, learn.learn, learn.PLAN),
        Kind(Ocr, ocr.reading_by(Readers.open), ocr.PLAN),
        Kind(ExportQbo, export_qbo.export_qbo, export_qbo.PLAN),
        Kind(ConnectQbo, connect_qbo.connect_qbo, connect_qbo.PLAN),
        Kind(FetchQbo, fetch_qbo.fetch_qbo, fetch_qbo.PLAN),
        Kind(DisconnectQbo, disconnect_qbo.disconnect_qbo, disconnect_qbo.PLAN),
    ]
)
