"""Compare versions or runs of a model: their metrics, and the differences in what they were built from. Reads AWS.

Input: a model and version numbers, or runs. Output: a Comparison with one column for each, in the requested order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from pushtrain.config import Config, Direction, find_model_source, list_variants
from pushtrain.config.dataflow import build_step_path
from pushtrain.config.issue import format_key_path
from pushtrain.errors import RegistryError
from pushtrain.layout import CONFIG
from pushtrain.platform import Platform
from pushtrain.record import UNKNOWN
from pushtrain.registry import list_versions, unknown_version_error
from pushtrain.report.columns import read_run_column, read_version_column
from pushtrain.report.content import Column, ContentPart, compare_content
from pushtrain.report.evaluated_data import list_differing_data
from pushtrain.report.metrics import has_own_row
from pushtrain.report.verdict import find_direction, judge_conditions, read_directions
from pushtrain.runs import Run
from pushtrain.serving import read_serving_arns

HYPERPARAMETERS = "hyperparameters"


class ComparisonRow(Struct, frozen=True, kw_only=True):
    """One property with its value in each column; None if a value is unknown.

    For metrics, `direction` says which way is better, and `best` holds the indices of the best columns.
    """

    name: str
    values: Sequence[Any]
    direction: Direction = 0
    best: Sequence[int] = ()


class Comparison(Struct, frozen=True, kw_only=True):
    """`metrics` lists all metrics; `hyperparameters`, `config`, `data`, `images` and `packages` list only what differs.

    `images` has the digest of each step's image. `data` compares addresses; `content` compares the files themselves,
    including data in the model repo.
    `different_data` are the data entries whose difference makes metrics incomparable: then no value is the best.
    """

    model: str
    columns: Sequence[Column]
    serving: int | None
    metrics: Sequence[ComparisonRow]
    hyperparameters: Sequence[ComparisonRow]
    config: Sequence[ComparisonRow]
    data: Sequence[ComparisonRow]
    content: Sequence[ContentPart]
    packages: Sequence[ComparisonRow] = ()
    images: Sequence[ComparisonRow] = ()
    different_data: Sequence[str] = ()

    @property
    def noun(self) -> str:
        """What is compared: `version` or `run`."""
        return self.columns[0].noun

    @property
    def has_same_model(self) -> bool | None:
        """True if all models have the same bytes, as S3 describes them. None if that is not known.

        Other ETags do not mean other bytes: a file that was uploaded in parts has another one.
        """
        models = {(column.artifact.etag, column.artifact.size) if column.artifact else None for column in self.columns}
        return True if len(models) == 1 and None not in models else None

    @property
    def commits(self) -> tuple[str, str] | None:
        """Commits of the oldest and the newest column, for `git log A..B`.

        None if a commit is unknown or the columns come from several repositories.
        """
        ordered = sorted(self.columns, key=_read_age)
        first, last = ordered[0], ordered[-1]
        is_known = UNKNOWN not in {first.commit, last.commit} and first.commit and last.commit
        same_repository = len({column.repository for column in ordered}) == 1
        return (first.commit, last.commit) if is_known and same_repository else None

    @property
    def same_code(self) -> bool | None:
        """True if all columns have identical scripts and modules; None if that is unknown."""
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
    arn = read_serving_arns(platform, model)[0]
    serving = next((version.version for version in existing.values() if version.arn == arn), None)
    columns = [read_version_column(platform, existing[number]) for number in unique_numbers]
    return _compare_columns(platform, model, columns, serving)


def compare_runs(platform: Platform, runs: Sequence[Run]) -> Comparison:
    """Compare two or more runs of one model. Raises RegistryError for fewer than two, or for runs of several models."""
    unique_runs = list({run.run: run for run in runs}.values())
    if len(unique_runs) < 2:  # noqa: PLR2004  a pair
        raise RegistryError("a comparison needs two different runs or more")
    if len(models := sorted({run.model for run in unique_runs})) > 1:
        raise RegistryError(f"these are runs of several models: {', '.join(models)}. Compare runs of one model")
    columns = [read_run_column(platform, run) for run in unique_runs]
    return _compare_columns(platform, models[0], columns, None)


def _compare_columns(platform: Platform, model: str, columns: Sequence[Column], serving: int | None) -> Comparison:
    newest = max(columns, key=_read_age).config
    parameters = find_parameters_key(newest) + "."
    changed_rows = list(_list_differences([_flatten_config(column.config) for column in columns]))
    different_data = list_differing_data([column.record for column in columns], [column.config for column in columns])
    directions = read_directions(newest.conditions) if newest else {}
    return Comparison(
        model=model,
        columns=columns,
        serving=serving,
        metrics=list(_compare_metrics(columns, directions, is_comparable=not different_data)),
        hyperparameters=[_remove_prefix(row, parameters) for row in changed_rows if row.name.startswith(parameters)],
        config=[row for row in changed_rows if not row.name.startswith(parameters)],
        data=list(_list_differences([column.data for column in columns])),
        content=compare_content(platform, columns),
        packages=list(_list_differences([_flatten_packages(column) for column in columns])),
        images=list(_list_differences([_list_digests(column) for column in columns])),
        different_data=different_data,
    )


def _read_age(column: Column) -> tuple[str, str]:
    """Return what sorts columns from the oldest to the newest."""
    return column.created, str(column.number).zfill(9)


def _flatten_packages(column: Column) -> dict[str, str]:
    """Return {"train pandas": "2.2.0"}; empty if the packages are not known."""
    steps = column.packages or {}
    return {f"{step} {name}": version for step, packages in steps.items() for name, version in packages.items()}


def _list_digests(column: Column) -> dict[str, str]:
    """Return the digest of each step's image, or why it is not known; empty if nobody asked for any."""
    record = column.record
    digests = {step: record.find_digest(step) for step in record.images} if record else {}
    return {step: digest.digest or str(digest) for step, digest in digests.items() if digest}


def find_parameters_key(config: Config | None) -> str:
    """Return the key of the hyperparameters of the model that is registered: `train.hyperparameters`."""
    source = find_model_source(list_variants(config)[0].config) if config else None
    return format_key_path((*build_step_path(source.step), HYPERPARAMETERS)) if source else HYPERPARAMETERS


def _compare_metrics(
    columns: Sequence[Column], directions: Mapping[str, Direction], *, is_comparable: bool
) -> Iterator[ComparisonRow]:
    """Yield the gate's metrics first. The best value is marked unless all are equal, or were measured on other data."""
    names = dict.fromkeys(name for column in columns for name in column.metrics if has_own_row(name))
    for name in sorted(names, key=lambda name: name not in directions):
        values = [column.metrics.get(name) for column in columns]
        metric_direction = find_direction(name, directions)
        numbers = [value for value in values if value is not None]
        best_value = (
            max(numbers, key=lambda value: metric_direction * value)
            if is_comparable and metric_direction and len(set(numbers)) > 1
            else None
        )
        best = [index for index, value in enumerate(values) if best_value is not None and value == best_value]
        yield ComparisonRow(name=name, values=values, direction=metric_direction, best=best)


def _flatten_config(config: Config | None) -> dict[str, Any]:
    """Return config.yaml by dotted key and the gate by metric; empty if config.yaml is gone."""
    if config is None:
        return {}
    values = _dump(config)
    for candidate in config.candidates:
        overlay = {key: value for key, value in _dump(candidate.config).items() if values.get(key) != value}
        values |= {f"candidates.{candidate.name}.{key}": value for key, value in overlay.items()}
    values.pop("register.when", None)
    gate: dict[str, list[str]] = {}
    for verdict in judge_conditions(config.conditions, {}):
        gate.setdefault(f"gate.{verdict.metric}", []).append(
            f"{verdict.symbol} {verdict.relative or verdict.bound_text}"
        )
    return values | {name: ", ".join(bounds) for name, bounds in gate.items()}


def _dump(config: Config) -> dict[str, Any]:
    return dict(_flatten(config.model_dump(mode="json", by_alias=True, exclude={"data", "defaults"}), ""))


def _flatten(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, Mapping):
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
