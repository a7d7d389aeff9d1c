"""Which errors pass, which do not, and when to try again."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from ledgerwire.errors import FieldError, Problem
from workers.jobs.faults import TROUBLE, BadInput, Fault, TryLater, judge, next_try
from workers.settings import Tempo

PROBLEM = Problem(title="The bank did not answer.")


def test_bad_input_names_the_place_and_its_code() -> None:
    fault = BadInput.of("no_header", "No header.", "Export it again.", [FieldError("line 1", "is empty")])
    assert fault.problem.code == "no_header"
    assert fault.problem.errors == [FieldError("line 1", "is empty")]
    assert str(fault) == "No header."


@pytest.mark.parametrize("fault", [BadInput(PROBLEM), TryLater(PROBLEM, after=3)])
def test_a_fault_is_what_it_says(fault: Fault) -> None:
    assert judge(fault) is fault


@pytest.mark.parametrize(
    "error",
    [
        ConnectionResetError(),
        TimeoutError(),
        OperationalError("COMMIT", {}, sqlite3.OperationalError("database is locked")),
    ],
)
def test_troubles_of_the_network_and_the_database_pass(error: Exception) -> None:
    fault = judge(error)
    assert isinstance(fault, TryLater)
    assert (fault.problem, fault.after) == (TROUBLE, None)


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError(),
        FileNotFoundError("june.csv"),
        IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE")),
        asyncio.CancelledError(),
    ],
)
def test_everything_else_is_a_bug(error: BaseException) -> None:
    assert judge(error) is None


def seconds_until(moment: datetime) -> float:
    return (moment - datetime.now(UTC)) / timedelta(seconds=1)


def test_delays_are_spread_from_nothing_to_a_ceiling_that_doubles() -> None:
    tempo = Tempo(retry_base=10, retry_cap=100)
    for errors, ceiling in ((1, 10), (2, 20), (5, 100), (1_000, 100)):
        delays = [seconds_until(next_try(errors, tempo)) for _ in range(300)]
        assert max(delays) <= ceiling
        assert min(delays) < ceiling * 0.1
        assert max(delays) > ceiling * 0.9


def test_what_a_vendor_asked_for_is_the_least() -> None:
    tempo = Tempo(retry_base=1, retry_cap=1)
    assert all(59 < seconds_until(next_try(1, tempo, after=60)) <= 60 for _ in range(20))
