"""A Python for a model repo's scripts: a virtual environment, created once and kept for this user.

In: requirements.txt as text and the image's framework. Out: the path of an interpreter that has both installed.
The environments lie in `environments/<key>` under `$PUSHTRAIN_CACHE`, else `$XDG_CACHE_HOME/pushtrain`, else
`~/.cache/pushtrain`; the key holds all that decides what gets installed. An environment is complete when its file
`ready` exists; an incomplete one is created anew. Finding one starts no program.
uv installs, with the user's own pip configuration (index, proxy, find-links). If uv is missing or fails, pip installs.
"""

from __future__ import annotations

import collections
import contextlib
import fcntl
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Event

from pushtrain.errors import LocalError
from pushtrain.hashes import hash_bytes
from pushtrain.local.container import installer, packages, process
from pushtrain.local.container.installer import Command
from pushtrain.local.container.pip_settings import UvSettings
from pushtrain.local.container.sandbox import guard

VARIABLE = "PUSHTRAIN_CACHE"
READY = "ready"
TAIL = 15  # last lines of a program among which a failure looks for the one to quote
WAIT_SECONDS = 0.1
INSTALLERS = "uv, else pip"  # part of the key: an environment that others installed may hold other versions
UV_CACHE = "uv"  # uv's downloads, beside the environments: so it can link files instead of copying them

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
    parts = [
        INSTALLERS,
        text,
        *lines,
        sys.version,
        platform.machine(),
        getattr(sys, "_base_executable", sys.executable),
    ]
    return hash_bytes("\0".join(parts).encode("utf-8", "surrogatepass"))[:24]


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
    _create_venv(home, on_line, stop)
    requirements = home / "requirements.txt"
    requirements.write_text("\n".join((text, *lines)) + "\n", encoding="utf-8")
    _install(home, requirements, [line for line in lines if "==" in line], on_line, stop)
    temporary = home / f"{READY}.part"
    temporary.write_text(json.dumps(_installed(home)), encoding="utf-8")
    temporary.rename(home / READY)


def _create_venv(home: Path, on_line: OnLine, stop: Event) -> None:
    """Create an environment with pip inside, which scripts may call."""
    base = getattr(sys, "_base_executable", sys.executable)
    remedy = "install Python's venv and ensurepip modules (Debian, Ubuntu: python3-venv)"
    uv = installer.find_uv()
    if uv and installer.bundled_wheels():
        _run(installer.create_venv(base, home, os.environ, "--without-pip"), home.parent, remedy, on_line, stop)
        seed = _with_cache(installer.uv_seed(uv, home / "bin" / "python", os.environ))
        if _exit_code(seed, home, on_line, stop) == 0:
            return
    _run(installer.create_venv(base, home, os.environ), home.parent, remedy, on_line, stop)


def _install(home: Path, requirements: Path, pins: list[str], on_line: OnLine, stop: Event) -> None:
    """Install with uv; if it is missing or fails, with pip. `pins` come from match_image alone."""
    words = ["-r", str(requirements)]
    remedy = "mend requirements.txt, or pip's configuration (index, proxy) of this machine"
    if pins:  # never build such old code from source
        remedy = f"{', '.join(pins)} may have no wheel for Python {platform.python_version()}: leave --match-image out"
        words += [word for pin in pins for word in ("--only-binary", pin.partition("==")[0])]
    if _install_with_uv(home, words, on_line, stop):
        return
    _run(installer.pip_install(home / "bin" / "python", os.environ, words), home, remedy, on_line, stop)


def _install_with_uv(home: Path, words: list[str], on_line: OnLine, stop: Event) -> bool:
    """Whether uv installed all. If not, `on_line` got the reason."""
    uv, python = installer.find_uv(), home / "bin" / "python"
    if uv is None:
        return False
    settings = _uv_settings(home, python, stop)
    if settings.untranslated:
        on_line(f"pushtrain: uv does not know pip's setting {', '.join(settings.untranslated)}; pip installs")
        return False
    command = installer.uv_install(uv, python, settings, os.environ, [*settings.version_options, *words])
    if _exit_code(_with_cache(command), home, on_line, stop) == 0:
        return True
    on_line("pushtrain: uv could not install these packages; pip tries now")
    return False


def _with_cache(command: Command) -> Command:
    """Link files from uv's cache, but copy them from a cache of other projects: scripts may change files."""
    defaults = {"UV_LINK_MODE": "copy"} if "UV_CACHE_DIR" in os.environ else {"UV_CACHE_DIR": str(cache() / UV_CACHE)}
    return Command(argv=command.argv, environment=defaults | command.environment)


def _uv_settings(home: Path, python: Path, stop: Event) -> UvSettings:
    lines: list[str] = []
    _exit_code(installer.pip_settings_command(python, os.environ), home, lines.append, stop)
    return installer.uv_settings("\n".join(lines), os.environ)


def _run(command: Command, cwd: Path, remedy: str, on_line: OnLine, stop: Event) -> None:
    """Run a step of the making. Raises LocalError with its error and the remedy; `on_line` gets every line."""
    last: collections.deque[str] = collections.deque(maxlen=TAIL)

    def pass_on(line: str) -> None:
        last.append(line)
        on_line(line)

    if _exit_code(command, cwd, pass_on, stop):
        errors = [line.removeprefix("ERROR: ") for line in last if line.startswith("ERROR: ")]
        why = f" ({(errors or [*last])[-1]})" if last else ""
        raise LocalError(f"the Python environment of this model repo could not be made{why}; {remedy}")


def _exit_code(command: Command, cwd: Path, on_line: OnLine, stop: Event) -> int:
    """Run `command` to its end. Raises LocalError if `stop` came meanwhile."""
    ended = process.run(guard(command.argv), environment=command.environment, cwd=cwd, stop=stop, on_line=on_line)
    if stop.is_set():
        raise LocalError("stopped while making a Python environment")
    return ended.exit_code


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
