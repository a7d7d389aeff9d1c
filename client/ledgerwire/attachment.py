"""A file to be sent: its name and its bytes, kept so that a lost request can be sent again."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

import msgspec

from ledgerwire.submissions import Upload

#: A path, the bytes themselves, ``(name, bytes)``, or a file opened for reading bytes.
Source = str | os.PathLike[str] | bytes | tuple[str, bytes] | BinaryIO


class Attachment(msgspec.Struct, frozen=True):
    name: str
    content: bytes

    @property
    def upload(self) -> Upload:
        return Upload(self.name, hashlib.sha256(self.content).hexdigest(), len(self.content))


def load(source: Source) -> Attachment:
    """Reads the source to its end; raises OSError where that fails."""
    match source:
        case bytes():
            return Attachment("upload", source)
        case (str() as name, bytes() as content):
            return Attachment(name, content)
        case str() | os.PathLike():
            path = Path(source)
            return Attachment(path.name, path.read_bytes())
    return Attachment(_name_of(source), source.read())


def _name_of(file: object) -> str:
    name = getattr(file, "name", None)
    return Path(name).name if isinstance(name, str) else "upload"
