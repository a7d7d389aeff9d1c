"""How far a job is, and how long it may still take."""

from __future__ import annotations

import pytest

from ledgerwire.jobs import Step, Units, Usage
from workers.jobs.plan import Meter, Pace, Plan
from workers.jobs.record import Picture

PLAN = Plan(read=10, import_=30, categorize=60)


def test_steps_are_counted_from_one_and_lose_their_underscore() -> None:
    assert PLAN.step("import") == Step("import", 2, 3)
    with pytest.raises(ValueError, match="dance"):
        PLAN.step("dance")


@pytest.mark.parametrize(
    ("step", "units", "progress"),
    [
        (None, None, 0),
        ("read", None, 0),
        ("import", Units(0, 200, "lines"), 10),
        ("import", Units(100, 200, "lines"), 25),
        ("import", Units(7, None, "lines"), 10),
        ("import", Units(0, 0, "lines"), 10),
        ("categorize", Units(300, 200, "lines"), 99),
    ],
)
def test_progress_is_the_share_of_what_is_done(step: str | None, units: Units | None, progress: int) -> None:
    assert PLAN.progress(step and PLAN.step(step), units) == progress  # type: ignore[arg-type]


def test_the_time_left_follows_from_the_pace_of_this_attempt() -> None:
    now = [100.0]
    pace = Pace(20, clock=lambda: now[0])
    assert pace.eta(20) is None
    now[0] += 0.5
    assert pace.eta(21) is None, "too early to guess"
    now[0] += 9.5
    assert pace.eta(20) is None
    assert pace.eta(40) == 30
    assert pace.eta(100) == 0


def test_a_meter_shows_a_sentence_of_its_own_unless_told_another() -> None:
    meter = Meter(PLAN, Picture())
    assert meter.picture().message == ""
    meter.begin("import", total=None, noun="lines", done=0)
    assert meter.picture().message == "Import: 0 lines"
    meter.begin("categorize", total=20_000, noun="lines", done=1_000)
    assert meter.picture().message == "Categorize: 1,000 of 20,000 lines"
    meter.message = "Asking the bank"
    assert meter.picture().message == "Asking the bank"


def test_progress_never_falls_within_an_attempt() -> None:
    meter = Meter(PLAN, Picture(progress=50))
    meter.begin("read", total=2, noun="pages", done=1)
    assert meter.picture().progress == 50
    meter.begin("categorize", total=2, noun="lines", done=1)
    assert meter.picture().progress == 70


def test_units_advance_within_their_step_and_without_one_are_nothing() -> None:
    meter = Meter(PLAN, Picture())
    meter.advance(3)
    assert meter.picture().units is None
    meter.begin("import", total=4, noun="lines", done=0)
    meter.advance(3)
    assert meter.picture().units == Units(3, 4, "lines")


def test_a_resumed_attempt_goes_on_from_the_last_picture_and_adds_to_its_usage() -> None:
    last = Picture(
        step=PLAN.step("import"),
        units=Units(3, 4, "lines"),
        progress=32,
        usage=Usage(1, 10, 5),
        message="Waiting",
    )
    meter = Meter(PLAN, last)
    meter.spend(Usage(2, 20, 7))
    shown = meter.picture()
    assert (shown.step, shown.units, shown.progress, shown.message) == (last.step, last.units, 32, "Waiting")
    assert shown.usage == Usage(3, 30, 12)
