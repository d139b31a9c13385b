"""How equal are two models? The ladder, from the same bytes down to different, and the first difference. Pure.

In: the archives of both models, their metrics, and what a comparison of values found. Out: a Comparison.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import IntEnum

from msgspec import Struct

from pushtrain.reproduction.members import ModelArchive


class Rung(IntEnum):
    """How equal two models are. A higher number is more."""

    DIFFERENT = 0
    METRICS = 1
    PREDICTIONS = 2
    VALUES = 3
    MEMBERS = 4
    BYTES = 5

    @property
    def word(self) -> str:
        """The word of the rung on the command line, such as `members`."""
        return self.name.lower()


RUNG_TEXTS: Mapping[Rung, str] = {
    Rung.BYTES: "same bytes",
    Rung.MEMBERS: "same members",
    Rung.VALUES: "same values",
    Rung.PREDICTIONS: "same predictions",
    Rung.METRICS: "metrics within the tolerance",
    Rung.DIFFERENT: "different",
}


class Difference(Struct, frozen=True, kw_only=True):
    """The first difference: the file of the model, the value in it and the index, and both values.

    `array` and `index` are empty if the bytes of a whole file differ. Of an array with `size` values, `differing` ones
    differ, by `largest` at most.
    """

    member: str
    array: str = ""
    index: str = ""
    values: tuple[str, str]
    differing: int = 0
    size: int = 0
    largest: float = 0.0

    def __str__(self) -> str:
        """Return one line: `model.joblib: coef_[0][3]: 0.1234 → 0.1240; 2 of 30 values differ, at most 0.0006`."""
        at = f": {self.array}{self.index}" if self.array else ""
        line = f"{self.member}{at}: {self.values[0]} → {self.values[1]}"
        if self.size <= 1:
            return line
        verb = "differs" if self.differing == 1 else "differ"
        return f"{line}; {self.differing} of {self.size} values {verb}, at most {self.largest:.3g}"


class MemberValues(Struct, frozen=True, kw_only=True):
    """What a comparison of the values of one member found.

    `is_same` is None if the values were not compared; then `reason` says why.
    """

    member: str
    is_same: bool | None
    difference: Difference | None = None
    reason: str = ""


class ComparedMetric(Struct, frozen=True, kw_only=True):
    """A metric of both models. A value is None if the model does not have it."""

    name: str
    recorded: float | None
    reproduced: float | None

    def is_within(self, tolerance: float) -> bool:
        """Return True if both are there and differ by `tolerance` at most."""
        if self.recorded is None or self.reproduced is None:
            return False
        return math.isclose(self.recorded, self.reproduced, rel_tol=0, abs_tol=tolerance)


class Comparison(Struct, frozen=True, kw_only=True):
    """The rung that two models reach. `difference` is the first one of their files, None if the bytes are the same.

    `members` counts the files of the first model, `equal_members` those of them that the second one has with the same
    bytes. `not_compared` says what could not be compared, and why.
    """

    rung: Rung
    members: int
    equal_members: int
    difference: Difference | None
    metrics: tuple[ComparedMetric, ...]
    not_compared: tuple[str, ...] = ()


def list_differing_members(first: ModelArchive, second: ModelArchive) -> list[str]:
    """Return the files that both archives have with other bytes."""
    both = first.members.keys() & second.members.keys()
    return sorted(name for name in both if first.members[name] != second.members[name])


def compare_metrics(recorded: Mapping[str, float], reproduced: Mapping[str, float]) -> tuple[ComparedMetric, ...]:
    """Return each metric of one of the models, in the order of the first."""
    return tuple(
        ComparedMetric(name=name, recorded=recorded.get(name), reproduced=reproduced.get(name))
        for name in dict.fromkeys((*recorded, *reproduced))
    )


def climb(
    first: ModelArchive,
    second: ModelArchive,
    metrics: tuple[ComparedMetric, ...],
    *,
    values: tuple[MemberValues, ...] = (),
    has_same_predictions: bool | None = None,
    within: float = 0.0,
) -> Comparison:
    """Return the highest rung that the second model reaches. `has_same_predictions` is None if there are none."""
    difference = _find_difference(first, second, values)
    equal = sum(second.members.get(name) == sha256 for name, sha256 in first.members.items())
    not_compared = [f"{entry.member}: {entry.reason}" for entry in values if entry.is_same is None]
    not_compared += ["predictions: evaluation wrote none"] if has_same_predictions is None else []
    return Comparison(
        rung=_find_rung(first, second, metrics, values, has_same_predictions, within),
        members=len(first.members),
        equal_members=equal,
        difference=difference,
        metrics=metrics,
        not_compared=tuple(not_compared) if first.sha256 != second.sha256 else (),
    )


def _find_rung(
    first: ModelArchive,
    second: ModelArchive,
    metrics: tuple[ComparedMetric, ...],
    values: tuple[MemberValues, ...],
    has_same_predictions: bool | None,
    within: float,
) -> Rung:
    if first.sha256 == second.sha256:
        return Rung.BYTES
    if first.members == second.members:
        return Rung.MEMBERS
    compared = {entry.member for entry in values if entry.is_same}
    has_same_names = first.members.keys() == second.members.keys()
    if has_same_names and compared.issuperset(list_differing_members(first, second)):
        return Rung.VALUES
    if has_same_predictions:
        return Rung.PREDICTIONS
    if metrics and all(metric.is_within(within) for metric in metrics):
        return Rung.METRICS
    return Rung.DIFFERENT


def _find_difference(first: ModelArchive, second: ModelArchive, values: tuple[MemberValues, ...]) -> Difference | None:
    """Return the first difference of the files, by name; None if all are equal."""
    by_member = {entry.member: entry for entry in values}
    for name in sorted(first.members.keys() | second.members.keys()):
        one, other = first.members.get(name), second.members.get(name)
        if one == other:
            continue
        entry = by_member.get(name)
        if entry and entry.difference:
            return entry.difference
        if entry and entry.is_same:
            continue
        return Difference(member=name, values=(_shorten(one), _shorten(other)))
    return None


def _shorten(sha256: str | None) -> str:
    return f"sha256 {sha256[:12]}" if sha256 else "not in the archive"
