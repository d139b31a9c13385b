"""This machine, as `run` and every --local need it. Looks at Python, moto, the sandbox, caches and disk."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from pushtrain.doctor.finding import Finding, fine, note, wrong
from pushtrain.errors import LocalError

GIB = 2**30
LOW, TOO_LOW = 5 * GIB, GIB  # a Python environment with PyTorch takes 2 to 6 GB


def examine_machine(store: Path) -> Iterator[Finding]:
    """Everything that a run on this machine needs; `store` is where it would keep what it makes."""
    yield _python()
    moto = _moto()
    yield moto
    yield _environments_can_be_made()
    yield _sandbox()
    yield _cached()
    yield from _disks(store)
    yield _store(store)


def within(version: tuple[int, ...], bounds: str) -> bool:
    """Whether a version lies in bounds such as `<5.3,>=5.2`; other operators than these two are not understood."""
    for operator, text in re.findall(r"(>=|<)\s*([\d.]+)", bounds):
        bound = tuple(map(int, text.split(".")))
        if (version >= bound) != (operator == ">="):
            return False
    return True


def _python() -> Finding:
    bounds = metadata.metadata("pushtrain")["Requires-Python"]
    here = sys.version_info[:3]
    said = f"Python {'.'.join(map(str, here))}"
    if within(here, bounds):
        return fine("Python", f"{said}, {sys.executable}")
    return wrong("Python", f"{said}, pushtrain needs {bounds}", "install pushtrain with another Python")


def _moto() -> Finding:
    """The extra `local`: its bounds are narrow, for the engine corrects moto by name."""
    wanted = [each for each in metadata.requires("pushtrain") or () if each.startswith("moto[")]
    bounds = wanted[0].partition("]")[2].partition(";")[0].strip()
    remedy = "install it with the extra: pip install 'pushtrain[local]'"
    try:
        found = metadata.version("moto")
    except metadata.PackageNotFoundError:
        return wrong("embedded AWS", "moto is not installed", remedy)
    if not within(tuple(map(int, re.findall(r"\d+", found)[:3])), bounds):
        return wrong("embedded AWS", f"moto {found}, pushtrain needs {bounds}", remedy)
    return fine("embedded AWS", f"moto {found}")


def _environments_can_be_made() -> Finding:
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return fine("venv", "environments for scripts can be made")
    remedy = "install Python's venv and ensurepip modules (Debian, Ubuntu: python3-venv)"
    return wrong("venv", "this Python cannot make environments", remedy)


def _sandbox() -> Finding:
    from pushtrain.local.container.sandbox import sandbox  # noqa: PLC0415 - a process for each try

    try:
        with tempfile.TemporaryDirectory(prefix="pushtrain-") as folder:
            strategy = sandbox(Path(folder)).strategy
    except LocalError as error:
        return wrong("/opt/ml", str(error), "unset PUSHTRAIN_SANDBOX")
    if strategy == "paths":
        said = (
            "no namespaces here: paths are rewritten instead, and scripts that hold /opt/ml in their source are refused"
        )
        return note("/opt/ml", said, "on Linux, allow unprivileged user namespaces; or take paths from arguments")
    return fine("/opt/ml", f"mounted for each job alone, in a namespace ({strategy})")


def _cached() -> Finding:
    from pushtrain.local.container.environments import READY, cache  # noqa: PLC0415

    folder = cache() / "environments"
    found = [each for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []
    half = [each for each in found if not (each / READY).exists()]
    size = sum(file.lstat().st_size for each in found for file in each.rglob("*") if file.is_file())
    said = f"{len(found) - len(half)} environments, {size / GIB:.1f} GiB in {folder}"
    if half:
        return fine("cache", f"{said}; {len(half)} half made, which are made anew when needed")
    return fine("cache", said)


def _disks(store: Path) -> Iterator[Finding]:
    from pushtrain.local.container.environments import cache  # noqa: PLC0415

    for name, path in {"disk of the store": store, "disk of the cache": cache()}.items():
        there = next(each for each in (path.absolute(), *path.absolute().parents) if each.exists())
        free = _disk_free(there)
        said = f"{free / GIB:.1f} GiB free at {there}"
        if free < TOO_LOW:
            yield wrong(name, said, "make room, or choose another place: --store, PUSHTRAIN_CACHE")
        elif free < LOW:
            yield note(name, said, "an environment with PyTorch takes 2 to 6 GB")
        else:
            yield fine(name, said)


def _disk_free(path: Path) -> int:
    """Bytes; apart, so that a test can fill the disk."""
    return shutil.disk_usage(path).free


def _store(store: Path) -> Finding:
    """Opened only where there is one: looking makes none."""
    from pushtrain.local.storage.store import Store  # noqa: PLC0415

    if not (store / "store.db").is_file():
        return fine("store", f"none yet in {store}")
    try:
        opened = Store(store)
        runs = len(opened.list_all("execution"))
        opened.close()
    except LocalError as error:
        return wrong("store", str(error), "name another with --store, or move this one away")
    return fine("store", f"{runs} runs in {store}")
