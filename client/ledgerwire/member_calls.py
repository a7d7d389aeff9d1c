"""What is asked about one company's members, as flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from ledgerwire.access import Invitation, MemberList, NewApiKey, NewMember
from ledgerwire.company_calls import CompanyCalls, below, encoded
from ledgerwire.exchange import Request
from ledgerwire.flow import Flow

T = TypeVar("T")


class MemberCalls(CompanyCalls):
    def all(self) -> Flow[MemberList]:
        return self.read(Request(path=f"{self.root}/members"), MemberList)

    def invite(self, fields: Mapping[str, Any]) -> Flow[Invitation]:
        return self._told_once("invitations", fields, Invitation)

    def create_key(self, fields: Mapping[str, Any]) -> Flow[NewApiKey]:
        return self._told_once("keys", fields, NewApiKey)

    def revoke_invitation(self, invitation_id: str) -> Flow[None]:
        return self.remove(below(f"{self.root}/invitations", invitation_id))

    def remove_person(self, person_id: str) -> Flow[None]:
        return self.remove(below(f"{self.root}/people", person_id))

    def revoke_key(self, prefix: str) -> Flow[None]:
        return self.remove(below(f"{self.root}/keys", prefix))

    def _told_once(self, place: str, fields: Mapping[str, Any], shape: type[T]) -> Flow[T]:
        """Sent once only: of a second one there would be two, and the first one's secret is lost."""
        body = encoded("member", fields, NewMember)
        return self.once(Request(method="POST", path=f"{self.root}/{place}", json=body), shape)
