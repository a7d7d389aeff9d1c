"""The companies on one socket: one session of each one's channel, however many subscriptions look at it."""

from __future__ import annotations

from collections.abc import Callable

from server.channel import Channel
from server.hub import Hub
from server.session import Session, Wants


class Seat:
    def __init__(self, channel: Channel, session: Session) -> None:
        self.channel = channel
        self.session = session
        #: By subscription id: the job, or None for all of the company's.
        self.subscriptions: dict[int, str | None] = {}

    def wants(self) -> Wants:
        jobs = self.subscriptions.values()
        return None if None in jobs else frozenset(job_id for job_id in jobs if job_id)


class Seats(dict[str, Seat]):
    """By company."""

    def __init__(self, hub: Hub, wake: Callable[[], None]) -> None:
        super().__init__()
        self._hub = hub
        self._wake = wake

    def take(self, company_id: str) -> Seat:
        if company_id not in self:
            self[company_id] = Seat(self._hub.join(company_id), Session(self._wake))
        return self[company_id]

    @property
    def subscriptions(self) -> list[int]:
        return [each for seat in self.values() for each in seat.subscriptions]

    def drop(self, subscription: int) -> Seat | None:
        """End one subscription, and its seat with the last; the seat it was on."""
        for company_id, seat in self.items():
            if subscription in seat.subscriptions:
                del seat.subscriptions[subscription]
                if seat.subscriptions:
                    seat.channel.narrow(seat.session, seat.wants())
                else:
                    self.vacate(company_id)
                return seat
        return None

    def vacate(self, company_id: str) -> Seat:
        seat = self.pop(company_id)
        seat.channel.leave(seat.session)
        self._hub.part(seat.channel)
        return seat

    def vacate_all(self) -> None:
        for company_id in list(self):
            self.vacate(company_id)
