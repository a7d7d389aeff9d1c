"""What was measured: values of several rounds, their medians, and each peer's ratio to ours within one round."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from statistics import median

import msgspec

#: What every other contender is compared with.
OURS = "ledgerwire"


class Report(msgspec.Struct, kw_only=True):
    """``rounds[contender][figure]`` holds one value a round; a contender that could not run has a reason instead."""

    title: str
    rounds: dict[str, dict[str, list[float]]] = {}
    skipped: dict[str, str] = {}
    #: The ideal, by figure: a line under the table.
    aims: dict[str, str] = {}

    def add(self, contender: str, **figures: float) -> None:
        """One round of one contender."""
        values = self.rounds.setdefault(contender, {})
        for name, value in figures.items():
            values.setdefault(name, []).append(value)

    def skip(self, contender: str, reason: str) -> None:
        self.skipped[contender] = reason

    def median(self, contender: str, figure: str) -> float:
        return median(self.rounds[contender][figure])

    def ratio(self, contender: str, figure: str) -> float | None:
        """The contender's figure as a multiple of ours: the median over pairs of one round each."""
        ours, theirs = self.rounds.get(OURS, {}).get(figure), self.rounds[contender].get(figure)
        if contender == OURS or not ours or not theirs:
            return None
        return median(b / a for a, b in zip(ours, theirs, strict=False) if a)

    def table(self) -> str:
        """For people: a line per contender and figure."""
        lines = [self.title]
        for contender, figures in self.rounds.items():
            lines += [self._line(contender, figure, values) for figure, values in figures.items()]
        lines += [f"  {contender}: skipped, {reason}" for contender, reason in self.skipped.items()]
        lines += [f"  aim: {figure.replace('_', ' ')} {aim}" for figure, aim in self.aims.items()]
        return "\n".join(lines)

    def _line(self, contender: str, figure: str, values: Sequence[float]) -> str:
        spread = f"({min(values):,.4g} to {max(values):,.4g}; {len(values)})"
        ratio = self.ratio(contender, figure)
        beside = "" if ratio is None else f"{ratio:.3g} x ours"
        name = figure.replace("_", " ")
        return f"  {contender:<34} {name:<26} {median(values):>10,.4g}  {spread:<28} {beside}".rstrip()

    def json(self) -> str:
        """For programs."""
        machine = {
            "cpus": os.cpu_count(),
            "load": round(os.getloadavg()[0], 2),
            "python": platform.python_version(),
            "system": platform.system(),
        }
        medians = {
            who: {name: median(v) for name, v in figures.items()} for who, figures in self.rounds.items()
        }
        whole = {"machine": machine, "medians": medians, **msgspec.to_builtins(self)}
        return msgspec.json.encode(whole).decode()


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of all do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, -(-len(ranked) * share // 1).__trunc__() - 1))]


def say(line: str) -> None:
    """Progress, kept apart from the figures."""
    sys.stderr.write(f"{line}\n")
