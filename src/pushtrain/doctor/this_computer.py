"""Checks this computer for `run` and every `--local`: Python, moto, the sandbox, the cache, disks and the store."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from pushtrain.doctor.finding import Finding
from pushtrain.errors import LocalError

GIB = 2**30
LOW, TOO_LOW = 5 * GIB, GIB  # bytes; a Python environment with PyTorch takes 2 to 6 GB


def check_this_computer(store: Path) -> Iterator[Finding]:
    """Check everything that a run on this computer needs. `store` is the folder of the local store."""
    yield _check_python()
    yield _check_moto()
    yield _check_venv()
    yield _check_sandbox()
    yield _check_cache()
    yield from _check_disks(store)
    yield _check_store(store)


def is_within(version: tuple[int, ...], bounds: str) -> bool:
    """Return whether a version such as (5, 2, 1) is within `<5.3,>=5.2`. Understands only `<` and `>=`."""
    for operator, text in re.findall(r"(>=|<)\s*([\d.]+)", bounds):
        bound = tuple(map(int, text.split(".")))
        if (version >= bound) != (operator == ">="):
            return False
    return True


def _check_python() -> Finding:
    bounds = metadata.metadata("pushtrain")["Requires-Python"]
    version = sys.version_info[:3]
    python = f"Python {'.'.join(map(str, version))}"
    if is_within(version, bounds):
        return Finding.fine("Python", f"{python}, {sys.executable}")
    return Finding.wrong("Python", f"{python}, pushtrain needs {bounds}", "install pushtrain with another Python")


def _check_moto() -> Finding:
    """Check moto, from the extra `local`. Its bounds are narrow: the embedded AWS patches moto by name."""
    requirement = next(text for text in metadata.requires("pushtrain") or () if text.startswith("moto["))
    bounds = requirement.partition("]")[2].partition(";")[0].strip()
    fix = "install it with the extra: pip install 'pushtrain[local]'"
    try:
        version = metadata.version("moto")
    except metadata.PackageNotFoundError:
        return Finding.wrong("embedded AWS", "moto is not installed", fix)
    if not is_within(tuple(map(int, re.findall(r"\d+", version)[:3])), bounds):
        return Finding.wrong("embedded AWS", f"moto {version}, pushtrain needs {bounds}", fix)
    return Finding.fine("embedded AWS", f"moto {version}")


def _check_venv() -> Finding:
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return Finding.fine("venv", "virtual environments for scripts can be created")
    fix = "install Python's venv and ensurepip modules (Debian, Ubuntu: python3-venv)"
    return Finding.wrong("venv", "this Python cannot create virtual environments", fix)


def _check_sandbox() -> Finding:
    """Check how jobs on this computer get their own /opt/ml."""
    from pushtrain.local.container.sandbox import create_sandbox  # noqa: PLC0415 - starts a process for each strategy

    try:
        with tempfile.TemporaryDirectory(prefix="pushtrain-") as folder:
            strategy = create_sandbox(Path(folder)).strategy
    except LocalError as error:
        return Finding.wrong("/opt/ml", str(error), "unset PUSHTRAIN_SANDBOX")
    if strategy == "paths":
        message = (
            "this computer allows no namespaces: paths are rewritten instead, "
            "and scripts that contain /opt/ml are refused"
        )
        fix = "on Linux, allow unprivileged user namespaces; or read paths from arguments"
        return Finding.note("/opt/ml", message, fix)
    return Finding.fine("/opt/ml", f"mounted separately for each job, in a namespace ({strategy})")


def _check_cache() -> Finding:
    from pushtrain.local.container.environment_size import read_size  # noqa: PLC0415
    from pushtrain.local.container.environments import READY, find_cache_folder  # noqa: PLC0415

    folder = find_cache_folder() / "environments"
    environments = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    incomplete = [path for path in environments if not (path / READY).exists()]
    size = sum(map(read_size, environments))
    message = f"{len(environments) - len(incomplete)} environments, {size / GIB:.1f} GiB in {folder}"
    if incomplete:
        return Finding.fine("cache", f"{message}; {len(incomplete)} incomplete, rebuilt when needed")
    return Finding.fine("cache", message)


def _check_disks(store: Path) -> Iterator[Finding]:
    from pushtrain.local.container.environments import find_cache_folder  # noqa: PLC0415

    for check, path in {"disk of the store": store, "disk of the cache": find_cache_folder()}.items():
        folder = next(parent for parent in (path.absolute(), *path.absolute().parents) if parent.exists())
        free = _read_free_bytes(folder)
        message = f"{free / GIB:.1f} GiB free at {folder}"
        if free < TOO_LOW:
            yield Finding.wrong(check, message, "free some space, or choose another folder: --store, PUSHTRAIN_CACHE")
        elif free < LOW:
            yield Finding.note(check, message, "an environment with PyTorch takes 2 to 6 GB")
        else:
            yield Finding.fine(check, message)


def _read_free_bytes(path: Path) -> int:
    """Return the free bytes of the disk that holds `path`. Tests replace this function to simulate a full disk."""
    return shutil.disk_usage(path).free


def _check_store(store: Path) -> Finding:
    """Check that an existing store can be opened. A missing store is fine and is not created."""
    from pushtrain.local.storage.store import Store  # noqa: PLC0415

    if not (store / "store.db").is_file():
        return Finding.fine("store", f"none yet in {store}")
    try:
        opened_store = Store(store)
        runs = len(opened_store.list_all("execution"))
        opened_store.close()
    except LocalError as error:
        return Finding.wrong("store", str(error), "choose another folder with --store, or move this store away")
    return Finding.fine("store", f"{runs} runs in {store}")
