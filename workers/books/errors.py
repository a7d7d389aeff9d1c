"""What the books refuse, each as a problem for people and programs.

BooksError
├── StatementError   a bank file that cannot be read with certainty
├── AccountError     a bank account that cannot be chosen with certainty
├── Missing          nothing of that id, or another company's: the answer is the same
└── Conflict         the books as they are now forbid it: look again
"""

from __future__ import annotations

from collections.abc import Sequence

from ledgerwire.errors import FieldError, Problem
from ledgerwire.statements import MappingProposal


class BooksError(ValueError):
    """Bad input: trying again with the same input ends the same way."""

    #: Of its problem, as HTTP has it.
    status = 422

    def __init__(
        self,
        code: str,
        title: str,
        detail: str,
        errors: Sequence[FieldError] = (),
        proposal: MappingProposal | None = None,
    ) -> None:
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = list(errors)
        #: What to confirm, where the input is sound and only a person can say how it is meant.
        self.proposal = proposal
        super().__init__(f"{title}: {detail}")

    @property
    def problem(self) -> Problem:
        return Problem(
            type=f"/problems/{self.code}",
            title=self.title,
            status=self.status,
            detail=self.detail,
            errors=self.errors,
            proposal=self.proposal,
        )


class StatementError(BooksError):
    """Nothing of the file was taken."""


class AccountError(BooksError):
    pass


class Missing(BooksError):
    status = 404

    def __init__(self, noun: str) -> None:
        super().__init__(
            "not_found",
            f"There is no such {noun}, or it is not yours to see.",
            "Check the id, and that your key or session belongs to its company.",
        )


class Conflict(BooksError):
    status = 409
