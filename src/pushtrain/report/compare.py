"""Compare versions of a model: their metrics, and the differences in what they were built from. Reads AWS.

Input: a model and version numbers. Output: a Comparison with one column for each version, in the requested order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pushtrain.config import Config, Direction, find_model_source
from pushtrain.config.dataflow import build_step_path
from pushtrain.config.issue import format_key_path
from pushtrain.errors import RegistryError
from pushtrain.layout import CONFIG
from pushtrain.platform import Platform
from pushtrain.record import UNKNOWN
from pushtrain.registry import ModelVersion, list_versions, unknown_version_error
from pushtrain.report.content import ContentPart, VersionSource, compare_content
from pushtrain.report.facts import read_config
from pushtrain.report.metrics import has_own_row
from pushtrain.report.verdict import find_direction, judge_conditions, read_directions
from pushtrain.runs import read_run_record
from pushtrain.serving import read_serving_arns

HYPERPARAMETERS = "hyperparameters"


@dataclass(frozen=True, kw_only=True)
class ComparisonRow:
    """One property with its value in each column; None if a value is unknown.

    For metrics, `direction` says which way is better, and `best` holds the indices of the best columns.
    """

    name: str
    values: Sequence[Any]
    direction: Direction = 0
    best: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`metrics` lists all metrics; `hyperparameters`, `config` and `data` list only what differs.

    `data` compares addresses; `content` compares the files themselves, including data in the model repo.
    """

    model: str
    columns: Sequence[VersionSource]
    serving: int | None
    metrics: Sequence[ComparisonRow]
    hyperparameters: Sequence[ComparisonRow]
    config: Sequence[ComparisonRow]
    data: Sequence[ComparisonRow]
    content: Sequence[ContentPart]

    @property
    def commits(self) -> tuple[str, str] | None:
        """Commits of the oldest and the newest version, for `git log A..B`.

        None if a commit is unknown or the versions come from several repositories.
        """
        ordered = sorted((column.version for column in self.columns), key=lambda version: version.version)
        first, last = ordered[0], ordered[-1]
        is_known = UNKNOWN not in {first.commit, last.commit} and first.commit and last.commit
        same_repository = len({version.repository for version in ordered}) == 1
        return (first.commit, last.commit) if is_known and same_repository else None

    @property
    def same_code(self) -> bool | None:
        """True if all versions have identical scripts and modules; None if that is unknown."""
        results = [part.same for part in self.content if part.name != CONFIG and not part.name.startswith("data.")]
        return False if False in results else None if None in results else True


def compare_versions(platform: Platform, model: str, numbers: Sequence[int]) -> Comparison:
    """Compare two or more versions. Raises VersionNotFound, and RegistryError for fewer than two."""
    unique_numbers = list(dict.fromkeys(numbers))
    if len(unique_numbers) < 2:  # noqa: PLR2004  a pair
        raise RegistryError("a comparison needs two different versions or more")
    existing = {version.version: version for version in list_versions(platform, model)}
    if missing := [number for number in unique_numbers if number not in existing]:
        raise unknown_version_error(model, missing, existing)
    columns = [_read_source(platform, existing[number]) for number in unique_numbers]
    arn = read_serving_arns(platform, model)[0]
    newest = max(columns, key=lambda column: column.version.version).config
    parameters = find_parameters_key(newest) + "."
    changed_rows = list(_list_differences([_flatten_config(column.config) for column in columns]))
    return Comparison(
        model=model,
        columns=columns,
        serving=next((version.version for version in existing.values() if version.arn == arn), None),
        metrics=list(_compare_metrics(columns, read_directions(newest.conditions) if newest else {})),
        hyperparameters=[_remove_prefix(row, parameters) for row in changed_rows if row.name.startswith(parameters)],
        config=[row for row in changed_rows if not row.name.startswith(parameters)],
        data=list(_list_differences([column.data for column in columns])),
        content=compare_content(platform, columns),
    )


def find_parameters_key(config: Config | None) -> str:
    """Return the key of the hyperparameters of the model that is registered: `train.hyperparameters`."""
    source = find_model_source(config) if config else None
    return format_key_path((*build_step_path(source.step), HYPERPARAMETERS)) if source else HYPERPARAMETERS


def _read_source(platform: Platform, version: ModelVersion) -> VersionSource:
    record = read_run_record(platform, version.model, version.run) if version.run else None
    return VersionSource(version=version, record=record, config=read_config(platform, record))


def _compare_metrics(columns: Sequence[VersionSource], directions: Mapping[str, Direction]) -> Iterator[ComparisonRow]:
    """Yield the gate's metrics first. The best value is marked unless all values are equal."""
    names = dict.fromkeys(name for column in columns for name in column.version.metrics if has_own_row(name))
    for name in sorted(names, key=lambda name: name not in directions):
        values = [column.version.metrics.get(name) for column in columns]
        metric_direction = find_direction(name, directions)
        numbers = [value for value in values if value is not None]
        best_value = (
            max(numbers, key=lambda value: metric_direction * value)
            if metric_direction and len(set(numbers)) > 1
            else None
        )
        best = [index for index, value in enumerate(values) if best_value is not None and value == best_value]
        yield ComparisonRow(name=name, values=values, direction=metric_direction, best=best)


def _flatten_config(config: Config | None) -> dict[str, Any]:
    """Return config.yaml by dotted key and the gate by metric; empty if config.yaml is gone."""
    if config is None:
        return {}
    values = dict(_flatten(config.model_dump(mode="json", by_alias=True, exclude={"data", "defaults"}), ""))
    values.pop("register.when", None)
    gate: dict[str, list[str]] = {}
    for verdict in judge_conditions(config.conditions, {}):
        gate.setdefault(f"gate.{verdict.metric}", []).append(f"{verdict.symbol} {verdict.bound:g}")
    return values | {name: ", ".join(bounds) for name, bounds in gate.items()}


def _flatten(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, Mapping) and node:
        for key, value in node.items():
            yield from _flatten(value, f"{path}.{key}" if path else str(key))
    else:
        yield path, node


def _list_differences(columns: Sequence[Mapping[str, Any]]) -> Iterator[ComparisonRow]:
    """Yield the keys whose values differ; nothing if one column is entirely unknown."""
    if not all(columns):
        return
    for name in dict.fromkeys(name for column in columns for name in column):
        values = [column.get(name) for column in columns]
        if any(value != values[0] for value in values):
            yield ComparisonRow(name=name, values=values)


def _remove_prefix(row: ComparisonRow, prefix: str) -> ComparisonRow:
    return ComparisonRow(name=row.name.removeprefix(prefix), values=row.values)
