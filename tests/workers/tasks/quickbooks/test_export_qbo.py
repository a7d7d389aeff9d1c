from __future__ import annotations

from ledgerwire.submissions import ExportQbo
from tests.workers.tasks.conftest import kernel, settings, workers
from tests.workers.tasks.quickbooks.branch import (
    Branch,
    branch,
    double,
    quickbooks_settings,
    unconnected,
)

__all__ = ["branch", "double", "kernel", "quickbooks_settings", "settings", "unconnected", "workers"]


async def test_approved_lines_are_sent_once_each(branch: Branch) -> None:
    ids = await branch.approved(25)
    record = await branch.run(ExportQbo(company_id=branch.company_id))
    assert record.error is None, record.error
    assert record.result == {
        "exported": 25, "skipped": 0, "failed": [], "failed_count": 0, "outcomes": {"created": 25},
        "receipts": 0, "dry_run": False,
    }  # fmt: skip
    branch.assert_once_each(ids)
    assert {line.state for line in (await branch.lines()).values()} == {"exported"}
    again = await branch.export()
    assert (again["exported"], again["skipped"]) == (0, 0)
    branch.assert_once_each(ids)
