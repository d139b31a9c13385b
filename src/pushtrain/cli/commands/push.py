"""`pushtrain push`: model repos to AWS."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pushtrain.access import deployed_platform
from pushtrain.cli.model_repo_arguments import Chosen, choosing
from pushtrain.cli.options import environment_option
from pushtrain.cli.output import json_option
from pushtrain.cli.terminal.hints import find_program
from pushtrain.errors import PushError

if TYPE_CHECKING:
    from pushtrain.model_repo.folder import ModelRepo
    from pushtrain.platform import Platform
    from pushtrain.pushes.event import Push
    from pushtrain.pushes.upload import Upload
    from pushtrain.runs.follow import PushOutcome


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A model repo that is sound, ready to be uploaded."""

    model: str
    repo: ModelRepo


def _seconds(context: click.Context, parameter: click.Parameter, value: str | None) -> int:  # noqa: ARG001 - click's
    from pushtrain.config.values.units import parse_duration

    try:
        return parse_duration(value) if value else 0
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command("push")
@choosing
@environment_option
@click.option("--again", is_flag=True, help="Start a new run of a revision that was pushed before.")
@click.option("--wait", is_flag=True, help="Wait until the runs have ended; exit code 1 when one failed.")
@click.option("--timeout", callback=_seconds, metavar="TIME", help="Wait at most so long, such as 6h.")
@json_option
def command(chosen: Chosen, environment: str, again: bool, wait: bool, timeout: int, as_json: bool) -> int:
    """Upload model repos to the platform's code bucket, which starts their runs.

    Files that .gitignore or .pushtrainignore name, hidden files and virtual environments stay here.
    The platform is the one that PUSHTRAIN_PLATFORM describes, or that --environment names.
    Nothing is uploaded unless all model repos are valid.
    """
    platform = deployed_platform(environment)
    parcels = _pack(chosen.folders, platform)
    done = [_upload(parcel, platform, again=again, quiet=as_json) for parcel in parcels]
    pushes = [each.push for each in done]
    ended = _follow(pushes, platform, timeout) if wait else {}
    if as_json:
        chosen.print_json("pushes", [_document(each, ended.get(each.push)) for each in done])
    return 1 if any(_failed(each) for each in ended.values()) else 0


def _pack(folders: Sequence[Path], platform: Platform) -> list[Parcel]:
    """Every model repo, checked before the first is uploaded. Raises ConfigError with the problems of all."""
    from pushtrain.cli.commands.validate import show_warnings, validate
    from pushtrain.errors import ConfigError
    from pushtrain.model_repo.folder import read_model_repo

    found = [validate(folder, platform.environment, platform) for folder in folders]
    if problems := [problem for each in found for problem in each.problems]:
        raise ConfigError(problems)
    parcels = []
    for each in found:
        assert each.loaded is not None  # noqa: S101 - no problems
        show_warnings(each.loaded)
        parcels.append(Parcel(model=each.loaded.config.model, repo=read_model_repo(each.folder)))
    for model, count in Counter(parcel.model for parcel in parcels).items():
        if count > 1:
            raise PushError(f"{count} of these folders are model {model!r}: a model has one model repo")
    return parcels


def _upload(parcel: Parcel, platform: Platform, *, again: bool, quiet: bool) -> Upload:
    from pushtrain.pushes.upload import upload

    model, revision, files = parcel.model, parcel.repo.revision[:12], len(parcel.repo.files)
    click.echo(f"{model} · revision {revision} · {files} files", err=True)
    with click.progressbar(length=files, label="uploading", file=sys.stderr) as bar:
        done = upload(parcel.repo, model, platform, repeat=again, progress=lambda _: bar.update(1))
    if not quiet and done.is_new:
        click.echo(f"pushed {model} {revision}. Follow it with: pushtrain runs list {model}{platform.cli_option}")
    elif not quiet:
        click.echo(f"{model} {revision} was pushed before; nothing was uploaded. Run it anew with --again")
    return done


def _follow(pushes: Sequence[Push], platform: Platform, timeout: int) -> dict[Push, PushOutcome]:
    """How each push ended, told as it happens."""
    from pushtrain.runs.follow import Patience, follow

    gc.enable()  # this may take hours; see `main`
    ended = {}
    try:
        for push, how in follow(pushes, platform, Patience(end=timeout)):
            ended[push] = how
            colour = "red" if _failed(how) else "green"
            click.secho(f"{push.model} · {_verdict(how, platform.cli_option)}", fg=colour, err=True)
    except KeyboardInterrupt as error:
        for push in pushes:
            if push not in ended:
                error.add_note(f"{push.model} · {_left(push, platform.cli_option)}")
        raise
    return ended


def _left(push: Push, where: str) -> str:
    """What to do about a push that is no longer waited for."""
    from pushtrain.workflow.names import build_run_id

    run = build_run_id(push.revision, push.version)
    return (
        f"no longer waiting for run {run}; nothing was stopped. Watch it with: {find_program()} runs watch {run}{where}"
    )


def _failed(ended: PushOutcome) -> bool:
    from pushtrain.runs import Run

    return not isinstance(ended, Run) or ended.outcome == "failed"


def _verdict(ended: PushOutcome, where: str) -> str:
    """How a push ended, with the reason."""
    from pushtrain.cli.terminal.run_text import format_end, format_failure
    from pushtrain.runs import Run

    if not isinstance(ended, Run):
        return "refused\n" + "\n".join(f"  {problem}" for problem in ended.problems)
    told = "\n  ".join(format_failure(ended, where)) if ended.error else format_end(ended)
    return f"run {ended.run} · {told}"


def _document(done: Upload, ended: PushOutcome | None) -> dict[str, Any]:
    from pushtrain.cli.commands.run import refused
    from pushtrain.cli.terminal.run_text import build_run_document
    from pushtrain.runs import Run
    from pushtrain.workflow.names import build_run_id

    push = done.push
    head = {"model": push.model, "revision": push.revision, "files": done.files, "pushed": done.is_new}
    head["run"] = build_run_id(push.revision, push.version)
    if ended is None:
        return head
    if isinstance(ended, Run):
        return head | {"result": build_run_document(ended)}
    return head | {"result": refused("\n".join(map(str, ended.problems)))}
