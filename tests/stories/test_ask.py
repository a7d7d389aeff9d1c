"""kill -9 while a language model is asked: no answer that arrived is paid for twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from ledgerwire.jobs import Status
from ledgerwire.submissions import UploadAndCategorize
from tests.stories.asked import (
    LanguageModel,
    assert_decided_once,
    assert_never_asked_again,
    assert_paid_for_what_was_kept,
)
from tests.stories.bank import found_company
from tests.stories.conftest import Length
from tests.stories.fleet import Fleet
from tests.stories.jobs import outcomes, reach
from tests.stories.kills import kill_after
from tests.workers.tasks.conftest import put
from workers.jobs.kernel import Kernel
from workers.settings import Settings
from workers.tasks.asking import QUESTIONS

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: Each has a line of its own and one more further down; the double knows them all by their second word.
MERCHANTS = {f"{first}{second}{third}XQ BAKERY" for first in "AB" for second in LETTERS for third in LETTERS}
#: How long the double thinks: a worker has calls in flight for most of its time.
LATENCY = 0.1


@pytest.fixture
def model(tmp_path: Path) -> Iterator[LanguageModel]:
    found = LanguageModel(tmp_path, latency=LATENCY)
    yield found
    found.close()


@pytest.fixture
def settings(settings: Settings, database_url: str, model: LanguageModel) -> Settings:
    return model.settings(msgspec.structs.replace(settings, database_url=database_url))


def statement() -> str:
    rows = [
        f"2026-06-{1 + number % 28:02},{merchant} {number},-{number % 97 + 1}.00"
        for number, merchant in named()
    ]
    known = [f"2026-06-01,UBER TRIP {number},-{number}.00" for number in range(1, 301)]
    return "\n".join(["Date,Description,Amount", *rows, *known, ""])


def named() -> Iterator[tuple[int, str]]:
    merchants = sorted(MERCHANTS)
    return enumerate([*merchants, *merchants[::7]])


async def test_no_answer_is_paid_for_twice_whoever_is_killed(
    kernel: Kernel, fleet: Fleet, model: LanguageModel, length: Length
) -> None:
    for member in [fleet.start(), fleet.start()]:
        member.await_ready()
    await found_company(kernel, "acme")
    file = await put(kernel, statement())
    submission = UploadAndCategorize(company_id="acme", file=file)
    job_id = (await kernel.submit(submission, submitted_by="story")).record.job_id
    # From where the asking begins: two checkpoints a call, one to keep its answers and one to apply them.
    lines = len(list(named())) + 300
    first, calls = 2 * -(-lines // 100), len(MERCHANTS) // QUESTIONS
    for number in range(length.kills):
        await kill_after(kernel, fleet, job_id, first + 2 * calls * number // (length.kills + 1))
    record = await reach(kernel, job_id, Status.COMPLETE, Status.FAILED, within=100)
    assert record.status is Status.COMPLETE, record.error
    assert await outcomes(kernel, job_id) == ["lost"] * length.kills + ["complete"]
    await assert_decided_once(kernel, record)
    await assert_never_asked_again(kernel, model, MERCHANTS)
    await assert_paid_for_what_was_kept(kernel, record, model)
    again = sum(count - 1 for count in Counter(merchant for merchant, _at in model.asked()).values())
    assert again <= length.kills * kernel.settings.openai_concurrency * QUESTIONS
    print(
        f"{model.calls()} calls, {again} of {len(MERCHANTS)} questions asked again after {length.kills} kills"
    )
