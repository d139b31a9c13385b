"""`pushtrain doctor`: check an installation on AWS, or this computer, and say what to fix."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pushtrain.access import deployed_platform
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.stream import Terminal
from pushtrain.errors import UsageError
from pushtrain.platform import PLATFORM_VARIABLE, Platform, parameter_name

if TYPE_CHECKING:
    from pushtrain.doctor import Finding

COLOURS = {"fine": "green", "note": "yellow", "wrong": "red"}
MARKS = {"fine": "✓", "note": "!", "wrong": "✗"}
MAX_COLUMNS = 100
MARGIN = 22  # columns before the message


@click.command("doctor")
@platform_options
@click.option(
    "--definition",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Let AWS check the definition of this model repo and evaluate each state, instead of the installation.",
)
@json_option
def command(local: bool, store: Path, environment: str, folder: Path | None, as_json: bool) -> int:
    """Check an installation on AWS, or with --local this computer, and say what to fix. Changes nothing.

    Exit code 1 if something must be fixed. On AWS it needs what the policy `<prefix>-operator` allows; --definition
    needs what a policy of data scientists or Jenkins allows.
    """
    if not local and not environment and PLATFORM_VARIABLE not in os.environ:
        with open_platform(local, store, environment):
            """Raises UsageError, which says how to name a platform."""
    findings = []
    checks = _check_computer(store) if local else _check_installation(environment)
    for finding in _check_definition(folder, local, store, environment) if folder else checks:
        findings.append(finding)
        if not as_json:
            _print_finding(finding)
    count = sum(finding.state == "wrong" for finding in findings)
    if as_json:
        print_json({"fine": not count, "checks": [finding.to_document() for finding in findings]})
    else:
        echo(f"{count} of {len(findings)} checks: something must be fixed" if count else "nothing must be fixed")
    return 1 if count else 0


def _check_definition(folder: Path, local: bool, store: Path, environment: str) -> Iterator[Finding]:
    """Compile the model repo, and let AWS, or with --local embedded AWS, check the definition."""
    from pushtrain.doctor import check_definition
    from pushtrain.model_repo.check import check_model_repo
    from pushtrain.workflow import compile_workflow

    with open_platform(local, store, environment) as platform:
        requested = bool(environment)
        loaded = check_model_repo(folder, platform.config_environment, platform, environment_requested=requested).loaded
        yield from check_definition(compile_workflow(loaded.config, platform), loaded.config, platform)


def _check_computer(store: Path) -> Iterable[Finding]:
    from pushtrain.doctor import check_this_computer

    return check_this_computer(store)


def _check_installation(environment: str) -> Iterator[Finding]:
    """Check the credentials first, then the platform: without credentials, nothing else can be checked."""
    from pushtrain.doctor import Finding, check_credentials, check_installation, run_check

    without_platform = check_credentials(None)
    yield from (finding for finding in without_platform if finding.state == "wrong")
    if without_platform[0].state == "wrong":
        return
    platforms: list[Platform] = []

    def check_published() -> Iterator[Finding]:
        origin = PLATFORM_VARIABLE if PLATFORM_VARIABLE in os.environ else parameter_name(environment)
        try:
            platforms.append(deployed_platform(environment))
            yield Finding.fine("platform", f"{origin}: {platforms[0].prefix} in {platforms[0].region}")
        except UsageError as error:
            fix = "check the environment, account and region; or deploy: make deploy"
            yield Finding.wrong("platform", str(error), fix)

    fix_if_denied = "ask for a policy of the platform, for example the one for operators"
    yield from run_check("platform", check_published, fix_if_denied)
    if not platforms:
        return
    for_platform = check_credentials(platforms[0])
    yield from for_platform
    if for_platform[0].state == "fine":
        yield from check_installation(platforms[0], metadata.version("pushtrain"))


def _print_finding(finding: Finding) -> None:
    """Wrap the message to the terminal, at most MAX_COLUMNS. A fix stays on one line, so that it can be copied."""
    room = min(Terminal(sys.stdout).columns, MAX_COLUMNS) - MARGIN
    lines = textwrap.wrap(finding.message, max(room, 20), break_long_words=False, break_on_hyphens=False) or [""]
    mark = click.style(MARKS[finding.state], fg=COLOURS[finding.state])
    echo(f"  {mark} {finding.check:<{MARGIN - 4}}{lines[0]}")
    for line in lines[1:]:
        echo(f"{'':{MARGIN}}{line}")
    if finding.fix:
        echo(f"{'':{MARGIN}}fix: {finding.fix}")
