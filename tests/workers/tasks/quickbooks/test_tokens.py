"""Tokens: refreshed in one place, never lost, never readable at rest."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import update

from ledgerwire.jobs import Status
from ledgerwire.submissions import ExportQbo, FetchQbo
from tests.workers.jobs.conftest import reach
from tests.workers.tasks.conftest import kernel, settings, workers
from tests.workers.tasks.office import refusal
from tests.workers.tasks.quickbooks.branch import (
    Branch,
    Frail,
    branch,
    double,
    fleet,
    frail,
    quickbooks_settings,
    unconnected,
)
from workers.books.quickbooks import connections
from workers.books.quickbooks.connections import LEASE, NewTokens
from workers.books.quickbooks.schema import quickbooks_connections
from workers.books.quickbooks.sealing import Seal, Unsealable
from workers.jobs.record import JobRecord
from workers.tasks import KINDS

__all__ = [
    "branch",
    "double",
    "fleet",
    "frail",
    "kernel",
    "quickbooks_settings",
    "settings",
    "unconnected",
    "workers",
]

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_jobs_that_need_a_new_one_at_the_same_moment_refresh_once(branch: Branch) -> None:
    ids = await branch.approved(20)
    branch.double.authority.expire()
    wanted = [ExportQbo(company_id=branch.company_id), FetchQbo(company_id=branch.company_id)]
    submitted = [await branch.submit(each) for each in wanted]
    for each in submitted:
        await reach(branch.kernel, each.job_id, Status.COMPLETE)
    assert branch.double.authority.refreshes == 1
    branch.assert_once_each(ids)


async def test_two_that_refresh_leave_a_generation_that_works(branch: Branch) -> None:
    """The token ends again and again; whoever comes second takes what the first has brought."""
    await branch.approved(1)
    before = (await branch.connection()).generation
    for _ in range(3):
        branch.double.authority.expire()
        jobs = [await branch.submit(FetchQbo(company_id=branch.company_id)) for _ in range(2)]
        await asyncio.gather(*(reach(branch.kernel, each.job_id, Status.COMPLETE) for each in jobs))
    after = await branch.connection()
    assert (after.state, after.generation - before) == ("connected", branch.double.authority.refreshes)
    assert (await branch.export())["exported"] == 1


async def test_two_workers_refresh_once(branch: Branch) -> None:
    ids = await branch.approved(12)
    await branch.restart(worker_threads=1)
    await branch.workers.start(*KINDS.values())
    branch.double.authority.expire()
    wanted = [ExportQbo(company_id=branch.company_id), FetchQbo(company_id=branch.company_id)]
    submitted: list[JobRecord] = []
    all_submitted = asyncio.Event()
    at_work: set[str | None] = set()

    async def until_both_are_at_work() -> None:
        await all_submitted.wait()
        for each in submitted:
            at_work.add((await reach(branch.kernel, each.job_id, Status.RUNNING)).worker_id)

    branch.double.deeds["/tokens/bearer"] = until_both_are_at_work
    submitted += [await branch.submit(each) for each in wanted]
    all_submitted.set()
    for each in submitted:
        await reach(branch.kernel, each.job_id, Status.COMPLETE)
    assert len(at_work) == 2
    assert branch.double.authority.refreshes == 1
    branch.assert_once_each(ids)


@ON_SQLITE
async def test_one_killed_while_it_refreshes_is_followed_by_one_that_refreshes_again(frail: Frail) -> None:
    """Intuit has rotated, and the answer never came: the token before is good for a day more."""
    ids = await frail.approved(3)
    authority = frail.double.authority
    authority.grace = 86_400.0
    authority.expire()

    async def die() -> None:
        await frail.replace_worker()
        long_ago = datetime.now(UTC) - LEASE
        async with frail.database.transaction() as tx:
            await tx.execute(update(quickbooks_connections).values(refreshing_until=long_ago))

    frail.double.deeds["/tokens/bearer"] = die
    submitted = await frail.submit(ExportQbo(company_id=frail.company_id))
    record = await reach(frail.kernel, submitted.job_id, Status.COMPLETE, within=90)
    assert record.result is not None
    assert (record.result["outcomes"], authority.refreshes) == ({"created": 3}, 2)
    frail.assert_once_each(ids)


async def rotated_by_one_that_died(branch: Branch, *, ago: timedelta) -> None:
    """It held the lease and had its answer, and nothing of it was written down."""
    connected = await branch.connection()
    async with branch.database.transaction() as tx:
        assert await connections.lease_refresh(
            tx,
            branch.company_id,
            connected.generation,
            holder="one that died",
            now=datetime.now(UTC) - ago,
        )
    authority = branch.double.authority
    held = authority.refresh[Seal.open(branch.settings).unseal(connected.refresh_token)]
    held.until = min(held.until, authority._clock() + authority.grace)
    authority.issue(held.realm_id)
    authority.expire()


async def test_a_death_between_the_rotation_and_our_commit_is_survived(branch: Branch) -> None:
    """Intuit takes the token that was rotated for a day more."""
    ids = await branch.approved(3)
    branch.double.authority.grace = 86_400.0
    await rotated_by_one_that_died(branch, ago=LEASE + timedelta(seconds=1))
    assert (await branch.export())["outcomes"] == {"created": 3}
    branch.assert_once_each(ids)
    assert branch.double.authority.refreshes == 1


async def test_where_it_is_not_taken_any_more_somebody_is_asked_to_connect(branch: Branch) -> None:
    await branch.approved(1)
    await rotated_by_one_that_died(branch, ago=LEASE + timedelta(seconds=1))
    record = await branch.run(ExportQbo(company_id=branch.company_id))
    assert refusal(record)[0] == "quickbooks_refused"
    assert (await branch.connection()).state == "refused"


async def test_a_refusal_of_old_tokens_spares_a_new_connection(branch: Branch) -> None:
    """Somebody connects again while the old tokens are refused: the first generation of one is not the other's."""
    connected = await branch.connection()
    now = datetime.now(UTC)
    async with branch.database.transaction() as tx:
        assert await connections.lease_refresh(
            tx, branch.company_id, connected.generation, holder="slow", now=now
        )
    await branch.connect()
    late = NewTokens("access-late", "refresh-late", now + timedelta(hours=1))
    seal = Seal.open(branch.settings)
    async with branch.database.transaction() as tx:
        await connections.refuse(tx, branch.company_id, "No.", holder="slow")
        assert not await connections.keep_tokens(tx, branch.company_id, late, holder="slow", seal=seal)
    assert (await branch.connection()).state == "connected"
    assert (await branch.result(FetchQbo(company_id=branch.company_id)))["accounts"]


@ON_SQLITE
async def test_keys_are_rotated_while_it_is_connected(unconnected: Branch) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    branch = unconnected
    await branch.restart(token_keys=(old,))
    await branch.connect()
    await branch.map()
    await branch.approved(2)
    await branch.restart(token_keys=(new, old))
    branch.double.authority.expire()
    assert (await branch.export())["exported"] == 2
    sealed = (await branch.connection()).access_token
    assert Seal((new,)).unseal(sealed) in branch.double.authority.access
    with pytest.raises(Unsealable):
        Seal((old,)).unseal(sealed)
    await branch.restart(token_keys=(Fernet.generate_key().decode(),))
    record = await branch.run(FetchQbo(company_id=branch.company_id))
    assert refusal(record)[0] == "quickbooks_refused"


@ON_SQLITE
async def test_no_secret_is_in_the_log_nor_on_the_disk(
    branch: Branch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    await branch.approved(2)
    branch.double.authority.expire()
    record = await branch.run(ExportQbo(company_id=branch.company_id))
    authority = branch.double.authority
    secrets = [*authority.access, *authority.refresh, *authority.codes, authority.client_secret]
    assert len(secrets) >= 4
    told = caplog.text + "".join(line.text for line in await branch.log(record.job_id))
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert any(b"SQLite format 3" in content for content in files)
    for secret in secrets:
        assert secret not in told
        assert all(secret.encode() not in content for content in files)
