"""The verdict: whether a run passed its gate, with the value of each condition. Pure.

`judge` makes it from the metrics. The document verdict.json holds it; no other module knows the members of it.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pushtrain.config import CONDITION_KINDS, ConditionKind
from pushtrain.config.conditions import build_label
from pushtrain.config.values.metric import format_metric_path, parse_metric
from pushtrain.decide.groups import aggregate_groups
from pushtrain.decide.metrics import shorten_metrics
from pushtrain.decide.pinned import PinnedObject
from pushtrain.record.document import read_document
from pushtrain.record.run_record import METADATA_VALUE_LIMIT

if TYPE_CHECKING:
    from pushtrain.config import Condition

SCHEMA = 1  # of verdict.json; a new member with a default value needs no new number


@dataclass(frozen=True, kw_only=True)
class ConditionResult:
    """One condition of a gate and what became of it.

    `metric` is the path as config.yaml writes it, `condition` the key of the kind of condition, such as `at_least`.
    With groups, `by` is their name, `aggregate` is `worst` or `spread`, and `groups` has the value of each group.
    """

    metric: str
    condition: str
    bound: int | float
    value: int | float
    holds: bool
    by: str = ""
    aggregate: str = ""
    groups: Mapping[str, int | float] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The metric with its groups: `recall`, `worst recall by region`."""
        return build_label(self.metric, self.by, self.aggregate)

    @property
    def kind(self) -> ConditionKind:
        """How the condition compares, such as AT_LEAST."""
        return next(kind for kind in CONDITION_KINDS if kind.key == self.condition)


@dataclass(frozen=True, kw_only=True)
class CandidateResult:
    """One candidate of a run and what became of it.

    `rank` is 1 for the winner, None if the candidate failed: then `reason` says why. `value` is that of the metric by
    which candidates are compared. `conditions` are those of the gate with its values, `metrics` numbers of its
    evaluation.json by path, those of the gate first, at most 1,000.
    """

    name: str
    rank: int | None = None
    value: int | float | None = None
    reason: str = ""
    conditions: tuple[ConditionResult, ...] = ()
    metrics: Mapping[str, int | float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a run passed its gate. `reason` names the conditions that do not hold; empty if all hold.

    `artifact` is the model.tar.gz that may be registered, `evaluation` the evaluation.json that was read, None without
    an evaluation step, `plots` the plots.json beside it, from which reports draw. `metrics` are the numbers of
    evaluation.json by path, those of the gate first: all that are outside of lists, at most 10,000. `inference` is what
    the definition registers for serving: image and environment variables. `raw_fields` are the fields that config.yaml
    sets in the requests of jobs with `sagemaker:`, by step.

    With candidates, all this is about the one that won, `candidate`. `candidates` has all of them in the order of
    config.yaml, and `choose` says how they were compared: {"maximize": "auc"}.
    """

    model: str
    run: str
    passed: bool
    reason: str
    conditions: tuple[ConditionResult, ...]
    metrics: Mapping[str, int | float]  # a count stays a whole number when it is read back
    artifact: PinnedObject
    evaluation: PinnedObject | None
    inference: Mapping[str, Any]
    raw_fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    plots: PinnedObject | None = None
    candidate: str = ""
    candidates: tuple[CandidateResult, ...] = ()
    choose: Mapping[str, str] = field(default_factory=dict)

    def summarize(self) -> dict[str, Any]:
        """Return what the definition reads as `$.verdict`: the gate's metrics and the artifact are texts."""
        metrics = {result.label: _format_value(result.value) for result in self.conditions}
        artifact = {"version": self.artifact.version, "etag": self.artifact.etag, "size": str(self.artifact.size)}
        winner = {"candidate": self.candidate} if self.candidate else {}
        return {"passed": self.passed, "reason": self.reason, "metrics": metrics, "artifact": artifact, **winner}

    def to_json(self) -> str:
        """Return the document verdict.json. The metrics are in the order of evaluation.json."""
        document = {"schema": SCHEMA, **dataclasses.asdict(self)}
        return json.dumps(document, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, document: bytes | str) -> Verdict:
        """Read verdict.json. Raises ValueError if this version of pushtrain cannot read it."""
        try:
            return read_document(cls, document, SCHEMA)
        except ValueError as error:
            raise ValueError(f"verdict.json cannot be read: {error}") from error


def judge(
    conditions: Sequence[Condition],
    values: Mapping[str, float],
    groups: Mapping[str, Mapping[str, float]] = MappingProxyType({}),
) -> tuple[ConditionResult, ...]:
    """Apply each condition to the value of its metric, in the order of config.yaml.

    `groups` are the values of `read_groups`.
    """
    return tuple(_judge_condition(condition, values, groups.get(condition.label, {})) for condition in conditions)


def _judge_condition(condition: Condition, values: Mapping[str, float], groups: Mapping[str, float]) -> ConditionResult:
    value = aggregate_groups(condition, groups) if condition.by else values[condition.metric]
    return ConditionResult(
        metric=condition.metric,
        condition=condition.kind.key,
        bound=condition.bound,
        value=value,
        holds=condition.kind.holds(value, condition.bound),
        by=condition.by or "",
        aggregate=condition.aggregate,
        groups=dict(groups),
    )


def build_reason(results: Sequence[ConditionResult]) -> str:
    """Return text such as `gate not met: accuracy 0.91 (>= 0.93)`; empty if all conditions hold.

    Two metrics with the same last key are named in full.
    """
    paths = [format_metric_path(parse_metric(result.metric)) for result in results]
    names = shorten_metrics(paths)
    failed = [
        f"{build_label(names[path], result.by, result.aggregate)} {json.dumps(result.value)} "
        f"({result.kind.ascii_symbol} {json.dumps(result.bound)})"
        for path, result in zip(paths, results, strict=True)
        if not result.holds
    ]
    return f"gate not met: {', '.join(failed)}" if failed else ""


def _format_value(value: float) -> str:
    """Return a number as a value of CustomerMetadataProperties, which is at most 256 characters long."""
    text = json.dumps(value)
    return text if len(text) <= METADATA_VALUE_LIMIT else json.dumps(float(value))
