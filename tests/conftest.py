"""What every test may ask for."""

from __future__ import annotations

import importlib.util

# brokers is being written beside this file; the guard goes as soon as it is there.
pytest_plugins = [
    "tests.databases",
    *(["tests.brokers"] if importlib.util.find_spec("tests.brokers") else []),
]
