"""Alive, ready, counted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from tests.brokers import Broker
from tests.server.serving import Api, api_settings, code_of, serving
from workers.jobs.tables import workers


async def sign_on(api: Api) -> None:
    async with api.kernel.database.transaction() as sql:
        await sql.execute(
            insert(workers).values(worker_id="w", slots=4, host="here", pid=1, started_at=datetime.now(UTC))
        )


async def test_it_is_ready_with_a_worker_and_degraded_without(api: Api) -> None:
    async with api.client() as client:
        assert (await client.get("/health/live")).json() == {"status": "alive"}
        lonely = await client.get("/health/ready")
        assert (lonely.status_code, lonely.json()["status"]) == (200, "degraded")
        await sign_on(api)
        ready = await client.get("/health/ready")
    assert ready.json() == {"status": "ready", "database": True, "broker": True, "workers": 1}


async def test_without_broker_it_is_degraded(sqlite_api: Api, broker: Broker) -> None:
    await sign_on(sqlite_api)
    broker.kill()
    async with sqlite_api.client() as client:
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"], answer.json()["broker"]) == (200, "degraded", False)


async def test_without_database_it_is_away_and_says_so_everywhere(broker: Broker, tmp_path: Path) -> None:
    nowhere = f"postgresql+psycopg://postgres@/x?host={tmp_path}"
    settings = api_settings(tmp_path, database_url=nowhere, redis_url=broker.url)
    async with serving(settings) as api, api.client("lw_any") as client:
        assert (await client.get("/health/live")).status_code == 200
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["database"]) == (503, False)
        answer = await client.get("/api/session")
    assert (answer.status_code, code_of(answer)) == (503, "database_away")
    assert "retry-after" in answer.headers


async def test_metrics_count_jobs_and_workers(api: Api) -> None:
    await sign_on(api)
    async with api.member() as client:
        await api.submit(client)
        text = (await client.get("/metrics")).text
    assert 'ledgerwire_jobs{status="pending"} 1\n' in text
    assert 'ledgerwire_jobs{status="failed"} 0\n' in text
    assert "ledgerwire_workers 1\n" in text
