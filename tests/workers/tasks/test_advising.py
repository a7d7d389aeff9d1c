"""What nobody is sure of on a receipt is asked of a language model, and believed as far as it stands there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from ledgerwire.jobs import Status
from ledgerwire.receipts import Receipt
from tests.doubles.openai import OpenAI
from tests.workers.jobs.conftest import Workers, reach
from tests.workers.tasks.orders import KIND, Order, submit_orders
from tests.workers.tasks.test_asking import with_model
from workers.books.receipts.listing import list_receipts
from workers.jobs.kernel import Kernel
from workers.jobs.record import JobRecord
from workers.settings import Settings


@pytest.fixture
async def language_model() -> AsyncIterator[OpenAI]:
    double = OpenAI()
    await double.start()
    yield double
    await double.stop()


@pytest.fixture
def settings(settings: Settings, language_model: OpenAI) -> Settings:
    return with_model(settings, language_model)


async def pile(
    kernel: Kernel, workers: Workers, company: str, *orders: Order
) -> tuple[JobRecord, list[Receipt]]:
    await workers.start(KIND)
    job_id = await submit_orders(kernel, company, *orders)
    record = await reach(kernel, job_id, Status.COMPLETE, Status.FAILED)
    async with kernel.database.reading() as sql:
        return record, (await list_receipts(sql, company))[0]


async def test_only_what_is_unsure_is_asked_and_no_answer_makes_it_sure(
    kernel: Kernel, workers: Workers, company: str, language_model: OpenAI
) -> None:
    record, found = await pile(kernel, workers, company, Order(1), Order(3, "unsure"))
    by_vendor = {each.vendor: each for each in found}
    unsure = by_vendor["Shop 3"]
    assert f"{unsure.total}" == "3.50"
    assert (unsure.fields["total"].read_by, unsure.state) == ("llm", "review")
    assert unsure.fields["total"].alternatives[0].value == "3"
    assert by_vendor["Shop 1"].fields["total"].read_by == "ocr"
    assert record.live.usage.llm_calls == len(language_model.requests) == 1
    assert "picture" not in str(language_model.requests[0]["messages"][-1])


@pytest.mark.parametrize("switch", ["bad_json", "refusal", "401", "quota"])
async def test_whatever_goes_wrong_the_receipt_is_what_it_was(
    kernel: Kernel, workers: Workers, company: str, language_model: OpenAI, switch: str
) -> None:
    language_model.switch(switch)
    record, found = await pile(kernel, workers, company, Order(3, "unsure"))
    result: Any = record.result
    assert (result["read"], result["needs_review"]) == (1, 1)
    assert f"{found[0].total}" == "3"
    assert found[0].fields["total"].read_by == "ocr"
