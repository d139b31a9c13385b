"""Which files of a model repo the script of a step can read. Pure; no script is run or imported.

In: the script, and the files of the model repo. Out: ReadableFiles. These are the script, the modules that it imports,
and those that these import, and every file that is not Python. All files count if the imports cannot tell.
docs/decisions/0038-which-files-a-step-reads.md has the rule and its limits.

The start file runs a script with two folders in front of Python's own: the script's and the root of the model repo.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath

from msgspec import Struct

from pushtrain.reuse.dynamic_names import PICKLES
from pushtrain.reuse.module_index import COMPILED, STARTUP_MODULES, ModuleIndex
from pushtrain.reuse.read_patterns import find_matches, find_unmatched_reads
from pushtrain.reuse.script_facts import ScriptFacts, read_facts

__all__ = ["ReadableFiles", "find_readable_files", "find_unmatched_reads"]

INSTALLED = "setup.py"  # the training toolkit installs a model repo that has it at the root
_PROJECT_FILES = frozenset({"pyproject.toml", "setup.cfg", INSTALLED})
_REQUIREMENTS = re.compile(r"(requirements|constraints).*\.(txt|in|lock)")
_LOCAL_REQUIREMENT = re.compile(r"(-e|--editable)\b|\.\.?(\[|\s|;|$)|file:|.*@\s*file:|git\+file:|[^\s#;=<>@:]*/")
_INCLUDED_REQUIREMENTS = re.compile(r"(?:-r|--requirement|-c|--constraint)[ =]*(\S+)")
_WHEEL = re.compile(r"\S+\.(whl|zip|tar\.gz)([\s#;]|$)")
# Files of a model repo with other endings may be pickles.
_WITHOUT_PICKLES = frozenset(
    {"", ".txt", ".in", ".lock", ".md", ".rst", ".sql", ".json", ".jsonl", ".yaml", ".yml", ".toml", ".cfg", ".ini"}
    | {".csv", ".tsv", ".parquet", ".xml", ".html", ".j2", ".jinja", ".sh", ".ipynb", ".png", ".jpg", ".svg", ".whl"}
)
_CACHED_CHARACTERS = 64 * 1024  # the facts of a longer file are read again for each step


class ReadableFiles(Struct, frozen=True):
    """POSIX paths in the model repo that a script can read, its own included.

    `whole_repo_because` says why all files count, such as `train.py line 12 imports or runs code by a computed name:
    exec(text)`; empty if the imports decide.
    """

    paths: frozenset[str]
    whole_repo_because: str = ""


def find_readable_files(
    script: str,
    python_sources: Mapping[str, str | None],
    others: Iterable[str],
    *,
    reads: Sequence[str] | None = None,
    source_roots: Sequence[str] = ("",),
    requirements: Mapping[str, str | None] | None = None,
    reads_data: bool = True,
) -> ReadableFiles:
    """Return the files that the script can read.

    `python_sources` has the text of every .py file of the model repo, None if it cannot be decoded. `others` are all
    other files, without data and config.yaml. `reads` are patterns such as `features/`; they replace the imports.
    `requirements` has the texts of the requirements files. Without it, a model repo with a pyproject.toml may install
    itself, and all its files count. `reads_data` is False if the step reads only outputs of other steps: the classes of
    their pickles are in modules that those steps import, so they are in the keys of those steps.
    """
    others = frozenset(others)
    if reads is not None:
        matches = find_matches(reads, (*python_sources, *others))
        return ReadableFiles(frozenset({script, *matches, *_find_fixed_files(script, python_sources, others)}))
    every_path = frozenset({script, *python_sources, *others})
    if reason := _find_installation(every_path, requirements):
        return ReadableFiles(every_path, whole_repo_because=reason)
    index = ModuleIndex(every_path, (script.rpartition("/")[0], *source_roots))
    has_pickles = reads_data or any(PurePosixPath(path).suffix not in _WITHOUT_PICKLES for path in others)
    ignored = frozenset() if has_pickles else frozenset({PICKLES})
    reached, reason = _follow_imports(script, python_sources, index, ignored)
    return ReadableFiles(every_path if reason else frozenset(reached | others), whole_repo_because=reason)


def _follow_imports(
    script: str, sources: Mapping[str, str | None], index: ModuleIndex, ignored: frozenset[str]
) -> tuple[set[str], str]:
    """Return the files that count, and why the imports cannot tell, or "". Reasons in `ignored` do not matter.

    A Python file that is only named, such as inference.py, is mostly copied and not run: it counts with what it
    imports, but the pickles that it reads do not matter.
    """
    reached = {script, *index.find_packages_around(script), *index.find_shadowing()}
    named, reason = _follow([script, *sorted(reached - {script})], reached, sources, index, ignored)
    while named - reached and not reason:
        packages = {package for path in named for package in index.find_packages_around(path)}
        waiting = sorted((named | packages) - reached)
        reached.update(waiting)
        named, reason = _follow(waiting, reached, sources, index, ignored | {PICKLES})
    return reached, reason


def _follow(
    waiting: list[str],
    reached: set[str],
    sources: Mapping[str, str | None],
    index: ModuleIndex,
    ignored: frozenset[str],
) -> tuple[set[str], str]:
    """Add what the files in `waiting` import to `reached`. Return the Python files that they name, and the reason."""
    named: set[str] = set()
    for path in waiting:
        facts = _read_file(path, sources)
        if isinstance(facts, str):
            return named, f"{path} {facts}"
        for dynamic in facts.dynamic:
            if dynamic.reason not in ignored and not index.has_own_module(dynamic.module):
                return named, f"{path} line {dynamic.line} {dynamic.reason}: {dynamic.expression}"
        imported = {file for imported in facts.imports for file in index.find_files(imported, path)}
        imported.update(*(index.find_text(text) for text in facts.texts))
        imported.update(*[index.find_packages_around(file) for file in imported - reached])
        waiting += sorted(imported - reached)
        reached |= imported
        named |= _find_named_files(facts.texts, sources)
    return named, ""


def _read_file(path: str, sources: Mapping[str, str | None]) -> ScriptFacts | str:
    """Return the facts of a file, or why they are not known."""
    if path not in sources:
        return "is a compiled module" if path.endswith(COMPILED) else "is not a Python file"
    source = sources[path]
    if source is None:
        return "cannot be decoded"
    try:
        return _read_facts(source) if len(source) <= _CACHED_CHARACTERS else read_facts(source)
    except ValueError as error:
        return str(error)


@lru_cache(maxsize=512)
def _read_facts(source: str) -> ScriptFacts:
    return read_facts(source)


def _find_named_files(texts: Iterable[str], sources: Mapping[str, str | None]) -> set[str]:
    """Return the Python files that texts of a script may name, such as `models/net.py`, in any folder."""
    names = tuple(text.replace("\\", "/").rpartition("/")[2] for text in texts if ".py" in text)
    return {path for path in sources if path.endswith(names)} if names else set()


def _find_installation(paths: Iterable[str], requirements: Mapping[str, str | None] | None) -> str:
    """Return which file installs the model repo as a package, or may do so, else ""."""
    projects = sorted(path for path in paths if path.rpartition("/")[2] in _PROJECT_FILES)
    if INSTALLED in projects:
        return f"{INSTALLED} installs the model repo as a package, which can rename modules"
    if requirements is None:
        return f"{projects[0]} can install the model repo as a package, which can rename modules" if projects else ""
    for path, text in requirements.items():
        if text is None:
            return f"{path} cannot be decoded"
        for number, line in enumerate(text.splitlines(), start=1):
            if _installs_folder(line.strip(), path, requirements):
                return f"{path} line {number} can install a folder of the model repo: {line.strip()}"
    return ""


def _installs_folder(line: str, path: str, requirements: Mapping[str, str | None]) -> bool:
    """Return True for lines such as `.`, `-e lib`, `./lib`, and `-r FILE` if that file is not known."""
    if included := _INCLUDED_REQUIREMENTS.match(line):
        folder = path.rpartition("/")[0]
        return f"{folder}/{included[1]}".removeprefix("/") not in requirements
    return bool(_LOCAL_REQUIREMENT.match(line)) and not _WHEEL.match(line)


def _find_fixed_files(script: str, sources: Mapping[str, str | None], others: Iterable[str]) -> Iterator[str]:
    """Yield the files that count although `reads` does not name them: Python or pip read them before the script."""
    folders = {"", script.rpartition("/")[0]}
    for path in (*sources, *others):
        folder, _, name = path.rpartition("/")
        is_startup = name.partition(".")[0] in STARTUP_MODULES or folder.rpartition("/")[2] in STARTUP_MODULES
        if is_startup or (folder in folders and _REQUIREMENTS.fullmatch(name)):
            yield path
