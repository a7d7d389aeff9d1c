"""Whole runs over real processes. Each has a short form, run with all tests, and a longer one by options:

pytest tests/stories --tempo 1 --kills 20 --events 10000 --jobs 2000
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest

from tests.brokers import Broker
from tests.stories.fleet import Fleet
from workers.jobs.kernel import Kernel
from workers.settings import Settings, Tempo

HERE = Path(__file__).parent
STANDARD = Tempo()
#: Of all times, where many processes start at once or nobody is to die: a tenth is too short to beat in on a core
#: that others use as well.
UNHURRIED = 0.4


class Length(msgspec.Struct, frozen=True, kw_only=True):
    """How long the stories are."""

    #: Of all times: 1 is how a real Ledgerwire runs.
    tempo: float = 0.1
    #: Deaths, stops and cuts in one job.
    kills: int = 5
    stops: int = 10
    #: Lines of the bank file.
    lines: int = 6_000
    events: int = 1_500
    jobs: int = 300


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("stories", "length of the stories")
    for name, default in msgspec.structs.asdict(Length()).items():
        group.addoption(f"--{name}", type=type(default), default=default, help=f"default {default}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.story)


@pytest.fixture(scope="session")
def length(pytestconfig: pytest.Config) -> Length:
    # A run of all tests reads this file too late for options: then everything is short.
    defaults = msgspec.structs.asdict(Length())
    return Length(**{name: pytestconfig.getoption(name, value) for name, value in defaults.items()})


@pytest.fixture
def settings(broker: Broker, sqlite_url: str, tmp_path: Path, length: Length) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=sqlite_url,
        redis_url=broker.url,
        company_concurrency=4,
        tempo=STANDARD.scaled(length.tempo),
    )


def unhurried(settings: Settings, length: Length) -> Settings:
    return msgspec.structs.replace(settings, tempo=STANDARD.scaled(max(length.tempo, UNHURRIED)))


@pytest.fixture
async def kernel(settings: Settings) -> AsyncIterator[Kernel]:
    """As an API process holds it, ticks running."""
    opened = Kernel.open(settings)
    await opened.start()
    yield opened
    await opened.close()


@pytest.fixture
def fleet(settings: Settings) -> Iterator[Fleet]:
    found = Fleet(settings)
    yield found
    found.close()
