"""`pushtrain validate`: every problem of a model repo at once, without AWS."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli.model_repo_arguments import Chosen, choosing
from pushtrain.cli.options import environment_option
from pushtrain.cli.output import json_option
from pushtrain.cli.terminal.excerpt import show
from pushtrain.cli.terminal.stream import Terminal
from pushtrain.config import LoadedConfig
from pushtrain.errors import ConfigError, Problem, PushError, TemplateError, UsageError

if TYPE_CHECKING:
    from pushtrain.cli.file_changes import Snapshot
    from pushtrain.model_repo.folder import RepoFiles
    from pushtrain.platform import Platform


@dataclasses.dataclass(frozen=True, kw_only=True)
class Validated:
    """What was found in one model repo; `loaded` is None when it is not valid."""

    folder: Path
    loaded: LoadedConfig | None
    problems: tuple[Problem, ...] = ()

    @property
    def document(self) -> dict[str, Any]:
        """As `--json` gives it."""
        warnings = self.loaded.warnings if self.loaded else ()
        named = {"problems": self.problems, "warnings": warnings}
        listed = {name: [dataclasses.asdict(problem) for problem in found] for name, found in named.items()}
        return {"valid": self.loaded is not None, **listed}


@click.command("validate")
@choosing
@environment_option
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl-C.")
@json_option
def command(chosen: Chosen, environment: str, watch: bool, as_json: bool) -> int:
    """Check config.yaml and the scripts it names.

    Prints every problem as `config.yaml:LINE  key: what is wrong, and how to mend it`, and on a terminal
    the place in the file.
    """
    if watch and as_json:
        raise UsageError("--watch never ends, and --json is exactly one document: leave one out")
    if watch:
        return _watch(chosen, environment)
    found = [validate(folder, environment) for folder in chosen.folders]
    if as_json:
        chosen.print_json("model_repos", [each.document for each in found])
    else:
        for each in found:
            _tell(each)
    return 0 if all(each.loaded for each in found) else 1


def _watch(chosen: Chosen, environment: str) -> int:
    """Tell again after each change; 0 when what was told last was sound."""
    from pushtrain.cli.file_changes import changes, snapshot

    valid = False
    with contextlib.suppress(KeyboardInterrupt):  # the way to end it
        for turn, changed in enumerate(changes(lambda: _merged(map(snapshot, chosen.folders)))):
            if turn:
                click.echo(f"changed: {', '.join(changed[:3])}{' …' if len(changed) > 3 else ''}", err=True)  # noqa: PLR2004  as many as fit a line
            told = [_retell(folder, environment) for folder in chosen.folders]
            valid = all(told)
    return 0 if valid else 1


def _merged(snapshots: Iterable[Snapshot]) -> Snapshot:
    return {name: facts for each in snapshots for name, facts in each.items()}


def _retell(folder: Path, environment: str) -> bool:
    """Tell what is wrong; whether nothing is. What is no model repo now may be one after the next change."""
    try:
        found = validate(folder, environment)
    except (PushError, OSError) as error:
        click.echo(str(error), err=True)
        return False
    _tell(found)
    return found.loaded is not None


def validate(folder: Path, environment: str, platform: Platform | None = None) -> Validated:
    """`check` without the exception."""
    try:
        return Validated(folder=folder, loaded=check(folder, environment, platform))
    except ConfigError as error:
        return Validated(folder=folder, loaded=None, problems=error.problems)


def check(folder: Path, environment: str, platform: Platform | None = None) -> LoadedConfig:
    """The config of a model repo, its scripts and its workflow checked. Raises ConfigError with every problem.

    `platform` is where it shall run, whose network, keys and region a model may contradict; None is this machine.
    """
    from pushtrain.config import check_scripts, find_missing_paths, find_repo_warnings, load_config
    from pushtrain.model_repo.folder import list_files
    from pushtrain.model_repo.manifest import CONFIG
    from pushtrain.platform import Platform
    from pushtrain.workflow import compile_workflow

    platform = platform or Platform.local(environment)
    names = list_files(folder)
    file = str(folder / CONFIG)
    loaded = load_config((folder / CONFIG).read_bytes(), environment=environment, file=file)
    faults, doubts = check_scripts(loaded, _sources(folder, names, loaded), folder=str(folder))
    too_large, large = _size(folder, names, loaded)
    if problems := (*find_missing_paths(loaded, names.has_path, file=file), *faults, *too_large):
        raise ConfigError(problems)
    try:
        compile_workflow(loaded.config, platform)
    except TemplateError as error:
        raise ConfigError([Problem(message=str(error), file=file)]) from error
    surprises = (
        *_no_environments(loaded, file),
        *find_repo_warnings(loaded, names.has_path, file=file),
        *doubts,
        *large,
    )
    return dataclasses.replace(loaded, warnings=(*loaded.warnings, *surprises))


def _no_environments(loaded: LoadedConfig, file: str) -> list[Problem]:
    """A word to whoever typed an environment where the file has none; not to every push to a platform with a name."""
    context = click.get_current_context(silent=True)
    typed = context.params.get("environment") if context else None
    if not typed or "environments" in loaded.lines:
        return []
    message = f"there is none, and {typed!r} was asked for, so the file applies as it stands"
    return [Problem(key="environments", message=message, file=file)]


def _sources(folder: Path, names: RepoFiles, loaded: LoadedConfig) -> dict[str, bytes]:
    """The model repo's Python files, by path. Raises PushError for one that cannot be read: nor could a push."""
    from pushtrain.config.scripts import MAX_SCRIPT_BYTES
    from pushtrain.model_repo.code import select_code_files

    scripts = [path for path in select_code_files(names.paths, loaded.config) if path.endswith(".py")]
    try:
        return {
            path: (folder / path).read_bytes() for path in scripts if (folder / path).stat().st_size <= MAX_SCRIPT_BYTES
        }
    except OSError as error:
        raise PushError(f"{error.filename}: cannot be read: {error.strerror}") from error


def _size(folder: Path, names: RepoFiles, loaded: LoadedConfig) -> tuple[list[Problem], list[Problem]]:
    """(problems, warnings) about a stray file that would be packed with the code."""
    from pushtrain.model_repo.code import find_size_problem, find_size_warning, select_code_files

    sizes = {path: (folder / path).stat().st_size for path in select_code_files(names.paths, loaded.config)}
    said = (find_size_problem(sizes), find_size_warning(sizes))
    problems, doubts = ([Problem(message=text, file=str(folder))] if text else [] for text in said)
    return problems, doubts


def show_warnings(loaded: LoadedConfig) -> None:
    """What is legal but surprising, on stderr."""
    terminal = Terminal(sys.stderr)
    for warning in loaded.warnings:
        terminal.write_line(click.style(f"warning  {warning}", fg="yellow"))


def _tell(found: Validated) -> None:
    terminal = Terminal(sys.stderr)
    for problem in found.problems:
        show(problem, terminal)
    if found.loaded is None:
        count = "1 problem" if len(found.problems) == 1 else f"{len(found.problems)} problems"
        terminal.write_line(click.style(f"{found.folder}: {count}", fg="red"))
        return
    show_warnings(found.loaded)
    config = found.loaded.config
    jobs = ", ".join(f"{name} ({step.instance})" for name, step in config.steps.items())
    said = click.style(f"{config.model} is valid", fg="green")
    Terminal(sys.stdout).write_line(f"{said}: template {config.template}; {jobs}")
