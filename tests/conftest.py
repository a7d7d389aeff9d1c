"""The real parts that tests stand on; each in a module of its own."""

from pathlib import Path

import pytest

from tests.memory import keep_files_in_memory

# Before anything asks where temporary files go.
keep_files_in_memory()

# Told of before anything imports them: measurements use some of the stories' parts, too.
STORIES = ("approvals", "asked", "bank", "claims", "exports", "kills", "watchers")
pytest.register_assert_rewrite(*(f"tests.stories.{part}" for part in STORIES))

PARTS = ("certificates", "databases", "brokers", "running", "doubles.fixtures")
pytest_plugins = [f"tests.{part}" for part in PARTS]

#: Whose files take minutes, though they have few tests: whatever is begun last is waited for by one core alone.
SLOW = ("static", "stories", "server")
HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Among several processes, which take their files from the top, the slow ones go first."""
    if hasattr(config, "workerinput"):
        items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    folder = item.path.relative_to(HERE).parts[0] if item.path.is_relative_to(HERE) else ""
    return SLOW.index(folder) if folder in SLOW else len(SLOW)
