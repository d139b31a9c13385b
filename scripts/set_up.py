"""Install exactly what a lock names into a virtual environment, in seconds; `make` calls it.

In: a folder, a lock with hashes. Out: the environment in that folder, and a stamp file in it for make.
Nothing is resolved: the lock is complete, so no release of tomorrow can get in. pip installs uv, uv installs the lock
from where pip is configured to download. If uv cannot be had or fails, pip installs the lock.
An interrupted set-up starts anew; of two at once the second waits, then finds everything in place.
Standard library only. Usage: python -m scripts.set_up .venv requirements-demo.lock --stamp .demo --project
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 11, 4), (3, 13)
if sys.version_info[:3] < OLDEST or sys.version_info[:2] > NEWEST:
    sys.exit(
        f"set-up: {sys.executable} is Python {platform.python_version()}; pushtrain needs Python 3.11.4 to 3.13. "
        "Name another one, for example: make demo PYTHON=python3.12"
    )
sys.path.insert(0, str(ROOT / "src"))

from pushtrain.local.container import installer  # noqa: E402
from pushtrain.local.container.installer import Command  # noqa: E402
from pushtrain.local.container.pip_settings import UvSettings  # noqa: E402
from scripts.locks import SOURCES_ONLY, entries, split  # noqa: E402

UV_LOCK = ROOT / "requirements-demo.lock"  # names the uv that installs any lock
VERSION = "import sys; print(sys.version)"
STAMPS = (".demo", ".ready")  # one of them is in a complete environment, none in one that is being changed
NO_NETWORK = "WARNING: Retrying"  # how pip says that it does not reach the index
REMEDY = "Check the network and pip's configuration (pip config list: index-url, proxy, cert), then try again"


class SetUpFailed(Exception):
    """A program that set-up needs failed. The message says what failed and what to do."""


def main() -> None:
    """Set up what the command line asks for."""
    parser = argparse.ArgumentParser(description="Install a lock into a virtual environment.")
    parser.add_argument("folder", type=Path, help="folder of the virtual environment")
    parser.add_argument("lock", type=Path, help="file of pinned requirements with hashes")
    parser.add_argument("--python", default=sys.executable, help="the Python that the environment is made of")
    parser.add_argument("--stamp", default=".ready", choices=STAMPS, help="file that says that the lock is installed")
    parser.add_argument("--project", action="store_true", help="install pushtrain too, editable")
    options = parser.parse_args()
    try:
        with locked(options.folder.absolute()) as handle:
            environment = Environment(options.folder.absolute(), options.python, handle)
            set_up(environment, options.lock, stamp=options.stamp, project=options.project)
    except (SetUpFailed, OSError) as error:
        sys.exit(f"set-up: {error}")
    except KeyboardInterrupt:
        sys.exit("set-up: interrupted. The same command starts it again")


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[int]:
    """One set-up of `folder` at a time. Yields the handle of the lock; programs that inherit it hold the lock too."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"set-up: another process sets up {folder.name}; waiting for it", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def set_up(environment: Environment, lock: Path, *, stamp: str, project: bool) -> None:
    """Install `lock`, unless the stamp says that it is installed. Raises SetUpFailed."""
    file, text = environment.folder / stamp, lock.read_text(encoding="utf-8")
    digest = environment.digest(text)
    if not file.exists() or file.read_text(encoding="utf-8") != digest:
        start = time.monotonic()
        print(
            f"set-up: installing {len(entries(text))} packages of {lock.name} into {environment.folder.name}",
            flush=True,
        )
        environment.create()
        wheels, sources = split(text, SOURCES_ONLY)
        environment.install_locked(wheels, "--only-binary=:all:", lock.name)
        if sources:  # built with the lock's setuptools, not with the newest
            environment.install_locked(sources, "--no-build-isolation", lock.name)
        if project:
            environment.install("pushtrain", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        print(f"set-up: {environment.folder.name} is ready after {time.monotonic() - start:.0f} s", flush=True)
    file.write_text(digest, encoding="utf-8")


class Environment:
    """A virtual environment, and what installs into it: uv, or pip if `uv` is None."""

    def __init__(self, folder: Path, base: str, handle: int) -> None:
        self.folder, self.python = folder, folder / "bin" / "python"
        self.uv: Path | None = None
        self._base, self._handle = base, handle
        self._version = self._run(Command(argv=(base, "-c", VERSION), environment=dict(os.environ))).stdout
        self._settings: UvSettings | None = None

    def digest(self, text: str) -> str:
        """Changes with all that decides what is installed: the lock, the project's metadata, the Python."""
        parts = (self._version, text, (ROOT / "pyproject.toml").read_text(encoding="utf-8"), str(ROOT))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def create(self) -> None:
        """Create the environment with pip, and uv if it can be had. A complete one of the same Python is kept."""
        stamps = [stamp for name in STAMPS if (stamp := self.folder / name).exists()]
        complete = stamps and self.python.exists()
        if not complete or self._run_python("-c", VERSION).stdout != self._version:
            self._must(installer.build_venv_command(self._base, self.folder, os.environ, "--clear", "--without-pip"))
        for stamp in stamps:
            stamp.unlink(missing_ok=True)
        wheels = installer.find_bundled_wheels() if self._version == sys.version + "\n" else ()
        has_pip = self._run_python("-c", "import pip").returncode == 0
        if not has_pip and not wheels:
            self._must(installer.build_venv_command(self._base, self.folder, os.environ))
            has_pip = True
        with tempfile.TemporaryDirectory() as folder:
            pip = installer.PIP if has_pip else installer.unpack_pip(wheels[0], Path(folder))
            self.uv = self._pinned_uv() or self._install_uv(pip)
            if self.uv:
                shown = self._run(installer.build_pip_settings_command(self.python, os.environ, pip=pip)).stdout
                self._settings = installer.read_uv_settings(shown, os.environ)
            if not has_pip and not self._has_seeded(pip):
                self._must(installer.build_venv_command(self._base, self.folder, os.environ))

    def _has_seeded(self, pip: Sequence[str]) -> bool:
        """Install the bundled wheels into the environment: with uv, else with `pip`. Return whether that worked."""
        seeds = [installer.build_pip_seed(self.python, os.environ, pip=pip)]
        if self.uv:
            seeds.insert(0, installer.build_uv_seed(self.uv, self.python, os.environ))
        return any(self._run(seed).returncode == 0 for seed in seeds)

    def install_locked(self, requirements: str, option: str, name: str) -> None:
        """Install exactly `requirements`, the text of a lock; `name` is for the error."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "requirements.txt")
            file.write_text(requirements, encoding="utf-8")
            self.install(f"the packages of {name}", "--no-deps", "--require-hashes", option, "-r", str(file))

    def install(self, what: str, *words: str) -> None:
        """Install with uv; if that fails, with pip. Raises SetUpFailed with pip's error."""
        if self.uv and (settings := self._uv_settings()):
            command = installer.build_uv_install(self.uv, self.python, settings, os.environ, ["--quiet", *words])
            if os.environ.get("PYTHONDONTWRITEBYTECODE"):  # then no import would ever keep what it compiled
                command.environment["UV_COMPILE_BYTECODE"] = "1"
            ended = self._run(command)
            if ended.returncode == 0:
                return
            print(f"{ended.stdout}set-up: uv could not install {what}; pip tries now, for some minutes", flush=True)
        ended = self._run(installer.build_pip_install(self.python, os.environ, ["--quiet", *words]))
        if ended.returncode:
            raise SetUpFailed(f"{what} could not be installed: {last_error(ended.stdout)}. {REMEDY}")

    def _pinned_uv(self) -> Path | None:
        """The uv of this environment, or of the Python that runs this, if it has the pinned version."""
        version = re.search(r"^uv==([\w.]+)", UV_LOCK.read_text(encoding="utf-8"), re.MULTILINE)
        for uv in (self.folder / "bin" / "uv", installer.find_uv()):
            if version and uv and uv.exists():
                shown = self._run(Command(argv=(str(uv), "--version"), environment=dict(os.environ))).stdout
                if shown.split()[1:2] == [version[1]]:
                    return uv
        return None

    def _install_uv(self, pip: Sequence[str]) -> Path | None:
        """Install the pinned uv with pip. None if pip cannot; raises SetUpFailed if pip does not reach the index."""
        pinned = [entry for entry in entries(UV_LOCK.read_text(encoding="utf-8")) if entry.startswith("uv==")]
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("".join(pinned))
            file.flush()
            words = ["--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:", "-r", file.name]
            ended = self._run(installer.build_pip_install(self.python, os.environ, words, pip=pip))
        if ended.returncode == 0:
            return self.folder / "bin" / "uv"
        if NO_NETWORK in ended.stdout:
            raise SetUpFailed(f"pip cannot download: {last_error(ended.stdout)}. {REMEDY}")
        print(f"{ended.stdout}set-up: uv could not be installed; pip installs the rest, for some minutes", flush=True)
        return None

    def _uv_settings(self) -> UvSettings | None:
        """Translate pip's configuration for uv; None if uv cannot be configured so."""
        if self._settings and self._settings.untranslated:
            names = ", ".join(self._settings.untranslated)
            print(f"set-up: uv does not know pip's setting {names}; pip installs, for some minutes", flush=True)
            return None
        return self._settings

    def _run_python(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._run(Command(argv=(str(self.python), *words), environment=installer.clean_environment(os.environ)))

    def _must(self, command: Command) -> None:
        ended = self._run(command)
        if ended.returncode:
            print(ended.stdout, flush=True)
            raise SetUpFailed(f"{self._base} cannot create virtual environments (Debian, Ubuntu: install python3-venv)")

    def _run(self, command: Command) -> subprocess.CompletedProcess[str]:
        """Run to the end, stdout and stderr in one. The program inherits the lock, which so outlasts this process."""
        return subprocess.run(
            command.argv,
            env=command.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            pass_fds=(self._handle,),
        )


def last_error(shown: str) -> str:
    """What went wrong, from pip's output."""
    lines = [line for line in shown.splitlines() if line.strip()] or ["no message"]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines)[-1].rstrip(".")


if __name__ == "__main__":
    main()
