"""A model repo on disk -> the files a push uploads, its revision and its git facts. Never changes the folder.

What git ignores, `.pushtrainignore` names, hidden files, caches and virtual environments is neither uploaded nor
hashed. Links that leave the folder are refused: they could carry anything of this machine into a bucket.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit, urlunsplit

from pathspec import GitIgnoreSpec

from pushtrain.errors import PushError
from pushtrain.model_repo.manifest import CONFIG, FACT_LIMIT, MANIFEST, File, GitFacts, compute_revision

IGNORE_FILES = (".gitignore", ".pushtrainignore")
MISNAMED = frozenset({"config.yml", "config.yaml", "config.yaml.txt", "config"})
KEY_LIMIT = 1024 - 100  # bytes of an S3 key, less our own prefix


@dataclass(frozen=True, kw_only=True)
class ModelRepo:
    """A model repo as it is now; `revision` is the SHA-256 (hex) of all paths and contents."""

    folder: Path
    files: tuple[File, ...]
    revision: str
    git: GitFacts

    def read(self, path: str) -> bytes:
        """Contents of one file."""
        return (self.folder / path).read_bytes()


@dataclass(frozen=True)
class RepoFiles:
    """The paths of a model repo's files, relative to it."""

    paths: tuple[str, ...]

    def has_path(self, path: str) -> bool:
        """Whether `path` is one of the files, or a folder with files in it."""
        prefix = path.rstrip("/") + "/"
        return any(name == path or name.startswith(prefix) for name in self.paths)


def list_files(folder: Path) -> RepoFiles:
    """The files a push would upload. Raises PushError when the folder is none or cannot be uploaded as it is."""
    _check_folder(folder)
    if not (folder / CONFIG).is_file():
        raise PushError(f"{folder}: there is no {CONFIG} in it, so it is not a model repo{_misnamed(folder)}")
    paths = sorted(_walk(folder, folder, _outer_rules(folder)))
    for path in paths:
        _check_name(path)
    return RepoFiles(tuple(paths))


def _check_folder(folder: Path) -> None:
    if folder.is_file():
        raise PushError(f"{folder}: this is a file. Name the folder it lies in: {folder.parent}")
    if not folder.is_dir():
        raise PushError(f"{folder}: there is no such folder")


def _misnamed(folder: Path) -> str:
    """A word on a file that was meant to be config.yaml."""
    meant = [entry.name for entry in folder.iterdir() if entry.name.lower() in MISNAMED and entry.is_file()]
    return f". Rename {min(meant)} to {CONFIG}" if meant else ""


def find_model_repos(folder: Path) -> tuple[Path, ...]:
    """Every model repo in or below a folder; a config.yaml deeper inside one is a file like any other.

    Ignored and hidden folders, links and virtual environments are not entered. Raises PushError for no folder.
    """
    _check_folder(folder)
    return tuple(_find(folder, _outer_rules(folder)))


def read_model_repo(folder: Path) -> ModelRepo:
    """Walk and hash a model repo. Raises PushError as `list_files` does."""
    paths = list_files(folder).paths
    with ThreadPoolExecutor() as pool:
        files = tuple(pool.map(lambda path: _hash(folder, path), paths))
    return ModelRepo(folder=folder, files=files, revision=compute_revision(files), git=read_git_facts(folder))


def read_git_facts(folder: Path) -> GitFacts:
    """Commit and its author, repository (without any password), whether there are changes that are not committed."""
    commit = _git(folder, "rev-parse", "HEAD")
    if not commit:
        return GitFacts()
    dirty = bool(_git(folder, "status", "--porcelain", "--", "."))
    return GitFacts(
        commit=commit,
        author=_git(folder, "log", "-1", "--format=%ae")[:FACT_LIMIT],
        repository=_without_secret(_git(folder, "remote", "get-url", "origin"))[:FACT_LIMIT],
        dirty=dirty,
    )


Rules = tuple[tuple[Path, GitIgnoreSpec], ...]


def _walk(root: Path, folder: Path, outer: Rules) -> Iterator[str]:
    rules = outer + _rules_in(folder)
    for entry in _entries(folder, rules):
        if entry.is_symlink():
            _check_link(root, entry)
        if entry.is_file():
            yield entry.relative_to(root).as_posix()
        elif not entry.is_dir():
            raise PushError(f"{entry.relative_to(root)}: only files and folders can be pushed. Remove it")
        elif not _is_environment(entry):
            yield from _walk(root, entry, rules)


def _find(folder: Path, outer: Rules) -> Iterator[Path]:
    if (folder / CONFIG).is_file():
        yield folder
        return
    rules = outer + _rules_in(folder)
    for entry in _entries(folder, rules):
        if entry.is_dir() and not entry.is_symlink() and not _is_environment(entry):
            yield from _find(entry, rules)


def _entries(folder: Path, rules: Rules) -> Iterator[Path]:
    """What lies in a folder and is neither hidden nor ignored, by name."""
    for entry in sorted(folder.iterdir()):
        if not (entry.name.startswith(".") or entry.name == "__pycache__" or _ignored(entry, rules)):
            yield entry


def _is_environment(folder: Path) -> bool:
    return (folder / "pyvenv.cfg").exists()


def _rules_in(folder: Path) -> Rules:
    names = (folder / name for name in IGNORE_FILES)
    return tuple((folder, GitIgnoreSpec.from_lines(_lines(name))) for name in names if name.is_file())


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()


def _outer_rules(folder: Path) -> Rules:
    """Rules of the folders above, up to the git repository's root, outermost first."""
    absolute = folder.resolve()
    rules: Rules = ()
    if not any((above / ".git").exists() for above in (absolute, *absolute.parents)):
        return rules
    for above in absolute.parents:
        if (absolute / ".git").exists():
            break
        rules = _rules_in(above) + rules
        if (above / ".git").exists():
            break
    return rules


def _ignored(entry: Path, rules: Rules) -> bool:
    """The innermost rule that speaks of the entry decides, as in git."""
    suffix = "/" if entry.is_dir() else ""
    for base, spec in reversed(rules):
        place = entry if entry.is_relative_to(base) else entry.resolve()
        said = spec.check_file(place.relative_to(base).as_posix() + suffix).include
        if said is not None:
            return said
    return False


def _check_link(root: Path, entry: Path) -> None:
    target = entry.resolve()
    name = entry.relative_to(root)
    if not target.is_relative_to(root.resolve()):
        raise PushError(f"{name}: this link leaves the model repo. Copy the file in, or name it in .pushtrainignore")
    if not target.is_file():
        raise PushError(f"{name}: links to folders (or to nothing) are not uploaded. Name it in .pushtrainignore")


def _check_name(path: str) -> None:
    if path == MANIFEST:
        raise PushError(f"{MANIFEST}: this name is kept for what a push writes. Please rename the file")
    try:
        size = len(path.encode())
    except UnicodeEncodeError:
        raise PushError(f"{path!r}: the name is not UTF-8, so S3 cannot hold it. Please rename the file") from None
    if size > KEY_LIMIT:
        raise PushError(f"{path[:60]}…: the name has {size} bytes; S3 leaves room for {KEY_LIMIT}")


def _hash(folder: Path, path: str) -> File:
    with (folder / path).open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return File(path=PurePosixPath(path).as_posix(), sha256=digest, size=stream.tell())


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:  # no git on this machine: the revision alone tells what was pushed
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _without_secret(url: str) -> str:
    """The URL without user and password: CI systems clone with a token in it."""
    parts = urlsplit(url)
    if parts.scheme and "@" in parts.netloc:
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return re.sub(r"\s", "", url)
