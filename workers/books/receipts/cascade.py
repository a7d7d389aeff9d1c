"""Several readings of one receipt made into one: where two agree, it is surer; where they differ, nobody is sure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from rapidfuzz import fuzz

from ledgerwire.receipts import SURE, Alternative
from workers.books.receipts.findings import Findings, Found

FIELDS = ("vendor", "date", "total")
#: Two readings of one name, in per cent.
ONE_NAME = 85.0
#: What is left of a reading's confidence where another one says something else with as much.
DOUBTED = 0.3
#: Two engines err together at times: a smudge is a smudge.
AGREEMENT = 0.6
MOST_SURE = 0.99
MOST_ALTERNATIVES = 5


def is_sure(findings: Findings) -> bool:
    return all((found := getattr(findings, name)) is not None and found.confidence >= SURE for name in FIELDS)


def combine(readings: Sequence[Findings], trust: Sequence[float]) -> Findings:
    """The first reading, with what the others say of its vendor, date and total; ``trust`` 0-1 of each."""
    first = readings[0]
    changes: dict[str, Any] = {
        name: _vote([getattr(each, name) for each in readings], trust, SAME[name]) for name in FIELDS
    }
    for name in Findings.__struct_fields__:
        if name not in FIELDS and name != "text" and getattr(first, name) is None:
            changes[name] = next(
                (found for each in readings if (found := getattr(each, name)) is not None), None
            )
    if (
        changes["total"] is not None
        and first.total is not None
        and changes["total"].value != first.total.value
    ):
        # Its parts were chosen to fit another sum.
        other = next(each for each in readings if each.total and each.total.value == changes["total"].value)
        changes |= {name: getattr(other, name) for name in ("subtotal", "tip", "taxes", "items")}
    return msgspec.structs.replace(first, **changes)


def _vote(
    found: Sequence[Found[Any] | None], trust: Sequence[float], same: Callable[[Any, Any], bool]
) -> Found[Any] | None:
    """The value with most confidence behind it; a tie goes to whoever is first."""
    groups: list[list[tuple[Found[Any], float]]] = []
    for each, weight in zip(found, trust, strict=True):
        if each is None:
            continue
        group = next((group for group in groups if same(group[0][0].value, each.value)), None)
        if group is None:
            groups.append([(each, weight)])
        else:
            group.append((each, weight))
    if not groups:
        return None
    groups.sort(key=_weight, reverse=True)
    chosen = groups[0][0][0]
    confidence = _together(groups[0])
    if len(groups) > 1:
        confidence *= 1 - DOUBTED * min(1.0, _weight(groups[1]) / max(1e-9, _weight(groups[0])))
    return msgspec.structs.replace(
        chosen,
        confidence=round(min(confidence, MOST_SURE), 3),
        alternatives=_alternatives(chosen, groups),
    )


def _weight(group: Sequence[tuple[Found[Any], float]]) -> float:
    return sum(found.confidence * trust for found, trust in group)


def _together(group: Sequence[tuple[Found[Any], float]]) -> float:
    doubt = 1 - max(found.confidence for found, _trust in group)
    for found, trust in sorted(group, key=lambda each: -each[0].confidence)[1:]:
        doubt *= 1 - AGREEMENT * trust * found.confidence
    return 1 - doubt


def _alternatives(
    chosen: Found[Any], groups: Sequence[Sequence[tuple[Found[Any], float]]]
) -> list[Alternative]:
    others = [
        Alternative(str(group[0][0].value), round(0.5 * group[0][0].confidence, 3), group[0][0].box)
        for group in groups[1:]
    ]
    seen = {str(chosen.value), *(each.value for each in others)}
    others += [each for each in chosen.alternatives if each.value not in seen]
    return others[:MOST_ALTERNATIVES]


def _same_name(one: str, other: str) -> bool:
    return fuzz.ratio(_compact(one), _compact(other)) >= ONE_NAME


def _compact(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())


SAME: dict[str, Callable[[Any, Any], bool]] = {
    "vendor": _same_name,
    "date": lambda one, other: bool(one == other),
    "total": lambda one, other: bool(one == other),
}
