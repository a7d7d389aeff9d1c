"""What goes wrong, as it crosses the wire: RFC 9457 problem details."""

from __future__ import annotations

import msgspec

from ledgerwire.statements import MappingProposal


class FieldError(msgspec.Struct, frozen=True, omit_defaults=True):
    """One fault in one place of the input."""

    #: JSON pointer into the body (``/limit``), or ``line 17``/``column Amount`` of an uploaded file.
    pointer: str
    detail: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An RFC 9457 problem: served as ``application/problem+json`` and carried by a failed job.

    ``type`` is a path below ``/problems/`` that names the fault for programs (``/problems/worker_lost``);
    ``title`` is for people; ``detail`` says what to do next.
    """

    type: str = "about:blank"
    title: str
    status: int | None = None
    detail: str | None = None
    instance: str | None = None
    errors: list[FieldError] = []
    #: How a bank file would be read, where only a person can say whether that is right.
    proposal: MappingProposal | None = None

    @property
    def code(self) -> str:
        """The last word of ``type``: stable, for programs."""
        return self.type.rsplit("/", 1)[-1]
