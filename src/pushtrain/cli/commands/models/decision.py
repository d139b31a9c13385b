"""Shared by `models approve` and `models reject`: show the review, decide, and print which version serves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import click

from pushtrain.cli.commands.models.serving import parse_version_number, print_serving_change, print_serving_hint
from pushtrain.cli.options import open_platform
from pushtrain.cli.output import print_json
from pushtrain.cli.terminal.echo import echo, secho
from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.verdict_text import (
    describe_others,
    format_condition,
    format_mark,
    pair_groups,
    select_conditions,
)
from pushtrain.cli.terminal.version_text import (
    build_version_summary,
    format_changes,
    format_gate_metrics,
    list_model_facts,
)
from pushtrain.visible import show_on_line

if TYPE_CHECKING:
    from pushtrain.platform import Platform
    from pushtrain.report.review import Review
    from pushtrain.report.verdict import JudgedCondition

COMMIT_LENGTH = 12  # characters of a commit that are printed

note_option = click.option("--note", default="", help="Why you decide so; stored with the version.")


def decide_version(
    model: str,
    version: int,
    status: Literal["Approved", "Rejected"],
    note: str,
    platform_args: Mapping[str, Any],
    *,
    as_json: bool,
) -> None:
    """Print the review on stderr, set the approval status, and print which version serves.

    `platform_args` are the arguments of `open_platform`. Raises RegistryError if the registry refuses the status.
    """
    from pushtrain.registry import decide, read_version
    from pushtrain.report.review import needs_repetition, review_version
    from pushtrain.serving import read_serving_arns

    is_local = bool(platform_args["local"])
    with open_platform(**platform_args) as platform:
        review = review_version(platform, read_version(platform, model, version))
        print_review(review, platform.cli_option)
        warnings = _check_approval(review, note) if status == "Approved" else ()
        repeat = status == "Approved" and needs_repetition(review)
        decided_version = decide(platform, model, version, status, note, repeat=repeat)
        # On this computer the approval handler has run by now. On AWS it has only been triggered.
        serving = parse_version_number(read_serving_arns(platform, model)[0]) if is_local else None
    if as_json:
        document = {**build_version_summary(decided_version), "warnings": list(warnings)}
        print_json(document | {"serves": serving} if is_local else document)
        return
    echo(f"{status.lower()}  {model} version {version} · {format_gate_metrics(decided_version)}")
    _print_serving(platform, review, serving, is_local=is_local)


def _print_serving(platform: Platform, review: Review, serving: int | None, *, is_local: bool) -> None:
    """Print the version that serves now and the one before; on AWS, how to see it."""
    if is_local:
        print_serving_change(review.version.model, serving, parse_version_number(review.serving))
    else:
        print_serving_hint(platform, review.version.model)


def _check_approval(review: Review, note: str) -> tuple[str, ...]:
    """Print the warnings of the review on stderr and return them.

    Raises RegistryError if another approval would not change which version serves, or if the version was rejected and
    there is no note.
    """
    from pushtrain.report.review import refuse_approval

    refuse_approval(review, note)
    for warning in review.warnings:
        secho(show_on_line(f"warning: {warning}"), fg="yellow", err=True)
    return review.warnings


def print_review(review: Review, cli_option: str) -> None:
    """Print on stderr where the version comes from, what an endpoint would run, and a line for each condition.

    The conditions are those of today's gate. `cli_option` names the platform in a command, such as ` --local`.
    """
    version = review.version
    has_commit = version.commit not in {"", "unknown"}
    facts = (
        f"{version.model} version {version.version}",
        f"registered {version.created[:10]}",
        f"run {version.run}" if version.run else "",
        f"environment {review.environment}" if review.environment else "",
        f"commit {version.commit[:COMMIT_LENGTH]}{format_changes(review.dirty)}" if has_commit else "",
    )
    echo(show_on_line(" · ".join(filter(None, facts))), err=True)
    for name, text in (("image", version.image), *list_model_facts(version)):
        echo(show_on_line(f"  {name}: {text}"), err=True)
    if version.verdict and version.verdict.champion:
        echo(show_on_line(f"  champion: {version.verdict.champion.text}"), err=True)
    for line in _list_condition_lines(review.verdicts or (), review, cli_option):
        echo(show_on_line(f"  {line}"), err=True)


def _list_condition_lines(conditions: Sequence[JudgedCondition], review: Review, cli_option: str) -> Iterator[str]:
    for condition, groups in pair_groups(select_conditions(conditions)):
        yield f"{format_mark(condition)} {format_condition(condition)}{_format_baseline(condition, review)}"
        if groups:
            yield f"    {groups}"
    version = f"{review.version.model} {review.version.version}"
    if others := describe_others(conditions, f"{find_program()} models show {version}{cli_option}"):
        yield others


def _format_baseline(condition: JudgedCondition, review: Review) -> str:
    """Return the value of the version that serves, `; version 2 0.97`, unless the champion's value says more."""
    value = review.baseline.metrics.get(condition.metric) if review.baseline else None
    if review.baseline is None or value is None or condition.champion_text:
        return ""
    return f"; version {review.baseline.version} {value:.4g}"
