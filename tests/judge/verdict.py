"""All cases judged: what was compared, which differences the table allows, and which nobody knows."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.judge import matrix, ours, theirs
from tests.judge.case import Case
from tests.judge.compare import Fork, Path, fields, forks
from tests.judge.differences import ALLOWED, Allowed


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One request from both sides, as fields."""

    case: Case
    step: str
    kind: str
    ours: dict[Path, Any]
    theirs: dict[Path, Any]


@dataclass(kw_only=True)
class Verdict:
    """What came of comparing pairs."""

    pairs: list[Pair] = field(default_factory=list)
    compared: int = 0
    used: Counter[Allowed] = field(default_factory=Counter)
    unknown: list[tuple[Pair, Fork]] = field(default_factory=list)

    def add(self, pair: Pair) -> None:
        self.pairs.append(pair)
        self.compared += len(pair.ours.keys() | pair.theirs.keys())
        for fork in forks(pair.ours, pair.theirs):
            entries = allowed(pair, fork)
            self.used.update(entries)
            if not entries:
                self.unknown.append((pair, fork))

    def __str__(self) -> str:
        kinds = Counter(pair.kind for pair in self.pairs)
        counts = " and ".join(f"{count} {kind.lower()}" for kind, count in sorted(kinds.items()))
        return (
            f"{len(self.pairs)} requests compared with the SDK's ({counts} jobs), {self.compared} fields; "
            f"{len(ALLOWED)} differences on the list, met {self.used.total()} times; {len(self.unknown)} unknown"
        )


def allowed(pair: Pair, fork: Fork) -> list[Allowed]:
    """The entries of the table that cover a difference."""
    return [entry for entry in ALLOWED if entry.covers(pair.case, pair.step, fork)]


def pairs(case: Case) -> list[Pair]:
    """The requests of a case; raises AssertionError where one side has a job that the other has not."""
    mine, kinds = ours.requests(case), theirs.kinds(case)
    assert mine.keys() == kinds.keys()
    return [
        Pair(
            case=case,
            step=step,
            kind=kind,
            ours=dict(fields(mine[step])),
            theirs=dict(fields(theirs.request(case, step))),
        )
        for step, kind in kinds.items()
    ]


def judge() -> Verdict:
    """Every case of the matrix."""
    verdict = Verdict()
    fixed = (matrix.every_version(), matrix.distributed(), matrix.each_raw_field())
    for case in itertools.chain(*fixed, matrix.mixtures()):
        for pair in pairs(case):
            verdict.add(pair)
    return verdict
