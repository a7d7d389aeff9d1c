from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from tests.brokers import Broker
from tests.waiting import until
from workers.jobs.bus import Bus
from workers.jobs.live import connect


class Listener:
    """A bus and what it was told."""

    def __init__(self, url: str, *, keepalive: float = 5.0) -> None:
        self.heard: list[bytes] = []
        self.signs: list[str] = []
        self.bus = Bus(
            url,
            on_down=lambda: self.signs.append("down"),
            on_up=lambda: self.signs.append("up"),
            keepalive=keepalive,
        )

    async def hear(self, channel: str) -> None:
        await asyncio.wait_for(self.bus.subscribe(channel, self.heard.append), 10)


@asynccontextmanager
async def listening(url: str, *, keepalive: float = 5.0) -> AsyncIterator[Listener]:
    listener = Listener(url, keepalive=keepalive)
    await listener.bus.start()
    try:
        yield listener
    finally:
        await listener.bus.close()


@pytest.fixture
async def redis(broker: Broker) -> AsyncIterator[Redis]:
    client = connect(broker.url)
    yield client
    await client.aclose()


async def test_what_is_published_after_the_confirmation_arrives_in_order(
    broker: Broker, redis: Redis
) -> None:
    async with listening(broker.url) as listener:
        await listener.hear("a")
        for number in range(500):
            await redis.publish("a", f"{number}\nline")
        await until(lambda: len(listener.heard) == 500)
    assert listener.heard == [f"{number}\nline".encode() for number in range(500)]


async def test_channels_are_kept_apart_and_an_unsubscribed_one_is_silent(
    broker: Broker, redis: Redis
) -> None:
    async with listening(broker.url) as listener:
        other: list[bytes] = []
        await listener.hear("a")
        await listener.bus.subscribe("b", other.append)
        listener.bus.unsubscribe("a", listener.heard.append)
        await redis.publish("a", "unheard")
        await redis.publish("b", "heard")
        await until(lambda: other)
    assert (listener.heard, other) == ([], [b"heard"])


async def test_subscribing_again_at_once_hears_all_that_follows_its_own_confirmation(
    broker: Broker, redis: Redis
) -> None:
    async with listening(broker.url) as listener:
        await until(lambda: listener.bus.connected)
        for _ in range(50):
            listener.bus.subscribe("a", listener.heard.append)
            listener.bus.unsubscribe("a", listener.heard.append)
        await listener.hear("a")
        await redis.publish("a", "now")
        await until(lambda: listener.heard == [b"now"])


async def test_a_cut_connection_is_opened_again_with_all_its_channels(broker: Broker, redis: Redis) -> None:
    async with listening(broker.url) as listener:
        await listener.hear("a")
        await listener.hear("b")
        await until(lambda: listener.bus.connected)
        for cut in range(1, 6):
            assert broker.kill_clients("pubsub") == 1
            await until(_told(listener, ["up"] + ["down", "up"] * cut))
            await redis.publish("a", f"a{cut}")
            await redis.publish("b", f"b{cut}")
    assert listener.heard == [f"{channel}{cut}".encode() for cut in range(1, 6) for channel in "ab"]


def _told(listener: Listener, signs: list[str]) -> Callable[[], bool]:
    return lambda: listener.signs == signs


async def test_a_subscription_made_while_the_broker_is_away_is_confirmed_when_it_is_back(
    broker: Broker, redis: Redis
) -> None:
    broker.kill()
    async with listening(broker.url) as listener:
        confirmed = listener.bus.subscribe("a", listener.heard.append)
        await asyncio.wait({confirmed}, timeout=0.3)
        assert not confirmed.done()
        assert not listener.bus.connected
        broker.start()
        await asyncio.wait_for(confirmed, 10)
        await redis.publish("a", "back")
        await until(lambda: listener.heard == [b"back"])


async def test_a_silent_broker_is_noticed_and_found_again(broker: Broker, redis: Redis) -> None:
    async with listening(broker.url, keepalive=0.1) as listener:
        await listener.hear("a")
        await until(lambda: listener.bus.connected)
        broker.pause()
        await until(lambda: listener.signs == ["up", "down"])
        broker.resume()
        await until(lambda: listener.bus.connected)
        await redis.publish("a", "here")
        await until(lambda: listener.heard == [b"here"])


async def test_an_idle_connection_is_kept(broker: Broker) -> None:
    with broker.client() as client:
        client.config_resetstat()
    async with listening(broker.url, keepalive=0.02) as listener:
        await listener.hear("a")
        await until(lambda: _pings(broker) > 5)
        assert listener.signs == ["up"]


async def test_a_consumer_that_raises_costs_nobody_else_a_message(
    broker: Broker, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(payload: bytes) -> None:
        raise RuntimeError(payload)

    async with listening(broker.url) as listener:
        await listener.bus.subscribe("bad", refuse)
        await listener.hear("good")
        await redis.publish("bad", "1")
        await redis.publish("good", "2")
        await until(lambda: listener.heard == [b"2"])
    assert "could not be delivered" in caplog.text


async def test_a_user_with_a_password_may_listen(broker: Broker, redis: Redis) -> None:
    await redis.acl_setuser("ear", enabled=True, passwords=["+secret"], channels=["*"], commands=["+@all"])
    url = broker.url.replace("unix://", "unix://ear:secret@")
    async with listening(url) as listener:
        await listener.hear("a")
        await redis.publish("a", "x")
        await until(lambda: listener.heard == [b"x"])
    await redis.acl_deluser("ear")


async def test_closing_leaves_nothing_open(broker: Broker, redis: Redis) -> None:
    async with listening(broker.url) as listener:
        await listener.hear("a")
    await until(_no_subscribers(broker))
    assert not listener.bus.connected


def _pings(broker: Broker) -> int:
    with broker.client() as client:
        return int(client.info("commandstats")["cmdstat_ping"]["calls"])


def _no_subscribers(broker: Broker) -> Callable[[], bool]:
    def claim() -> bool:
        with broker.client() as client:
            return not client.pubsub_channels()

    return claim


async def test_whoever_has_taken_a_channel_over_keeps_it(broker: Broker, redis: Redis) -> None:
    async with listening(broker.url) as listener:
        former: list[bytes] = []
        await listener.bus.subscribe("a", former.append)
        await listener.hear("a")
        listener.bus.unsubscribe("a", former.append)
        await redis.publish("a", "still")
        await until(lambda: listener.heard == [b"still"])
        assert former == []
