"""The registry: which function does which kind of work. One line each."""

from __future__ import annotations

from ledgerwire.submissions import Categorize, UploadAndCategorize
from workers.jobs.kinds import Kind, registry
from workers.tasks import categorize, upload_and_categorize

KINDS = registry(
    [
        Kind(Categorize, categorize.categorize, categorize.PLAN),
        Kind(UploadAndCategorize, upload_and_categorize.upload_and_categorize, upload_and_categorize.PLAN),
    ]
)
