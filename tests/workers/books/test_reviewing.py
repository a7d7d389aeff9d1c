"""Whatever people and jobs do to lines, in whatever order, the books stay sound."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.workers.books.making import COFFEE, JUNE
from tests.workers.books.reviewing import Reviewed
from workers.books.errors import BooksError
from workers.database import Database

UNKNOWN = ("QZX VENTURES 991", "-20.00")
WAIVED = ("COFFEE FEE WAIVED", "0.00")
PAYOUT = ("STRIPE PAYOUT", "812.40")
#: Two of the chart, the lines' own bank account, and one that nobody knows.
CATEGORIES = (None, "Travel lodging", "Sales income", "Checking", "No such account")

lines = st.lists(st.integers(0, 5), min_size=1, max_size=6)
jobs = st.sampled_from(["job-1", "job-2", None])
said = st.tuples(
    st.just("say"), st.integers(0, 5), st.sampled_from(CATEGORIES), st.one_of(st.none(), st.integers(1, 5))
)
steps = st.one_of(
    said,
    st.tuples(st.just("approve"), lines, jobs),
    st.tuples(st.just("reopen"), lines),
    st.tuples(st.just("undo"), jobs),
    st.tuples(st.just("remove"), lines),
    st.tuples(st.just("close"), st.sampled_from([None, JUNE])),
    st.tuples(st.just("decide"), lines),
    st.tuples(st.just("hear"), lines, st.sampled_from(CATEGORIES)),
)


@example(
    walk=[
        ("approve", [0, 1, 2, 3, 4], "job-1"),
        ("undo", "job-1"),
        ("approve", [0], "job-2"),
        ("undo", "job-1"),
    ]
)
@example(walk=[("say", 1, "Travel lodging", None), ("approve", [1], None), ("close", JUNE), ("reopen", [1])])
@example(walk=[("hear", [1], "Travel lodging"), ("approve", [1], "job-1"), ("undo", "job-1")])
@example(walk=[("hear", [1], "Travel lodging"), ("approve", [1], None), ("reopen", [1]), ("decide", [1, 0])])
@example(walk=[("approve", [0, 3], None), ("remove", [0, 1, 2, 3, 4, 5])])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(steps, max_size=12))
def test_whatever_is_done_the_books_are_sound(database_url: str, walk: list[tuple[Any, ...]]) -> None:
    asyncio.run(walked(database_url, walk))


async def walked(url: str, walk: list[tuple[Any, ...]]) -> None:
    """Each walk through a company of its own."""
    database = Database(url)
    try:
        books = await Reviewed.found(database)
        later = await books.imported(COFFEE, day=JUNE + timedelta(days=1))
        ids = [*await books.imported(COFFEE, UNKNOWN, WAIVED, PAYOUT), *later, "nothing"]
        for step in walk:
            await taken(books, ids, *step)
        await books.assert_sound()
    finally:
        await database.close()


async def taken(books: Reviewed, ids: list[str], verb: str, *what: Any) -> None:
    match verb:
        case "say":
            number, category, revision = what
            with contextlib.suppress(BooksError):
                await books.say(ids[number], category, revision=revision)
        case "approve":
            await books.approve([ids[number] for number in what[0]], job_id=what[1])
        case "reopen":
            await books.reopen([ids[number] for number in what[0]])
        case "undo":
            await books.reopen(ids, approved_by_job=what[0], job_id="undo")
        case "decide":
            await books.decide([ids[number] for number in what[0]])
        case "hear":
            await books.hear([ids[number] for number in what[0]], what[1])
        case "remove":
            await books.remove([ids[number] for number in what[0]])
        case "close":
            await books.close_through(what[0])
