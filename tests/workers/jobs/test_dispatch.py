"""dispatch: whoever races, nothing is forgotten, nothing can be claimed twice, and companies take turns."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from ledgerwire.jobs import Status
from tests.brokers import Broker
from tests.workers.jobs.conftest import Hand
from workers.database import Database
from workers.jobs import dispatch, keys
from workers.jobs.dispatch import Dispatcher, in_turns
from workers.jobs.live import BROKER_AWAY
from workers.jobs.queue import Queue, QueueId

Made = Callable[..., Dispatcher]


@pytest.fixture
def dispatcher(database: Database, redis: Redis) -> Made:
    def make(per_company: int = 2, sweep_after: float = 0.0) -> Dispatcher:
        return Dispatcher(database, Queue(redis), per_company=per_company, sweep_after=sweep_after)

    return make


@pytest.fixture
async def others(database_url: str, redis: Redis) -> AsyncIterator[list[Dispatcher]]:
    """Those of other processes: each with connections of its own."""
    databases = [Database(database_url) for _ in range(3)]
    yield [Dispatcher(each, Queue(redis), per_company=1_000, sweep_after=0.0) for each in databases]
    for each in databases:
        await each.close()


async def popped(redis: Redis) -> list[QueueId]:
    """All ids, in the order in which a worker would take them."""
    return [QueueId.parse(raw.decode()) for raw, _score in await redis.zpopmin(keys.QUEUE, 10_000)]


async def test_a_job_is_enqueued_once_under_its_first_number(
    dispatcher: Made, hand: Hand, redis: Redis
) -> None:
    job = await hand.pending()
    assert await dispatcher().dispatch() == 1
    assert await dispatcher().dispatch() == 0
    marked = await hand.now(job)
    assert (marked.enqueue_no, marked.fence, marked.status) == (1, 0, Status.PENDING)
    assert marked.queued_at is not None
    assert await popped(redis) == [QueueId(job.job_id, 1)]


async def test_a_thousand_jobs_of_one_company_do_not_keep_anothers_first(
    dispatcher: Made, hand: Hand, redis: Redis
) -> None:
    big = await hand.many("big", 1_000)
    small = await hand.pending("small")
    assert await dispatcher(per_company=2).dispatch() == 3
    queued = [queue_id.job_id for queue_id in await popped(redis)]
    assert queued == [big[0], small.job_id, big[1]]


async def test_a_late_company_waits_behind_no_more_than_the_others_share(
    dispatcher: Made, hand: Hand, redis: Redis
) -> None:
    await hand.many("big", 1_000)
    await dispatcher(per_company=2).dispatch()
    small = await hand.pending("small")
    await dispatcher(per_company=2).dispatch(["small"])
    assert [queue_id.job_id for queue_id in await popped(redis)].index(small.job_id) == 2


async def test_running_and_queued_jobs_count_and_each_end_makes_room(
    dispatcher: Made, hand: Hand, redis: Redis
) -> None:
    ids = await hand.many("acme", 4)
    assert await dispatcher(per_company=2).dispatch() == 2
    first = (await popped(redis))[0]
    running = await hand.lifecycle.claim(first.job_id, first.enqueue_no, "worker-1")
    assert running is not None
    assert await dispatcher(per_company=2).dispatch() == 0
    await hand.lifecycle.complete(running, None)
    assert await dispatcher(per_company=2).dispatch(["acme"]) == 1
    assert await popped(redis) == [QueueId(ids[2], 1)]


async def test_many_dispatchers_enqueue_each_job_once_and_forget_none(
    others: list[Dispatcher], hand: Hand, redis: Redis
) -> None:
    ids = [job_id for company in "abcdefgh" for job_id in await hand.many(company, 10)]
    counts = await asyncio.gather(*(each.dispatch() for each in others for _ in range(3)))
    assert sum(counts) == len(ids)
    assert Counter(await popped(redis)) == Counter(QueueId(job_id, 1) for job_id in ids)


async def test_many_dispatchers_together_keep_the_companys_limit(
    others: list[Dispatcher], hand: Hand, redis: Redis
) -> None:
    for each in others:
        each.per_company = 3
    await hand.many("acme", 30)
    await asyncio.gather(*(each.dispatch(["acme"]) for each in others for _ in range(4)))
    assert len(await popped(redis)) == 3


async def test_a_retry_waits_in_sql_until_its_time(dispatcher: Made, hand: Hand, redis: Redis) -> None:
    now = datetime.now(UTC)
    job = await hand.pending(retry_at=now + timedelta(minutes=5))
    assert await dispatcher().dispatch() == 0
    assert await redis.zcard(keys.QUEUE) == 0
    await hand.change(job, retry_at=now - timedelta(seconds=1))
    assert await dispatcher().dispatch() == 1


@pytest.mark.parametrize("status", [Status.RUNNING, Status.COMPLETE, Status.FAILED, Status.CANCELLED])
async def test_only_what_waits_is_dispatched(dispatcher: Made, hand: Hand, status: Status) -> None:
    await hand.in_status(status)
    assert await dispatcher().dispatch() == 0
    assert await dispatcher().sweep() == 0


async def test_a_flushed_queue_is_filled_again_and_old_numbers_are_void(
    dispatcher: Made, hand: Hand, redis: Redis, broker: Broker
) -> None:
    ids = await hand.many("acme", 3)
    await dispatcher(per_company=3).dispatch()
    broker.flush()
    assert await dispatcher().sweep() == 3
    assert sorted(map(str, await popped(redis))) == sorted(f"{job_id}:2" for job_id in ids)
    assert await hand.lifecycle.claim(ids[0], 1, "worker-1") is None
    assert await hand.lifecycle.claim(ids[0], 2, "worker-1") is not None
    assert await hand.lifecycle.claim(ids[0], 2, "worker-2") is None


async def test_what_waits_in_the_queue_is_not_swept(dispatcher: Made, hand: Hand) -> None:
    job = await hand.pending()
    await dispatcher().dispatch()
    assert await dispatcher().sweep() == 0
    assert (await hand.now(job)).enqueue_no == 1


async def test_what_was_queued_a_moment_ago_may_be_in_a_workers_hands(
    dispatcher: Made, hand: Hand, broker: Broker
) -> None:
    await hand.pending()
    await dispatcher().dispatch()
    broker.flush()
    assert await dispatcher(sweep_after=60).sweep() == 0
    assert await dispatcher(sweep_after=0).sweep() == 1


async def test_the_sweep_looks_past_those_that_only_wait_for_a_slot(
    dispatcher: Made, hand: Hand, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "SWEPT_AT_ONCE", 4)
    ids = await hand.many("acme", 10)
    await dispatcher(per_company=10).dispatch()
    await redis.zrem(keys.QUEUE, f"{ids[-1]}:1")
    assert await dispatcher().sweep() == 1
    assert (await redis.zscore(keys.QUEUE, f"{ids[-1]}:2")) is not None


async def test_two_sweeps_give_one_new_number(others: list[Dispatcher], hand: Hand, broker: Broker) -> None:
    job = await hand.pending()
    await others[0].dispatch()
    broker.flush()
    assert sum(await asyncio.gather(*(each.sweep() for each in others))) == 1
    assert (await hand.now(job)).enqueue_no == 2


async def test_a_broker_that_dies_between_commit_and_enqueue_loses_nothing(
    dispatcher: Made, hand: Hand, redis: Redis, broker: Broker
) -> None:
    job = await hand.pending()
    broker.kill()
    with pytest.raises(BROKER_AWAY):
        await dispatcher().dispatch()
    broker.start()
    assert await dispatcher().dispatch() == 0
    assert await dispatcher().sweep() == 1
    assert await popped(redis) == [QueueId(job.job_id, 2)]


async def test_a_cancelled_jobs_id_is_a_no_op(dispatcher: Made, hand: Hand, redis: Redis) -> None:
    job = await hand.pending()
    await dispatcher().dispatch()
    await hand.lifecycle.request_cancel(job.job_id, by="Ann", reason=None)
    (queue_id,) = await popped(redis)
    assert await hand.lifecycle.claim(queue_id.job_id, queue_id.enqueue_no, "worker-1") is None


async def test_ids_leave_in_the_order_in_which_they_came(redis: Redis) -> None:
    queue = Queue(redis)
    ids = [QueueId(f"job-{number}", 1) for number in range(30)]
    for at in range(0, 30, 10):
        await queue.put(ids[at : at + 10])
    await queue.put(ids[5:7])
    assert await queue.absent([*ids, QueueId("other", 1)]) == [QueueId("other", 1)]
    assert await popped(redis) == ids


def test_turns_go_round_until_all_have_had_theirs() -> None:
    a, b, c = (
        [QueueId(name, number) for number in range(count)] for name, count in (("a", 3), ("b", 1), ("c", 2))
    )
    assert in_turns([a, b, c]) == [a[0], b[0], c[0], a[1], c[1], a[2]]
    assert in_turns([]) == []


async def test_an_id_of_an_older_turn_cannot_be_claimed(hand: Hand) -> None:
    """It is still in the queue when its job is cancelled and retried, or put back to wait for ``retry_at``."""
    cancelled = await hand.pending(enqueue_no=1, queued_at=datetime.now(UTC))
    await hand.lifecycle.request_cancel(cancelled.job_id, by="Ann", reason=None)
    await hand.lifecycle.retry(cancelled.job_id)
    assert await hand.lifecycle.claim(cancelled.job_id, 1, "worker-1") is None
    running = await hand.running(enqueue_no=1)
    await hand.lifecycle.put_back(running, outcome="retry")
    assert await hand.lifecycle.claim(running.job_id, 1, "worker-1") is None
