"""Compare config.yaml with the files of its model repo. Pure: the caller says which paths exist.

In: a LoadedConfig and a function that answers "does this path exist?". Out: Problems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from pushtrain.catalog.images import ALGORITHM_FRAMEWORK
from pushtrain.config.candidates import find_step_path, list_steps
from pushtrain.config.issue import format_key_path
from pushtrain.config.load import LoadedConfig
from pushtrain.config.model import StepSettings, Train
from pushtrain.errors import Problem
from pushtrain.layout import START_FILE

REQUIREMENTS = "requirements.txt"
PACKAGE = "setup.py"


def find_missing_paths(
    loaded: LoadedConfig, exists: Callable[[str], bool], *, file: str = "config.yaml"
) -> tuple[Problem, ...]:
    """Return one Problem for each script and each local data path that does not exist.

    `exists` gets paths of files and folders, relative to config.yaml, with `/` and without a last `/`.
    """
    steps = [step for step in list_steps(loaded.config) if step.settings.has_script]
    paths = {f"{format_key_path(step.key_path)}.script": step.settings.script for step in steps}
    paths |= {f"data.{name}": source.local for name, source in loaded.config.data.items() if source.local}
    return tuple(
        Problem(
            message=f"there is no '{path}' in the model repo{_suggest_no_script(loaded, key)}",
            key=key,
            line=_find_line(loaded, key),
            file=file,
        )
        for key, path in paths.items()
        if not exists(path)
    )


def _suggest_no_script(loaded: LoadedConfig, key: str) -> str:
    """Return how to train without a script, if a training step leaves its script to the default."""
    step = loaded.config.steps.get(key.removesuffix(".script"))
    is_default = isinstance(step, Train) and "script" not in step.model_fields_set
    has_algorithm = step is not None and (step.image or (step.framework or "").startswith(ALGORITHM_FRAMEWORK))
    return ". If the image trains without one, write `script: none`" if is_default and has_algorithm else ""


def find_reserved_paths(exists: Callable[[str], bool], *, file: str = "config.yaml") -> tuple[Problem, ...]:
    """Return a Problem if the model repo has a file with the name of pushtrain's own file in the code archive."""
    if not exists(START_FILE):
        return ()
    message = f"pushtrain adds a file of its own with the name '{START_FILE}' to the code. Rename yours"
    return (Problem(message=message, file=file),)


def find_repo_warnings(
    loaded: LoadedConfig, exists: Callable[[str], bool], *, file: str = "config.yaml"
) -> tuple[Problem, ...]:
    """Return a warning for each requirements.txt and setup.py that jobs need but do not install."""
    warnings = _warn_isolated(loaded, exists) if loaded.config.network.isolation else _warn_distributed(loaded, exists)
    return tuple(
        Problem(message=message, key=key, line=_find_line(loaded, key), file=file)
        for key, message in (*warnings, *_warn_package(loaded, exists))
    )


def _warn_isolated(loaded: LoadedConfig, exists: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Containers without network install nothing."""
    paths = (REQUIREMENTS, *(_build_requirements_path(step) for step in loaded.config.steps.values()))
    for path in dict.fromkeys(path for path in paths if exists(path)):
        message = f"isolated containers cannot install {path}. Use an image that already has these packages"
        yield "network.isolation", message


def _warn_distributed(loaded: LoadedConfig, exists: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Launchers of distributed training start their program once per process, so it cannot install packages."""
    for name, step in loaded.config.steps.items():
        path = _build_requirements_path(step)
        if isinstance(step, Train) and step.distribution and path != REQUIREMENTS and exists(path):
            message = f"with `distribution`, SageMaker installs only {REQUIREMENTS} at the root. Move {path} there"
            yield f"{format_key_path(find_step_path(loaded.config, name))}.distribution", message


def _warn_package(loaded: LoadedConfig, exists: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """SageMaker's toolkit installs a package in training jobs only, and not under torchrun.

    Source: aws/sagemaker-training-toolkit, modules.py and torch_distributed.py.
    """
    steps = [
        step for step in list_steps(loaded.config) if isinstance(step.settings, Train) and step.settings.has_script
    ]
    if not exists(PACKAGE) or not steps:
        return
    key = format_key_path(steps[0].key_path)
    message = (
        f"because of {PACKAGE}, SageMaker runs `pip install .` before {steps[0].settings.script}, in training jobs "
        f"only. Other jobs and this computer do not: name what it requires in {REQUIREMENTS} too"
    )
    yield key, message
    for step in steps:
        distribution = getattr(step.settings, "distribution", None)
        if distribution and distribution.torch_distributed:
            message = f"SageMaker's toolkit refuses torch_distributed for a package. Move {PACKAGE} into a folder"
            yield f"{format_key_path(step.key_path)}.distribution", message


def _build_requirements_path(step: StepSettings) -> str:
    """Return the path of the requirements.txt beside the script of a step."""
    return str(PurePosixPath(step.script).parent / REQUIREMENTS)


def _find_line(loaded: LoadedConfig, key: str) -> int | None:
    """Return the line of `key`, or of the section around it if the key is left to its default."""
    return loaded.find_line(key) or loaded.find_line(key.rpartition(".")[0])
