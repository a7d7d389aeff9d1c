"""Who may what in a company: people by invitation, programs by keys. Everything here is an administrator's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, PathParameter

from ledgerwire.access import (
    ApiKey,
    Invitation,
    MemberList,
    NewApiKey,
    NewMember,
    PendingInvitation,
    Person,
)
from ledgerwire.text import PLAIN
from server.admission import public_url
from server.answers import as_json
from server.auth import require
from server.parameters import Caller, CompanyId, TheKernel, TheSettings
from server.refusals import Unknown
from workers.books import access, invitations
from workers.books.access import Principal, Role, SessionRecord

ROOT = "/companies/{company_id:str}"
PersonId = Annotated[str, PathParameter(pattern=PLAIN, description="The id of a person's session")]
InvitationId = Annotated[str, PathParameter(pattern=PLAIN, description="The id of an invitation")]
KeyPrefix = Annotated[str, PathParameter(pattern=PLAIN, description="How the key begins")]
#: What is told once must stand in no cache.
TOLD_ONCE = {"Cache-Control": "no-store"}


@get(
    f"{ROOT}/members",
    operation_id="listMembers",
    summary="Who may what in a company",
    tags=["Members"],
    responses={200: ResponseSpec(MemberList, description="People who are signed in or invited, and keys")},
)
async def list_members(company_id: CompanyId, kernel: TheKernel, principal: Caller) -> MemberList:
    require(principal, company_id, Role.ADMIN)
    now = datetime.now(UTC)
    async with kernel.database.reading() as sql:
        found = await access.list_sessions(sql, company_id, now)
        invited = await invitations.list_invitations(sql, company_id, now)
        keys = await access.list_keys(sql, company_id)
    return MemberList(
        people=[_person(each, principal) for each in found],
        invitations=[PendingInvitation(**msgspec.structs.asdict(each)) for each in invited],
        keys=[ApiKey(**msgspec.structs.asdict(key)) for key in keys],
    )


@post(
    f"{ROOT}/invitations",
    operation_id="invitePerson",
    summary="Invite a person: an address that signs in once, within 24 hours",
    tags=["Members"],
    opt={"body": NewMember},
    responses={201: ResponseSpec(Invitation, description="Give the address to them; it is told this once")},
)
async def invite_person(
    request: Request[Any, Any, Any],
    company_id: CompanyId,
    kernel: TheKernel,
    settings: TheSettings,
    principal: Caller,
    data: JSONBody[NewMember],
) -> Response[bytes]:
    require(principal, company_id, Role.ADMIN)
    until = datetime.now(UTC) + access.LINK_LIFE
    async with kernel.database.transaction() as sql:
        token = await access.make_sign_in_link(
            sql, company_id, name=data.name, role=Role(data.role), until=until
        )
    origin = request.headers.get("origin", "")
    place = origin if origin in settings.origins else public_url(settings)
    made = Invitation(
        invitation_id=invitations.invitation_id_of(token),
        url=f"{place}/#sign-in={token}",
        name=data.name,
        role=data.role,
        expires_at=until,
    )
    return as_json(msgspec.json.encode(made), status_code=201, headers=TOLD_ONCE)


@delete(
    f"{ROOT}/invitations/{{invitation_id:str}}",
    operation_id="revokeInvitation",
    summary="Take an invitation back",
    tags=["Members"],
)
async def revoke_invitation(
    company_id: CompanyId, invitation_id: InvitationId, kernel: TheKernel, principal: Caller
) -> None:
    """Its address signs nobody in from this moment on; one that was opened is not found any more."""
    require(principal, company_id, Role.ADMIN)
    async with kernel.database.transaction() as sql:
        if not await invitations.revoke_invitation(sql, company_id, invitation_id, datetime.now(UTC)):
            raise Unknown("invitation")


@delete(
    f"{ROOT}/people/{{person_id:str}}",
    operation_id="removePerson",
    summary="Take the company from a person's session",
    tags=["Members"],
)
async def remove_person(
    company_id: CompanyId, person_id: PersonId, kernel: TheKernel, principal: Caller
) -> None:
    """Refused from this moment on; streams that are open end within a minute."""
    require(principal, company_id, Role.ADMIN)
    async with kernel.database.transaction() as sql:
        if not await access.end_membership(sql, company_id, person_id):
            raise Unknown("person")


@post(
    f"{ROOT}/keys",
    operation_id="createKey",
    summary="Make an API key",
    tags=["Members"],
    opt={"body": NewMember},
    responses={201: ResponseSpec(NewApiKey, description="The key, which is told this once")},
)
async def create_key(
    company_id: CompanyId, kernel: TheKernel, principal: Caller, data: JSONBody[NewMember]
) -> Response[bytes]:
    require(principal, company_id, Role.ADMIN)
    async with kernel.database.transaction() as sql:
        secret = await access.create_key(sql, company_id, role=Role(data.role), name=data.name)
    made = NewApiKey(key=secret, prefix=secret[: access.PREFIX_LENGTH], name=data.name, role=data.role)
    return as_json(msgspec.json.encode(made), status_code=201, headers=TOLD_ONCE)


@delete(
    f"{ROOT}/keys/{{prefix:str}}",
    operation_id="revokeKey",
    summary="Revoke an API key",
    tags=["Members"],
)
async def revoke_key(company_id: CompanyId, prefix: KeyPrefix, kernel: TheKernel, principal: Caller) -> None:
    """Refused from this moment on; streams that it holds open end within a minute."""
    require(principal, company_id, Role.ADMIN)
    async with kernel.database.transaction() as sql:
        if not await access.revoke_key(sql, company_id, prefix):
            raise Unknown("key")


def _person(session: SessionRecord, principal: Principal) -> Person:
    return Person(
        person_id=session.session_id,
        name=session.name,
        role=session.role,
        signed_in_at=session.created_at,
        expires_at=session.expires_at,
        you=session.session_hash == principal.session_hash,
    )


route_handlers = [list_members, invite_person, revoke_invitation, remove_person, create_key, revoke_key]
