"""The real parts that tests stand on; each in a module of its own."""

from __future__ import annotations

from importlib.util import find_spec

pytest_plugins = [
    name for name in ("tests.databases", "tests.brokers", "tests.running") if find_spec(name) is not None
]
