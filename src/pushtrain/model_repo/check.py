"""Check a model repo before it runs: config.yaml, the scripts it names, and the workflow that they become.

In: the folder of a model repo, and the platform it will run on. Out: the config and its warnings, or every problem
at once. Reads no AWS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from pushtrain.config import (
    LoadedConfig,
    check_requirements,
    check_scripts,
    find_inference_code_problems,
    find_missing_paths,
    find_repo_warnings,
    find_request_file_problems,
    find_reserved_paths,
    load_config,
    warn_about_folders,
    warn_misread_values,
)
from pushtrain.config.candidates import find_step_path
from pushtrain.config.issue import format_key_path
from pushtrain.config.repo import REQUIREMENTS
from pushtrain.config.scripts import MAX_SCRIPT_BYTES
from pushtrain.errors import ConfigError, Problem
from pushtrain.layout import CONFIG
from pushtrain.model_repo.code import find_size_problem, find_size_warning, select_code_files
from pushtrain.model_repo.folder import RepoFiles, build_unreadable_error, list_files
from pushtrain.model_repo.git_facts import find_git_refusal
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow, locate_template_errors


class ModelRepoCheck(Struct, frozen=True, kw_only=True):
    """What `validate` reports of one model repo. `loaded` is None if the model repo has problems.

    `remarks` are facts that only `validate` mentions: they may be meant.
    """

    folder: Path
    loaded: LoadedConfig | None
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()

    @property
    def valid(self) -> bool:
        """True if there are no problems; warnings do not count."""
        return self.loaded is not None

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is allowed, but probably not meant; empty if there are problems."""
        return self.loaded.warnings if self.loaded else ()

    @property
    def document(self) -> dict[str, Any]:
        """The JSON of `pushtrain validate --json`."""
        problems, warnings, remarks = (
            [msgspec.to_builtins(problem) for problem in listed]
            for listed in (self.problems, self.warnings, self.remarks)
        )
        return {"valid": self.valid, "problems": problems, "warnings": warnings, "remarks": remarks}


class CheckedModelRepo(Struct, frozen=True, kw_only=True):
    """A model repo without problems, and the definition (ASL document) that it becomes.

    `scripts` has the contents of its Python files, by path.
    """

    loaded: LoadedConfig
    definition: dict[str, Any]
    scripts: Mapping[str, bytes] = field(default_factory=dict)


def validate(folder: str | Path, *, environment: str = "", platform: Platform | None = None) -> ModelRepoCheck:
    """Check config.yaml and the scripts it names; list every problem, warning and remark.

    `environment` selects an overlay of config.yaml, such as `prod`. `platform` is where the model repo will run;
    None is this computer. Raises PushError if the folder is not a model repo.
    """
    folder = Path(folder)
    try:
        checked = check_model_repo(folder, environment, platform, environment_requested=bool(environment))
    except ConfigError as error:
        return ModelRepoCheck(folder=folder, loaded=None, problems=error.problems)
    from pushtrain.model_repo.seeds import find_unseeded_scripts  # noqa: PLC0415 - only `validate` needs it

    remarks = find_unseeded_scripts(checked.loaded.config, checked.scripts, folder=str(folder))
    return ModelRepoCheck(folder=folder, loaded=checked.loaded, remarks=remarks)


def compile_model_repo(folder: str | Path, platform: Platform | None = None) -> dict[str, Any]:
    """Return the Step Functions definition (ASL document) of a model repo.

    `platform` is where it will run, and its environment selects the overlay of config.yaml; None is this computer.
    Raises ConfigError with every problem, PushError if the folder is not a model repo.
    """
    return check_model_repo(Path(folder), platform.config_environment if platform else "", platform).definition


def check_model_repo(
    folder: Path, environment: str = "", platform: Platform | None = None, *, environment_requested: bool = False
) -> CheckedModelRepo:
    """Check a model repo; its warnings are in `loaded.warnings`. Raises ConfigError with every problem.

    A model repo may contradict the network, keys or region of `platform`; None is this computer.
    `environment_requested`: a person named the environment, so they are warned if config.yaml has no environments.
    """
    files = list_files(folder)
    file = str(folder / CONFIG)
    settings = platform.experiment if platform else None
    loaded = load_config((folder / CONFIG).read_bytes(), environment=environment, settings=settings, file=file)
    scripts = _read_scripts(folder, files, loaded)
    script_problems, script_warnings = check_scripts(loaded, scripts, folder=str(folder))
    requirements = _read_requirements(folder, files, loaded)
    requirements_problems, requirements_warnings = check_requirements(requirements, folder=str(folder))
    size_problems, size_warnings = _check_code_size(folder, files, loaded)
    code_paths = select_code_files(files.paths, loaded.config)
    path_problems = (
        *find_missing_paths(loaded, files.has_path, file=file),
        *find_request_file_problems(loaded, files.paths, file=file),
        *find_inference_code_problems(loaded, code_paths, lambda path: (folder / path).exists(), file=file),
        *find_reserved_paths(files.has_path, file=file),
    )
    requirements_folders = _find_requirements_folders(folder, files, loaded)
    if problems := (*path_problems, *requirements_folders, *script_problems, *requirements_problems, *size_problems):
        raise ConfigError(problems)
    with locate_template_errors(loaded, file=file):
        definition = compile_workflow(loaded.config, platform or Platform.local(environment))
    warnings = (
        *loaded.warnings,
        *(_warn_without_environments(loaded, environment, file) if environment_requested else ()),
        *find_repo_warnings(loaded, files.has_path, file=file),
        *warn_about_folders(loaded, scripts, file=file),
        *warn_misread_values(loaded, scripts, file=file),
        *script_warnings,
        *requirements_warnings,
        *size_warnings,
        *_warn_unmatched_reads(loaded, files, file),
        *_warn_about_folder(folder, files),
    )
    loaded = msgspec.structs.replace(loaded, warnings=warnings)
    return CheckedModelRepo(loaded=loaded, definition=definition, scripts=scripts)


def _warn_unmatched_reads(loaded: LoadedConfig, files: RepoFiles, file: str) -> Iterator[Problem]:
    """Warn about entries of `reads` that match no file: a change of the file that was meant would not count."""
    reads_by_step = {name: step.reads for name, step in loaded.config.steps.items() if step.reads}
    if not reads_by_step:
        return
    from pushtrain.reuse import find_unmatched_reads  # noqa: PLC0415 - only some model repos need it

    for name, reads in reads_by_step.items():
        for pattern in find_unmatched_reads(reads, files.paths):
            key = f"{format_key_path(find_step_path(loaded.config, name))}.reads"
            message = f"{pattern!r} matches no file of the model repo. Correct it: a change of such a file runs no step"
            yield Problem(key=key, line=loaded.find_line(key), message=message, file=file)


def _warn_without_environments(loaded: LoadedConfig, environment: str, file: str) -> list[Problem]:
    """Warn if config.yaml has no `environments`, though a person asked for one."""
    if "environments" in loaded.lines:
        return []
    message = f"there is none, and {environment!r} was asked for, so the file applies as it stands"
    return [Problem(key="environments", message=message, file=file)]


def _warn_about_folder(folder: Path, files: RepoFiles) -> list[Problem]:
    """Warn about files that are left out because this process prints to them, and about a repository git refuses."""
    warnings = [
        Problem(
            message="this command prints to this file, so it is left out. List it in .pushtrainignore, or a later push "
            "takes it for code",
            file=str(folder / path),
        )
        for path in files.own_outputs
    ]
    if refusal := find_git_refusal(folder):
        message = (
            f"git does not read this repository, so a run records its commit and author as unknown. git: {refusal}"
        )
        warnings.append(Problem(message=message, file=str(folder)))
    return warnings


def _read_scripts(folder: Path, files: RepoFiles, loaded: LoadedConfig) -> dict[str, bytes]:
    """Read the Python files of the code, by path. Raises PushError if one cannot be read: a push could not either."""
    paths = [path for path in select_code_files(files.paths, loaded.config) if path.endswith(".py")]
    return {path: _read_bytes(folder, path) for path in paths if _read_size(folder, path) <= MAX_SCRIPT_BYTES}


def _read_requirements(folder: Path, files: RepoFiles, loaded: LoadedConfig) -> dict[str, bytes]:
    """Read the requirements.txt files of the code, by path."""
    paths = [path for path in select_code_files(files.paths, loaded.config) if Path(path).name == REQUIREMENTS]
    return {path: _read_bytes(folder, path) for path in paths if _read_size(folder, path) <= MAX_SCRIPT_BYTES}


def _find_requirements_folders(folder: Path, files: RepoFiles, loaded: LoadedConfig) -> list[Problem]:
    """Return a problem for each folder that is named requirements.txt and lies where a job looks for this file."""
    parents = {Path(path).parent for path in select_code_files(files.paths, loaded.config) if path.endswith(".py")}
    return [
        Problem(
            message=f"{path} is a folder, so no packages would be installed. {REQUIREMENTS} is a file that names one "
            "package on each line: give the folder another name",
            file=str(folder),
        )
        for path in sorted(parent / REQUIREMENTS for parent in parents)
        if (folder / path).is_dir()
    ]


def _read_bytes(folder: Path, path: str) -> bytes:
    try:
        return (folder / path).read_bytes()
    except OSError as error:
        raise build_unreadable_error(folder / path, error) from error


def _check_code_size(folder: Path, files: RepoFiles, loaded: LoadedConfig) -> tuple[list[Problem], list[Problem]]:
    """Return (problems, warnings) about the size of the code: a stray large file would be packed with it."""
    sizes = {path: _read_size(folder, path) for path in select_code_files(files.paths, loaded.config)}
    problems, warnings = (
        [Problem(message=text, file=str(folder))] if text else []
        for text in (find_size_problem(sizes), find_size_warning(sizes))
    )
    return problems, warnings


def _read_size(folder: Path, path: str) -> int:
    """Return the bytes of a file. Raises PushError if it was deleted meanwhile, or its folder cannot be read."""
    try:
        return (folder / path).stat().st_size
    except OSError as error:
        raise build_unreadable_error(folder / path, error) from error
