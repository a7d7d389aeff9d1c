"""What every watcher is promised, claimed of all it was shown."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from tests.stories.watchers import TERMINAL, Shown, Watcher
from workers.jobs.live import StreamEvent

NOWHERE = "0.0"


def assert_kept(watcher: Watcher, published: list[StreamEvent]) -> None:
    """Every position was delivered, covered or superseded; none twice; nothing went backwards."""
    shown = watcher.shown
    _assert_in_order(shown)
    _assert_nothing_missed(shown, published)
    assert_consistent(watcher)


def assert_consistent(watcher: Watcher) -> None:
    """No job ever goes backwards, and each that ended has ended once."""
    _assert_never_backwards(watcher.shown)
    _assert_one_end_each(watcher.shown)


def _assert_in_order(shown: list[Shown]) -> None:
    """Events strictly rise; a snapshot stands where the watcher stood, or later, or was made without the broker."""
    at = -1
    for each in shown:
        if each.position == NOWHERE:
            assert (each.kind, each.value["reason"]) == ("snapshot", "broker_away")
            continue
        if each.kind == "snapshot":
            assert each.offset >= at, (
                f"a snapshot ({each.value['reason']}) of {each.position} came after {at}"
            )
        else:
            assert each.offset > at, f"{each.kind} {each.position} came after offset {at}"
        at = each.offset


def _assert_nothing_missed(shown: list[Shown], published: list[StreamEvent]) -> None:
    first = next(each for each in shown if each.position != NOWHERE)
    assert first.kind == "snapshot"
    delivered = {each.offset: each for each in shown if each.kind != "snapshot"}
    covered = _covered(shown)
    later: dict[tuple[str, str], int] = defaultdict(int)
    for event in reversed(published):
        offset, kind = event.position.offset, "log" if event.kind == "log" else "job"
        if offset <= first.offset:
            break
        if (got := delivered.get(offset)) is not None:
            _assert_same(got, event)
            later[event.job_id, kind] += 1
        elif offset not in covered:
            assert event.kind != "end", f"the end of {event.job_id} was left out"
            assert later[event.job_id, kind], f"{event.kind} {event.position} was never made good"


def _covered(shown: list[Shown]) -> set[int]:
    """The offsets between what was shown before a snapshot and the snapshot."""
    covered: set[int] = set()
    at = 0
    for each in shown:
        if each.position == NOWHERE:
            continue
        if each.kind == "snapshot":
            covered.update(range(at, each.offset + 1))
        at = each.offset
    return covered


def _assert_same(got: Shown, event: StreamEvent) -> None:
    """To the letter, but for what the server answers for itself: dropped lines, and progress that never falls."""
    value = msgspec.json.decode(event.json)
    if event.kind == "log":
        assert {**got.value, "dropped": 0} == value
        return
    published = value["job"]["progress"]
    assert got.value["job"]["progress"] >= published
    assert {**got.value, "job": {**got.value["job"], "progress": published}} == value


def _assert_never_backwards(shown: list[Shown]) -> None:
    """Versions rise from event to event; a snapshot told from SQL may carry an older one, but no less progress."""
    progress: dict[str, int] = defaultdict(int)
    versions: dict[str, int] = defaultdict(int)
    for each in shown:
        for job in each.jobs:
            name = job["job_id"]
            assert job["progress"] >= progress[name], f"{name} fell from {progress[name]} % in {each}"
            progress[name] = job["progress"]
            if each.kind == "job":
                assert job["version"] > versions[name], f"{name} fell from version {versions[name]} in {each}"
                versions[name] = job["version"]


def _assert_one_end_each(shown: list[Shown]) -> None:
    """A broker that forgot an end before SQL heard that it was told is told again: in its next epoch, never in one."""
    ends: dict[str, set[str]] = defaultdict(set)
    told: dict[tuple[str, str], int] = defaultdict(int)
    for each in shown:
        for job in each.jobs:
            if job["status"] in TERMINAL:
                ends[job["job_id"]].add(job["status"])
                told[each.epoch, job["job_id"]] += each.kind == "job"
            else:
                assert job["job_id"] not in ends, "a job that had ended runs again"
    assert all(len(statuses) == 1 for statuses in ends.values())
    assert max(told.values(), default=0) <= 1
