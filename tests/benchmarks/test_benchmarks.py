"""Each measurement runs, with tiny numbers, so that it cannot rot. What it measures is never asserted: README.md."""

from __future__ import annotations

import math

import msgspec
import pytest

from tests.benchmarks import (
    activity,
    approve,
    ask,
    books,
    categorize,
    export,
    fanout,
    pickup,
    rules,
    throughput,
)
from tests.benchmarks.figures import OURS, Report, percentile
from tests.brokers import found_program


@pytest.fixture(autouse=True)
def broker_program() -> None:
    """Skips where there is none."""
    found_program()


async def test_pickup() -> None:
    size = pickup.Size(samples=2, rounds=1, pause=0.01, taskiq=0, postgresql=0)
    assert_measured(await pickup.measure(size), "arq 0.28 (as it ships)")


async def test_fanout() -> None:
    size = fanout.Size(watchers=3, events=2, rounds=1, pause=0.01)
    assert_measured(await fanout.measure(size), fanout.PEER)


async def test_categorize() -> None:
    size = categorize.Size(lines=250, rounds=1, postgresql=0)
    assert_measured(await categorize.measure(size), categorize.FLOOR)


async def test_approve() -> None:
    size = approve.Size(lines=600, rounds=1, postgresql=0)
    assert_measured(await approve.measure(size), approve.FLOOR)


async def test_ask() -> None:
    size = ask.Size(lines=120, rounds=1, postgresql=0)
    assert_measured(await ask.measure(size), ask.FLOOR)


async def test_rules() -> None:
    assert_measured(await rules.measure(rules.Size(rules=10, lines=200, rounds=1)), rules.PEER)


async def test_activity() -> None:
    size = activity.Size(jobs=200, rounds=1, postgresql=0)
    assert_measured(await activity.measure(size), activity.FLOOR)


async def test_books() -> None:
    size = books.Size(lines=200, rounds=1, postgresql=0)
    assert_measured(await books.measure(size), books.FLOOR)


async def test_export() -> None:
    size = export.Size(minute=6.0, latency=0.01, lines=30)
    assert_measured(await export.measure(size), export.IDEAL)


async def test_throughput() -> None:
    size = throughput.Size(jobs=8, rounds=1, companies=2, postgresql=0)
    assert_measured(await throughput.measure(size), "arq 0.28 (poll 10 ms)")


def assert_measured(report: Report, *peers: str) -> None:
    """Ours and each peer have figures, and both outputs can be read."""
    for contender in (OURS, *peers):
        values = [value for values in report.rounds[contender].values() for value in values]
        assert values
        assert all(math.isfinite(value) and value > 0 for value in values)
    assert OURS in report.table()
    assert msgspec.json.decode(report.json())["medians"]


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert [percentile(range(1, 101), share) for share in (0.0, 0.5, 0.99, 1.0)] == [1, 50, 99, 100]
    assert percentile([7], 0.99) == 7


def test_a_ratio_is_taken_within_a_round() -> None:
    """A machine that slows down half-way slows both of a pair."""
    report = Report(title="")
    for ours, theirs in ((1.0, 2.0), (10.0, 20.0), (100.0, 200.0)):
        report.add(OURS, p50=ours)
        report.add("peer", p50=theirs)
    assert report.ratio("peer", "p50") == 2
    assert report.ratio(OURS, "p50") is None
