"""`pushtrain run`: the whole way of a push on this machine, scripts really run, nothing leaves it."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli.options import environment_option, folder_argument, store_option
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.hints import find_program, note_on_interrupt
from pushtrain.errors import ConfigError, LocalError, Problem, PushtrainError
from pushtrain.local.platform import local_platform

if TYPE_CHECKING:
    from pushtrain.config import Config
    from pushtrain.local.aws import LocalAws
    from pushtrain.model_repo.folder import ModelRepo
    from pushtrain.registry import EarlierVersion
    from pushtrain.runs import Run


@click.command("run")
@folder_argument
@environment_option
@store_option
@click.option("--match-image", is_flag=True, help="Pin the framework to the version in the step's image.")
@json_option
def command(folder: Path, environment: str, store: Path, match_image: bool, as_json: bool) -> int:
    """Train, evaluate and register a model on this machine.

    Embedded AWS takes the push, calls the same Lambda handler, and runs the same state machine
    as AWS would; the scripts run in their own virtual environments. No AWS account, no Docker.
    """
    from pushtrain.cli.terminal.run_text import build_run_document

    try:
        run = train(folder, environment, store, match_image=match_image, quiet=as_json)
    except PushtrainError as error:
        if as_json:
            print_json(refused(str(error)))
        raise
    if as_json:
        print_json(build_run_document(run))
    return 1 if run.outcome == "failed" else 0


def train(folder: Path, environment: str, store: Path, *, match_image: bool, quiet: bool) -> Any:
    """Run a model repo to its end; the Run. Raises ConfigError with what the push handler refused."""
    from pushtrain.cli.commands.validate import check, show_warnings
    from pushtrain.cli.terminal.screen import Screen
    from pushtrain.local.aws import up
    from pushtrain.model_repo.folder import read_model_repo
    from pushtrain.pushes.upload import upload
    from pushtrain.runs import find_usual_seconds

    loaded = check(folder, environment)
    show_warnings(loaded)
    repo = read_model_repo(folder)
    platform = local_platform(environment, store)
    screen = Screen(loaded.config, platform, store, to_stderr=quiet)
    screen.begin(repo.revision)
    with screen, up(store, platform, on_event=screen.on_event, match_image=match_image) as machine:
        place_data(repo, loaded.config, machine)
        upload(repo, loaded.config.model, machine.platform, repeat=True)
        answer = _answer(machine)
        if screen.terminal.is_live:
            screen.expect(find_usual_seconds(machine.platform, loaded.config.model, except_run=answer["run"]))
        gc.freeze()
        gc.enable()  # a run may take hours; see `main`
        show = f"{find_program()} runs show {answer['run']}{platform.cli_option}"
        stopped = f"run {answer['run']} was stopped. See it with: {show}"
        with note_on_interrupt(stopped):
            run = _wait(machine, loaded.config.model, answer, quiet=quiet)
        screen.finish(run, _again(run, machine))
        _warn_of_report(machine)
    return run


def _wait(machine: LocalAws, model: str, answer: Mapping[str, Any], *, quiet: bool) -> Run:
    """The run once it has ended; interrupted, it is stopped, and told as what it came to where JSON is wanted."""
    from pushtrain.cli.terminal.run_text import build_run_document
    from pushtrain.runs import read_run

    try:
        machine.wait(answer["arn"])
    except KeyboardInterrupt:
        machine.stop(answer["arn"])
        if quiet:
            print_json(build_run_document(read_run(machine.platform, model, answer["run"])))
        raise
    return read_run(machine.platform, model, answer["run"])


def place_data(repo: ModelRepo, config: Config, machine: LocalAws) -> None:
    """Put local stand-ins at their S3 addresses in embedded S3, so that a script that downloads finds them too.

    Raises LocalError for data that is only in S3: this machine does not have it.
    """
    from pushtrain import aws

    s3 = aws.client("s3", machine.platform.region)
    for name, source in config.data.items():
        if not source.s3:
            continue
        bucket, _, prefix = source.s3.removeprefix("s3://").partition("/")
        there = any(known["Name"] == bucket for known in s3.list_buckets()["Buckets"])
        if source.local:
            if not there:
                s3.create_bucket(Bucket=bucket)
            _place(s3, repo, source.local, bucket, prefix)
        elif not (there and s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("Contents")):
            raise LocalError(
                f"data.{name}: {source.s3} is not on this machine. Give a stand-in for local runs:\n"
                f"  {name}: {{s3: {source.s3}, local: data/}}"
            )


def _place(s3: Any, repo: ModelRepo, local: str, bucket: str, prefix: str) -> None:
    """The files a push would take, so that what is ignored is not there on this machine either."""
    folder = local.rstrip("/") + "/"
    for file in repo.files:
        if file.path == local:
            key = prefix + Path(local).name if prefix.endswith("/") else prefix
        elif file.path.startswith(folder):
            key = f"{prefix.rstrip('/')}/{file.path.removeprefix(folder)}".lstrip("/")
        else:
            continue
        s3.upload_file(str(repo.folder / file.path), bucket, key)


def _answer(machine: LocalAws) -> dict[str, Any]:
    """What the push handler said. Raises ConfigError when it refused, and the handler's own error."""
    from pushtrain.local.aws import ON_PUSH

    call = next(call for call in reversed(machine.invocations) if call.function == ON_PUSH)
    if call.error:
        raise call.error
    answer: dict[str, Any] = call.result["pushes"][0]
    if answer["kind"] == "Refused":
        raise ConfigError(_problem(problem) for problem in answer["problems"])
    return answer


def _again(run: Run, machine: LocalAws) -> EarlierVersion | None:
    """The version that was made of the very same as the one that the run registered."""
    from pushtrain.registry import find_earlier_version, find_version

    version = find_version(machine.platform, run.model_package) if run.model_package else None
    return find_earlier_version(machine.platform, version) if version else None


def _warn_of_report(machine: LocalAws) -> None:
    """The model is registered all the same; on AWS the event would wait in the failure queue."""
    from pushtrain.local.aws import ON_RUN_END

    for call in machine.invocations:
        if call.function == ON_RUN_END and call.error:
            click.echo(f"the report could not be written: {call.error}", err=True)


def _problem(found: Problem | dict[str, Any]) -> Problem:
    return found if isinstance(found, Problem) else Problem(**found)


def refused(reason: str) -> dict[str, Any]:
    """The document of a run that never began."""
    error = {"step": "push", "reason": reason, "log": ""}
    head = {"run": None, "status": "REFUSED", "outcome": "failed", "model_version": None}
    return {**head, "metrics": {}, "jobs": [], "error": error}
