"""Members through the SDK: what is told once is asked for once."""

from __future__ import annotations

import pytest

from ledgerwire import (
    AsyncLedgerwire,
    ConnectionFailed,
    InvalidSubmission,
    Ledgerwire,
    NotFound,
    PermissionDenied,
)
from ledgerwire.access import ApiKey, Invitation, MemberList, NewApiKey, PendingInvitation, Person
from tests.client.jobs import NOON
from tests.client.server import Server, lose, problem, raw, reply

ROOT = "/api/companies/demo"
KEY = NewApiKey(key="lw_1234secret", prefix="lw_1234", name="till", role="viewer")


def test_a_person_is_invited_and_removed(client: Ledgerwire, server: Server) -> None:
    told = Invitation(
        invitation_id="i1", url="http://x/#sign-in=t", name="Ann", role="bookkeeper", expires_at=NOON
    )
    server.on("POST", f"{ROOT}/invitations", reply(told, 201))
    server.on("DELETE", f"{ROOT}/people/p1", lose, problem(404, "No such person"))
    members = client.members("demo")
    assert members.invite("Ann") == told
    assert server.calls[0].json == {"name": "Ann", "role": "bookkeeper"}
    members.remove_person("p1")


def test_an_invitation_is_taken_back(client: Ledgerwire, server: Server) -> None:
    """Once is enough: where the answer was lost, the second try finds it gone."""
    server.on("DELETE", f"{ROOT}/invitations/i1", lose, problem(404, "No such invitation"))
    client.members("demo").revoke_invitation("i1")
    assert len(server.calls) == 2


async def test_awaited_one_that_was_opened_is_not_found(
    async_client: AsyncLedgerwire, server: Server
) -> None:
    server.on("DELETE", f"{ROOT}/invitations/i1", problem(404, "No such invitation"))
    with pytest.raises(NotFound):
        await async_client.members("demo").revoke_invitation("i1")


async def test_awaited_all_are_listed_and_a_key_is_revoked(
    async_client: AsyncLedgerwire, server: Server
) -> None:
    person = Person(person_id="p1", name="Ann", role="admin", signed_in_at=NOON, expires_at=NOON, you=False)
    key = ApiKey(
        prefix="lw_1234", name="till", role="viewer", created_at=NOON, last_used=None, revoked_at=None
    )
    invitation = PendingInvitation(invitation_id="i1", name="Vera", role="viewer", expires_at=NOON)
    told = MemberList(people=[person], invitations=[invitation], keys=[key])
    server.on("GET", f"{ROOT}/members", reply(told))
    server.on("DELETE", f"{ROOT}/keys/lw_1234", raw(b"", 204), problem(404, "No such key"))
    members = async_client.members("demo")
    assert await members.list() == told
    await members.revoke_key("lw_1234")
    with pytest.raises(NotFound):
        await members.revoke_key("lw_1234")


def test_of_a_key_whose_answer_was_lost_no_second_one_is_made(client: Ledgerwire, server: Server) -> None:
    server.on("POST", f"{ROOT}/keys", lose, reply(KEY, 201))
    with pytest.raises(ConnectionFailed, match="asked once"):
        client.members("demo").create_key("till", role="viewer")
    assert len(server.calls) == 1
    assert client.members("demo").create_key("till", role="viewer") == KEY


def test_who_may_not_and_what_cannot_be_is_told(client: Ledgerwire, server: Server) -> None:
    server.on("GET", f"{ROOT}/members", problem(403, "For administrators"))
    with pytest.raises(PermissionDenied):
        client.members("demo").list()
    with pytest.raises(InvalidSubmission, match=r"member: .*role"):
        client.members("demo").invite("Ann", role="owner")  # type: ignore[arg-type]
    assert len(server.calls) == 1
