"""A Python for a model repo's scripts: a virtual environment, made once and kept for this user.

In: requirements.txt as text and the image's framework. Out: the path of an interpreter that has both installed.
Kept under `$PUSHTRAIN_CACHE`, else `$XDG_CACHE_HOME/pushtrain`, else `~/.cache/pushtrain`, in `environments/<key>`:
the key holds all that decides what gets installed. A folder counts once its `ready` file is there; a half-made one is
made anew.
Finding one starts no program. pip reads the user's own pip configuration (index, proxy, find-links).
"""

from __future__ import annotations

import collections
import contextlib
import fcntl
import hashlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Event

from pushtrain.errors import LocalError
from pushtrain.local.container import packages, process
from pushtrain.local.container.sandbox import guard

VARIABLE = "PUSHTRAIN_CACHE"
READY = "ready"
TAIL = 15  # lines of pip among which a failure looks for the one to quote
WAIT_SECONDS = 0.1
# Where pip would install elsewhere than into the environment, and Python look elsewhere than in it.
DISTURBING = ("PYTHONHOME", "PYTHONPATH", "PIP_PREFIX", "PIP_TARGET", "PIP_USER", "VIRTUAL_ENV")
PIP = ("-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off")

OnLine = Callable[[str], None]
_told: set[tuple[str, str]] = set()


def python_for(
    requirements: str | None,
    framework: tuple[str, str] | None,
    *,
    match_image: bool = False,
    on_line: OnLine,
    stop: Event | None = None,
) -> Path:
    """The interpreter for scripts with these requirements; this process's own where there is nothing to install.

    `framework` is a name of the catalog and the image's version, such as ("sklearn", "1.2-1"). `match_image` installs
    the image's version of it. Raises LocalError with what pip said when it cannot be made, or when `stop` came
    meanwhile.
    """
    text = requirements or ""
    lines = packages.needed(text, framework, match_image=match_image)
    if not lines and packages.blank(text):
        return Path(sys.executable)
    home = cache() / "environments" / _key(text, lines)
    python = home / "bin" / "python"
    if not _ready(home, python):
        with _lock(home.with_suffix(".lock"), on_line, stop or Event()):
            if not _ready(home, python):  # another process may have made it while this one waited
                _make(home, text, lines, on_line, stop or Event())
    if framework:
        _tell(home, framework, on_line)
    return python


def cache() -> Path:
    """The folder of this user where pushtrain keeps what can be made again."""
    if VARIABLE in os.environ:
        return Path(os.environ[VARIABLE])
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "pushtrain"


def _key(text: str, lines: tuple[str, ...]) -> str:
    parts = [text, *lines, sys.version, platform.machine(), getattr(sys, "_base_executable", sys.executable)]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _ready(home: Path, python: Path) -> bool:
    """A removed base interpreter leaves a dangling link: then the environment is of no use."""
    return (home / READY).exists() and python.exists()


@contextlib.contextmanager
def _lock(file: Path, on_line: OnLine, stop: Event) -> Iterator[None]:
    """One maker at a time, over processes and threads; the system frees the lock of a process that dies."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as handle:
        waiting = False
        while not _locked(handle.fileno()):
            if not waiting:
                on_line("pushtrain: another process is making this Python environment; waiting for it")
                waiting = True
            if stop.wait(WAIT_SECONDS):
                raise LocalError("stopped while waiting for a Python environment")
        yield


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _make(home: Path, text: str, lines: tuple[str, ...], on_line: OnLine, stop: Event) -> None:
    """Make the environment in place (it cannot be moved) and mark it ready last."""
    shutil.rmtree(home, ignore_errors=True)
    on_line("pushtrain: making a Python environment (once; it is kept for later runs)")
    base = getattr(sys, "_base_executable", sys.executable)
    remedy = "install Python's venv and ensurepip modules (Debian, Ubuntu: python3-venv)"
    _run([base, "-m", "venv", str(home)], home.parent, remedy, on_line, stop)
    wanted = home / "requirements.txt"
    wanted.write_text("\n".join((text, *lines)) + "\n", encoding="utf-8")
    remedy = "mend requirements.txt, or pip's configuration (index, proxy) of this machine"
    wheels: list[str] = []
    if pins := [line for line in lines if "==" in line]:  # by match_image alone; never build such old code from source
        remedy = f"{', '.join(pins)} may have no wheel for Python {platform.python_version()}: leave --match-image out"
        wheels = ["--only-binary", ",".join(line.partition("==")[0] for line in pins)]
    python = str(home / "bin" / "python")
    _run([python, *PIP, *wheels, "-r", str(wanted)], home, remedy, on_line, stop)
    temporary = home / f"{READY}.part"
    temporary.write_text(json.dumps(_installed(home)), encoding="utf-8")
    temporary.rename(home / READY)


def _run(argv: list[str], cwd: Path, remedy: str, on_line: OnLine, stop: Event) -> None:
    """Run a step of the making. Raises LocalError with its error and the remedy; `on_line` has had all."""
    last: collections.deque[str] = collections.deque(maxlen=TAIL)

    def keep(line: str) -> None:
        last.append(line)
        on_line(line)

    environment = {name: value for name, value in os.environ.items() if name not in DISTURBING}
    ended = process.run(guard(argv), environment=environment, cwd=cwd, stop=stop, on_line=keep)
    if stop.is_set():
        raise LocalError("stopped while making a Python environment")
    if ended.exit_code:
        errors = [line.removeprefix("ERROR: ") for line in last if line.startswith("ERROR: ")]
        why = f" ({(errors or [*last])[-1]})" if last else ""
        raise LocalError(f"the Python environment of this model repo could not be made{why}; {remedy}")


def _installed(home: Path) -> Mapping[str, str]:
    """Package → version, from the names of the metadata folders."""
    folders = home.glob("lib/python*/site-packages/*.dist-info")
    pairs = (folder.name.removesuffix(".dist-info").rsplit("-", 1) for folder in folders)
    return {packages.normal(pair[0]): pair[-1] for pair in pairs}


def _tell(home: Path, framework: tuple[str, str], on_line: OnLine) -> None:
    """Say, once per process, that the version here is not the image's."""
    name, version = framework
    package = packages.main_package(name)
    here = json.loads((home / READY).read_text("utf-8")).get(package) if package else None
    if here and not packages.same(here, version) and (name, version) not in _told:
        _told.add((name, version))
        on_line(f"pushtrain: this machine: {package} {here}; image: {version}. --match-image pins it")
