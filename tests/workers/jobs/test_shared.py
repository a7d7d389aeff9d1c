"""What the tasks of a process have in common is made once and closed with the kernel."""

from __future__ import annotations

from pathlib import Path

from workers.jobs.kernel import Kernel
from workers.jobs.shared import Shared
from workers.settings import Settings

SETTINGS = Settings(data_dir=Path(), database_url="")


class Client:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.closed = 0

    async def close(self) -> None:
        self.closed += 1


class Other(Client):
    pass


async def test_each_is_made_at_its_first_use_and_closed_once() -> None:
    shared = Shared(SETTINGS)
    client, other = shared.get(Client), shared.get(Other)
    assert shared.get(Client) is client
    assert (type(client), type(other)) == (Client, Other)
    assert client.settings is SETTINGS
    await shared.close()
    await shared.close()
    assert (client.closed, other.closed) == (1, 1)


async def test_a_kernel_closes_what_its_tasks_shared(kernel: Kernel, settings: Settings) -> None:
    own = Kernel.open(settings)
    client = own.shared.get(Client)
    assert client.settings is settings
    await own.close()
    assert client.closed == 1
