"""Find and delete Python environments that no run has used for a time, and the downloads of uv that they share.

In: the cache folder, and a time in epoch seconds. Out: OldEnvironments with what deleting them frees. uv links the
files of an environment to its downloads, so deleting one of the two alone frees almost nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from pushtrain.local.container import installer
from pushtrain.local.container.environment_use import hold_unused, read_last_use
from pushtrain.local.container.environments import READY, UV_CACHE, find_cache_folder


class OldEnvironment(Struct, frozen=True, kw_only=True):
    """An environment to delete. `last_used` is in epoch seconds."""

    folder: Path
    last_used: float


class OldEnvironments(Struct, frozen=True, kw_only=True):
    """What to delete of the cache. `downloads` is uv's folder; None if it stays. `size` is in bytes that this frees."""

    environments: Sequence[OldEnvironment]
    downloads: Path | None
    size: int


def find_old_environments(cutoff: float) -> OldEnvironments:
    """Return what was last used before `cutoff` and is not used now."""
    old = [environment for environment in _list_environments() if environment.last_used < cutoff]
    unused = [environment for environment in old if _is_unused(environment.folder)]
    return _measure(unused)


def remove_old_environments(cutoff: float) -> OldEnvironments:
    """Delete what was last used before `cutoff` and is not used now, and return it.

    A process that is killed meanwhile leaves an incomplete environment, which a run creates again.
    """
    old = find_old_environments(cutoff)
    removed = [environment for environment in old.environments if _remove(environment, cutoff)]
    if removed and old.downloads:
        _remove_downloads(old.downloads)
    return OldEnvironments(environments=removed, downloads=old.downloads if removed else None, size=old.size)


def _list_environments() -> Iterator[OldEnvironment]:
    folder = find_cache_folder() / "environments"
    for home in sorted(folder.iterdir()) if folder.is_dir() else ():
        if home.is_dir():
            yield OldEnvironment(folder=home, last_used=read_last_use(home))


def _is_unused(home: Path) -> bool:
    with hold_unused(home) as is_unused:
        return is_unused


def _measure(environments: Sequence[OldEnvironment]) -> OldEnvironments:
    downloads = find_cache_folder() / UV_CACHE
    has_downloads = bool(environments) and downloads.is_dir()
    folders = [*(environment.folder for environment in environments), *([downloads] if has_downloads else [])]
    return OldEnvironments(
        environments=environments, downloads=downloads if has_downloads else None, size=_measure_freed(folders)
    )


def _measure_freed(folders: Iterable[Path]) -> int:
    """Return the bytes that deleting all these folders frees: of files that have no link outside of them."""
    links: dict[tuple[int, int], int] = {}
    size = 0
    for entry in (entry for folder in folders for entry in _list_files(folder)):
        status = entry.stat(follow_symlinks=False)
        identity = (status.st_dev, status.st_ino)
        links[identity] = links.get(identity, 0) + 1
        if links[identity] == status.st_nlink:
            size += status.st_size
    return size


def _list_files(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    """Yield every file. A folder that vanishes meanwhile has none."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _list_files(entry.path)
            elif entry.is_file(follow_symlinks=False):
                yield entry


def _remove(environment: OldEnvironment, cutoff: float) -> bool:
    """Delete an environment, unless somebody uses it. Return True if it is gone."""
    with hold_unused(environment.folder) as is_unused:
        if not is_unused or read_last_use(environment.folder) >= cutoff:
            return False
        (environment.folder / READY).unlink(missing_ok=True)  # first: then it counts as incomplete
        shutil.rmtree(environment.folder, ignore_errors=True)
    return not environment.folder.exists()


def _remove_downloads(folder: Path) -> None:
    """Let uv delete its downloads: it waits for those that use them. Without uv, nobody does."""
    if uv := installer.find_uv():
        environment = {**os.environ, "UV_CACHE_DIR": str(folder)}
        subprocess.run([str(uv), "cache", "clean"], env=environment, capture_output=True, check=False)
    else:
        shutil.rmtree(folder, ignore_errors=True)
