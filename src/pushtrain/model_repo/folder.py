"""A model repo on disk -> the files that a push uploads. Never changes the folder.

Left out of both upload and hash: files that git or `.pushtrainignore` ignores, hidden files, caches, virtual
environments, and the file that this process prints to. A link to a path outside the folder is an error: it could upload
any file of this computer.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from pathspec import GitIgnoreSpec

from pushtrain.errors import PushError
from pushtrain.layout import CONFIG, MANIFEST

IGNORE_FILES = (".gitignore", ".pushtrainignore")
MISSPELLED_CONFIGS = frozenset({"config.yml", "config.yaml", "config.yaml.txt", "config"})
OUTPUTS = (1, 2)  # file descriptors of stdout and stderr
KEY_LIMIT = 1024 - 100  # bytes of an S3 key, less the prefix that a push adds


class RepoFiles(Struct, frozen=True):
    """Paths of the files that a push uploads, relative to the model repo, with `/`.

    `own_outputs` are left out: this process prints to them, as in `pushtrain run . > run.log`.
    """

    paths: tuple[str, ...]
    own_outputs: tuple[str, ...] = ()

    def has_path(self, path: str) -> bool:
        """Return True if `path` is one of the files, or a folder with files in it."""
        prefix = path.rstrip("/") + "/"
        return any(name == path or name.startswith(prefix) for name in self.paths)


def list_files(folder: Path) -> RepoFiles:
    """Return the files that a push would upload. Raises PushError if the folder cannot be pushed as it is."""
    _check_folder(folder)
    if not (folder / CONFIG).is_file():
        raise PushError(f"{folder}: there is no {CONFIG} in it, so it is not a model repo{_suggest_rename(folder)}")
    paths = sorted(_walk(folder, folder, _read_outer_rules(folder)))
    own_outputs = _find_own_outputs(folder, paths)
    paths = [path for path in paths if path not in own_outputs]
    for path in paths:
        _check_name(path)
    return RepoFiles(tuple(paths), own_outputs)


def _find_own_outputs(folder: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Return the files to which stdout or stderr of this process is redirected."""
    outputs = []
    for descriptor in OUTPUTS:
        with suppress(OSError):  # the descriptor is closed
            status = os.fstat(descriptor)
            if stat.S_ISREG(status.st_mode):
                outputs.append(status)
    if not outputs:
        return ()
    return tuple(path for path in paths if _is_one_of(f"{folder}/{path}", outputs))


def _is_one_of(path: str, statuses: Iterable[os.stat_result]) -> bool:
    with suppress(OSError):  # who reads the file later names the error
        file_status = os.stat(path)  # noqa: PTH116 - called for each file
        return any(os.path.samestat(file_status, status) for status in statuses)
    return False


def _check_folder(folder: Path) -> None:
    if folder.is_file():
        raise PushError(f"{folder}: this is a file. Name the folder it lies in: {folder.parent}")
    if not folder.is_dir():
        raise PushError(f"{folder}: there is no such folder")


def _suggest_rename(folder: Path) -> str:
    """Return text such as `. Rename config.yml to config.yaml`, empty if the folder has no such file."""
    names = [entry.name for entry in folder.iterdir() if entry.name.lower() in MISSPELLED_CONFIGS and entry.is_file()]
    return f". Rename {min(names)} to {CONFIG}" if names else ""


def find_model_repos(folder: Path) -> tuple[Path, ...]:
    """Return every model repo in or below a folder. A model repo is not searched for others.

    Ignored and hidden folders, links and virtual environments are skipped. Raises PushError if `folder` is no folder.
    """
    _check_folder(folder)
    return tuple(_find_repos(folder, _read_outer_rules(folder)))


Rules = tuple[tuple[Path, GitIgnoreSpec], ...]


def _walk(root: Path, folder: Path, outer: Rules) -> Iterator[str]:
    rules = outer + _read_rules(folder)
    for entry in _list_entries(folder, rules):
        if entry.is_symlink():
            _check_link(root, entry)
        if entry.is_file():
            yield entry.relative_to(root).as_posix()
        elif not entry.is_dir():
            raise PushError(f"{entry.relative_to(root)}: only files and folders can be pushed. Remove it")
        elif not _is_virtual_environment(entry):
            yield from _walk(root, entry, rules)


def _find_repos(folder: Path, outer: Rules) -> Iterator[Path]:
    if (folder / CONFIG).is_file():
        yield folder
        return
    rules = outer + _read_rules(folder)
    for entry in _list_entries(folder, rules):
        if entry.is_dir() and not entry.is_symlink() and not _is_virtual_environment(entry):
            yield from _find_repos(entry, rules)


def _list_entries(folder: Path, rules: Rules) -> Iterator[Path]:
    """Yield the entries of a folder that are neither hidden nor ignored, sorted by name."""
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        raise build_unreadable_error(folder, error) from error
    for entry in entries:
        if not (entry.name.startswith(".") or entry.name == "__pycache__" or _is_ignored(entry, rules)):
            yield entry


def _is_virtual_environment(folder: Path) -> bool:
    return (folder / "pyvenv.cfg").exists()


def _read_rules(folder: Path) -> Rules:
    names = (folder / name for name in IGNORE_FILES)
    return tuple((folder, GitIgnoreSpec.from_lines(_read_lines(name))) for name in names if name.is_file())


def _read_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()


def _read_outer_rules(folder: Path) -> Rules:
    """Return the rules of the folders above, up to the root of the git repository, outermost first."""
    absolute = folder.resolve()
    rules: Rules = ()
    if not any((above / ".git").exists() for above in (absolute, *absolute.parents)):
        return rules
    for above in absolute.parents:
        if (absolute / ".git").exists():
            break
        rules = _read_rules(above) + rules
        if (above / ".git").exists():
            break
    return rules


def _is_ignored(entry: Path, rules: Rules) -> bool:
    """Return True if the innermost rule that matches the entry ignores it, as in git."""
    suffix = "/" if entry.is_dir() else ""
    for base, spec in reversed(rules):
        path = entry if entry.is_relative_to(base) else entry.parent.resolve() / entry.name
        is_ignored = spec.check_file(path.relative_to(base).as_posix() + suffix).include
        if is_ignored is not None:
            return is_ignored
    return False


def _check_link(root: Path, entry: Path) -> None:
    name = entry.relative_to(root)
    try:
        target = entry.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself: RuntimeError until Python 3.12
        target = entry
    if not target.is_relative_to(root.resolve()):
        raise PushError(
            f"{name}: this link points outside the model repo. Replace it by a copy of the file, or list it in "
            ".pushtrainignore"
        )
    if not target.is_file():
        raise PushError(f"{name}: links to folders (or to nothing) are not uploaded. Name it in .pushtrainignore")


def build_unreadable_error(path: Path, error: OSError) -> PushError:
    """Return the error for a file or folder that this user cannot read."""
    reason = os.strerror(error.errno or 0)
    return PushError(f"{path}: cannot be read ({reason}). Make it readable, or list it in .pushtrainignore")


def _check_name(path: str) -> None:
    if path == MANIFEST:
        raise PushError(f"{MANIFEST}: a push writes a file of this name. Please rename yours")
    try:
        size = len(path.encode())
    except UnicodeEncodeError:
        raise PushError(f"{path!r}: the name is not UTF-8, so S3 cannot hold it. Please rename the file") from None
    if size > KEY_LIMIT:
        raise PushError(f"{path[:60]}…: the name has {size} bytes; S3 leaves room for {KEY_LIMIT}")
