"""``ledgerwire-server up``: checks the ground, then keeps broker, API and worker running as one group."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import platform
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING
from uuid import uuid4

import click
import msgspec

from server import broker, succession
from server.ground import WILDCARDS, claim_folder, listen, prepare_database, reach_broker, shown_url
from server.supervisor import GivenUpError, Part, Supervisor
from workers.settings import Settings, export

if TYPE_CHECKING:
    from workers.jobs.kernel import Kernel

# What is imported inside a function costs a second in all. The children load at that time, too: on two cores
# a start takes half as long.

#: From the first Ctrl-C to the end; with all that follows it stays below five seconds.
GRACE_SECONDS = 3.9
READY_WITHIN = 30.0
#: What a broker says at each start and stop and nobody can use.
OF_NO_USE = ("Memory overcommit must", "Received SIG", "now ready to exit")
COLOURS = {"api": "cyan", "worker": "green", "broker": "magenta", "up": "yellow"}


def up(settings: Settings) -> int:
    """Run until told to stop; returns the exit code. Raises GroundError where it cannot start."""
    return asyncio.run(_run(settings))


async def _run(settings: Settings) -> int:
    running = asyncio.create_task(_hold_and_run(settings))
    with _stopping(running):
        try:
            await running
        except asyncio.CancelledError:
            say("up", "Stopped.")
        except GivenUpError as error:
            say("up", f"{error} Giving up; its own lines above say why.")
            return 1
    return 0


async def _hold_and_run(settings: Settings) -> None:
    with claim_folder(settings) as lock, listen(settings) as listening:
        # PORT=0 means any; what children and links name is the one we got.
        found = msgspec.structs.replace(settings, port=listening.getsockname()[1])
        export(PORT=str(found.port))
        await Group(found, lock, listening).run()


@contextlib.contextmanager
def _stopping(running: asyncio.Task[None]) -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM, or a closed terminal) stops in order; the second ends all at once."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if running.cancelling():
            os._exit(128 + signal.SIGINT)  # every child dies with us
        say("up", "Stopping; Ctrl-C again ends at once.")
        running.cancel()

    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for name in names:
        loop.add_signal_handler(name, stop)
    try:
        yield
    finally:
        for name in names:
            loop.remove_signal_handler(name)


class Group:
    """The three parts of one Ledgerwire, on ground that is already claimed."""

    def __init__(self, settings: Settings, lock: IO[str], listening: socket.socket) -> None:
        self.settings = settings
        self.listening = listening
        self.workers = WorkerIds(settings)
        self.gate = Gate()
        # Every child holds the lock too: while it is held, something of this start still runs.
        self.supervisor = Supervisor(say, shared_fds=(lock.fileno(),))
        #: The run id of our broker, as long as it has been the same one.
        self._life: str | None = None

    async def run(self) -> None:
        """Returns never; raises GivenUpError, GroundError or CancelledError, with nothing left running."""
        try:
            await self._start()
            await self.supervisor.watch()
        finally:
            self.listening.close()
            await self.supervisor.stop(["api", "worker"], ["broker"], grace=GRACE_SECONDS)
            if self._life is not None and self.supervisor.ended_well("broker"):
                succession.leave_word(self.settings.data_dir, self._life)
            await self.workers.close()
            self.gate.close()

    async def _start(self) -> None:
        progress("python", f"{platform.python_version()}, loading")
        ours = self._bring_broker() if self.settings.redis_url is None else None
        self.supervisor.keep(self._api())
        self.supervisor.keep(self._worker())
        await (self._meet_broker() if ours is None else self._wait_for_broker(ours))
        await self._prepare_database()
        await self.workers.release_left_over()
        self.gate.open()
        await self._become_ready()
        await self._announce()

    async def _prepare_database(self) -> None:
        await asyncio.to_thread(importlib.import_module, "server.admission")
        from server.admission import seed_demo

        await prepare_database(self.settings)
        await seed_demo(self.settings)
        progress("database", shown_url(self.settings.database_url))

    def _bring_broker(self) -> broker.Program:
        program = broker.find_program()
        broker.prepare(self.settings.data_dir)
        url = broker.address(self.settings.data_dir)
        self.settings = self.workers.settings = msgspec.structs.replace(self.settings, redis_url=url)
        export(REDIS_URL=url)
        self.supervisor.keep(self._broker(program))
        return program

    async def _meet_broker(self) -> None:
        url = str(self.settings.redis_url)
        await reach_broker(url)
        facts = await asyncio.to_thread(broker.facts, url)
        progress("broker", f"{facts.kind} {facts.version}, {broker.without_secret(url)}")
        if advice := broker.advice(facts):
            say("up", advice)

    async def _wait_for_broker(self, program: broker.Program) -> None:
        url = str(self.settings.redis_url)
        while await asyncio.to_thread(broker.trouble, url, timeout=1.0) is not None:
            if self.supervisor.has_given_up():
                await self.supervisor.watch()
            await asyncio.sleep(0.01)
        self._life = await asyncio.to_thread(succession.take_up, self.settings.data_dir, url)
        progress("broker", f"{program.path.name} {program.version} ({program.origin}), {url}")

    async def _become_ready(self) -> None:
        """Wait until API and worker are ready, as the API itself tells."""
        watching = asyncio.create_task(self.supervisor.watch())
        asking = asyncio.create_task(_ready(self.settings))
        try:
            await asyncio.wait([watching, asking], timeout=READY_WITHIN, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()
        finally:
            watching.cancel()
            asking.cancel()
        if not asking.done():
            say("up", "Not everything is ready yet; /health/ready tells what is missing.")
        progress("api", "ready" if asking.done() else "started")

    async def _announce(self) -> None:
        from server.admission import DEMO, development_key, public_url, renewed_link

        address = public_url(self.settings)
        key = await development_key(self.settings)
        link = await renewed_link(self.settings, DEMO)
        echo("")
        echo(f"  Dashboard   {click.style(link, bold=True)}")
        echo(f"  API         {address}   (documentation: {address}/docs)")
        echo(f"  API key     {key}   (company {DEMO}; kept in {self.settings.data_dir / 'dev-key'})")
        echo("")
        echo(f"Ledgerwire runs at {address}. Stop it with Ctrl-C.")

    # --- the parts ------------------------------------------------------------------------------------

    def _broker(self, program: broker.Program) -> Part:
        data_dir = self.settings.data_dir

        def mend() -> bool:
            aside = broker.set_aside(data_dir)
            broker.prepare(data_dir)
            say("up", f"The broker could not read its data; it starts empty, the old lies in {aside}.")
            return True

        async def ended() -> None:
            self._life = None

        return Part(name="broker", command=lambda: broker.command(program, data_dir), ended=ended, mend=mend)

    def _api(self) -> Part:
        # The listening socket stays ours: while an API process is replaced, who calls waits, nobody is refused.
        descriptor = self.listening.fileno()
        command = own_command("api", "--fd", str(descriptor), "--gate", str(self.gate.fd))
        return Part(name="api", command=lambda: command, pass_fds=(descriptor, self.gate.fd))

    def _worker(self) -> Part:
        return Part(
            name="worker",
            command=lambda: own_command(
                "worker", "--worker-id", self.workers.next(), "--gate", str(self.gate.fd)
            ),
            pass_fds=(self.gate.fd,),
            ended=self.workers.release_ended,
        )


class Gate:
    """A pipe that nothing is ever written to: reading waits while it is shut, and never again once it is open."""

    def __init__(self) -> None:
        self.fd, self._shut = os.pipe()
        self._is_open = False

    def open(self) -> None:
        if not self._is_open:
            os.close(self._shut)
            self._is_open = True

    def close(self) -> None:
        self.open()
        os.close(self.fd)


class WorkerIds:
    """Names each worker process afresh and frees the jobs of one that died, without waiting for its heartbeat.

    The last name lies in DATA_DIR, for the case that all of us are killed.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._path = settings.data_dir / "worker-id"
        self._unreleased: list[str] = []
        self._left_over = self._path.read_text().strip() if self._path.exists() else None
        self._kernel: Kernel | None = None

    def next(self) -> str:
        name = f"{socket.gethostname()[:20]}-up-{uuid4().hex[:8]}"
        self._path.write_text(name)
        self._unreleased.append(name)
        return name

    async def release_left_over(self) -> None:
        """The lock on DATA_DIR is ours, so the worker of an earlier start is surely dead."""
        if self._left_over:
            await self._release(self._left_over)

    async def release_ended(self) -> None:
        """One process of ours has ended: the one that was named first, since only one runs at a time."""
        await self._release(self._unreleased.pop(0))

    async def _release(self, worker_id: str) -> None:
        freed = await (await self._open()).release_worker(worker_id)
        if freed:
            say("up", f"Put back {freed} job{'s' if freed > 1 else ''} of the worker that ended.")

    async def _open(self) -> Kernel:
        from workers.jobs.kernel import Kernel

        if self._kernel is None:
            self._kernel = Kernel.open(self.settings)
            await self._kernel.start(ticks=False)
        return self._kernel

    async def close(self) -> None:
        if self._kernel is not None:
            await self._kernel.close()


async def _ready(settings: Settings) -> None:
    """Returns when /health/ready says so. The first question waits in the socket's backlog for the API."""
    while not await _is_ready(WILDCARDS.get(settings.host, settings.host), settings.port):  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def _is_ready(host: str, port: int) -> bool:
    request = f"GET /health/ready HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    try:
        async with asyncio.timeout(READY_WITHIN):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(request.encode())
            _, _, body = (await reader.read()).partition(b"\r\n\r\n")
            writer.close()
    except OSError:
        return False
    try:
        return bool(msgspec.json.decode(body)["status"] == "ready")
    except (msgspec.DecodeError, KeyError, TypeError):
        return False


def own_command(*arguments: str) -> list[str]:
    """Our own command line, readable in a list of processes: ``… ledgerwire-server api``."""
    script = Path(sys.executable).with_name("ledgerwire-server")
    own = [str(script)] if script.exists() else ["-m", "server"]
    return [sys.executable, *own, *arguments]


def say(name: str, line: str) -> None:
    """A line of one of the parts."""
    if name == "broker" and any(words in line for words in OF_NO_USE):
        return
    echo(f"{click.style(f'{name:<8}', fg=COLOURS.get(name))}{line}")


def progress(name: str, found: str) -> None:
    """A step of the start that is done."""
    echo(f"  {click.style('✓', fg='green')} {name:<10}{found}")


def echo(line: str) -> None:
    # A closed pipe or terminal must not end what others are using.
    with contextlib.suppress(OSError):
        click.echo(line)
