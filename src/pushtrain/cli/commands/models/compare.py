"""`pushtrain models compare`: print versions side by side: metrics, parameters, config.yaml, data, files and code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli import completion
from pushtrain.cli.commands.models.comparison_text import print_comparison, print_models
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.reproduction_text import build_comparison_document, print_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pushtrain.platform import Platform
    from pushtrain.report.compare import Comparison, ComparisonRow
    from pushtrain.report.content import ContentPart
    from pushtrain.reproduction.ladder import Comparison as ModelComparison

BETTER = {1: "higher", -1: "lower", 0: None}  # by the direction of a metric
COLUMN_KEYS = ("status", "created", "run", "revision")


@click.command("compare")
@click.argument("model", shell_complete=completion.complete_models)
@click.argument(
    "versions", type=int, nargs=-1, required=True, metavar="V1 V2...", shell_complete=completion.complete_versions
)
@click.option(
    "--values", "with_values", is_flag=True, help="Download the models, and name the first value that differs."
)
@platform_options
@json_option
def command(model: str, versions: tuple[int, ...], with_values: bool, as_json: bool, **platform_args: Any) -> None:
    """Compare versions: metrics, parameters, data and code.

    The best value of each metric is marked, if all were measured on the same data. Of hyperparameters, the rest of
    config.yaml, data, packages and files, only differences are printed.

    --values compares the files of the models, and what is in them, with those of the first version. The files are read
    on this computer, in a sandbox with the Python packages of the training script, which may have to be installed.
    """
    from pushtrain.report.compare import compare_versions

    with open_platform(**platform_args) as platform:
        comparison = compare_versions(platform, model, versions)
        models = _compare_models(platform, comparison) if with_values else {}
    first = int(comparison.columns[0].number)
    if as_json:
        documents = [
            {"versions": [first, number]} | build_comparison_document(compared, 0)
            for number, compared in models.items()
        ]
        print_json(build_document(comparison) | ({"models": documents} if with_values else {}))
        return
    print_comparison(comparison)
    if models:
        print_models(models, first)


def _compare_models(platform: Platform, comparison: Comparison) -> dict[int, ModelComparison]:
    """Return how equal the model of each version is to that of the first one, by the number of the version."""
    from pushtrain.local.values.versions import compare_version_models
    from pushtrain.registry import read_version

    first, *others = (read_version(platform, comparison.model, int(column.number)) for column in comparison.columns)
    return {version.version: compare_version_models(platform, first, version, on_line=print_note) for version in others}


def build_document(comparison: Comparison) -> dict[str, Any]:
    """Return the JSON of a comparison of versions or runs. Every list of values has the order of the columns."""
    noun, columns = comparison.noun, comparison.columns
    heads = [{noun: column.number} | {key: getattr(column, key) for key in COLUMN_KEYS} for column in columns]
    commits = [column.commit for column in columns]
    commit_range = "..".join(comparison.commits) if comparison.commits else None
    return {
        "model": comparison.model,
        **({"serving": comparison.serving} if noun == "version" else {}),
        f"{noun}s": heads,
        "metrics": [_build_metric(row, comparison) for row in comparison.metrics],
        "hyperparameters": _build_rows(comparison.hyperparameters),
        "config": _build_rows(comparison.config),
        "data": _build_rows(comparison.data),
        "images": _build_rows(comparison.images),
        "packages": _build_rows(comparison.packages),
        "different_data": list(comparison.different_data),
        "content": [_build_part(part, noun) for part in comparison.content],
        "code": {"same": comparison.same_code, "commits": commits, "range": commit_range},
    }


def _build_metric(row: ComparisonRow, comparison: Comparison) -> dict[str, Any]:
    return {
        "metric": row.name,
        "values": list(row.values),
        "better": BETTER[row.direction],
        "best": [comparison.columns[index].number for index in row.best],
    }


def _build_part(part: ContentPart, noun: str) -> dict[str, Any]:
    files = [{"path": path, f"{noun}s": list(numbers)} for path, numbers in part.files.items()]
    return {"part": part.name, "same": part.same, "files": files, "unknown": part.unknown or None}


def _build_rows(rows: Sequence[ComparisonRow]) -> list[dict[str, Any]]:
    return [{"name": row.name, "values": list(row.values)} for row in rows]
