"""What is asked about one company's rules, as flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ledgerwire.company_calls import CompanyCalls, Query, below, encoded
from ledgerwire.exceptions import ConnectionFailed, ServerError
from ledgerwire.exchange import Request
from ledgerwire.flow import Flow
from ledgerwire.rules import NewRule, Rule, RulePage, RulePreview


class RuleCalls(CompanyCalls):
    def all(self) -> Flow[list[Rule]]:
        page = yield from self.read(Request(path=self._path), RulePage)
        return page.data

    def create(self, fields: Mapping[str, Any]) -> Flow[Rule]:
        """Nothing keeps a rule from standing there twice: without an answer it is looked for, not sent again."""
        body = encoded("rule", fields, NewRule)
        try:
            return (yield from self.once(Request(method="POST", path=self._path, json=body), Rule))
        except (ConnectionFailed, ServerError):
            wanted = msgspec.json.decode(body, type=NewRule)
            for rule in reversed((yield from self.all())):
                if _does(rule, wanted):
                    return rule
            raise

    def replace(self, rule_id: str, fields: Mapping[str, Any]) -> Flow[Rule]:
        body = encoded("rule", fields, NewRule)
        return self.read(Request(method="PUT", path=below(self._path, rule_id), json=body), Rule)

    def delete(self, rule_id: str) -> Flow[None]:
        return self.remove(below(self._path, rule_id))

    def preview(self, fields: Mapping[str, Any], instead_of: str | None) -> Flow[RulePreview]:
        query: Query = {} if instead_of is None else {"rule_id": instead_of}
        body = encoded("rule", fields, NewRule)
        request = Request(method="POST", path=f"{self._path}/preview", query=query, json=body)
        return self.read(request, RulePreview)

    @property
    def _path(self) -> str:
        return f"{self.root}/rules"


def _does(rule: Rule, wanted: NewRule) -> bool:
    """It decides the same; where it stands among the others may have been said or not."""
    names = set(NewRule.__struct_fields__) - {"position"}
    return all(getattr(rule, name) == getattr(wanted, name) for name in names)
