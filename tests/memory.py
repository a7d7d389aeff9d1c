"""Where tests keep their files: in memory, where Linux has room there.

A database is flushed with every commit, and PostgreSQL copies three hundred files for each test that gets one of its
own: on a disk, tests of the database wait for that most of their time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder that the system has, not one that we make up
#: A container has 64 MB of it, unless it was told otherwise. A guess with room: what all tests need was not measured.
ENOUGH = 2 * 2**30


def keep_files_in_memory() -> None:
    """For this process and its children, unless whoever started it has said where files go."""
    if "TMPDIR" in os.environ or not has_room(SHARED_MEMORY):
        return
    os.environ["TMPDIR"] = str(SHARED_MEMORY)
    # It may have been looked up before.
    tempfile.tempdir = None


def has_room(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free >= ENOUGH
