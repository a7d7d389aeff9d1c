"""What a person calls a job, and the words they look for it by."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from ledgerwire.errors import Problem
from ledgerwire.submissions import Submission, Upload

#: As many characters as a title has room for.
LONGEST_TITLE = 300
#: A pile of a hundred files with long names is looked for by the first of them.
MOST_WORDS = 4_000


def title(submission: Submission) -> str | None:
    """The name of its file, the first of its files, or None where it has none."""
    names = list(_file_names(submission))
    if not names:
        return None
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return names[0][: LONGEST_TITLE - len(more)] + more


def words(submission: Submission, submitted_by: str | None) -> str:
    """Who submitted it, for whom, and its files, folded; one to a line, so that no search matches over two of them."""
    said = [submitted_by or "", submission.tenant_id or "", *_file_names(submission)]
    return folded("\n".join(said))[:MOST_WORDS]


def error_words(error: Problem | None) -> str | None:
    """What the error says, folded."""
    if error is None:
        return None
    return folded(f"{error.title}\n{error.detail or ''}")[:MOST_WORDS]


def folded(text: str) -> str:
    """Lower case, and one form of every letter."""
    return unicodedata.normalize("NFKC", text).lower().strip()


def _file_names(submission: Submission) -> Iterator[str]:
    for field in submission.__struct_fields__:
        value = getattr(submission, field)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Upload):
                yield each.name
