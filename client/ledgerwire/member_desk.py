"""Who may what in a company, for programs of its administrators: ``client.members("demo")``, blocking or awaited.

members = client.members("demo")
print("Send this to Ann:", members.invite("Ann", role="bookkeeper").url)
for key in members.list().keys:
    if key.last_used is None and key.revoked_at is None:
        members.revoke_key(key.prefix)
"""

from __future__ import annotations

from ledgerwire.access import Invitation, MemberList, NewApiKey, RoleName
from ledgerwire.async_body import AsyncBody
from ledgerwire.body import Body
from ledgerwire.member_calls import MemberCalls


class Members:
    """Every method raises APIError: PermissionDenied without the role ``admin``."""

    def __init__(self, calls: MemberCalls, body: Body) -> None:
        self._calls = calls
        self._body = body

    def list(self) -> MemberList:
        """People who are signed in, invitations that still sign in, and keys, revoked ones included."""
        return self._body.run(self._calls.all())

    def invite(self, name: str, *, role: RoleName = "bookkeeper") -> Invitation:
        """An address that signs a person in, once, within a day; it is told this once.

        Sent once only: after a ConnectionFailed look at ``list()`` for one that nobody has, and revoke it.
        """
        return self._body.run(self._calls.invite({"name": name, "role": role}))

    def revoke_invitation(self, invitation_id: str) -> None:
        """So that its address signs nobody in any more; NotFound where somebody has opened it or its time is over."""
        self._body.run(self._calls.revoke_invitation(invitation_id))

    def remove_person(self, person_id: str) -> None:
        """Refused from this moment on; streams that are open end within a minute."""
        self._body.run(self._calls.remove_person(person_id))

    def create_key(self, name: str, *, role: RoleName = "bookkeeper") -> NewApiKey:
        """A key for a program; it is told this once.

        Sent once only: after a ConnectionFailed look at ``list()`` for one that nobody has, and revoke it.
        """
        return self._body.run(self._calls.create_key({"name": name, "role": role}))

    def revoke_key(self, prefix: str) -> None:
        """By how it begins. Refused from this moment on; streams that it holds open end within a minute."""
        self._body.run(self._calls.revoke_key(prefix))


class AsyncMembers:
    __doc__ = Members.__doc__

    def __init__(self, calls: MemberCalls, body: AsyncBody) -> None:
        self._calls = calls
        self._body = body

    async def list(self) -> MemberList:
        """People who are signed in, invitations that still sign in, and keys, revoked ones included."""
        return await self._body.run(self._calls.all())

    async def invite(self, name: str, *, role: RoleName = "bookkeeper") -> Invitation:
        """An address that signs a person in, once, within a day; it is told this once.

        Sent once only: after a ConnectionFailed look at ``list()`` for one that nobody has, and revoke it.
        """
        return await self._body.run(self._calls.invite({"name": name, "role": role}))

    async def revoke_invitation(self, invitation_id: str) -> None:
        """So that its address signs nobody in any more; NotFound where somebody has opened it or its time is over."""
        await self._body.run(self._calls.revoke_invitation(invitation_id))

    async def remove_person(self, person_id: str) -> None:
        """Refused from this moment on; streams that are open end within a minute."""
        await self._body.run(self._calls.remove_person(person_id))

    async def create_key(self, name: str, *, role: RoleName = "bookkeeper") -> NewApiKey:
        """A key for a program; it is told this once.

        Sent once only: after a ConnectionFailed look at ``list()`` for one that nobody has, and revoke it.
        """
        return await self._body.run(self._calls.create_key({"name": name, "role": role}))

    async def revoke_key(self, prefix: str) -> None:
        """By how it begins. Refused from this moment on; streams that it holds open end within a minute."""
        await self._body.run(self._calls.revoke_key(prefix))
