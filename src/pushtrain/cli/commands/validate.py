"""`pushtrain validate`: list every problem of a model repo at once, without AWS."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pushtrain.cli.model_repo_arguments import ModelRepoFolders, model_repo_arguments
from pushtrain.cli.options import environment_option
from pushtrain.cli.output import json_option
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.excerpt import show_problem
from pushtrain.cli.terminal.stream import Terminal
from pushtrain.errors import Problem, PushError, UsageError

if TYPE_CHECKING:
    from pushtrain.cli.file_changes import Snapshot
    from pushtrain.model_repo.check import ModelRepoCheck

MAX_NAMES = 3  # changed files that fit on one line


@click.command("validate")
@model_repo_arguments
@environment_option
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl-C.")
@json_option
def command(folders: ModelRepoFolders, environment: str, watch: bool, as_json: bool) -> int:
    """Check config.yaml and the scripts it names.

    Prints every problem as `config.yaml:LINE  key: what is wrong, and how to mend it`. On a terminal it also
    shows the line in the file.
    """
    from pushtrain.model_repo.check import validate

    if watch and as_json:
        raise UsageError("--watch never ends, and --json is exactly one document: leave one out")
    if watch:
        return _watch(folders, environment)
    checks = [validate(folder, environment=environment) for folder in folders]
    if as_json:
        folders.print_json("model_repos", [check.document for check in checks])
    else:
        for check in checks:
            _print_check(check)
    return 0 if all(check.valid for check in checks) else 1


def _watch(folders: ModelRepoFolders, environment: str) -> int:
    """Check again after each change, until Ctrl-C. Return 0 if all model repos were valid at the end."""
    from pushtrain.cli.file_changes import take_snapshot, watch_changes

    valid = False
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is the normal end
        for turn, names in enumerate(watch_changes(lambda: _merge(map(take_snapshot, folders)))):
            if turn:
                ellipsis = " …" if len(names) > MAX_NAMES else ""
                echo(f"changed: {', '.join(names[:MAX_NAMES])}{ellipsis}", err=True)
            results = [_check_and_print(folder, environment) for folder in folders]
            valid = all(results)
    return 0 if valid else 1


def _merge(snapshots: Iterable[Snapshot]) -> Snapshot:
    return {name: state for snapshot in snapshots for name, state in snapshot.items()}


def _check_and_print(folder: Path, environment: str) -> bool:
    """Return whether the model repo is valid. A folder that is not one yet may become one with the next change."""
    from pushtrain.model_repo.check import validate

    try:
        check = validate(folder, environment=environment)
    except (PushError, OSError) as error:
        echo(str(error), err=True)
        return False
    _print_check(check)
    return check.valid


def show_warnings(warnings: Iterable[Problem]) -> None:
    """Print warnings to stderr."""
    terminal = Terminal(sys.stderr)
    for warning in warnings:
        terminal.write_line(click.style(f"warning  {warning}", fg="yellow"))


def _print_check(check: ModelRepoCheck) -> None:
    terminal = Terminal(sys.stderr)
    for problem in check.problems:
        show_problem(problem, terminal)
    if check.loaded is None:
        count = "1 problem" if len(check.problems) == 1 else f"{len(check.problems)} problems"
        terminal.write_line(click.style(f"{check.folder}: {count}", fg="red"))
        return
    show_warnings(check.warnings)
    for remark in check.remarks:
        terminal.write_line(f"remark   {remark}")
    config = check.loaded.config
    jobs = ", ".join(f"{name} ({' or '.join(step.instance_types)})" for name, step in config.steps.items())
    verdict = click.style(f"{config.model} is valid", fg="green")
    Terminal(sys.stdout).write_line(f"{verdict}: template {config.template}; {jobs}")
