"""One company's rules for programs: ``client.rules("demo")``, blocking or awaited.

rules = client.rules("demo")
if rules.preview(category="Rent", match="city rent").contradicts == 0:
    rules.create(category="Rent", match="city rent", position=1)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ledgerwire.async_body import AsyncBody
from ledgerwire.body import Body
from ledgerwire.rule_calls import RuleCalls
from ledgerwire.rules import Rule, RulePreview


class Rules:
    """``fields`` are those of NewRule. Every method raises APIError: InvalidRequest for a rule that cannot be."""

    def __init__(self, calls: RuleCalls, body: Body) -> None:
        self._calls = calls
        self._body = body

    def list(self) -> Sequence[Rule]:
        """In the order in which they decide."""
        return self._body.run(self._calls.all())

    def create(self, **fields: Any) -> Rule:
        """It stands last, unless a ``position`` is given."""
        return self._body.run(self._calls.create(fields))

    def replace(self, rule_id: str, **fields: Any) -> Rule:
        """All of it anew; without a ``position`` it stays where it is."""
        return self._body.run(self._calls.replace(rule_id, fields))

    def delete(self, rule_id: str) -> None:
        """What it decided stays decided."""
        self._body.run(self._calls.delete(rule_id))

    def preview(self, *, instead_of: str | None = None, **fields: Any) -> RulePreview:
        """What it would do to the newest lines were it saved, perhaps in place of another; nothing is changed."""
        return self._body.run(self._calls.preview(fields, instead_of))


class AsyncRules:
    __doc__ = Rules.__doc__

    def __init__(self, calls: RuleCalls, body: AsyncBody) -> None:
        self._calls = calls
        self._body = body

    async def list(self) -> Sequence[Rule]:
        """In the order in which they decide."""
        return await self._body.run(self._calls.all())

    async def create(self, **fields: Any) -> Rule:
        """It stands last, unless a ``position`` is given."""
        return await self._body.run(self._calls.create(fields))

    async def replace(self, rule_id: str, **fields: Any) -> Rule:
        """All of it anew; without a ``position`` it stays where it is."""
        return await self._body.run(self._calls.replace(rule_id, fields))

    async def delete(self, rule_id: str) -> None:
        """What it decided stays decided."""
        await self._body.run(self._calls.delete(rule_id))

    async def preview(self, *, instead_of: str | None = None, **fields: Any) -> RulePreview:
        """What it would do to the newest lines were it saved, perhaps in place of another; nothing is changed."""
        return await self._body.run(self._calls.preview(fields, instead_of))
