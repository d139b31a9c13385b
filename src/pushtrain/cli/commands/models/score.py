"""`pushtrain models score`: let a model answer each row of a file, on this computer or on AWS."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from pushtrain.cli import completion
from pushtrain.cli.commands.models.serve import match_image_option, start_server
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.errors import UsageError
from pushtrain.local.platform import short_path

if TYPE_CHECKING:
    from pushtrain.platform import Platform
    from pushtrain.scoring import ScorePlan, StartedScore


def _parse_limit(context: click.Context, parameter: click.Parameter, value: str) -> int:  # noqa: ARG001 - click's
    from pushtrain.config.values.units import parse_duration

    try:
        return parse_duration(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command("score")
@click.argument("model", shell_complete=completion.complete_models)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--output",
    "-o",
    "target",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="OUT",
    help="File for the answers: CSV if its name ends with .csv, else a line of JSON for each answer.",
)
@click.option(
    "--version",
    type=int,
    help="This version instead of the newest, whatever its status; with --on-aws an approved one instead of the one in "
    "service.",
)
@click.option(
    "--content-type", default="", help="Content type of the rows; otherwise the ending of FILE's name says it."
)
@click.option("--header", "has_header", is_flag=True, help="FILE's first line names the columns: it is not sent.")
@click.option("--on-aws", is_flag=True, help="Answer in a batch transform job. The version must be approved.")
@click.option("--instance", default="", help="With --on-aws: instance type of the job.")
@click.option(
    "--max-runtime",
    default="1h",
    show_default=True,
    callback=_parse_limit,
    metavar="DURATION",
    help="With --on-aws: the job is stopped after this time, such as 30m.",
)
@match_image_option
@platform_options
@json_option
def command(
    model: str,
    file: Path,
    target: Path,
    version: int | None,
    content_type: str,
    has_header: bool,
    on_aws: bool,
    instance: str,
    max_runtime: int,
    match_image: bool,
    as_json: bool,
    **platform_args: Any,
) -> None:
    """Let a model answer each row of FILE; with --on-aws, on AWS.

    OUT gets the answers. On this computer, the rows go to the same server that `models serve` starts, a hundred lines
    of CSV at a time, or one line of JSON. If the model does not answer a row, the message names its line, and OUT is
    not written.

    With --on-aws, an approved version answers in a batch transform job, on an instance that is started for
    it, which takes minutes and costs money: the most that it can cost is printed first. Ctrl-C stops the job.
    """
    from pushtrain.local.inference.request_rows import find_content_type

    content_type = content_type or find_content_type(file)
    if on_aws:
        _refuse_options(target, match_image=match_image, **platform_args)
        with open_platform(**platform_args) as platform:
            from pushtrain.scoring import plan_score

            plan = plan_score(
                platform,
                model,
                version,
                file=file,
                target=target,
                content_type=content_type,
                instance=instance,
                seconds=max_runtime,
            )
            _answer_on_aws(platform, plan, file, target, has_header=has_header, as_json=as_json)
        return
    if instance:
        raise UsageError("--instance is for --on-aws: without it, this computer answers")
    from pushtrain.local.inference.score import score_file

    with start_server(model, version, port=0, match_image=match_image, **platform_args) as (stored, server):
        score = score_file(server, file, target, content_type=content_type, has_header=has_header)
    if as_json:
        identity = {"model": stored.model, "version": stored.version, "file": str(target)}
        print_json(identity | msgspec.to_builtins(score))
        return
    echo(
        f"{stored.model} version {stored.version} · rows: {score.rows} · answers: {score.answers} · "
        f"{short_path(target)} · a request took {score.p50:.0f} ms (p50), {score.p90:.0f} ms (p90) on this computer"
    )


def _refuse_options(target: Path, *, match_image: bool, local: bool, **_: Any) -> None:
    """Raise UsageError before anything costs money: options of this computer, and a folder that does not exist."""
    if local or match_image:
        raise UsageError(f"{'--local' if local else '--match-image'} is for this computer. Leave it or --on-aws out")
    if not os.access(target.parent, os.W_OK):
        raise UsageError(f"{target} cannot be written: {target.parent} is no folder that you may write to")


def _answer_on_aws(
    platform: Platform, plan: ScorePlan, file: Path, target: Path, *, has_header: bool, as_json: bool
) -> None:
    """Start the job, wait for its end, and write the answers. Ctrl-C stops the job."""
    from pushtrain.config.values.units import format_duration
    from pushtrain.layout import build_uri
    from pushtrain.scoring import fetch_answers, start_score, stop_score, wait_for_score

    cost = plan.estimate.total
    unknown = f"what it can cost is unknown: {'; '.join(plan.estimate.unknown)}"
    limit = f"costs at most {cost}, by prices of {plan.estimate.as_of}" if cost else unknown
    echo(
        f"{plan.model} version {plan.version} · {plan.instance} for at most {format_duration(plan.seconds)} · {limit}",
        err=True,
    )
    started = start_score(platform, plan, file, has_header=has_header)
    address = build_uri(platform.artifact_bucket, started.answers)
    echo(f"{started.rows} rows · job {started.job} · answers in {address} · Ctrl-C stops it", err=True)
    try:
        wait_for_score(platform, started)
    except KeyboardInterrupt:
        stop_score(platform, started)
        echo(f"stopped {started.job}", err=True)
        raise
    answers = fetch_answers(platform, started, target)
    _print_end(started, answers, target, as_json=as_json)


def _print_end(started: StartedScore, answers: int, target: Path, *, as_json: bool) -> None:
    plan = started.plan
    if as_json:
        cost = plan.estimate.total
        print_json(
            {
                "model": plan.model,
                "version": plan.version,
                "file": str(target),
                "rows": started.rows,
                "answers": answers,
                "job": started.job,
                "max_cost": str(cost) if cost else None,
            }
        )
        return
    echo(
        f"{plan.model} version {plan.version} · rows: {started.rows} · answers: {answers} · {short_path(target)} · "
        f"job {started.job}"
    )
