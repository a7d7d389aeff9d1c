"""kill -9 while a language model is asked: no answer that arrived is paid for twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from ledgerwire.jobs import Status
from ledgerwire.submissions import UploadAndCategorize
from tests.doubles.standing import LanguageModel
from tests.stories.asked import (
    assert_decided_once,
    assert_never_asked_again,
    assert_paid_for_what_was_kept,
)
from tests.stories.bank import found_company
from tests.stories.conftest import Length
from tests.stories.fleet import Fleet
from tests.stories.jobs import assert_lost_then_complete, reach
from tests.stories.kills import kill_after
from tests.workers.tasks.conftest import put
from workers.jobs.kernel import Kernel
from workers.settings import Settings
from workers.tasks.asking import QUESTIONS

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: How long the double thinks: a worker has calls in flight for most of its time.
LATENCY = 0.1


@pytest.fixture
def model(tmp_path: Path) -> Iterator[LanguageModel]:
    found = LanguageModel(tmp_path, latency=LATENCY)
    yield found
    found.close()


@pytest.fixture
def settings(settings: Settings, database_url: str, model: LanguageModel) -> Settings:
    # Each new worker imports the vendor's package, half a second of work: a busy machine must not take it for dead.
    tempo = settings.tempo.scaled(2.5)
    return model.settings(msgspec.structs.replace(settings, database_url=database_url, tempo=tempo))


def merchants_for(kills: int) -> list[str]:
    """So many that each death has some to fall into; the double knows them all by their second word."""
    firsts = LETTERS[: max(1, -(-2 * kills // 5))]
    return [f"{first}{second}{third}XQ BAKERY" for first in firsts for second in LETTERS for third in LETTERS]


def statement(merchants: list[str]) -> list[str]:
    """Each has a line, and every seventh one more further down."""
    names = [*merchants, *merchants[::7], *["UBER TRIP"] * 300]
    return [f"2026-06-{1 + n % 28:02},{name} {n},-{n % 97 + 1}.00" for n, name in enumerate(names)]


async def test_no_answer_is_paid_for_twice_whoever_is_killed(
    kernel: Kernel, fleet: Fleet, model: LanguageModel, length: Length
) -> None:
    for member in [fleet.start(), fleet.start()]:
        member.await_ready()
    await found_company(kernel, "acme")
    merchants = merchants_for(length.kills)
    lines = statement(merchants)
    file = await put(kernel, "\n".join(["Date,Description,Amount", *lines, ""]))
    submission = UploadAndCategorize(company_id="acme", file=file)
    job_id = (await kernel.submit(submission, submitted_by="story")).record.job_id
    # From where the asking begins, over the checkpoints that keep the answers of one call each.
    first, calls = 2 * -(-len(lines) // 100), len(merchants) // QUESTIONS
    for number in range(length.kills):
        await kill_after(kernel, fleet, job_id, first + calls * number // (length.kills + 1))
    record = await reach(kernel, job_id, Status.COMPLETE, Status.FAILED, within=100)
    assert record.status is Status.COMPLETE, record.error
    await assert_lost_then_complete(kernel, job_id, deaths=length.kills)
    await assert_decided_once(kernel, record)
    await assert_never_asked_again(kernel, model, set(merchants))
    await assert_paid_for_what_was_kept(kernel, record, model)
    again = sum(count - 1 for count in Counter(merchant for merchant, _at in model.asked()).values())
    assert again <= length.kills * kernel.settings.openai_concurrency * QUESTIONS
    print(
        f"{model.calls()} calls, {again} of {len(merchants)} questions asked again after {length.kills} kills"
    )
