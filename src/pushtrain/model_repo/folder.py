"""A model repo on disk -> the files that a push uploads, its revision and its git facts. Never changes the folder.

Left out of both upload and hash: files that git or `.pushtrainignore` ignores, hidden files, caches and virtual
environments. A link to a path outside the folder is an error: it could upload any file of this computer.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit, urlunsplit

from pathspec import GitIgnoreSpec

from pushtrain.errors import PushError
from pushtrain.hashes import hash_stream
from pushtrain.layout import CONFIG, MANIFEST
from pushtrain.model_repo.manifest import FACT_LIMIT, File, GitFacts, compute_revision

IGNORE_FILES = (".gitignore", ".pushtrainignore")
MISSPELLED_CONFIGS = frozenset({"config.yml", "config.yaml", "config.yaml.txt", "config"})
KEY_LIMIT = 1024 - 100  # bytes of an S3 key, less the prefix that a push adds


@dataclass(frozen=True, kw_only=True)
class ModelRepo:
    """A model repo as it is now. `revision` is the hash of all paths and contents, 64 hex digits."""

    folder: Path
    files: tuple[File, ...]
    revision: str
    git: GitFacts

    def read(self, path: str) -> bytes:
        """Return the content of one file."""
        return (self.folder / path).read_bytes()


@dataclass(frozen=True)
class RepoFiles:
    """Paths of the files that a push uploads, relative to the model repo, with `/`."""

    paths: tuple[str, ...]

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
    for path in paths:
        _check_name(path)
    return RepoFiles(tuple(paths))


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


def read_model_repo(folder: Path) -> ModelRepo:
    """List and hash the files of a model repo. Raises PushError as `list_files` does."""
    paths = list_files(folder).paths
    with ThreadPoolExecutor() as pool:
        files = tuple(pool.map(lambda path: _hash_file(folder, path), paths))
    return ModelRepo(folder=folder, files=files, revision=compute_revision(files), git=read_git_facts(folder))


def read_git_facts(folder: Path) -> GitFacts:
    """Return commit, author of the commit, repository without password, and if anything is not committed.

    All are empty if there is no git or no commit.
    """
    commit = _run_git(folder, "rev-parse", "HEAD")
    if not commit:
        return GitFacts()
    dirty = bool(_run_git(folder, "status", "--porcelain", "--", "."))
    return GitFacts(
        commit=commit,
        author=_run_git(folder, "log", "-1", "--format=%ae")[:FACT_LIMIT],
        repository=_remove_password(_run_git(folder, "remote", "get-url", "origin"))[:FACT_LIMIT],
        dirty=dirty,
    )


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
    for entry in sorted(folder.iterdir()):
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
        path = entry if entry.is_relative_to(base) else entry.resolve()
        is_ignored = spec.check_file(path.relative_to(base).as_posix() + suffix).include
        if is_ignored is not None:
            return is_ignored
    return False


def _check_link(root: Path, entry: Path) -> None:
    target = entry.resolve()
    name = entry.relative_to(root)
    if not target.is_relative_to(root.resolve()):
        raise PushError(
            f"{name}: this link points outside the model repo. Replace it by a copy of the file, or list it in "
            ".pushtrainignore"
        )
    if not target.is_file():
        raise PushError(f"{name}: links to folders (or to nothing) are not uploaded. Name it in .pushtrainignore")


def _check_name(path: str) -> None:
    if path == MANIFEST:
        raise PushError(f"{MANIFEST}: a push writes a file of this name. Please rename yours")
    try:
        size = len(path.encode())
    except UnicodeEncodeError:
        raise PushError(f"{path!r}: the name is not UTF-8, so S3 cannot hold it. Please rename the file") from None
    if size > KEY_LIMIT:
        raise PushError(f"{path[:60]}…: the name has {size} bytes; S3 leaves room for {KEY_LIMIT}")


def _hash_file(folder: Path, path: str) -> File:
    with (folder / path).open("rb") as stream:
        content_hash = hash_stream(stream)
        return File(path=PurePosixPath(path).as_posix(), sha256=content_hash, size=stream.tell())


def _run_git(folder: Path, *arguments: str) -> str:
    try:
        process = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:  # git is not installed: the revision alone identifies the push
        return ""
    return process.stdout.strip() if process.returncode == 0 else ""


def _remove_password(url: str) -> str:
    """Return the URL without user and password. CI systems clone with a token in the URL."""
    parts = urlsplit(url)
    if parts.scheme and "@" in parts.netloc:
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return re.sub(r"\s", "", url)
