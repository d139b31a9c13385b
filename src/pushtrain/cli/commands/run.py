"""`pushtrain run`: a whole run on this computer. The scripts really run, and nothing leaves the computer."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from pushtrain.cli.options import (
    again_option,
    environment_option,
    folder_argument,
    fresh_options,
    store_option,
    without_champion_option,
)
from pushtrain.cli.output import has_printed_json, json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.hints import find_program
from pushtrain.errors import LocalError, PushtrainError
from pushtrain.local.platform import local_platform

if TYPE_CHECKING:
    from pushtrain.local.run import LocalRun
    from pushtrain.platform import Platform
    from pushtrain.runs import Run


@click.command("run")
@folder_argument
@environment_option
@store_option
@click.option("--match-image", is_flag=True, help="Pin the framework to the version in the step's image.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change a value of config.yaml for this run, such as train.hyperparameters.lr=0.1; may be repeated.",
)
@click.option("--no-register", is_flag=True, help="End before the registration, whatever the gate says.")
@again_option
@fresh_options
@without_champion_option
@json_option
def command(
    folder: Path,
    environment: str,
    store: Path,
    match_image: bool,
    settings: tuple[str, ...],
    no_register: bool,
    allow_same: bool,
    fresh: Sequence[str],
    without_champion: bool,
    as_json: bool,
) -> int:
    """Train, evaluate and register a model on this computer.

    Embedded AWS takes the push, calls the same Lambda handler, and runs the same state machine
    as AWS would; the scripts run in their own virtual environments. No AWS account, no Docker.

    If all steps have `cache` and nothing has changed since an earlier run, that run is named and nothing starts.
    With --set or --no-register the run is an experiment: it registers nothing, because its revision alone would not
    repeat it. Write the values into config.yaml to register a model.
    """
    from pushtrain.cli.terminal.run_text import build_run_document
    from pushtrain.config import parse_settings

    try:
        experiment = parse_settings(settings) if settings or no_register else None
        platform = msgspec.structs.replace(local_platform(environment, store), experiment=experiment)
        options = {"match_image": match_image, "allow_same": allow_same, "without_champion": without_champion}
        finished = _run(folder, platform, store, as_json=as_json, fresh=fresh, **options)
    except PushtrainError as error:
        if as_json and not has_printed_json():
            print_json(build_refused_document(str(error)))
        raise
    if as_json:
        print_json(build_run_document(finished.run) | ({} if finished.is_new else {"same_as": finished.run.run}))
    is_store_broken = any(isinstance(error, LocalError) for error in finished.end_errors)
    return 1 if finished.run.outcome == "failed" or is_store_broken else 0


def _run(
    folder: Path, platform: Platform, store: Path, *, as_json: bool, fresh: Sequence[str], **options: bool
) -> LocalRun:
    """Run a model repo to its end, with its progress on the screen. `options` are those of `run_model_repo`."""
    from pushtrain.cli.commands.validate import show_warnings
    from pushtrain.cli.terminal.screen import Screen
    from pushtrain.local.run import run_model_repo
    from pushtrain.model_repo.check import check_model_repo
    from pushtrain.model_repo.contents import read_model_repo
    from pushtrain.pushes.fresh import check_fresh
    from pushtrain.runs import explain_run, find_usual_seconds

    environment = platform.environment
    loaded = check_model_repo(folder, environment, platform, environment_requested=bool(environment)).loaded
    check_fresh(fresh, loaded.config)
    show_warnings(loaded.warnings)
    repo = read_model_repo(folder)
    config = loaded.config
    started: list[str] = []
    stopped: list[Run] = []

    def on_start(run: str) -> None:
        started.append(run)
        if any(step.is_cached for step in config.steps.values()):
            screen.explain(explain_run(platform, config.model, run))
        if screen.terminal.is_live:
            screen.expect(find_usual_seconds(platform, config.model, except_run=run))
        gc.freeze()
        gc.enable()  # a run may take hours; see `main`

    try:
        with Screen(config, platform, store, to_stderr=as_json) as screen:
            screen.begin(repo.revision)
            screen.begin_upload(len(repo.files))
            finished = run_model_repo(
                repo,
                config,
                platform,
                store,
                fresh=fresh,
                **options,
                on_event=screen.on_event,
                on_start=on_start,
                on_stop=stopped.append,
                on_upload=screen.count_upload,
            )
            if finished.is_new:
                screen.finish(finished.run, finished.same_as)
            else:
                screen.finish_unchanged(finished.run)
    except KeyboardInterrupt as interrupt:
        for run in stopped:
            _report_stop(interrupt, run, platform.cli_option, as_json=as_json)
        raise
    except PushtrainError as failure:
        if as_json and started:
            print_json(build_lost_document(started[0], str(failure)))
        raise
    for error in finished.end_errors:
        echo(f"the result or the report of the run could not be written: {error}", err=True)
    return finished


def _report_stop(interrupt: KeyboardInterrupt, run: Run, option: str, *, as_json: bool) -> None:
    from pushtrain.cli.terminal.run_text import build_run_document

    interrupt.add_note(f"run {run.run} was stopped. See it with: {find_program()} runs show {run.run}{option}")
    if as_json:
        print_json(build_run_document(run))


def build_lost_document(run: str, reason: str) -> dict[str, Any]:
    """Return the JSON of a run that started and could not be followed to its end, for example on a full disk."""
    return {**build_refused_document(reason), "run": run, "status": "ABORTED", "error": _build_error("", reason)}


def build_refused_document(reason: str) -> dict[str, Any]:
    """Return the JSON of a run that never started. Its keys are those of a run's JSON."""
    head = {"run": None, "status": "REFUSED", "outcome": "failed", "model_version": None}
    return {**head, "metrics": {}, "jobs": [], "error": _build_error("push", reason)}


def _build_error(step: str, reason: str) -> dict[str, str]:
    return {"step": step, "reason": reason, "log": ""}
