"""Every kind of work and what it takes: the routes for submitting are made of this union.

A new kind is one Struct here, one function in ``workers/tasks/`` and one line in its registry: docs/guide.md.
"""

from __future__ import annotations

from typing import Annotated, Any, get_args

import msgspec

from ledgerwire.text import Identifier, Label

CompanyId = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", description="The company's id")
]


class Upload(msgspec.Struct, frozen=True):
    """Uploaded bytes, by reference. ``name`` is what the sender called it: for people, never for a path."""

    name: str
    sha256: str
    size: int


class Submission(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """The base of every kind of work. A field of type ``Upload`` makes its route take multipart."""

    company_id: CompanyId
    #: Accepted and stored for the host application; decides nothing.
    tenant_id: Label | None = None


class Categorize(Submission, frozen=True, kw_only=True, tag="categorize"):
    """Categorize lines that are imported and not yet approved."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=50_000)] = 100
    #: Only these lines; null means the oldest that wait.
    transaction_ids: Annotated[list[Identifier], msgspec.Meta(min_length=1, max_length=50_000)] | None = None


class UploadAndCategorize(Submission, frozen=True, kw_only=True, tag="upload-and-categorize"):
    """Read a bank file, import its lines, categorize them and propose journal entries."""

    file: Upload
    #: The bank account it belongs to; null takes the one the file names, else the only one there is.
    account_id: Label | None = None
    #: A confirmed column mapping, where the file could not be read with certainty.
    mapping: dict[str, Any] | None = None


AnySubmission = Categorize | UploadAndCategorize
KINDS: dict[str, type[Submission]] = {kind.__struct_config__.tag: kind for kind in get_args(AnySubmission)}
