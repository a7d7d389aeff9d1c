"""What one watcher is owed, without any I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import frames
from server.floors import Floors
from server.frames import Frame, line_count
from server.session import HANDFUL, NOTHING, Patience, Session, Wants
from workers.jobs.position import NOWHERE, Position

EPOCH = "ab"


def job_json(job_id: str, progress: int, status: str = "running", version: int = 1) -> bytes:
    value = {"job_id": job_id, "status": status, "progress": progress, "version": version}
    return msgspec.json.encode(value)


def job(offset: int, job_id: str = "j", progress: int = 0, *, epoch: str = EPOCH, end: bool = False) -> Frame:
    position = Position(epoch, offset)
    body = job_json(job_id, progress, "complete" if end else "running", offset)
    json = b'{"type":"job","company_id":"acme","position":"%s","job":%s}' % (str(position).encode(), body)
    return Frame("end" if end else "job", job_id, position, json, final=end)


def log(offset: int, job_id: str = "j", lines: int = 1) -> Frame:
    position = Position(EPOCH, offset)
    value = {"type": "log", "position": str(position), "job_id": job_id, "lines": ["x"] * lines, "dropped": 0}
    return Frame("log", job_id, position, msgspec.json.encode(value))


def snapshot(offset: int, jobs: Sequence[bytes] = (), *, epoch: str = EPOCH) -> Frame:
    return frames.snapshot("acme", Position(epoch, offset), jobs, "gap")


def live(wants: Wants = None, *, at: int = 0, many: int = 256, too_many: int = 5_000) -> Session:
    session = Session(lambda: None, many=many, too_many=too_many)
    session.release(Position(EPOCH, at), [], wants)
    return session


def drained(session: Session) -> list[Frame]:
    taken: list[Frame] = []
    while due := session.take():
        taken += due
    return taken


def offsets(session: Session) -> list[int]:
    return [frame.position.offset for frame in drained(session)]


def test_events_come_out_as_they_went_in() -> None:
    session = live()
    for offset in range(1, 200):
        session.feed(job(offset))
    assert offsets(session) == list(range(1, 200))


def test_what_was_shown_and_what_is_older_is_dropped() -> None:
    session = live(at=5)
    for offset in (4, 5, 6, 6, 5, 7):
        session.feed(job(offset))
    assert offsets(session) == [6, 7]


def test_an_event_of_another_epoch_waits_for_a_new_beginning() -> None:
    session = live(at=5)
    session.feed(job(9, epoch="cd"))
    assert session.is_idle


def test_a_handful_is_taken_at_a_time() -> None:
    session = live()
    for offset in range(1, 101):
        session.feed(job(offset))
    assert len(session.take()) == HANDFUL
    assert len(drained(session)) == 100 - HANDFUL


def test_every_event_wakes_the_writer() -> None:
    woken: list[int] = []
    session = Session(lambda: woken.append(1))
    session.release(Position(EPOCH, 0), [], None)
    assert not woken
    session.feed(job(1))
    session.feed(job(1))
    session.feed(job(2))
    assert len(woken) == 2


def test_held_events_follow_the_answer_they_are_newer_than() -> None:
    session = Session(lambda: None)
    session.hold(Position(EPOCH, 0))
    for offset in (3, 4, 5, 6):
        session.feed(job(offset))
    session.release(Position(EPOCH, 4), [snapshot(4)], None)
    assert offsets(session) == [4, 5, 6]


def test_held_events_of_other_jobs_stay_out() -> None:
    session = Session(lambda: None)
    session.hold(Position(EPOCH, 0))
    session.feed(job(3, "mine"))
    session.feed(job(4, "other"))
    session.release(Position(EPOCH, 2), [], frozenset({"mine"}))
    assert offsets(session) == [3]


def test_too_many_held_events_give_the_watcher_up() -> None:
    session = Session(lambda: None, too_many=10)
    session.hold(Position(EPOCH, 0))
    for offset in range(12):
        session.feed(job(offset))
    assert session.overrun


def test_a_slow_watcher_gets_the_newest_state_of_each_job_at_its_own_place() -> None:
    session = live(many=10)
    for offset in range(1, 12):
        session.feed(job(offset, "ab"[offset % 2]))
    assert offsets(session) == [10, 11]


def test_ends_are_never_removed() -> None:
    session = live(many=10)
    for offset in range(1, 41):
        session.feed(job(offset, end=offset % 10 == 0))
    assert set(offsets(session)) >= {10, 20, 30, 40}


def test_dropped_log_lines_are_counted_by_the_next_log_of_the_job() -> None:
    session = live(many=10)
    for offset in range(1, 12):
        session.feed(log(offset, lines=2))
    (kept,) = drained(session)
    assert kept.position.offset == 11
    assert line_count(kept) == 22
    assert msgspec.json.decode(kept.json)["dropped"] == 20


def test_logs_stay_where_leaving_out_states_is_enough() -> None:
    session = live(many=10)
    for offset in range(1, 12):
        session.feed(log(offset) if offset < 5 else job(offset))
    assert offsets(session) == [1, 2, 3, 4, 11]


def test_more_jobs_than_can_be_kept_give_the_watcher_up() -> None:
    session = live(many=10, too_many=40)
    for offset in range(1, 100):
        session.feed(job(offset, f"job {offset}"))
    assert session.overrun


def test_a_new_beginning_replaces_what_is_due_but_ends() -> None:
    session = live()
    session.feed(job(1))
    session.feed(log(2))
    session.feed(job(3, end=True))
    session.reset(snapshot(1, epoch="cd"), Position("cd", 1))
    session.feed(job(2, epoch="cd"))
    assert [(frame.kind, frame.position) for frame in drained(session)] == [
        ("end", Position(EPOCH, 3)),
        ("snapshot", Position("cd", 1)),
        ("job", Position("cd", 2)),
    ]


def test_a_newer_beginning_replaces_an_older_one() -> None:
    session = live()
    for offset in (5, 9):
        session.reset(snapshot(offset), Position(EPOCH, offset))
    assert offsets(session) == [9]


def test_positions_of_others_events_are_passed_by_only_by_who_is_idle() -> None:
    session = live(frozenset({"mine"}), at=1)
    session.pass_by(Position(EPOCH, 7))
    assert session.position == Position(EPOCH, 7)
    session.feed(job(8, "mine"))
    session.pass_by(Position(EPOCH, 9))
    assert session.position == Position(EPOCH, 8)
    drained(session)
    session.pass_by(NOWHERE)
    assert session.position == Position(EPOCH, 8)


# --- progress -----------------------------------------------------------------------------------------


def progress(frame: Frame) -> int:
    return int(msgspec.json.decode(frame.job)["progress"])


def floors_after(*told: Frame) -> Floors:
    """The stream of an earlier life, and then another begins."""
    floors = Floors()
    for frame in told:
        floors.admit(frame)
    floors.begin_life()
    return floors


def test_a_frame_that_needs_no_lifting_is_handed_on_as_it_is() -> None:
    frame = job(2, progress=57)
    assert floors_after(job(1, progress=57)).admit(frame) is frame


def test_a_new_life_shows_no_less_than_the_old_one() -> None:
    floors = floors_after(job(1, progress=57))
    told = [job(1, progress=40), job(2, progress=60), job(3, progress=70)]
    assert [progress(floors.admit(frame)) for frame in told] == [57, 60, 70]
    assert [progress(frame) for frame in floors.admit_replay(told)] == [57, 60, 70]


def test_an_end_is_lifted_too_and_after_it_a_retry_may_start_over() -> None:
    floors = floors_after(job(1, progress=57))
    told = [job(1, progress=40), job(2, progress=50, end=True), job(3, progress=0), job(4, progress=10)]
    assert [progress(frame) for frame in floors.admit_replay(told)] == [57, 57, 0, 10]
    assert [progress(floors.admit(frame)) for frame in told] == [57, 57, 0, 10]
    assert [progress(frame) for frame in floors.admit_replay(told)] == [57, 57, 0, 10]
    assert [progress(frame) for frame in floors.admit_replay(told[2:])] == [0, 10]


def test_a_snapshot_shows_no_less_than_was_shown() -> None:
    floors = floors_after(job(1, progress=57))
    shown = floors.admit_job(job_json("j", 40), Position(EPOCH, 1), recorded=False)
    assert frames.progress_of(shown) == 57
    floors.keep_unfinished([shown])
    assert list(floors.unfinished) == ["j"]
    floors.keep_unfinished([job_json("j", 100, "complete")])
    assert not list(floors.unfinished)


def test_what_sql_knew_before_the_stream_is_a_floor_at_once() -> None:
    floors = Floors()
    floors.admit_job(job_json("j", 62), Position(EPOCH, 1), recorded=True)
    assert progress(floors.admit(job(2, progress=61))) == 62


def test_what_one_watcher_was_shown_early_counts_in_the_next_life() -> None:
    floors = Floors()
    floors.admit_replay([job(1, progress=40), job(2, progress=60), log(3)])
    assert progress(floors.admit(job(1, progress=40))) == 40
    floors.begin_life()
    assert progress(floors.admit(job(1, progress=50))) == 60


def test_an_answer_that_is_older_than_an_end_does_not_revive_the_job() -> None:
    floors = Floors()
    floors.admit(job(1, progress=40, end=True))
    floors.admit_job(job_json("j", 30), Position(EPOCH, 0), recorded=True)
    floors.admit_replay([job(0, progress=30)])
    assert not list(floors.unfinished)
    assert progress(floors.admit(job(2, progress=0))) == 0


# --- patience -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("buffered", "over_at"),
    [
        ([70_000] * 20, 10),
        ([60_000] * 20, None),
        ([70_000] * 9 + [0] + [70_000] * 9, None),
        (range(200_000, 100_000, -5_000), None),
        ([*range(200_000, 150_000, -10_000), *[160_000] * 15], 14),
    ],
)
def test_patience_ends_when_a_full_buffer_does_not_shrink(
    buffered: Sequence[int], over_at: int | None
) -> None:
    patience = Patience(10.0)
    over = [second for second, size in enumerate(buffered) if patience.is_over(float(second), size)]
    assert (over[0] if over else None) == over_at


# --- whatever is fed ----------------------------------------------------------------------------------

JOBS = ("a", "b", "c")
steps = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["job", "job", "job", "log", "end"]), st.sampled_from(JOBS), st.integers(0, 100)
        ),
        st.tuples(
            st.sampled_from(["repeat", "take", "lose", "hold", "release", "forget"]), st.just(""), st.just(0)
        ),
    ),
    max_size=150,
)


class World:
    """A company's stream as it should be, beside one watcher of it."""

    def __init__(self, many: int) -> None:
        self.floors = Floors()
        self.session = live(many=many)
        self.position = Position(EPOCH, 0)
        self.last: Frame | None = None
        self.state: dict[str, bytes] = {}
        self.reached: dict[str, int] = {}
        self.lines = Counter[str]()
        self.ends: list[Position] = []
        self.seen: list[Frame] = []

    def happen(self, kind: str, job_id: str, progress: int) -> None:
        """An event of the stream, as advance.lua would let it through."""
        self.position = Position(self.position.epoch, self.position.offset + 1)
        offset, epoch = self.position.offset, self.position.epoch
        if kind == "log":
            frame = log(offset, job_id, lines=progress % 3 + 1)
            frame = Frame("log", job_id, self.position, frame.json)
        else:
            # Within a life the stream never falls back, but for a retry after an end.
            progress = self.reached[job_id] = max(progress, self.reached.get(job_id, 0))
            frame = job(offset, job_id, progress, epoch=epoch, end=kind == "end")
        if kind == "end":
            del self.reached[job_id]
        frame = self.floors.admit(frame)
        self.last = frame
        if frame.kind != "log":
            self.state[job_id] = frame.job
        if frame.kind == "end":
            self.ends.append(frame.position)
        self.session.feed(frame)

    def start_over(self, *, epoch: str) -> None:
        """The channel cannot tell what was missed, and hands out the present state."""
        present = dict(self.state)
        if epoch != self.position.epoch:
            self.floors.begin_life()
            self.reached.clear()
            present = {job_id: self.half_forgotten(body) for job_id, body in present.items()}
        self.position = Position(epoch, self.position.offset + 1 if epoch == self.position.epoch else 1)
        self.state = {
            job_id: self.floors.admit_job(body, self.position, recorded=False)
            for job_id, body in present.items()
        }
        jobs = list(self.state.values())
        self.floors.keep_unfinished(jobs)
        self.session.reset(snapshot(self.position.offset, jobs, epoch=epoch), self.position)
        self.last = None

    def half_forgotten(self, body: bytes) -> bytes:
        """What is left of a job after the broker was emptied."""
        seen = frames.glance(body)
        return body if seen.status.terminal else job_json(seen.job_id, seen.progress // 2)

    def release(self) -> None:
        if self.session.is_held:
            answer = snapshot(self.position.offset, list(self.state.values()), epoch=self.position.epoch)
            self.session.release(self.position, [answer], None)

    def do(self, step: str, job_id: str, progress: int) -> None:
        match step:
            case "take":
                self.seen += self.session.take()
            case "repeat" if self.last:
                self.session.feed(self.last)
            case "lose":
                self.start_over(epoch=self.position.epoch)
            case "forget":
                self.start_over(epoch=f"{self.position.offset:x}e")
            case "hold":
                self.session.hold(self.position)
            case "release":
                self.release()
            case "job" | "log" | "end":
                self.happen(step, job_id, progress)


@given(steps, st.integers(1, 20))
def test_whatever_is_fed_the_watcher_ends_with_the_newest_state(
    told: list[tuple[str, str, int]], many: int
) -> None:
    world = World(many)
    for step in told:
        world.do(*step)
    world.release()
    world.seen += drained(world.session)
    assert_newest_states(world)
    assert_positions_increase(world.seen)
    assert_progress_never_falls(world.seen)
    assert_each_end_once(world.seen)


@given(
    st.lists(
        st.tuples(st.sampled_from(["job", "log", "end", "take"]), st.sampled_from(JOBS), st.integers(0, 100))
    ),
    st.integers(1, 20),
)
def test_however_slow_it_reads_each_end_comes_once_and_no_line_goes_uncounted(
    told: list[tuple[str, str, int]], many: int
) -> None:
    world = World(many)
    counted: Counter[str] = Counter()
    for kind, job_id, progress in told:
        world.do(kind, job_id, progress)
        if kind == "log":
            counted[job_id] += progress % 3 + 1
    world.seen += drained(world.session)
    assert [frame.position for frame in world.seen if frame.kind == "end"] == world.ends
    shown: Counter[str] = Counter()
    for frame in world.seen:
        if frame.kind == "log":
            shown[frame.job_id] += line_count(frame)
    assert shown == counted


def assert_newest_states(world: World) -> None:
    held: dict[str, bytes] = {}
    for frame in world.seen:
        if frame.kind == "snapshot":
            held = {msgspec.json.decode(raw)["job_id"]: bytes(raw) for raw in _jobs_in(frame)}
        elif frame.kind in {"job", "end"}:
            held[frame.job_id] = frame.job
    assert held == world.state


def assert_positions_increase(seen: list[Frame]) -> None:
    at = Position(EPOCH, 0)
    for frame in seen:
        if frame.kind == "snapshot":
            at = frame.position
            continue
        if frame.position.epoch == at.epoch:
            assert frame.position.offset > at.offset
        at = frame.position


def assert_each_end_once(seen: list[Frame]) -> None:
    ends = [frame.position for frame in seen if frame.kind == "end"]
    assert len(ends) == len(set(ends))


def assert_progress_never_falls(seen: list[Frame]) -> None:
    shown: dict[str, int] = {}
    for frame in seen:
        bodies = _jobs_in(frame) if frame.kind == "snapshot" else [frame.job] if frame.kind != "log" else []
        for body in bodies:
            value = frames.glance(bytes(body))
            assert value.progress >= shown.get(value.job_id, 0)
            shown[value.job_id] = 0 if value.status.terminal else value.progress


class _Jobs(msgspec.Struct):
    jobs: list[msgspec.Raw]


def _jobs_in(frame: Frame) -> list[bytes]:
    return [bytes(raw) for raw in msgspec.json.decode(frame.json, type=_Jobs).jobs]


def test_a_session_begins_wanting_nothing() -> None:
    assert Session(lambda: None).wants == NOTHING
