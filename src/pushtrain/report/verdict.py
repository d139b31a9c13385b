"""Judge metrics by a gate's conditions, and find out whether higher or lower is better. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from pushtrain.config import Condition, ConditionKind, Direction, format_metric_path, parse_metric
from pushtrain.config.conditions import ChampionBound, build_label, parse_champion_bound
from pushtrain.decide import (
    ConditionResult,
    Verdict,
    aggregate_groups,
    format_bound,
    format_champion,
    select_groups,
    shorten_metric,
    shorten_metrics,
    subtract,
)
from pushtrain.registry import ModelVersion
from pushtrain.report.scale import format_number

# Last words of metric names with a known direction, after prefixes such as `validation_` and `weighted_` are removed.
PREFIXES = re.compile(r"^((train|training|validation|valid|val|test|eval|weighted|macro|micro|mean|balanced)_)+")
HIGHER = re.compile(
    r"acc(uracy)?|(roc_|pr_)?auc|average_precision|precision|recall|f0_5|f1(_score)?|f2|r2(_score)?|explained_variance|"
    r"specificity|sensitivity|true_(positive|negative)_rate|kappa|mcc|ndcg|map|iou|dice|bleu|rouge"
)
LOWER = re.compile(
    r"(log_)?loss|cross_entropy|mae|mse|rmse|rmsle|s?mape|error(_rate)?|brier(_score)?|ece|perplexity|"
    r"false_(positive|negative)_rate|wer|cer"
)


class JudgedCondition(Struct, frozen=True, kw_only=True):
    """One condition and the metric's value; `value` and `met` are None if evaluation.json does not have it.

    `metric` is the path in evaluation.json, and `name` is what people read, such as `accuracy`. With groups, `by` is
    their name, `source` the path of the metric in each group, and `groups` has the values. `relative` is a bound that
    depends on the champion, such as `champion + 0.002`; `bound` is None without the value of the champion.
    """

    metric: str
    name: str
    symbol: str
    bound: float | None
    value: float | None
    met: bool | None
    by: str = ""
    source: str = ""
    groups: Mapping[str, float] = field(default_factory=dict)
    relative: str = ""
    champion: float | None = None

    @property
    def margin(self) -> float | None:
        """Value minus bound: negative if the metric is below the bound."""
        return None if self.value is None or self.bound is None else subtract(self.value, self.bound)

    @property
    def passes_without(self) -> bool:
        """Whether the gate lets the metric pass without the comparison that the condition asks for."""
        return bool(self.met) and self.bound is None

    @property
    def bound_text(self) -> str:
        """The bound for people: `0.9`, or `champion + 0.002 = 0.932` if it depends on the champion."""
        return format_bound(self.bound, self.relative)

    @property
    def champion_text(self) -> str:
        """The champion's value and the difference to it: `champion 0.93, difference +0.004`; empty without a value."""
        return format_champion(self.champion, self.difference)

    @property
    def difference(self) -> float | None:
        """Value minus that of the champion on the same data; None if it was not evaluated."""
        return None if self.champion is None or self.value is None else subtract(self.value, self.champion)


class LoweredCondition(Struct, frozen=True, kw_only=True):
    """A condition that asked for more when another version was registered: `before`; `bound` is None if it is gone."""

    name: str
    symbol: str
    bound: str | None
    before: str


def list_lowered(verdict: Verdict | None, baseline: ModelVersion | None) -> Iterator[LoweredCondition]:
    """Yield each condition of the baseline's gate that is weaker in the gate of `verdict`, or missing there."""
    if baseline is None or verdict is None or baseline.verdict is None:
        return
    results = {_identify(result): result for result in verdict.conditions}
    for earlier in baseline.verdict.conditions:
        now = results.get(_identify(earlier))
        if now is None or _is_weaker(earlier.kind, now, earlier):
            yield LoweredCondition(
                name=build_label(
                    shorten_metric(format_metric_path(parse_metric(earlier.metric))), earlier.by, earlier.aggregate
                ),
                symbol=earlier.kind.symbol,
                bound=None if now is None else _format_bound(now),
                before=_format_bound(earlier),
            )


def _identify(result: ConditionResult) -> tuple[str, str, bool]:
    """Return what is equal in two gates for the same condition: a metric may also have a bound with `champion`."""
    return result.label, result.condition, bool(result.relative)


def _format_bound(result: ConditionResult) -> str:
    return result.relative or format_number(result.bound or 0)


def _is_weaker(kind: ConditionKind, now: ConditionResult, before: ConditionResult) -> bool:
    """Return True if values hold now that did not hold before, for the same champion."""
    example = next((value for value in (now.champion, before.champion) if value is not None), 1.0)
    (low, high), (low_before, high_before) = (
        kind.find_range(
            parse_champion_bound(result.relative).compute(example) if result.relative else result.bound or 0
        )
        for result in (now, before)
    )
    return low < low_before or high > high_before


def judge_conditions(
    conditions: Sequence[Condition], metrics: Mapping[str, float], verdict: Verdict | None = None
) -> tuple[JudgedCondition, ...]:
    """Apply each condition to the metrics, in the order of config.yaml.

    Conditions that depend on the champion are as in the `verdict` on these metrics, which has its values.
    """
    names = shorten_metrics(_find_path(condition) for condition in conditions)
    results = {(*_identify(result), result.relative): result for result in (verdict.conditions if verdict else ())}
    return tuple(_judge_condition(condition, names, metrics, results) for condition in conditions)


def list_judged_conditions(verdict: Verdict) -> tuple[JudgedCondition, ...]:
    """Return the conditions of a verdict, in the order of config.yaml, as `decide` judged them."""
    paths = [format_metric_path(parse_metric(result.metric)) for result in verdict.conditions]
    names = shorten_metrics(paths)
    return tuple(
        JudgedCondition(
            metric=build_label(path, result.by, result.aggregate),
            name=build_label(names[path], result.by, result.aggregate),
            symbol=result.kind.symbol,
            bound=result.bound,
            value=result.value,
            met=result.holds,
            by=result.by,
            source=path,
            groups=result.groups,
            relative=result.relative,
            champion=result.champion,
        )
        for path, result in zip(paths, verdict.conditions, strict=True)
    )


def read_directions(conditions: Iterable[Condition]) -> dict[str, Direction]:
    """Return which way is better according to the gate: dotted path -> direction."""
    return {_find_path(condition): condition.kind.direction for condition in conditions if not condition.by}


def find_direction(metric: str, gate_directions: Mapping[str, Direction]) -> Direction:
    """Return which way is better: by the gate, else by the metric's name; 0 if neither says so."""
    if metric in gate_directions:
        return gate_directions[metric]
    name = PREFIXES.sub("", shorten_metric(metric).lower().replace("-", "_"))
    return 1 if HIGHER.fullmatch(name) else -1 if LOWER.fullmatch(name) else 0


def _find_path(condition: Condition) -> str:
    """Return the metric as `ModelVersion.metrics` and `Run.metrics` write it."""
    return format_metric_path(parse_metric(condition.metric))


def _judge_condition(
    condition: Condition,
    names: Mapping[str, str],
    metrics: Mapping[str, float],
    results: Mapping[tuple[str, str, bool, str], ConditionResult],
) -> JudgedCondition:
    kind, metric, by = condition.kind, _find_path(condition), condition.by or ""
    relative = str(condition.bound) if isinstance(condition.bound, ChampionBound) else ""
    result = results.get((condition.label, kind.key, bool(relative), relative))
    bound = condition.bound if isinstance(condition.bound, float) else result.bound if result else None
    met_in_verdict = result.holds if result and relative else None
    groups = select_groups(metrics, by, metric) if by else {}
    value = (aggregate_groups(condition, groups) if groups else None) if by else metrics.get(metric)
    return JudgedCondition(
        metric=build_label(metric, by, condition.aggregate),
        name=build_label(names[metric], by, condition.aggregate),
        symbol=kind.symbol,
        bound=bound,
        value=value,
        met=met_in_verdict if bound is None or value is None else kind.holds(value, bound),
        by=by,
        source=metric,
        groups=groups,
        relative=relative,
        champion=result.champion if result else None,
    )
