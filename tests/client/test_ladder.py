"""Which kind of line is taken when, as plain decisions."""

from __future__ import annotations

import pytest

from ledgerwire.ladder import CLIMB_AFTER, CLIMB_WITHIN, Ladder, Rung

SOCKET, SSE, POLLING = Rung


@pytest.fixture
def ladder() -> Ladder:
    return Ladder(*Rung)


def died(ladder: Ladder, times: int, *, blocked: bool = False) -> Rung:
    for _ in range(times):
        ladder.died(blocked=blocked)
    return ladder.rung


def test_two_dead_lines_are_one_too_many_of_a_kind(ladder: Ladder) -> None:
    assert [ladder.rung, died(ladder, 1), died(ladder, 1)] == [SOCKET, SOCKET, SSE]
    assert died(ladder, 2) is POLLING


def test_after_the_last_kind_comes_the_first(ladder: Ladder) -> None:
    assert died(ladder, 6) is SOCKET


def test_what_is_blocked_is_not_tried_twice(ladder: Ladder) -> None:
    assert [died(ladder, 1, blocked=True), died(ladder, 1, blocked=True)] == [SSE, POLLING]


def test_a_line_that_was_heard_leads_back_to_the_first_kind(ladder: Ladder) -> None:
    died(ladder, 2)
    ladder.heard()
    assert ladder.rung is SOCKET
    assert not ladder.is_proven
    assert died(ladder, 2) is SSE
    assert ladder.is_proven


def test_without_sockets_the_others_are_left(ladder: Ladder) -> None:
    ladder.without_sockets()
    assert [ladder.rung, died(ladder, 2), died(ladder, 2)] == [SSE, POLLING, SSE]


def test_a_server_that_was_only_away_is_not_polled_for_long(ladder: Ladder) -> None:
    died(ladder, 4)
    ladder.heard()
    assert ladder.rung is POLLING
    assert ladder.climb(0)
    assert ladder.rung is SOCKET


def test_where_better_lines_are_blocked_they_are_tried_more_and_more_seldom(ladder: Ladder) -> None:
    waits = []
    for _ in range(6):
        died(ladder, 2, blocked=True)
        ladder.heard()
        waits.append(next(wait for wait in (300, 600, 1200, 2400, 3600) if ladder.climb(wait)))
    assert waits == [CLIMB_AFTER, 600, 1200, 2400, CLIMB_WITHIN, CLIMB_WITHIN]


def test_climbing_each_better_kind_has_one_try(ladder: Ladder) -> None:
    died(ladder, 4)
    ladder.heard()
    ladder.climb(0)
    assert [died(ladder, 1), died(ladder, 1)] == [SSE, POLLING]
    ladder.heard()
    assert [died(ladder, 1), died(ladder, 1)] == [POLLING, SOCKET]


def test_nobody_is_given_up_before_plain_http_was_asked(ladder: Ladder) -> None:
    died(ladder, 1)
    assert ladder.last_resort()
    assert died(ladder, 1) is POLLING
    assert not ladder.last_resort()


def test_what_was_heard_on_a_better_line_counts_anew(ladder: Ladder) -> None:
    died(ladder, 6)
    ladder.heard()
    assert ladder.last_resort()
