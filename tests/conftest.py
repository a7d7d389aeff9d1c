"""The real parts that tests stand on; each in a module of its own."""

import pytest

from tests.memory import keep_files_in_memory

# Before anything asks where temporary files go.
keep_files_in_memory()

# Told of before anything imports them: measurements use some of the stories' parts, too.
STORIES = ("approvals", "asked", "bank", "claims", "exports", "kills", "watchers")
pytest.register_assert_rewrite(*(f"tests.stories.{part}" for part in STORIES))

PARTS = ("certificates", "databases", "brokers", "running", "doubles.fixtures")
pytest_plugins = [f"tests.{part}" for part in PARTS]
