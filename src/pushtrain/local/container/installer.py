"""Build command lines that install packages into a virtual environment: those of uv, configured like pip, and of pip.

uv is about ten times as fast as pip, but pip decides: if uv cannot install something, or cannot be configured like pip,
pip installs it, and pip's error is reported.
This module runs nothing. It uses only the standard library, because `scripts/set_up.py` uses it before anything is
installed.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pushtrain.local.container.pip_settings import UvSettings, read_pip_settings, translate

# With these variables, pip would install packages outside of the environment, or Python would search for them outside.
DISTURBING = ("PYTHONHOME", "PYTHONPATH", "PIP_PREFIX", "PIP_TARGET", "PIP_USER", "VIRTUAL_ENV")
UV_KEPT = ("UV_CACHE_DIR", "UV_LINK_MODE")  # any other UV_* variable could contradict pip's configuration
PIP = ("-m", "pip")
PIP_INSTALL = ("install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off")
PIP_SETTINGS = ("--disable-pip-version-check", "config", "list")


@dataclass(frozen=True, kw_only=True)
class Command:
    """A program's arguments and its whole environment."""

    argv: tuple[str, ...]
    environment: dict[str, str]


def find_uv() -> Path | None:
    """Return the path of the uv that was installed with pushtrain (extra `local`), or None if there is none."""
    try:
        from uv import find_uv_bin  # noqa: PLC0415 - may be missing

        return Path(find_uv_bin())
    except (ImportError, FileNotFoundError):
        return None


def find_bundled_wheels() -> tuple[Path, ...]:
    """Return the wheels that `python -m venv` installs into a new environment: pip; before Python 3.12 setuptools too.

    Return nothing if this Python has them in another folder. Then `python -m venv` must install them.
    """
    try:
        import ensurepip  # noqa: PLC0415 - may be missing (Debian, Ubuntu without python3-venv)
    except ImportError:
        return ()
    folders = [Path(ensurepip.__file__).parent / "_bundled", Path(sysconfig.get_config_var("WHEEL_PKG_DIR") or "/none")]
    names = ("pip",) if sys.version_info >= (3, 12) else ("pip", "setuptools")
    for folder in folders:
        wheels = tuple(wheel for name in names for wheel in sorted(folder.glob(f"{name}-*.whl"))[-1:])
        if len(wheels) == len(names):
            return wheels
    return ()


def find_own_pip() -> Sequence[str]:
    """Return the words after `python` that run the pip of this interpreter; none if it has no pip.

    Its bytecode exists already. A new environment would first compile its own pip, which takes a second.
    """
    spec = importlib.util.find_spec("pip")
    return (str(Path(spec.origin).parent),) if spec and spec.origin else ()


def unpack_pip(wheel: Path, folder: Path) -> Sequence[str]:
    """Unpack a wheel of pip into `folder`. Return the words after `python` that run it.

    Python can run pip inside the wheel too, but then it compiles all of pip at each start.
    """
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return (str(folder / "pip"),)


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return `environment` without the variables that lead pip and Python out of the virtual environment."""
    return {name: text for name, text in environment.items() if name not in DISTURBING}


def build_pip_settings_command(python: Path, environment: Mapping[str, str], *, pip: Sequence[str] = PIP) -> Command:
    """Return the command that prints pip's settings, for `read_uv_settings`.

    `pip` are the words after `python` that run pip. Every pip prints the settings of the environment of `python`.
    """
    return Command(argv=(str(python), *pip, *PIP_SETTINGS), environment=clean_environment(environment))


def read_uv_settings(listing: str, environment: Mapping[str, str]) -> UvSettings:
    """Return the settings with which uv installs from the same index as pip.

    `listing` is the output of the command from `build_pip_settings_command`.
    """
    return translate(read_pip_settings(listing), environment)


def build_uv_install(
    uv: Path, python: Path, settings: UvSettings, environment: Mapping[str, str], arguments: Sequence[str]
) -> Command:
    """Return `uv pip install` for the environment of `python`. `arguments` are the options and requirements."""
    variables = {
        name: text
        for name, text in clean_environment(environment).items()
        if not name.startswith("UV_") or name in UV_KEPT
    }
    argv = (str(uv), "pip", "install", "--no-progress", "--python", str(python), *settings.index_options, *arguments)
    return Command(argv=argv, environment={**variables, **settings.variables})


def build_uv_seed(uv: Path, python: Path, environment: Mapping[str, str]) -> Command:
    """Return the command that installs the bundled wheels. `python -m venv` does the same in ten times the time."""
    argv = (str(uv), "pip", "install", "--quiet", "--no-config", "--no-index", "--python", str(python))
    return Command(argv=(*argv, *map(str, find_bundled_wheels())), environment=clean_environment(environment))


def build_pip_seed(python: Path, environment: Mapping[str, str], *, pip: Sequence[str]) -> Command:
    """Return the command by which another pip installs the bundled wheels, as `build_uv_seed` does.

    `python -m venv` takes three times as long, because it runs pip from its wheel. Nobody's configuration counts.
    `--ignore-installed`: pip would find itself, in the folder that it runs from.
    """
    variables = {name: text for name, text in environment.items() if not name.startswith("PIP_")}
    options = (
        "--quiet",
        "--no-index",
        "--no-deps",
        "--no-compile",
        "--ignore-installed",
        *map(str, find_bundled_wheels()),
    )
    return build_pip_install(python, {**variables, "PIP_CONFIG_FILE": os.devnull}, options, pip=pip)


def build_venv_command(python: str, folder: Path, environment: Mapping[str, str], *options: str) -> Command:
    """Return `python -m venv` with its `options`."""
    return Command(argv=(python, "-m", "venv", *options, str(folder)), environment=clean_environment(environment))


def build_pip_install(
    python: Path, environment: Mapping[str, str], arguments: Sequence[str], *, pip: Sequence[str] = PIP
) -> Command:
    """Return `pip install` for the environment of `python`. `arguments` are the options and requirements."""
    return Command(argv=(str(python), *pip, *PIP_INSTALL, *arguments), environment=clean_environment(environment))
