"""The API on a real port, over a real broker and database, inside the test's own event loop."""

from __future__ import annotations

import asyncio
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import msgspec
from litestar import Litestar

from ledgerwire.jobs import Job
from server.app import app_state, create_app, running
from server.serve import Server
from workers.books import access
from workers.books.access import Role
from workers.books.companies import create_company
from workers.jobs.kernel import Kernel
from workers.settings import Settings, Tempo

COMPANIES = ("acme", "globex")
#: How long a test waits for what must come.
PATIENCE = 10.0
#: Apps that nobody uses now, by those of their settings that their routes are built by.
IDLE: defaultdict[Settings, list[Litestar]] = defaultdict(list)


class Api:
    """One running app, with companies ``acme`` and ``globex``."""

    def __init__(self, app: Litestar, settings: Settings, url: str) -> None:
        self.app = app
        self.settings = settings
        self.url = url
        self.kernel: Kernel = app.state.kernel
        self._keys: dict[tuple[str, Role], str] = {}

    async def create_companies(self) -> None:
        async with self.kernel.database.transaction() as sql:
            for company_id in COMPANIES:
                await create_company(sql, company_id)

    async def key(self, company_id: str = "acme", role: Role = Role.BOOKKEEPER) -> str:
        """The company's key of that role."""
        if (company_id, role) not in self._keys:
            async with self.kernel.database.transaction() as sql:
                name = f"{company_id} {role}"
                self._keys[company_id, role] = await access.create_key(sql, company_id, role=role, name=name)
        return self._keys[company_id, role]

    async def link(self, company_id: str = "acme", role: Role = Role.BOOKKEEPER) -> str:
        async with self.kernel.database.transaction() as sql:
            return await access.make_sign_in_link(sql, company_id, name="Ann", role=role)

    def client(self, key: str | None = None, **headers: str) -> httpx2.AsyncClient:
        """Without a key: a browser that nobody has signed in."""
        bearer = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx2.AsyncClient(base_url=self.url, headers={**bearer, **headers}, timeout=40)

    @asynccontextmanager
    async def member(
        self, company_id: str = "acme", role: Role = Role.BOOKKEEPER
    ) -> AsyncIterator[httpx2.AsyncClient]:
        """A client with the company's key of that role."""
        async with self.client(await self.key(company_id, role)) as client:
            yield client

    async def submit(self, client: httpx2.AsyncClient, company_id: str = "acme", **headers: str) -> Job:
        answer = await client.post("/api/jobs/categorize", json={"company_id": company_id}, headers=headers)
        assert answer.status_code == 202, answer.text
        return job_in(answer)


def job_in(answer: httpx2.Response) -> Job:
    return msgspec.json.decode(answer.content, type=Job)


def problem_in(answer: httpx2.Response) -> dict[str, Any]:
    """The problem an error answers with; every error must be one."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"].startswith("/problems/")
    assert problem["title"]
    return problem


def code_of(answer: httpx2.Response) -> str:
    return str(problem_in(answer)["type"]).removeprefix("/problems/")


def api_settings(data_dir: Path, *, database_url: str, redis_url: str, **changes: Any) -> Settings:
    return Settings(
        data_dir=data_dir,
        database_url=database_url,
        redis_url=redis_url,
        tempo=Tempo().scaled(0.1),
        **{"port": free_port(), **changes},
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def app_of(settings: Settings) -> Iterator[Litestar]:
    """As ``create_app`` makes it. Its routes take longer to build than most tests to run, and are the same wherever
    database and broker are: only what lives as long as an app is new.
    """
    built_by = msgspec.structs.replace(settings, data_dir=Path(), database_url="", redis_url=None, port=0)
    app = _revived(IDLE[built_by].pop(), settings) if IDLE[built_by] else create_app(settings)
    yield app
    IDLE[built_by].append(app)


def _revived(app: Litestar, settings: Settings) -> Litestar:
    kernel = Kernel.open(settings)
    app.state = app_state(kernel, settings)
    app._lifespan_managers = [running(kernel)]
    return app


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Api]:
    """The app of ``settings`` behind uvicorn; its companies are up to the caller."""
    with app_of(settings) as app:
        server = Server(app, settings)
        task = asyncio.create_task(server.serve())
        try:
            async with asyncio.timeout(PATIENCE):
                while not server.started:
                    assert not task.done(), "uvicorn did not start"
                    await asyncio.sleep(0.005)
            yield Api(app, settings, f"http://127.0.0.1:{settings.port}")
        finally:
            server.should_exit = True
            await task
