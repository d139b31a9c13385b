"""Load config.yaml: bytes become a Config. Pure: no disk, network, clock or environment variables.

In: the bytes of the file and the name of an environment. Out: a LoadedConfig, or ConfigError with all problems of the
file in line order, those of the other environments included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from pushtrain.config.candidates import CANDIDATES
from pushtrain.config.environments import (
    ENVIRONMENTS,
    find_similar_environment,
    read_overlays,
    warn_dropped_conditions,
    warn_missing_environment,
)
from pushtrain.config.examine import Examination, examine_file, examine_overlay, merge_marks
from pushtrain.config.issue import Issue, append_key
from pushtrain.config.model import Config
from pushtrain.config.overlay import merge
from pushtrain.config.settings import Settings, apply_settings
from pushtrain.config.validation_errors import MAX_PROBLEMS
from pushtrain.config.yaml.mark import Mark
from pushtrain.config.yaml.reader import read_document
from pushtrain.config.yaml.tree import Document
from pushtrain.errors import ConfigError, Problem

OVERLAYS = frozenset({ENVIRONMENTS, CANDIDATES})


class LoadedConfig(Struct, frozen=True, kw_only=True):
    """A valid config with its warnings. `lines` maps each key of the file to its line: {"train.spot": 7}.

    A key of a candidate that only the rest of the file sets has its line there.
    """

    config: Config
    warnings: tuple[Problem, ...] = ()
    lines: Mapping[str, int]

    def find_line(self, key: str) -> int | None:
        """Return the line of `key`, such as "train.script". None if the file does not set it."""
        return self.lines.get(key)


def load_config(
    data: bytes, *, environment: str = "", settings: Settings | None = None, file: str = "config.yaml"
) -> LoadedConfig:
    """Return the Config in `data`, merged with the overlay of `environment` if the file has that overlay.

    `settings` are values that replace those of the file, by path: {"train.hyperparameters.lr": 0.1}.

    The base and every overlay are checked each time, so that a push never breaks another environment. Raises
    ConfigError with all problems of the file, at most the first 100.
    """
    document = read_document(data, file=file)
    tree = {key: value for key, value in document.tree.items() if key != ENVIRONMENTS}
    unreadable = [issue.path for issue in document.issues if issue.unreadable]
    base = examine_file(tree, document.mark, unreadable)
    overlays, overlay_issues = read_overlays(document, tree, unreadable)
    issues = [*document.issues, *base.issues, *overlay_issues, *find_similar_environment(environment, overlays)]
    examinations = {}
    for name, overlay in overlays.items():
        if len(issues) > MAX_PROBLEMS:  # a hostile file must not be checked twenty times
            break
        path, merged = (ENVIRONMENTS, name), merge(tree, overlay)
        examinations[name] = examine_overlay(path, merged, document.mark, base, unreadable, examine_file)
        issues += examinations[name].issues
    if issues:
        raise ConfigError(_sort_problems(issues, document.mark, file))
    examination = examinations.get(environment, base)
    set_warnings: tuple[Problem, ...] = ()
    if settings:
        overlay_mark = document.mark.find((ENVIRONMENTS, environment)) if environment in overlays else document.mark
        mark = merge_marks(document.mark, overlay_mark)
        merged = merge(tree, overlays.get(environment, {}))
        examination, set_warnings = _examine_settings(merged, mark, settings, file)
    warnings = [
        *examination.warnings,
        *warn_missing_environment(environment, overlays),
        *warn_dropped_conditions(environment, tree, overlays, document.mark),
    ]
    return LoadedConfig(
        config=_require_config(examination),
        warnings=(*_sort_problems(warnings, document.mark, file), *set_warnings),
        lines=dict(_find_lines(document, environment if environment in overlays else None)),
    )


def _require_config(examination: Examination) -> Config:
    if examination.config is None:
        raise AssertionError("an examination without issues has a config")
    return examination.config


def _examine_settings(
    tree: dict[str, Any], mark: Mark, settings: Settings, file: str
) -> tuple[Examination, tuple[Problem, ...]]:
    """Examine `tree` with `settings`. Return it without its warnings, and its warnings as Problems.

    Raises ConfigError if a value cannot be set.
    """
    merged = apply_settings(tree, mark, settings)
    if merged.problems:
        raise ConfigError(merged.problems)
    examination = examine_file(merged.tree, merged.mark)
    if examination.issues:
        raise ConfigError([merged.to_problem(issue, file) for issue in examination.issues])
    warnings = tuple(merged.to_problem(warning, file) for warning in examination.warnings)
    return replace(examination, warnings=()), warnings


def _find_lines(document: Document, environment: str | None) -> Iterator[tuple[str, int]]:
    mark = document.mark
    if environment is not None:
        mark = merge_marks(mark, mark.find((ENVIRONMENTS, environment)))
    yield from _list_lines(mark, "")
    plain = replace(mark, children={key: child for key, child in mark.children.items() if key not in OVERLAYS})
    for name, candidate in mark.find((CANDIDATES,)).children.items() if mark.has((CANDIDATES,)) else ():
        yield from _list_lines(merge_marks(plain, candidate), append_key(CANDIDATES, name))


def _list_lines(mark: Mark, section: str) -> Iterator[tuple[str, int]]:
    """Yield (path, line) of each key in the section at the path `section`: ("train.spot", 7)."""
    for key, child in mark.children.items():
        path = append_key(section, key)
        yield path, child.line
        if child.children:
            yield from _list_lines(child, path)


def _sort_problems(issues: Iterable[Issue], mark: Mark, file: str) -> tuple[Problem, ...]:
    """Return the issues as Problems in line order, without duplicates, at most MAX_PROBLEMS."""
    problems = [issue.to_problem(mark.find(issue.path).line, file) for issue in issues]
    ordered = sorted(dict.fromkeys(problems), key=lambda problem: problem.line or 0)
    if len(ordered) > MAX_PROBLEMS:
        last = Problem(message=f"there are more problems; only the first {MAX_PROBLEMS} are listed", file=file)
        return (*ordered[:MAX_PROBLEMS], last)
    return tuple(ordered)
