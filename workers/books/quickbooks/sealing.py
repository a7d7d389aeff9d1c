"""Secrets at rest: encrypted with a key that the database does not hold (Fernet: AES-128-CBC and HMAC-SHA256).

TOKEN_KEYS names the keys, newest first; a secret that an older one sealed is sealed anew at its next write. Without
them a key is made in DATA_DIR, for one machine.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from workers.settings import Settings

FILE = "token.key"


class Unsealable(Exception):
    """No key that is set opens it: TOKEN_KEYS lost one, or the file was replaced."""


class Seal:
    def __init__(self, keys: tuple[str, ...]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    @classmethod
    def open(cls, settings: Settings) -> Seal:
        return cls(settings.token_keys or (_own_key(settings.data_dir / FILE),))

    def seal(self, secret: str) -> bytes:
        return self._fernet.encrypt(secret.encode())

    def unseal(self, sealed: bytes) -> str:
        """Raises Unsealable."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise Unsealable from None

    async def close(self) -> None:
        """Nothing is held; ``Shared`` closes all it keeps."""


def _own_key(path: Path) -> str:
    """Whoever comes first makes it; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{FILE}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        target.write(Fernet.generate_key())
        target.flush()
        os.fsync(target.fileno())
    try:
        # A link fails where there is one: two processes that start together get the same key.
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()
    return path.read_text("ascii").strip()
