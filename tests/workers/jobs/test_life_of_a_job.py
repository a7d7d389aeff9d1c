"""The life of jobs, lived at random: ledger, lifecycle, dispatch, attempts and advance.lua against a small model.

Two workers and an API process share one database and one broker. Each tells the live side what it did, late or
never; workers die, or are only taken for dead and go on as zombies; the broker forgets everything. Whatever
happens, the invariants below hold after every step, and once all has been told SQL and live agree.
"""

from __future__ import annotations

import asyncio
import math
import shutil
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete

from ledgerwire.errors import Problem
from ledgerwire.events import JobEvent, LogEvent
from ledgerwire.jobs import TERMINAL, Status
from tests.brokers import Broker
from tests.workers.jobs.conftest import Toy
from workers.database import Database
from workers.files import Files
from workers.jobs import keys
from workers.jobs.attempt import Attempt, Stop
from workers.jobs.dispatch import Dispatcher
from workers.jobs.errors import Superseded, WrongState
from workers.jobs.ledger import Ledger
from workers.jobs.lifecycle import Lifecycle
from workers.jobs.live import Live, Write, connect
from workers.jobs.plan import Plan
from workers.jobs.position import Position
from workers.jobs.progress import Publisher
from workers.jobs.queue import Queue, QueueId
from workers.jobs.record import JobRecord
from workers.jobs.shared import Shared
from workers.jobs.tables import jobs
from workers.settings import Settings

T = TypeVar("T")

COMPANY = "acme"
PER_COMPANY = 2
UNITS = 10
LEGAL = {
    (Status.PENDING, Status.RUNNING),
    (Status.PENDING, Status.CANCELLED),
    *((Status.RUNNING, status) for status in Status if status is not Status.RUNNING),
    (Status.FAILED, Status.PENDING),
    (Status.CANCELLED, Status.PENDING),
}

#: Which of those that there are.
picks = st.integers(0, 1_000)


class Ground:
    """What all examples share: one database, one broker, one loop."""

    def __init__(self, url: str, broker: Broker, folder: Path, runner: asyncio.Runner) -> None:
        self.runner = runner
        self.broker = broker
        self.files = Files(folder)
        self.shared = Shared(Settings(data_dir=folder, database_url=url))
        self.database = Database(url)
        self.redis = self.run(self._connected())
        self.ledger = Ledger(self.database)
        self.lifecycle = Lifecycle(self.database)

    async def _connected(self) -> Any:
        return connect(self.broker.url)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def clear(self) -> None:
        async with self.database.transaction() as tx:
            await tx.execute(delete(jobs))

    async def close(self) -> None:
        await self.redis.aclose()
        await self.database.close()


class Remembering(Live):
    """Keeps what it handed in, so that it can be said again."""

    def __init__(self, redis: Any) -> None:
        super().__init__(redis, job_ttl=3_600)
        self.said: list[list[Write]] = []

    async def advance(self, writes: Any) -> list[str]:
        self.said.append(list(writes))
        return await super().advance(writes)


class Process:
    """An API process or a worker: its publisher dies with it."""

    def __init__(self, ground: Ground, name: str) -> None:
        self.ground = ground
        self.name = name
        self.live = Remembering(ground.redis)
        self.publisher = Publisher(self.live, ground.ledger)
        self.attempts: list[Attempt] = []

    def tell(self, record: JobRecord | None, *, fresh: bool = False) -> None:
        if record is not None:
            self.publisher.tell(record, fresh=fresh)

    def attempt(self, record: JobRecord) -> Attempt:
        made = Attempt(
            record,
            database=self.ground.database,
            files=self.ground.files,
            publisher=self.publisher,
            plan=Plan(work=100),
            shared=self.ground.shared,
        )
        self.attempts.append(made)
        return made

    async def say_everything(self) -> None:
        await self.publisher._flush()
        await self.publisher._told._write()

    def crash(self) -> None:
        self.publisher = Publisher(self.live, self.ground.ledger)
        self.attempts.clear()


class Seen:
    """What a watcher of the company's stream has seen of one job in the present epoch."""

    def __init__(self) -> None:
        self.version = 0
        self.progress = 0
        self.falls = 0
        self.ends = 0
        self.log = 0


class Life(RuleBasedStateMachine):
    def __init__(self, ground: Ground) -> None:
        super().__init__()
        self.ground = ground
        self.run = ground.run
        ground.broker.flush()
        self.run(ground.clear())
        self.api = Process(ground, "api")
        self.workers = [Process(ground, "worker-1"), Process(ground, "worker-2")]
        self.dispatcher = Dispatcher(
            ground.database, Queue(ground.redis), per_company=PER_COMPANY, sweep_after=0.0
        )
        self.rows: dict[str, JobRecord] = {}
        self.ends: dict[str, int] = {}
        self.retries: dict[str, int] = {}
        self.queue: set[QueueId] = set()
        self.popped: list[QueueId] = []
        self.claimed: set[QueueId] = set()
        self.epoch = ""
        self.offset = 0
        self.seen: dict[str, Seen] = {}

    # --- who there is -------------------------------------------------------------------------------------

    @property
    def processes(self) -> list[Process]:
        return [self.api, *self.workers]

    def job(self, pick: int) -> JobRecord:
        return self.rows[sorted(self.rows)[pick % len(self.rows)]]

    def working(self, pick: int) -> tuple[Process, Attempt]:
        held = [(process, attempt) for process in self.workers for attempt in process.attempts]
        return held[pick % len(held)]

    def is_current(self, attempt: Attempt) -> bool:
        return self.rows[attempt.job_id].fence == attempt.record.fence

    def has_jobs(self) -> bool:
        return bool(self.rows)

    def has_attempts(self) -> bool:
        return any(process.attempts for process in self.workers)

    # --- submitting, dispatching, claiming ----------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        for who in range(2):
            self.submit()
            self.start(who)

    @rule()
    def submit(self) -> None:
        submitted = self.run(self.ground.ledger.submit(Toy(company_id=COMPANY), submitted_by="Ann"))
        self.api.tell(submitted.record)
        self.rows[submitted.record.job_id] = submitted.record

    @rule()
    def dispatch(self) -> None:
        rows = [self.rows[job_id] for job_id in sorted(self.rows)]
        waiting = [row for row in rows if row.status is Status.PENDING and row.queued_at is None]
        in_flight = [row for row in rows if row.status is Status.RUNNING or row.queued_at is not None]
        expected = waiting[: max(0, PER_COMPANY - len(in_flight))]
        assert self.run(self.dispatcher.dispatch()) == len(expected)
        self.queue |= {QueueId(row.job_id, row.enqueue_no + 1) for row in expected}

    @rule()
    def sweep(self) -> None:
        queued = {
            QueueId(row.job_id, row.enqueue_no) for row in self.rows.values() if row.queued_at is not None
        }
        lost = queued - self.queue
        assert self.run(self.dispatcher.sweep()) == len(lost)
        self.queue |= {QueueId(queue_id.job_id, queue_id.enqueue_no + 1) for queue_id in lost}

    @rule(who=picks)
    def start(self, who: int) -> None:
        """As a worker does, whenever it has a free slot."""
        self.dispatch()
        self.fences_rise_by_one_with_every_legal_change_and_only_then()
        self.sweep()
        self.pop()
        self.fences_rise_by_one_with_every_legal_change_and_only_then()
        if self.popped:
            self.claim(len(self.popped) - 1, who)

    @rule()
    def pop(self) -> None:
        for raw, _score in self.run(self.ground.redis.zpopmin(keys.QUEUE)):
            queue_id = QueueId.parse(raw.decode())
            self.queue.remove(queue_id)
            self.popped.append(queue_id)

    @precondition(lambda self: self.popped)
    @rule(which=picks, who=picks)
    def claim(self, which: int, who: int) -> None:
        """Of any id that was ever popped: late, doubled or repeated."""
        queue_id = self.popped[which % len(self.popped)]
        row = self.rows[queue_id.job_id]
        worker = self.workers[who % len(self.workers)]
        claimed = self.run(self.ground.lifecycle.claim(queue_id.job_id, queue_id.enqueue_no, worker.name))
        is_its_turn = row.queued_at is not None and row.enqueue_no == queue_id.enqueue_no
        assert (claimed is not None) == (row.status is Status.PENDING and is_its_turn)
        if claimed is not None:
            assert queue_id not in self.claimed
            self.claimed.add(queue_id)
            assert claimed.attempt == row.attempt + 1
            worker.tell(claimed)
            self.run(worker.attempt(claimed).announce_again())

    # --- working ------------------------------------------------------------------------------------------

    @precondition(has_attempts)
    @rule(which=picks, done=st.integers(0, UNITS), aloud=st.booleans())
    def checkpoint(self, which: int, done: int, *, aloud: bool) -> None:
        process, attempt = self.working(which)
        before = self.rows[attempt.job_id]
        attempt.begin("work", total=UNITS)
        try:
            self.run(self._checkpoint(attempt, done))
        except Superseded:
            assert not self.is_current(attempt)
            process.attempts.remove(attempt)
        else:
            assert self.is_current(attempt)
            after = self.row(attempt.job_id)
            assert after.checkpoint_no == before.checkpoint_no + 1
            assert (after.checkpoint, after.crashes) == (done, 0)
        if aloud:
            self.run(process.publisher._flush())

    async def _checkpoint(self, attempt: Attempt, done: int) -> None:
        async with attempt.checkpoint() as batch:
            batch.done = batch.state = done
            batch.log(f"{done} units")

    @precondition(has_attempts)
    @rule(which=picks, aloud=st.booleans())
    def say(self, which: int, *, aloud: bool) -> None:
        """Also a zombie says what it does."""
        process, attempt = self.working(which)
        attempt.say("still at it")
        if aloud:
            self.run(process.publisher._flush())

    @precondition(has_attempts)
    @rule(which=picks)
    def heed_the_cancel(self, which: int) -> None:
        attempt = self.working(which)[1]
        if self.is_current(attempt) and self.rows[attempt.job_id].cancel_requested:
            attempt.halt(Stop.CANCEL)

    @precondition(has_attempts)
    @rule(which=picks, how=st.sampled_from(["complete", "fail", "cancelled", "put_back", "crashed_alone"]))
    def settle(self, which: int, how: str) -> None:
        process, attempt = self.working(which)
        life, record = self.ground.lifecycle, attempt.record
        match how:
            case "complete":
                ended = self.run(life.complete(record, {"lines": 1}))
            case "fail":
                ended = self.run(life.fail(record, Problem(title="It broke.")))
            case "cancelled":
                ended = self.run(life.cancelled(record))
            case "put_back":
                ended = self.run(life.put_back(record, outcome="retry", errors=record.errors + 1))
            case _:
                ended = self.run(life.crashed_alone(record))
        assert (ended is not None) == self.is_current(attempt)
        process.tell(ended)
        process.attempts.remove(attempt)

    # --- what people ask for ------------------------------------------------------------------------------

    @precondition(has_jobs)
    @rule(which=picks)
    def cancel(self, which: int) -> None:
        row = self.job(which)
        try:
            record = self.run(self.ground.lifecycle.request_cancel(row.job_id, by="Ann", reason=None))
        except WrongState:
            assert row.status in TERMINAL
            return
        assert record is not None
        if record.status is Status.RUNNING:
            self.api.publisher.note_cancel(record)
        else:
            self.api.tell(record)

    @precondition(has_jobs)
    @rule(which=picks)
    def retry(self, which: int) -> None:
        row = self.job(which)
        try:
            record = self.run(self.ground.lifecycle.retry(row.job_id))
        except WrongState:
            assert row.status not in {Status.FAILED, Status.CANCELLED}
            return
        assert record is not None
        assert (record.errors, record.timeouts, record.crashes) == (0, 0, 0)
        assert record.checkpoint_no == row.checkpoint_no
        self.retries[row.job_id] = self.retries.get(row.job_id, 0) + 1
        self.api.tell(record, fresh=True)

    # --- what goes wrong ----------------------------------------------------------------------------------

    @rule(who=picks)
    def crash(self, who: int) -> None:
        """What it had not told is untold; its jobs stay claimed until somebody notices."""
        self.processes[who % 3].crash()

    @rule(who=picks)
    def release(self, who: int) -> None:
        """Taken for dead, rightly or not."""
        for record in self.run(self.ground.lifecycle.release_worker(self.workers[who % 2].name)):
            self.api.tell(record)

    @rule()
    def flushall(self) -> None:
        self.ground.broker.flush()
        self.queue.clear()
        for process in self.processes:
            process.live.said.clear()
            for due in process.publisher._due:
                due.read_at = -math.inf

    @rule(who=picks, which=picks)
    def say_again(self, who: int, which: int) -> None:
        """An answer was lost: what ran already is handed in once more, later than anybody would."""
        said = self.processes[who % 3].live.said
        if said:
            before = self.run(self.stands())
            writes = said[which % len(said)]
            answers = self.run(Live(self.ground.redis, job_ttl=3_600).advance(writes))
            assert set(answers) <= {"repeated", "behind", "unknown"}
            assert self.run(self.stands()) == before

    # --- telling ------------------------------------------------------------------------------------------

    @rule(who=picks, marks=st.booleans())
    def tell(self, who: int, *, marks: bool) -> None:
        publisher = self.processes[who % 3].publisher
        self.run(publisher._flush())
        if marks:
            self.run(publisher._told._write())

    @rule()
    def tell_all_that_is_untold(self) -> None:
        self.settled()
        ids = sorted(self.rows)
        picture = self.run(self.ground_live().picture(COMPANY, ids))
        for row in self.run(self.ground.ledger.find_many(ids)):
            assert row.told
            live = picture.jobs.get(row.job_id)
            if live is not None:
                job = msgspec.json.decode(live.json)
                assert (live.fence, job["status"]) == (row.fence, row.status)
                # Of a running job a worker that died may have kept the last report to itself: until it is freed.
                assert row.status is Status.RUNNING or job["progress"] >= row.live.progress
                assert job["attempt"] == row.attempt

    def settled(self) -> None:
        for process in self.processes:
            self.run(process.say_everything())
        far = max((row.updated_at for row in self.rows.values()), default=None)
        if far is not None:
            far = far.replace(year=far.year + 1, day=1)
            for record in self.run(self.ground.ledger.untold(before=far)):
                self.api.tell(record)
        self.run(self.api.say_everything())

    def ground_live(self) -> Live:
        return Live(self.ground.redis, job_ttl=3_600)

    # --- what always holds --------------------------------------------------------------------------------

    def row(self, job_id: str) -> JobRecord:
        found = self.run(self.ground.ledger.find(job_id))
        assert found is not None
        return found

    @invariant()
    def fences_rise_by_one_with_every_legal_change_and_only_then(self) -> None:
        for row in self.run(self.ground.ledger.find_many(list(self.rows))):
            before = self.rows[row.job_id]
            if row.status is before.status:
                assert row.fence == before.fence
            else:
                assert (before.status, row.status) in LEGAL
                assert row.fence == before.fence + 1
                self.ends[row.job_id] = self.ends.get(row.job_id, 0) + row.status.terminal
            assert row.attempt >= before.attempt
            assert row.enqueue_no >= before.enqueue_no
            assert row.checkpoint_no >= before.checkpoint_no
            assert (row.finished_at is not None) == row.status.terminal
            assert (row.worker_id is not None) == (row.status is Status.RUNNING)
            self.rows[row.job_id] = row

    @invariant()
    def the_queue_is_as_the_model_has_it(self) -> None:
        held = self.run(self.ground.redis.zrange(keys.QUEUE, 0, -1))
        assert {QueueId.parse(raw.decode()) for raw in held} == self.queue

    @invariant()
    def a_watcher_sees_what_it_was_promised(self) -> None:
        position = self.run(self.stands())
        if position.epoch != self.epoch:
            self.epoch, self.offset, self.seen = position.epoch, 0, {}
        replay = self.run(self.ground_live().replay(COMPANY, Position(self.epoch, self.offset)))
        assert replay is not None
        for event in replay.events:
            self.offset += 1
            assert event.position == Position(self.epoch, self.offset)
            told = msgspec.json.decode(event.json, type=JobEvent | LogEvent)
            seen = self.seen.setdefault(event.job_id, Seen())
            if isinstance(told, LogEvent):
                assert told.number > seen.log
                seen.log = told.number
            else:
                self.watch(told, seen, event.kind)
        assert self.offset == position.offset

    def watch(self, told: JobEvent, seen: Seen, kind: str) -> None:
        job = told.job
        assert job.version > seen.version
        seen.falls += job.progress < seen.progress
        assert seen.falls <= self.retries.get(job.job_id, 0)
        assert (kind == "end") == job.status.terminal
        seen.ends += kind == "end"
        assert seen.ends <= self.ends.get(job.job_id, 0)
        assert job.attempt <= self.rows[job.job_id].attempt
        seen.version, seen.progress = job.version, job.progress

    async def stands(self) -> Position:
        return (await self.ground_live().picture(COMPANY)).position

    def teardown(self) -> None:
        self.tell_all_that_is_untold()


@pytest.fixture
def ground(broker: Broker, sqlite_template: Path, tmp_path: Path) -> Iterator[Ground]:
    path = tmp_path / "life.db"
    shutil.copyfile(sqlite_template, path)
    with asyncio.Runner() as runner:
        made = Ground(f"sqlite+aiosqlite:///{path}", broker, tmp_path / "files", runner)
        yield made
        runner.run(made.close())


def test_whatever_happens_to_a_job_its_promises_hold(ground: Ground) -> None:
    run_state_machine_as_test(
        lambda: Life(ground),  # type: ignore[arg-type]
        settings=settings(
            max_examples=30,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
