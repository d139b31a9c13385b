"""`pushtrain validate`: every problem of a model repo at once, without AWS."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from pushtrain.cli.options import environment_option, folder_argument, json_option, print_json
from pushtrain.config import LoadedConfig
from pushtrain.errors import ConfigError, Problem, TemplateError


@click.command("validate")
@folder_argument
@environment_option
@json_option
def command(folder: Path, environment: str, as_json: bool) -> int:
    """Check config.yaml and the scripts it names.

    Prints every problem as `config.yaml:LINE  key: what is wrong, and how to mend it`.
    """
    try:
        loaded = check(folder, environment)
        problems: tuple[Problem, ...] = ()
    except ConfigError as error:
        loaded, problems = None, error.problems
    warnings = loaded.warnings if loaded else ()
    if as_json:
        listed = {name: [dataclasses.asdict(p) for p in found] for name, found in _named(problems, warnings)}
        print_json({"valid": not problems, **listed})
    else:
        _tell(folder, loaded, problems)
    return 1 if problems else 0


def check(folder: Path, environment: str) -> LoadedConfig:
    """The config of a model repo, its scripts and its workflow checked. Raises ConfigError with every problem."""
    from pushtrain.config import check_repo, load_config, repo_warnings
    from pushtrain.manifest import CONFIG
    from pushtrain.model_repo import read_names
    from pushtrain.platform import Platform
    from pushtrain.workflow import compile_workflow

    names = read_names(folder)
    file = str(folder / CONFIG)
    loaded = load_config((folder / CONFIG).read_bytes(), environment=environment, file=file)
    if problems := check_repo(loaded, names.holds, file=file):
        raise ConfigError(problems)
    try:
        compile_workflow(loaded.config, Platform.local(environment))
    except TemplateError as error:
        raise ConfigError([Problem(message=str(error), file=file)]) from error
    surprises = repo_warnings(loaded, names.holds, file=file)
    return dataclasses.replace(loaded, warnings=(*loaded.warnings, *surprises))


def show_warnings(loaded: LoadedConfig) -> None:
    """What is legal but surprising, on stderr."""
    for warning in loaded.warnings:
        click.secho(f"warning  {warning}", fg="yellow", err=True)


def _named(problems: tuple[Problem, ...], warnings: tuple[Problem, ...]) -> tuple[tuple[str, tuple[Problem, ...]], ...]:
    return (("problems", problems), ("warnings", warnings))


def _tell(folder: Path, loaded: LoadedConfig | None, problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        click.echo(str(problem), err=True)
    if loaded is None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        click.secho(f"{folder}: {count}", fg="red", err=True)
        return
    show_warnings(loaded)
    config = loaded.config
    jobs = ", ".join(f"{name} ({step.instance})" for name, step in config.steps.items())
    click.secho(f"{config.model} is valid", fg="green", nl=False)
    click.echo(f": template {config.template}; {jobs}")
