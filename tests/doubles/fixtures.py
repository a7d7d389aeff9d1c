"""The doubles as fixtures: each a real server in the test's own loop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.doubles.openai import OpenAI


@pytest.fixture
async def language_model() -> AsyncIterator[OpenAI]:
    double = OpenAI()
    await double.start()
    yield double
    await double.stop()
