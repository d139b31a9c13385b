"""The verdict: whether a run passed its gate, with the value of each condition. Pure.

`judge` makes it from the metrics. The document verdict.json holds it; no other module knows the members of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, field

from pushtrain.config import CONDITION_KINDS, ConditionKind
from pushtrain.config.conditions import ChampionBound, build_label
from pushtrain.config.values.metric import format_metric_path, parse_metric
from pushtrain.decide.groups import aggregate_groups
from pushtrain.decide.metrics import shorten_metrics, subtract
from pushtrain.decide.pinned import PinnedObject
from pushtrain.decide.serving_result import ServingResult
from pushtrain.record.document import read_document
from pushtrain.record.run_record import METADATA_VALUE_LIMIT, encode_metadata_value

if TYPE_CHECKING:
    from pushtrain.config import Condition

SCHEMA = 1  # of verdict.json; a new member with a default value needs no new number
COMPARED, NO_CHAMPION, OVERRIDDEN, FAILED = "compared", "none", "overridden", "failed"  # what became of a champion
OVERRIDE_ADVICE = "To leave the comparison out, start the run with --without-champion"


class ConditionResult(Struct, frozen=True, kw_only=True):
    """One condition of a gate and what became of it.

    `metric` is the path as config.yaml writes it, `condition` the key of the kind of condition, such as `at_least`.
    With groups, `by` is their name, `aggregate` is `worst` or `spread`, and `groups` has the value of each group.

    `champion` is the champion's value on the data of this run, None if it was not evaluated. `relative` is the bound as
    config.yaml writes it if that depends on the champion: `champion + 0.002`; then `bound` is None without its value.
    """

    metric: str
    condition: str
    bound: int | float | None
    value: int | float
    holds: bool
    by: str = ""
    aggregate: str = ""
    groups: Mapping[str, int | float] = field(default_factory=dict)
    relative: str = ""
    champion: int | float | None = None

    @property
    def difference(self) -> float | None:
        """The value minus that of the champion, exactly: 0.9 and 0.888 give 0.012. None without a champion."""
        return None if self.champion is None else subtract(self.value, self.champion)

    @property
    def label(self) -> str:
        """The metric with its groups: `recall`, `worst recall by region`."""
        return build_label(self.metric, self.by, self.aggregate)

    @property
    def kind(self) -> ConditionKind:
        """How the condition compares, such as AT_LEAST."""
        return next(kind for kind in CONDITION_KINDS if kind.key == self.condition)


class ChampionResult(Struct, frozen=True, kw_only=True):
    """What became of the champion in a run whose gate compares with it.

    `status` is `compared`, `none` if no version is in service, `overridden` if the run did not compare, or `failed`
    if it could not be evaluated: then `reason` says why. `metrics` are those of the gate on the data of this
    run, `evaluation` is the evaluation.json that has them.
    """

    status: str
    version: int | None = None
    reason: str = ""
    metrics: Mapping[str, int | float] = field(default_factory=dict)
    evaluation: PinnedObject | None = None

    @property
    def text(self) -> str:
        """One line for people: `version 3`, `no version is in service`."""
        version = f"version {self.version}"
        if self.status == OVERRIDDEN:
            name = version if self.version else "a version in service"
            return f"{name} was not compared: {self.reason or 'the run was started with --without-champion'}"
        texts = {COMPARED: version, NO_CHAMPION: "no version is in service"}
        return texts.get(self.status, f"{version} could not be evaluated: {self.reason}")


class Comparison(Struct, frozen=True, kw_only=True):
    """A champion to compare with: what became of it, and its values by the label of the condition.

    `holds_without` says if a condition that depends on it holds without a value.
    """

    champion: ChampionResult
    values: Mapping[str, int | float] = field(default_factory=dict)
    holds_without: bool = False


class CandidateResult(Struct, frozen=True, kw_only=True):
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


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether a run passed its gate. `reason` names the conditions that do not hold; empty if all hold.

    `artifact` is the model.tar.gz that may be registered, `evaluation` the evaluation.json that was read, None without
    an evaluation step, `plots` the plots.json beside it, from which reports draw. `predictions` and `features` are
    request_predictions.csv and request_features.csv, with which the serving test compares. `metrics` are the numbers of
    evaluation.json by path, those of the gate first: all that are outside of lists, at most 10,000. `inference` is what
    the definition registers for serving: image and environment variables. `raw_fields` are the fields that config.yaml
    sets in the requests of jobs with `sagemaker:`, by step. `tuned` are the hyperparameters of the model that its step
    searched, as texts.

    `champion` is None if no condition depends on it.

    With candidates, all this is about the one that won, `candidate`. `candidates` has all of them in the order of
    config.yaml, and `choose` says how they were compared: {"maximize": "auc"}.

    `serving` is the result of the serving test; None if config.yaml has none, or if the run has not come to its end. A
    model that fails it has not passed.
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
    predictions: PinnedObject | None = None
    features: PinnedObject | None = None
    candidate: str = ""
    candidates: tuple[CandidateResult, ...] = ()
    choose: Mapping[str, str] = field(default_factory=dict)
    champion: ChampionResult | None = None
    tuned: Mapping[str, str] = field(default_factory=dict)
    serving: ServingResult | None = None

    def summarize(self) -> dict[str, Any]:
        """Return what the definition reads as `$.verdict`: the gate's metrics and the artifact are texts.

        So are the hyperparameters that were searched.
        """
        metrics = {result.label: _format_value(result.value) for result in self.conditions}
        artifact = {"version": self.artifact.version, "etag": self.artifact.etag, "size": str(self.artifact.size)}
        winner = {"candidate": self.candidate} if self.candidate else {}
        tuned = {name: encode_metadata_value(text) for name, text in self.tuned.items()}
        summary = {"passed": self.passed, "reason": self.reason, "metrics": metrics, "artifact": artifact}
        return {**summary, "tuned": tuned, **winner}

    def to_json(self) -> str:
        """Return the document verdict.json. The metrics are in the order of evaluation.json."""
        document = {"schema": SCHEMA, **msgspec.to_builtins(self)}
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
    comparison: Comparison | None = None,
) -> tuple[ConditionResult, ...]:
    """Apply each condition to the value of its metric, in the order of config.yaml.

    `groups` are the values of `read_groups`. `comparison` is needed if a condition depends on the champion.
    """
    return tuple(
        _judge_condition(condition, values, groups.get(condition.label, {}), comparison) for condition in conditions
    )


def _judge_condition(
    condition: Condition, values: Mapping[str, float], groups: Mapping[str, float], comparison: Comparison | None
) -> ConditionResult:
    value = aggregate_groups(condition, groups) if condition.by else values[condition.metric]
    champion = comparison.values.get(condition.label) if comparison else None
    bound, relative = _compute_bound(condition, champion)
    is_lenient = comparison is not None and comparison.holds_without
    return ConditionResult(
        metric=condition.metric,
        condition=condition.kind.key,
        bound=bound,
        value=value,
        holds=is_lenient if bound is None else condition.kind.holds(value, bound),
        relative=relative,
        champion=champion,
        by=condition.by or "",
        aggregate=condition.aggregate,
        groups=dict(groups),
    )


def _compute_bound(condition: Condition, champion: float | None) -> tuple[float | None, str]:
    """Return the bound of a condition, and its text if it depends on the champion, whose value may be missing."""
    bound = condition.bound
    if not isinstance(bound, ChampionBound):
        return bound, ""
    return None if champion is None else bound.compute(champion), str(bound)


def build_reason(results: Sequence[ConditionResult], champion: ChampionResult | None = None) -> str:
    """Return text such as `gate not met: accuracy 0.91 (>= 0.93)`; empty if all conditions hold.

    Two metrics with the same last key are named in full. If the champion could not be evaluated, that is the reason.
    """
    has_failed = champion is not None and champion.status == FAILED
    reason = f"champion: {champion.text}. {OVERRIDE_ADVICE}" if champion and has_failed else ""
    unmet = _describe_unmet(results, skip_relative=has_failed)
    return f"{unmet}; {reason}" if unmet and reason else unmet or reason


def _describe_unmet(results: Sequence[ConditionResult], *, skip_relative: bool) -> str:
    paths = [format_metric_path(parse_metric(result.metric)) for result in results]
    names = shorten_metrics(paths)
    failed = [
        f"{build_label(names[path], result.by, result.aggregate)} {json.dumps(result.value)} "
        f"({_describe_bound(result)})"
        for path, result in zip(paths, results, strict=True)
        if not result.holds and not (skip_relative and result.relative)
    ]
    return f"gate not met: {', '.join(failed)}" if failed else ""


def _describe_bound(result: ConditionResult) -> str:
    """Return `>= 0.93`, or `>= champion + 0.002 = 0.932; champion 0.93`."""
    symbol = result.kind.ascii_symbol
    if not result.relative:
        return f"{symbol} {json.dumps(result.bound)}"
    if result.bound is None:
        return f"{symbol} {result.relative}; no version is in service, and config.yaml says without_champion: fail"
    return f"{symbol} {result.relative} = {json.dumps(result.bound)}; champion {json.dumps(result.champion)}"


def _format_value(value: float) -> str:
    """Return a number as a value of CustomerMetadataProperties, which is at most 256 characters long."""
    text = json.dumps(value)
    return text if len(text) <= METADATA_VALUE_LIMIT else json.dumps(float(value))
