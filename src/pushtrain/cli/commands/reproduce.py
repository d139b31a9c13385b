"""`pushtrain reproduce`: train a model version again from what was recorded of it, and say how equal the result is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo, secho
from pushtrain.cli.terminal.reproduction_text import (
    build_comparison_document,
    build_input_documents,
    print_comparison,
    print_inputs,
    print_note,
)
from pushtrain.cli.terminal.run_text import build_run_document, print_failure
from pushtrain.errors import OperatorError

if TYPE_CHECKING:
    from pushtrain.reproductions import PreparedReproduction
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
    from pushtrain.reproductions import compare_reproduction

    options = _Options(changed_inputs=changed_inputs, is_confirmed=is_confirmed, as_json=as_json)
    prepared = _prepare(model, version, options, **platform_args)
    if prepared.platform.local_option:
        run = _reproduce_here(prepared, platform_args["store"], as_json=as_json)
    else:
        run = _reproduce_on_aws(prepared, as_json=as_json)
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
            comparison = compare_reproduction(platform, prepared, run, within, on_line=print_note)
        is_enough = comparison.rung.word in RUNGS[: RUNGS.index(at_least) + 1]
        ending = {"comparison": build_comparison_document(comparison, within), "is_enough": is_enough}
        if not as_json:
            print_comparison(comparison, within, is_enough=is_enough)
    if as_json:
        print_json(document | ending)
    return 0 if ending["is_enough"] else 1


class _Options(Struct, frozen=True, kw_only=True):
    """What the person allows, and whether nothing but JSON is printed."""

    changed_inputs: bool
    is_confirmed: bool
    as_json: bool


def _prepare(model: str, number: int, options: _Options, **platform_args: Any) -> PreparedReproduction:
    """Print the inputs and the cost, and ask. Raises OperatorError if nothing may start."""
    from pushtrain.reproductions import prepare_reproduction, refuse_inputs

    store = platform_args["store"] if platform_args["local"] else None
    with open_platform(**platform_args) as opened:
        prepared = prepare_reproduction(opened, model, number, store=store)
        if not options.as_json:
            secho(f"{model} version {number} · run {prepared.version.run}", bold=True)
            print_inputs(prepared.inputs)
        refuse_inputs(prepared.inputs, changed_inputs=options.changed_inputs)
        if not prepared.platform.local_option:
            _confirm(prepared, options)
    return prepared


def _confirm(prepared: PreparedReproduction, options: _Options) -> None:
    """Say what the run costs at most, and ask. Raises OperatorError without consent."""
    from pushtrain.reproduction.cost import estimate_reproduction

    cost = estimate_reproduction(prepared.platform, prepared.loaded)
    text = f"at most {cost.total}" if cost.total else "an unknown amount, because a price is missing"
    if not options.as_json:
        echo(f"  every step runs, which costs {text}")
    is_confirmed = options.is_confirmed
    if not is_confirmed and not options.as_json and sys.stdin.isatty():
        is_confirmed = click.confirm("Start the run?", err=True)
    if not is_confirmed:
        raise OperatorError(f"nothing was started: the run costs {text}. Add --yes to start it")


def _reproduce_here(prepared: PreparedReproduction, store: Path, *, as_json: bool) -> Run:
    """Run on this computer, with its progress on the screen. Return the Run once it has ended."""
    from pushtrain.cli.terminal.screen import Screen
    from pushtrain.local.run import reproduce_local_run

    platform, record = prepared.platform, prepared.record
    with Screen(prepared.loaded.config, platform, store, to_stderr=as_json) as screen:
        screen.begin(record.revision)
        run = reproduce_local_run(record, prepared.version.version, platform, store, on_event=screen.on_event)
        screen.finish(run)
    return run


def _reproduce_on_aws(prepared: PreparedReproduction, *, as_json: bool) -> Run:
    """Push the revision again and wait for the end of its run. Raises ConfigError if the handler refuses the push."""
    from pushtrain.cli.terminal.hints import find_program, note_on_interrupt
    from pushtrain.pushes.reproduction import push_reproduction
    from pushtrain.reproductions import wait_for_run

    platform = prepared.platform
    push = push_reproduction(platform, prepared.record, prepared.version.version)
    watch = f"{find_program()} runs watch {push.run}{platform.cli_option}"
    echo(f"started  run {push.run}. Watch it with: {watch}", err=True)
    with note_on_interrupt(f"the run goes on: {watch}"):
        run = wait_for_run(platform, push)
    if run.error and not as_json:
        print_failure(run, platform.cli_option)
    return run
