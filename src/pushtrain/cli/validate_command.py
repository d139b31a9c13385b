"""`pushtrain validate`: every problem of a model repo at once, without AWS."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli.chosen import Chosen, choosing
from pushtrain.cli.options import environment_option, json_option
from pushtrain.config import LoadedConfig
from pushtrain.errors import ConfigError, Problem, TemplateError

if TYPE_CHECKING:
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
@json_option
def command(chosen: Chosen, environment: str, as_json: bool) -> int:
    """Check config.yaml and the scripts it names.

    Prints every problem as `config.yaml:LINE  key: what is wrong, and how to mend it`.
    """
    found = [validate(folder, environment) for folder in chosen.folders]
    if as_json:
        chosen.print_json("model_repos", [each.document for each in found])
    else:
        for each in found:
            _tell(each)
    return 0 if all(each.loaded for each in found) else 1


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
    from pushtrain.config import check_repo, load_config, repo_warnings
    from pushtrain.manifest import CONFIG
    from pushtrain.model_repo import read_names
    from pushtrain.platform import Platform
    from pushtrain.workflow import compile_workflow

    platform = platform or Platform.local(environment)
    names = read_names(folder)
    file = str(folder / CONFIG)
    loaded = load_config((folder / CONFIG).read_bytes(), environment=environment, file=file)
    if problems := check_repo(loaded, names.holds, file=file):
        raise ConfigError(problems)
    try:
        compile_workflow(loaded.config, platform)
    except TemplateError as error:
        raise ConfigError([Problem(message=str(error), file=file)]) from error
    surprises = repo_warnings(loaded, names.holds, file=file)
    return dataclasses.replace(loaded, warnings=(*loaded.warnings, *surprises))


def show_warnings(loaded: LoadedConfig) -> None:
    """What is legal but surprising, on stderr."""
    for warning in loaded.warnings:
        click.secho(f"warning  {warning}", fg="yellow", err=True)


def _tell(found: Validated) -> None:
    for problem in found.problems:
        click.echo(str(problem), err=True)
    if found.loaded is None:
        count = "1 problem" if len(found.problems) == 1 else f"{len(found.problems)} problems"
        click.secho(f"{found.folder}: {count}", fg="red", err=True)
        return
    show_warnings(found.loaded)
    config = found.loaded.config
    jobs = ", ".join(f"{name} ({step.instance})" for name, step in config.steps.items())
    click.secho(f"{config.model} is valid", fg="green", nl=False)
    click.echo(f": template {config.template}; {jobs}")
