"""`pushtrain reproduce`: train a model version again from what was recorded of it, and say how equal the result is."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo, secho
from pushtrain.cli.terminal.reproduction_text import (
    build_comparison_document,
    build_input_documents,
    print_comparison,
    print_inputs,
)
from pushtrain.cli.terminal.run_text import build_run_document, print_failure
from pushtrain.errors import ConfigError, OperatorError

if TYPE_CHECKING:
    from pushtrain.config import LoadedConfig
    from pushtrain.platform import Platform
    from pushtrain.record import RunRecord
    from pushtrain.registry import ModelVersion
    from pushtrain.reproduction.inputs import ComparedInput
    from pushtrain.reproduction.ladder import Comparison
    from pushtrain.runs import Run

RUNGS = ("bytes", "members", "values", "predictions", "metrics")


@click.command("reproduce")
@click.argument("model", shell_complete=completion.complete_models)
@click.argument("version", type=int, shell_complete=completion.complete_versions)
@click.option("--within", type=click.FloatRange(min=0), default=0.0, help="Largest difference of equal metrics.")
@click.option(
    "--at-least",
    type=click.Choice(RUNGS),
    default="metrics",
    show_default=True,
    help="How equal the models must be: exit code 1 if they are less.",
)
@click.option("--changed-inputs", is_flag=True, help="Start even if an input has changed since.")
@click.option("--yes", "is_confirmed", is_flag=True, help="Do not ask before the run on AWS, which costs money.")
@platform_options
@json_option
def command(
    model: str,
    version: int,
    within: float,
    at_least: str,
    changed_inputs: bool,
    is_confirmed: bool,
    as_json: bool,
    **platform_args: Any,
) -> int:
    """Train a model version again from its record, and compare the result with it.

    Needs no model repo: code, config.yaml and data are those that the run of the version recorded. First each input is
    printed: is it the same, changed, or gone? Nothing starts if one is gone, or changed without --changed-inputs. The
    run registers nothing and reuses nothing. Then the models are compared: same bytes, members (files of the archive),
    values, predictions, or metrics; the first difference is named.
    """
    options = _Options(within=within, at_least=at_least, changed_inputs=changed_inputs, is_confirmed=is_confirmed)
    prepared = _prepare(model, version, options, as_json=as_json, **platform_args)
    run = (_reproduce_here if prepared.platform.local_option else _reproduce_on_aws)(prepared, as_json=as_json)
    document = {
        "model": model,
        "version": version,
        "run": prepared.record.run,
        "inputs": build_input_documents(prepared.inputs),
        "reproduction": build_run_document(run),
        "at_least": at_least,
    }
    if run.outcome == "failed":
        ending: dict[str, Any] = {"comparison": None, "is_enough": False}
    else:
        with open_platform(**platform_args) as platform:
            comparison = _compare(platform, prepared.version, run, within)
        is_enough = comparison.rung.word in RUNGS[: RUNGS.index(at_least) + 1]
        ending = {"comparison": build_comparison_document(comparison, within), "is_enough": is_enough}
        if not as_json:
            print_comparison(comparison, within, is_enough=is_enough)
    if as_json:
        print_json(document | ending)
    return 0 if ending["is_enough"] else 1


@dataclass(frozen=True, kw_only=True)
class _Options:
    """What the person allows, and how equal the models must be."""

    within: float
    at_least: str
    changed_inputs: bool
    is_confirmed: bool


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    """A version whose inputs are there: it may be trained again. `platform` is that of the run."""

    version: ModelVersion
    record: RunRecord
    platform: Platform
    store: Path
    inputs: Sequence[ComparedInput]
    loaded: LoadedConfig


def _prepare(model: str, number: int, options: _Options, *, as_json: bool, **platform_args: Any) -> _Prepared:
    """Print the inputs and the cost, and ask. Raises OperatorError if nothing may start."""
    from pushtrain.registry import read_version
    from pushtrain.reproduction.cost import load_recorded_config
    from pushtrain.reproduction.current import compare_inputs, require_record

    with open_platform(**platform_args) as opened:
        version = read_version(opened, model, number)
        record = require_record(opened, version)
        platform = _choose_platform(opened, record, platform_args)
        inputs = compare_inputs(platform, record)
        if not as_json:
            secho(f"{model} version {number} · run {version.run}", bold=True)
            print_inputs(inputs)
        _refuse_inputs(inputs, changed_inputs=options.changed_inputs)
        loaded = load_recorded_config(platform, record)
        if not platform.local_option:
            _confirm(platform, loaded, is_confirmed=options.is_confirmed, as_json=as_json)
    store = platform_args["store"]
    return _Prepared(version=version, record=record, platform=platform, store=store, inputs=inputs, loaded=loaded)


def _choose_platform(platform: Platform, record: RunRecord, platform_args: dict[str, Any]) -> Platform:
    """Return the platform of the run: on this computer, with the overlay and the framework that the record names."""
    if not platform_args["local"]:
        return platform
    from pushtrain.local.platform import describe_runtime, local_platform

    local = local_platform(record.environment, platform_args["store"])
    match_image = describe_runtime(match_image=True)
    return dataclasses.replace(local, runtime=match_image) if record.runtime == match_image else local


def _refuse_inputs(inputs: Sequence[ComparedInput], *, changed_inputs: bool) -> None:
    """Raise OperatorError if an input is gone, or has changed without the person's consent."""
    gone = [entry for entry in inputs if entry.hinders and entry.state == "gone"]
    changed = [entry for entry in inputs if entry.hinders and entry.state == "changed"]
    if gone:
        reasons = "; ".join(f"{entry.name} ({entry.detail})" for entry in gone)
        raise OperatorError(f"nothing was started, because inputs are gone: {reasons}")
    if changed and not changed_inputs:
        reasons = "; ".join(f"{entry.name} ({entry.detail})" for entry in changed)
        raise OperatorError(
            f"nothing was started, because inputs have changed: {reasons}. To train with them as they are now, add "
            "--changed-inputs"
        )


def _confirm(platform: Platform, loaded: LoadedConfig, *, is_confirmed: bool, as_json: bool) -> None:
    """Say what the run costs at most, and ask. Raises OperatorError without consent."""
    from pushtrain.reproduction.cost import estimate_reproduction

    cost = estimate_reproduction(platform, loaded)
    text = f"at most {cost.total}" if cost.total else "an unknown amount, because a price is missing"
    if not as_json:
        echo(f"  every step runs, which costs {text}")
    if not is_confirmed and not as_json and sys.stdin.isatty():
        is_confirmed = click.confirm("Start the run?", err=True)
    if not is_confirmed:
        raise OperatorError(f"nothing was started: the run costs {text}. Add --yes to start it")


def _reproduce_here(prepared: _Prepared, *, as_json: bool) -> Run:
    """Run on this computer, with its progress on the screen. Return the Run once it has ended."""
    from pushtrain.cli.terminal.screen import Screen
    from pushtrain.local.run import reproduce_local_run

    platform, store, record = prepared.platform, prepared.store, prepared.record
    with Screen(prepared.loaded.config, platform, store, to_stderr=as_json) as screen:
        screen.begin(record.revision)
        run = reproduce_local_run(record, prepared.version.version, platform, store, on_event=screen.on_event)
        screen.finish(run)
    return run


def _reproduce_on_aws(prepared: _Prepared, *, as_json: bool) -> Run:
    """Push the revision again and wait for the end of its run. Raises ConfigError if the handler refuses the push."""
    from pushtrain.cli.terminal.hints import find_program, note_on_interrupt
    from pushtrain.launch.refusal import Refused
    from pushtrain.pushes.reproduction import push_reproduction
    from pushtrain.runs.follow import WaitLimits, follow

    platform = prepared.platform
    push = push_reproduction(platform, prepared.record, prepared.version.version)
    watch = f"{find_program()} runs watch {push.run}{platform.cli_option}"
    echo(f"started  run {push.run}. Watch it with: {watch}", err=True)
    with note_on_interrupt(f"the run goes on: {watch}"):
        ((_, outcome),) = follow([push], platform, WaitLimits())
    if isinstance(outcome, Refused):
        raise ConfigError(outcome.problems)
    if outcome.error and not as_json:
        print_failure(outcome, platform.cli_option)
    return outcome


def _compare(platform: Platform, version: ModelVersion, run: Run, within: float) -> Comparison:
    from pushtrain.reproduction.compare import compare_models, describe_run, describe_version, find_step

    recorded = describe_version(version)
    return compare_models(platform, recorded, describe_run(run, find_step(recorded.artifact)), within=within)
