"""All that composing needs, fetched before lines are held: the accounts, and the vendors, found or created there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from workers.books.holding import HeldLine
from workers.books.outcomes import Objection
from workers.books.quickbooks.composing import Composed, Realm, Vendor, compose
from workers.books.quickbooks.connections import Connected, find_connection
from workers.books.quickbooks.mapping import load_places
from workers.books.quickbooks.sending import Office, request_id_of
from workers.books.quickbooks.vendors import folded, known_vendors, remember_vendors, vendor_names
from workers.jobs.attempt import Attempt
from workers.outside.quickbooks.client import Company
from workers.outside.quickbooks.faults import Rejected
from workers.tasks.quickbooks.delivering import Courier
from workers.tasks.quickbooks.tokens import NOT_CONNECTED

#: Names asked for in one query.
ASKED = 30
#: Somebody of another kind has this name: a customer, an employee.
TAKEN = "6240"


class Desk:
    def __init__(self, attempt: Attempt, office: Office, realm: Realm) -> None:
        self._attempt = attempt
        self._office = office
        self._realm = realm
        #: By line.
        self._names: dict[str, str] = {}
        #: By folded name; empty where QuickBooks will not have such a vendor.
        self._ids: dict[str, str] = {}
        self._creates = True

    def compose(self, line: HeldLine) -> Composed | Objection:
        return compose(line, self._realm, self._vendor(line.transaction_id))

    async def prepare(self, ids: Sequence[str], courier: Courier, *, create: bool) -> None:
        """Know the vendors of these lines; without ``create`` only their names."""
        self._creates = create
        async with self._attempt.database.reading() as connection:
            names = await vendor_names(connection, self._office.company_id, ids)
            wanted = sorted({name for name in names.values() if folded(name) not in self._ids})
            known = await known_vendors(connection, self._office.company_id, self._office.realm_id, wanted)
        self._names.update(names)
        self._ids.update(known)
        if create:
            await self._meet([name for name in wanted if folded(name) not in self._ids], courier)

    def _vendor(self, transaction_id: str) -> Vendor | None:
        name = self._names.get(transaction_id)
        if name is None:
            return None
        qbo_id = self._ids.get(folded(name))
        if self._creates and not qbo_id:
            return None
        return Vendor(name, qbo_id)

    async def _meet(self, names: Sequence[str], courier: Courier) -> None:
        for start in range(0, len(names), ASKED):
            some = names[start : start + ASKED]
            found = await courier.call(lambda company, some=some: company.find_vendors(some))  # type: ignore[misc]
            by_name = {folded(name): qbo_id for name, qbo_id in found.items()}
            missing = {folded(name): name for name in some if folded(name) not in by_name}
            made = await asyncio.gather(*(self._create(name, courier) for name in missing.values()))
            await self._remember({**by_name, **dict(zip(missing, made, strict=True))})

    async def _create(self, name: str, courier: Courier) -> str:
        """Its id; empty where QuickBooks will not have it, and its lines go without."""
        office = self._office
        for offered in (name, f"{name[:90]} (Vendor)"):
            # Of this job: to the request id of an earlier one Intuit answers with a vendor who may be gone.
            request_id = request_id_of(
                office.company_id, office.realm_id, office.job_id, "vendor", folded(offered)
            )

            async def create(company: Company, name: str = offered, key: str = request_id) -> str:
                return await company.create_vendor(name, key)

            try:
                return await courier.call(create)
            except Rejected as fault:
                if fault.code != TAKEN:
                    break
            # Another job may have made it at this moment.
            if there := await self._find(offered, courier):
                return there
        return ""

    async def _find(self, name: str, courier: Courier) -> str | None:
        found = await courier.call(lambda company: company.find_vendors([name]))
        return next(iter(found.values()), None)

    async def _remember(self, ids: Mapping[str, str]) -> None:
        self._ids.update(ids)
        async with self._attempt.database.transaction() as tx:
            kept = {name: qbo_id for name, qbo_id in ids.items() if qbo_id}
            await remember_vendors(tx, self._office.company_id, self._office.realm_id, kept)


async def open_desk(attempt: Attempt, office: Office) -> Desk:
    async with attempt.database.reading() as connection:
        places = await load_places(connection, office.company_id, office.realm_id)
        connected = await find_connection(connection, office.company_id)
    if connected is None:
        raise NOT_CONNECTED
    return Desk(attempt, office, Realm(places, connected.home_currency, connected.closed_through))


async def find_office(attempt: Attempt) -> Office:
    """Raises BadInput where the company is not connected."""
    async with attempt.database.reading() as connection:
        connected: Connected | None = await find_connection(connection, attempt.company_id)
    if connected is None:
        raise NOT_CONNECTED
    return Office(
        company_id=attempt.company_id,
        realm_id=connected.realm_id,
        job_id=attempt.job_id,
        actor=attempt.actor,
    )
