"""Versions of a model side by side: metrics with the better one marked, and what differs in what made them. Reads AWS.

In: a model and version numbers. Out: a Comparison, whose columns are the versions as they were asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pushtrain.config import Config
from pushtrain.errors import RegistryError
from pushtrain.model_repo.manifest import CONFIG
from pushtrain.platform import Platform
from pushtrain.registry import ModelVersion, list_versions, unknown_version_error
from pushtrain.report.content import ContentPart, VersionSource, compare_content
from pushtrain.report.facts import read_config, read_run_input
from pushtrain.report.metrics import has_own_row
from pushtrain.report.verdict import Direction, find_direction, judge_conditions, read_directions
from pushtrain.serving import read_serving_arns

PARAMETERS = "train.hyperparameters."
UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class ComparisonRow:
    """One fact of every column, None where it is not known; of a metric also which way is better, and where it is."""

    name: str
    values: Sequence[Any]
    direction: Direction = 0
    best: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`metrics` are all of them; `hyperparameters`, `config` and `data` only what differs.

    `data` is where it lay; whether files are the same, data in the model repo included, is in `content`.
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
        """First and last commit of the range that lies between the oldest and the newest of them, for `git log A..B`.

        None where a commit is not known, or they are of several repositories.
        """
        ordered = sorted((made.version for made in self.columns), key=lambda version: version.version)
        first, last = ordered[0], ordered[-1]
        known = UNKNOWN not in {first.commit, last.commit} and first.commit and last.commit
        same = len({version.repository for version in ordered}) == 1
        return (first.commit, last.commit) if known and same else None

    @property
    def same_code(self) -> bool | None:
        """Whether all were made by the very same scripts and modules; None where it is not known."""
        found = [each.same for each in self.content if each.name != CONFIG and not each.name.startswith("data.")]
        return False if False in found else None if None in found else True


def compare_versions(platform: Platform, model: str, numbers: Sequence[int]) -> Comparison:
    """Raises RegistryError when there is no such version, or fewer than two different ones are asked for."""
    wanted = list(dict.fromkeys(numbers))
    if len(wanted) < 2:  # noqa: PLR2004  a pair
        raise RegistryError("a comparison needs two different versions or more")
    there = {version.version: version for version in list_versions(platform, model)}
    if missing := [number for number in wanted if number not in there]:
        raise unknown_version_error(model, missing, there)
    columns = [_made(platform, there[number]) for number in wanted]
    arn = read_serving_arns(platform, model)[0]
    newest = max(columns, key=lambda made: made.version.version).config
    changed = list(_lines([_flat(made.config) for made in columns]))
    return Comparison(
        model=model,
        columns=columns,
        serving=next((version.version for version in there.values() if version.arn == arn), None),
        metrics=list(_metrics(columns, read_directions(newest.conditions) if newest else {})),
        hyperparameters=[_without(line, PARAMETERS) for line in changed if line.name.startswith(PARAMETERS)],
        config=[line for line in changed if not line.name.startswith(PARAMETERS)],
        data=list(_lines([made.data for made in columns])),
        content=compare_content(platform, columns),
    )


def _made(platform: Platform, version: ModelVersion) -> VersionSource:
    told = read_run_input(platform, version.model, version.run) if version.run else {}
    return VersionSource(version=version, run_input=told, config=read_config(platform, told))


def _metrics(columns: Sequence[VersionSource], known: Mapping[str, Direction]) -> Iterator[ComparisonRow]:
    """Those of the gate first; the best is marked where it is the only one."""
    names = dict.fromkeys(name for made in columns for name in made.version.metrics if has_own_row(name))
    for name in sorted(names, key=lambda name: name not in known):
        values = [made.version.metrics.get(name) for made in columns]
        way = find_direction(name, known)
        numbers = [value for value in values if value is not None]
        top = max(numbers, key=lambda value: way * value) if way and len(set(numbers)) > 1 else None
        best = [place for place, value in enumerate(values) if top is not None and value == top]
        yield ComparisonRow(name=name, values=values, direction=way, best=best)


def _flat(config: Config | None) -> dict[str, Any]:
    """config.yaml by dotted key, the gate by its metrics; empty where it is gone."""
    if config is None:
        return {}
    left = dict(_leaves(config.model_dump(mode="json", by_alias=True, exclude={"data"}), ""))
    left.pop("register.when", None)
    gate: dict[str, list[str]] = {}
    for verdict in judge_conditions(config.conditions, {}):
        gate.setdefault(f"gate.{verdict.metric}", []).append(f"{verdict.symbol} {verdict.bound:g}")
    return left | {name: ", ".join(bounds) for name, bounds in gate.items()}


def _leaves(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, Mapping) and node:
        for key, value in node.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    else:
        yield path, node


def _lines(columns: Sequence[Mapping[str, Any]]) -> Iterator[ComparisonRow]:
    """What is not the same in all columns; nothing is said where a whole column is not known."""
    if not all(columns):
        return
    for name in dict.fromkeys(name for column in columns for name in column):
        values = [column.get(name) for column in columns]
        if any(value != values[0] for value in values):
            yield ComparisonRow(name=name, values=values)


def _without(line: ComparisonRow, prefix: str) -> ComparisonRow:
    return ComparisonRow(name=line.name.removeprefix(prefix), values=line.values)
