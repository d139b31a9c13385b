"""The Python for a model repo's scripts: a virtual environment, created once and kept for this user.

In: requirements.txt files and the image's framework. Out: the path of an interpreter that has both installed.
The environments are in `environments/<key>` under `$PUSHTRAIN_CACHE`, else `$XDG_CACHE_HOME/pushtrain`, else
`~/.cache/pushtrain`. The key is a hash of everything that decides what is installed. An environment is complete when
its file `ready` exists; an incomplete one is created again. Finding an environment starts no program.
uv installs, with the user's own pip configuration (index, proxy, find-links). If uv is missing or fails, pip installs.
The packages are compiled to bytecode once: what a job changes in its environment ends with the job, so each job would
compile everything that it imports (10 s of a run with scikit-learn).
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
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Event

from pushtrain.catalog.image_packages import MAIN_PACKAGES
from pushtrain.errors import LocalError
from pushtrain.hashes import hash_bytes
from pushtrain.local.container import bytecode, installer, packages, process
from pushtrain.local.container.environment_size import record_size
from pushtrain.local.container.environment_use import mark_used
from pushtrain.local.container.installer import Command
from pushtrain.local.container.own_packages import read_own_packages
from pushtrain.local.container.pip_settings import UvSettings
from pushtrain.local.container.requirements import REQUIREMENTS, Requirements
from pushtrain.local.container.sandbox import guard
from pushtrain.local.container.stand_in_packages import add_stand_ins, list_stand_ins

VARIABLE = "PUSHTRAIN_CACHE"
READY = "ready"
TAIL = 15  # last lines of a program in which a failure searches for the line to quote
WAIT_SECONDS = 0.1
INSTALLERS = "uv, else pip, then compileall"  # part of the key: another installer may install other versions
UV_CACHE = "uv"  # uv's downloads, beside the environments: so it can link files instead of copying them

OnLine = Callable[[str], None]
_reported_frameworks: set[tuple[str, str]] = set()


def prepare_python(
    requirements: Sequence[Requirements],
    framework: tuple[str, str] | None,
    *,
    modules: Collection[str] = (),
    match_image: bool = False,
    on_line: OnLine,
    stop: Event | None = None,
) -> Path:
    """Return the interpreter for scripts with these requirements. Create its environment if there is none.

    The files are installed in this order, so the last one wins. If there is nothing to install, return the interpreter
    of this process. `framework` is a name of the catalog and the
    image's version, such as ("sklearn", "1.2-1"). With `match_image`, that version is installed. `modules` are those
    that the script imports: what the image holds of them is installed too. Raises LocalError with pip's error if the
    environment cannot be created, or if `stop` is set meanwhile.
    """
    text = "\n".join(file.text for file in requirements)
    lines = packages.list_lines(text, framework, modules, match_image=match_image)
    stand_ins = list_stand_ins(modules, packages.read_names(text)) if framework else ()
    if not lines and packages.is_blank(text):
        return Path(sys.executable)
    home = find_cache_folder() / "environments" / _build_key(requirements, (*lines, *stand_ins))
    python = home / "bin" / "python"
    mark_used(home)
    if not _is_ready(home, python):
        with _lock(home.with_suffix(".lock"), on_line, stop or Event()):
            if not _is_ready(home, python):  # another process may have created it while this one waited
                _create(home, requirements, lines, on_line, stop or Event())
                add_stand_ins(stand_ins, home)
                _mark_ready(home)
    if framework:
        _report_other_version(home, framework, on_line)
    return python


def read_packages(python: Path) -> Mapping[str, str]:
    """Return the version of each package that an interpreter of `prepare_python` finds, by normalized name."""
    if python == Path(sys.executable):
        return read_own_packages()
    versions: Mapping[str, str] = json.loads((python.parents[1] / READY).read_text("utf-8"))
    return versions


def find_folder(python: Path) -> Path | None:
    """Return the folder of the virtual environment that an interpreter belongs to; None if it belongs to none."""
    folder = python.parents[1]
    return folder if (folder / "pyvenv.cfg").is_file() else None


def discard_if_changed(folder: Path, on_line: OnLine) -> None:
    """Let the environment be created again if a job installed, changed or removed packages in it."""
    ready = folder / READY
    if ready.is_file() and json.loads(ready.read_text("utf-8")) != _read_versions(folder):
        ready.unlink()
        on_line("pushtrain: the job changed its Python environment, which other jobs share: it will be created again")


def find_cache_folder() -> Path:
    """Return the user's folder for files that pushtrain can create again."""
    if VARIABLE in os.environ:
        return Path(os.environ[VARIABLE])
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "pushtrain"


def _build_key(requirements: Sequence[Requirements], lines: tuple[str, ...]) -> str:
    parts = [
        INSTALLERS,
        *(part for file in requirements for part in (file.text, file.code_hash)),
        *lines,
        sys.version,
        platform.machine(),
        getattr(sys, "_base_executable", sys.executable),
    ]
    return hash_bytes("\0".join(parts).encode("utf-8", "surrogatepass"))[:24]


def _is_ready(home: Path, python: Path) -> bool:
    """Return True if the environment is complete. If its base Python was removed, `python` is a broken link."""
    return (home / READY).exists() and python.exists()


@contextlib.contextmanager
def _lock(file: Path, on_line: OnLine, stop: Event) -> Iterator[None]:
    """Let one process or thread at a time create an environment. The system frees the lock of a process that dies."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as handle:
        is_waiting = False
        while not _try_lock(handle.fileno()):
            if not is_waiting:
                on_line("pushtrain: another job is creating this Python environment; waiting for it")
                is_waiting = True
            if stop.wait(WAIT_SECONDS):
                raise LocalError("stopped while waiting for a Python environment")
        yield


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _create(
    home: Path, requirements: Sequence[Requirements], lines: tuple[str, ...], on_line: OnLine, stop: Event
) -> None:
    """Create the environment in place, because it cannot be moved."""
    shutil.rmtree(home, ignore_errors=True)
    on_line("pushtrain: creating a Python environment (once; it is kept for later runs)")
    _create_venv(home, on_line, stop)
    pins = [line for line in lines if "==" in line]
    files = requirements or [Requirements(text="")]
    for number, file in enumerate(files):
        own_lines = lines if file is files[-1] else ()
        arguments = _write_requirements(home / f"requirements-{number}.txt", file, own_lines)
        _install(home, file.folder or home, arguments, pins, on_line, stop)
    _compile(home, stop)


def _mark_ready(home: Path) -> None:
    """Write the file `ready`, which says that the environment is complete, with the versions of its packages."""
    record_size(home)
    temporary = home / f"{READY}.part"
    temporary.write_text(json.dumps(_read_versions(home)), encoding="utf-8")
    temporary.rename(home / READY)


def _write_requirements(copy: Path, file: Requirements, lines: tuple[str, ...]) -> list[str]:
    """Return the arguments that install a file and `lines`. A file that names other files stays in its folder."""
    if file.folder:
        return ["-r", str(file.folder / REQUIREMENTS), *lines]
    copy.write_text("\n".join((file.text, *lines)) + "\n", encoding="utf-8")
    return ["-r", str(copy)]


def _create_venv(home: Path, on_line: OnLine, stop: Event) -> None:
    """Create an environment that contains pip: scripts may call it."""
    base = getattr(sys, "_base_executable", sys.executable)
    remedy = "install Python's venv and ensurepip modules (Debian, Ubuntu: python3-venv)"
    if installer.find_bundled_wheels():
        _run(installer.build_venv_command(base, home, os.environ, "--without-pip"), home.parent, remedy, on_line, stop)
        if any(_exit_code(seed, home, on_line, stop) == 0 for seed in _list_seeds(home / "bin" / "python")):
            return
    _run(installer.build_venv_command(base, home, os.environ), home.parent, remedy, on_line, stop)


def _list_seeds(python: Path) -> Iterator[Command]:
    """Yield the commands that install pip into a new environment, the fastest first."""
    if uv := installer.find_uv():
        yield _with_cache(installer.build_uv_seed(uv, python, os.environ))
    if pip := installer.find_own_pip():
        yield installer.build_pip_seed(python, os.environ, pip=pip)


def _install(home: Path, cwd: Path, arguments: list[str], pins: list[str], on_line: OnLine, stop: Event) -> None:
    """Install with uv; if it is missing or fails, with pip. `pins` come from match_image alone."""
    remedy = "correct requirements.txt, or pip's configuration (index, proxy) on this computer"
    if pins:  # such old versions are never built from source
        remedy = f"{', '.join(pins)} may have no wheel for Python {platform.python_version()}: leave --match-image out"
        arguments += [argument for pin in pins for argument in ("--only-binary", pin.partition("==")[0])]
    if _install_with_uv(home, cwd, arguments, on_line, stop):
        return
    _run(installer.build_pip_install(home / "bin" / "python", os.environ, arguments), cwd, remedy, on_line, stop)


def _install_with_uv(home: Path, cwd: Path, arguments: list[str], on_line: OnLine, stop: Event) -> bool:
    """Return True if uv installed everything. If not, pass the reason to `on_line`."""
    uv, python = installer.find_uv(), home / "bin" / "python"
    if uv is None:
        return False
    settings = _read_uv_settings(home, python, stop)
    if settings.untranslated:
        on_line(f"pushtrain: uv does not know pip's setting {', '.join(settings.untranslated)}; pip installs")
        return False
    command = installer.build_uv_install(uv, python, settings, os.environ, [*settings.version_options, *arguments])
    if _exit_code(_with_cache(command), cwd, on_line, stop) == 0:
        return True
    on_line("pushtrain: uv could not install these packages; pip tries now")
    return False


def _compile(home: Path, stop: Event) -> None:
    """Compile the packages to bytecode. A file that this Python cannot compile is left to whoever imports it."""
    bytecode.link_bytecode(home, READY)
    argv = (str(home / "bin" / "python"), "-m", "compileall", *bytecode.list_compiler_options(home), str(home / "lib"))
    command = Command(argv=argv, environment=installer.clean_environment(os.environ))
    _exit_code(command, home, lambda _: None, stop)


def _with_cache(command: Command) -> Command:
    """Link files from pushtrain's own uv cache. Copy them from a cache of other projects: scripts may change files."""
    own_cache = {"UV_CACHE_DIR": str(find_cache_folder() / UV_CACHE)}
    defaults = {"UV_LINK_MODE": "copy"} if "UV_CACHE_DIR" in os.environ else own_cache
    return Command(argv=command.argv, environment=defaults | command.environment)


def _read_uv_settings(home: Path, python: Path, stop: Event) -> UvSettings:
    lines: list[str] = []
    for pip in filter(None, (installer.find_own_pip(), installer.PIP)):
        lines.clear()
        show = installer.build_pip_settings_command(python, os.environ, pip=pip)
        if _exit_code(show, home, lines.append, stop) == 0:
            break
    return installer.read_uv_settings("\n".join(lines), os.environ)


def _run(command: Command, cwd: Path, remedy: str, on_line: OnLine, stop: Event) -> None:
    """Run one step. `on_line` gets every line. If it fails, raise LocalError with its error and the remedy."""
    last_lines: collections.deque[str] = collections.deque(maxlen=TAIL)

    def pass_on(line: str) -> None:
        last_lines.append(line)
        on_line(line)

    if _exit_code(command, cwd, pass_on, stop):
        errors = [line.removeprefix("ERROR: ") for line in last_lines if line.startswith("ERROR: ")]
        quote = f" ({(errors or [*last_lines])[-1]})" if last_lines else ""
        raise LocalError(f"the Python environment of this model repo could not be created{quote}; {remedy}")


def _exit_code(command: Command, cwd: Path, on_line: OnLine, stop: Event) -> int:
    """Run `command` to its end and return its exit code. Raises LocalError if `stop` was set meanwhile."""
    guarded = guard(command.argv)
    program_exit = process.run(guarded, environment=command.environment, cwd=cwd, stop=stop, on_line=on_line)
    if stop.is_set():
        raise LocalError("stopped while creating a Python environment")
    return program_exit.exit_code


def _read_versions(home: Path) -> Mapping[str, str]:
    """Return the version of each installed package, from the names of the metadata folders."""
    folders = home.glob("lib/python*/site-packages/*.dist-info")
    pairs = (folder.name.removesuffix(".dist-info").rsplit("-", 1) for folder in folders)
    return {packages.normalize_name(pair[0]): pair[-1] for pair in pairs}


def _report_other_version(home: Path, framework: tuple[str, str], on_line: OnLine) -> None:
    """Report, once per process, that the installed version of the framework is not the image's."""
    name, version = framework
    package = MAIN_PACKAGES.get(name)
    installed = json.loads((home / READY).read_text("utf-8")).get(package) if package else None
    if installed and not packages.is_same_version(installed, version) and framework not in _reported_frameworks:
        _reported_frameworks.add(framework)
        on_line(f"pushtrain: this computer: {package} {installed}; image: {version}. --match-image pins it")
