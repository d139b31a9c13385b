"""`pushtrain push`: upload model repos to AWS."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
import msgspec

from pushtrain.access import deployed_platform
from pushtrain.cli.model_repo_arguments import ModelRepoFolders, model_repo_arguments
from pushtrain.cli.options import environment_option, fresh_options, without_champion_option
from pushtrain.cli.output import json_option
from pushtrain.cli.terminal.echo import echo, secho
from pushtrain.cli.terminal.hints import find_program

if TYPE_CHECKING:
    from pushtrain.platform import Platform
    from pushtrain.pushes.event import Push
    from pushtrain.pushes.push import PreparedPush
    from pushtrain.pushes.upload import Upload
    from pushtrain.runs.follow import PushOutcome


def _parse_seconds(context: click.Context, parameter: click.Parameter, value: str | None) -> int:  # noqa: ARG001 - click's signature
    from pushtrain.config.values.units import parse_duration

    try:
        return parse_duration(value) if value else 0
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command("push")
@model_repo_arguments
@environment_option
@click.option(
    "--again",
    "repeat",
    is_flag=True,
    help="Start a run of a revision that was pushed before, or that only repeats an earlier run.",
)
@fresh_options
@without_champion_option
@click.option("--check", is_flag=True, help="Upload nothing: only ask AWS whether it takes the definitions.")
@click.option("--ignore-quotas", is_flag=True, help="Upload even if a job needs more GPUs than its quota has.")
@click.option("--wait", is_flag=True, help="Wait until the runs have ended; exit code 1 when one failed.")
@click.option("--timeout", callback=_parse_seconds, metavar="TIME", help="Wait at most so long, such as 6h.")
@json_option
def command(
    folders: ModelRepoFolders,
    environment: str,
    repeat: bool,
    fresh: Sequence[str],
    without_champion: bool,
    check: bool,
    ignore_quotas: bool,
    wait: bool,
    timeout: int,
    as_json: bool,
) -> int:
    """Upload model repos to the platform's code bucket, which starts their runs.

    Files that .gitignore or .pushtrainignore name, hidden files and virtual environments are not uploaded.
    The platform is the one that PUSHTRAIN_PLATFORM describes, or that --environment names.
    Nothing is uploaded unless all model repos are valid, and the account's GPU quotas allow all of their jobs.
    """
    from pushtrain.cli.commands.validate import show_warnings
    from pushtrain.pushes.fresh import check_fresh
    from pushtrain.pushes.push import prepare_pushes

    platform = deployed_platform(environment)
    prepared = prepare_pushes(folders, platform, environment_requested=bool(environment))
    for push in prepared:
        show_warnings(push.warnings)
    if not ignore_quotas:
        check_quotas(prepared, platform)
    if check:
        return _check(prepared, platform, folders, as_json=as_json)
    for push in prepared:
        check_fresh(fresh, push.config)
    options: dict[str, Any] = {"fresh": fresh, "allow_same": repeat, "without_champion": without_champion}
    uploads = [_upload(push, platform, options, quiet=as_json) for push in prepared]
    ends = _follow([upload.push for upload in uploads], platform, timeout) if wait else {}
    if as_json:
        folders.print_json("pushes", [_build_document(upload, ends.get(upload.push)) for upload in uploads])
    return 1 if any(_is_failure(end) for end in ends.values()) else 0


def check_quotas(prepared: Sequence[PreparedPush], platform: Platform) -> None:
    """Raise PushError if a job needs more GPU instances than its quota has, so that it would wait in vain."""
    from pushtrain.cli.commands.plan import read_quotas_or_warn
    from pushtrain.cost import list_planned_jobs
    from pushtrain.errors import PushError
    from pushtrain.plans.quotas import find_blocked_jobs, format_blocked_jobs

    jobs_by_model = {push.model: list(list_planned_jobs(push.definition)) for push in prepared}
    quotas = read_quotas_or_warn([job for jobs in jobs_by_model.values() for job in jobs], platform) or {}
    blocked_by_model = {model: find_blocked_jobs(jobs, quotas) for model, jobs in jobs_by_model.items()}
    texts = [
        format_blocked_jobs(model, blocked, platform.region) for model, blocked in blocked_by_model.items() if blocked
    ]
    if texts:
        reason = "\n".join(texts)
        raise PushError(f"{reason}\nNothing was uploaded. If the quota does not apply, push with --ignore-quotas")


def _check(prepared: Sequence[PreparedPush], platform: Platform, folders: ModelRepoFolders, *, as_json: bool) -> int:
    """Print what AWS says about each definition. Return 1 if it refuses one, or could not be asked."""
    from pushtrain.cli.commands.plan import print_answer
    from pushtrain.plans.validation import ask_aws

    answers = [ask_aws(push.definition, platform) for push in prepared]
    if as_json:
        pairs = zip(prepared, answers, strict=True)
        folders.print_json("checks", [{"model": push.model, **msgspec.to_builtins(answer)} for push, answer in pairs])
    for push, answer in zip(prepared, answers, strict=True) if not as_json else ():
        status = "refused" if answer.is_refusal else "not checked" if answer.reason else "AWS takes the definition"
        echo(f"{push.model}: {status}; nothing was uploaded")
        print_answer(answer)
    return 1 if any(answer.is_refusal or answer.reason for answer in answers) else 0


def _upload(prepared: PreparedPush, platform: Platform, options: Mapping[str, Any], *, quiet: bool) -> Upload:
    """Upload one model repo, with a progress bar on stderr. Any of the `options` of an upload makes it a new push."""
    from pushtrain.pushes.upload import upload as upload_files

    model, revision, files = prepared.model, prepared.repo.revision[:12], len(prepared.repo.files)
    echo(f"{model} · revision {revision} · {files} files", err=True)
    with click.progressbar(length=files, label="uploading", file=sys.stderr) as bar:
        upload = upload_files(
            prepared.repo,
            model,
            platform,
            repeat=any(options.values()),
            **options,
            progress=lambda _: bar.update(1),
        )
    if not quiet and upload.is_new:
        echo(f"pushed {model} {revision}. Follow it with: pushtrain runs list {model}{platform.cli_option}")
    elif not quiet:
        earlier = _format_earlier(upload.push, platform)
        echo(f"{model} {revision} was pushed before{earlier}; nothing was uploaded. Run it anew with --again")
    return upload


def _format_earlier(push: Push, platform: Platform) -> str:
    """Return ` (run 3f2a8c0d1e4b-9c1d22, version 3)` for the run of an earlier push; empty if it has not ended."""
    from pushtrain.cli.terminal.run_text import format_version
    from pushtrain.runs import read_run_record, read_run_result

    record = read_run_record(platform, push.model, push.run)
    same = record.same_as if record else None
    result = same or read_run_result(platform, push.model, push.run)
    return f" (run {result.run}, {format_version(result.model_version)})" if result else ""


def _follow(pushes: Sequence[Push], platform: Platform, timeout: int) -> dict[Push, PushOutcome]:
    """Wait for the runs of all pushes, and print how each one ended. `timeout` in seconds; 0 is no limit."""
    from pushtrain.runs.follow import WaitLimits, follow

    gc.enable()  # this may take hours; see `main`
    ends: dict[Push, PushOutcome] = {}
    try:
        for push, end in follow(pushes, platform, WaitLimits(end=timeout)):
            ends[push] = end
            colour = "red" if _is_failure(end) else "green"
            secho(f"{push.model} · {_format_end(push, end, platform.cli_option)}", fg=colour, err=True)
    except KeyboardInterrupt as interrupt:
        for push in pushes:
            if push not in ends:
                interrupt.add_note(f"{push.model} · {_format_unfinished(push, platform.cli_option)}")
        raise
    return ends


def _format_unfinished(push: Push, option: str) -> str:
    return (
        f"no longer waiting for run {push.run}; nothing was stopped. "
        f"Watch it with: {find_program()} runs watch {push.run}{option}"
    )


def _is_failure(end: PushOutcome) -> bool:
    from pushtrain.runs import Run

    return not isinstance(end, Run) or end.outcome == "failed"


def _format_end(push: Push, end: PushOutcome, option: str) -> str:
    """Return how a push ended, with the reason."""
    from pushtrain.cli.terminal.candidate_text import format_candidates
    from pushtrain.cli.terminal.run_text import format_end, format_failure, format_same, list_logs
    from pushtrain.runs import Run

    if not isinstance(end, Run):
        return "refused\n" + "\n".join(f"  {problem}" for problem in end.problems)
    if end.run != push.run:
        return f"{format_same(end)}: nothing was started. Start a run with --again"
    first, *others = format_failure(end, option) if end.error else [format_end(end)]
    candidates = [*format_candidates(end), *list_logs(end, option)]
    return "\n  ".join([f"run {end.run} · {first}", *others, *candidates])


def _build_document(upload: Upload, end: PushOutcome | None) -> dict[str, Any]:
    """Return the JSON of one push; `result` is there only after --wait."""
    from pushtrain.cli.commands.run import build_refused_document
    from pushtrain.cli.terminal.run_text import build_run_document
    from pushtrain.runs import Run

    push = upload.push
    head = {"model": push.model, "revision": push.revision, "files": upload.files, "pushed": upload.is_new}
    head["run"] = push.run
    if end is None:
        return head
    if isinstance(end, Run):
        same = {} if end.run == push.run else {"same_as": end.run}
        return head | same | {"result": build_run_document(end)}
    return head | {"result": build_refused_document("\n".join(map(str, end.problems)))}
