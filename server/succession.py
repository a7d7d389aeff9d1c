"""The broker that ``up`` brings, from one start to the next: the streams of one that ended in order go on.

A broker that starts anew may have forgotten its last second, so positions of its former life are void (advance.lua).
One that was asked to end has written all it knew to the disk before: its successor takes up where it stopped, and
whoever watched is told what was missed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from workers.jobs import keys

if TYPE_CHECKING:
    import redis

#: Holds the run id of a broker that ended in order, until the next one has started. It lies beside what the broker
#: kept, so that who puts back an older copy of that puts back no word that it is whole.
WORD: Final = "ended-in-order"


def leave_word(data_dir: Path, run_id: str) -> None:
    """After that broker has ended by itself when it was asked to, and before anything else starts on its data."""
    _word(data_dir).write_text(run_id)


def take_up(data_dir: Path, url: str) -> str | None:
    """Before anybody writes to the broker that started; its run id, or None where it is gone again."""
    import redis  # a quarter of a second, which `up` spends while its children load

    word = _word(data_dir)
    before = word.read_text() if word.exists() else None
    word.unlink(missing_ok=True)
    try:
        with redis.Redis.from_url(url, decode_responses=True) as client:
            now = str(client.info("server")["run_id"])
            if before is not None:
                _rename(client, before, now)
    except redis.RedisError:
        return None
    return now


def _rename(client: redis.Redis, before: str, now: str) -> None:
    # On the disk before the first event of the new life: were it forgotten, its positions would be given out twice.
    client.config_set("appendfsync", "always")
    for key in client.scan_iter(match=keys.meta("*"), count=1_000):
        if client.hget(key, "run_id") == before:
            client.hset(key, "run_id", now)
    client.config_set("appendfsync", "everysec")


def _word(data_dir: Path) -> Path:
    return data_dir / "broker" / WORD
