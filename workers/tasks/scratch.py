"""A folder for what an attempt writes on its way, gone when the attempt is over."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workers.jobs.attempt import Attempt


@contextmanager
def scratch_folder(attempt: Attempt) -> Iterator[Path]:
    """Under DATA_DIR, so that the attempt after a kill -9 finds what this one left, and clears it away.

    One a claim: a predecessor that was only paused, and wakes up, finds its folder gone and not somebody else's files.
    """
    root = attempt.shared.settings.data_dir / "scratch"
    for left in root.glob(f"{attempt.job_id}-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = root / f"{attempt.job_id}-{attempt.record.fence}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
