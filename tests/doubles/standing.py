"""The double of OpenAI as a process of its own, started by hand as its own lines say, and what it has been asked."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from server.supervisor import mortal
from tests.doubles.misbehaviour import lines_of
from workers.books.merchants import merchant_key
from workers.settings import Settings


class Entry(msgspec.Struct, frozen=True):
    number: int
    at: datetime | None = None
    request: dict[str, Any] | None = None
    answered: str | None = None


class LanguageModel:
    """Started by hand, as the double's own lines say."""

    def __init__(self, folder: Path, *, latency: float) -> None:
        self.log = folder / "language-model.jsonl"
        command = [
            "-m",
            "tests.doubles.openai",
            "--port",
            "0",
            "--latency",
            f"{latency}",
            "--log",
            str(self.log),
        ]
        self.process = subprocess.Popen(
            mortal([sys.executable, *command]), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.exported = dict(pair.split("=", 1) for pair in self.process.stdout.readline().split()[1:])

    def settings(self, settings: Settings) -> Settings:
        return msgspec.structs.replace(
            settings,
            openai_api_key=self.exported["OPENAI_API_KEY"],
            openai_model=self.exported["OPENAI_MODEL"],
            openai_base_url=self.exported["OPENAI_BASE_URL"],
        )

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def entries(self) -> list[Entry]:
        return [msgspec.json.decode(line, type=Entry) for line in self.log.read_bytes().splitlines()]

    def asked(self) -> list[tuple[str, datetime]]:
        """Each merchant that was asked about, and when; as often as it was."""
        return [
            (merchant_key(line["description"]), entry.at)
            for entry in self.entries()
            if entry.request is not None and entry.at is not None
            for line in lines_of(entry.request)
        ]

    def calls(self) -> int:
        return sum(entry.request is not None for entry in self.entries())
