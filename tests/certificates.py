"""The certificates of this machine, read once a process: each client reads them anew, for thirty milliseconds of a
core. What is trusted stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import httpcore2
import pytest


@pytest.fixture(scope="session", autouse=True)
def certificates() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore2, "default_ssl_context", cache(httpcore2.default_ssl_context))
        yield
