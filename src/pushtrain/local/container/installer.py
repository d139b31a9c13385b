"""Command lines that install packages into a virtual environment: uv's, set up like pip, and pip's own.

uv is some ten times as fast; pip stays the reference. If uv cannot install something, or pip is configured in a way
that uv cannot be, pip installs it and pip's error counts.
Runs nothing itself. Standard library only, because `scripts/set_up.py` uses it before anything is installed.
"""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pushtrain.local.container.pip_settings import UvSettings, read_pip_settings, translate

# They would make pip install, or Python look, somewhere else than in the environment.
DISTURBING = ("PYTHONHOME", "PYTHONPATH", "PIP_PREFIX", "PIP_TARGET", "PIP_USER", "VIRTUAL_ENV")
UV_KEPT = ("UV_CACHE_DIR", "UV_LINK_MODE")  # any other UV_* variable could contradict pip's configuration
PIP = ("-m", "pip")
PIP_INSTALL = ("install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off")
PIP_SETTINGS = (*PIP, "--disable-pip-version-check", "config", "list")


@dataclass(frozen=True, kw_only=True)
class Command:
    """A program's arguments and its whole environment."""

    argv: tuple[str, ...]
    environment: dict[str, str]


def find_uv() -> Path | None:
    """The uv that was installed beside pushtrain (extra `local`), None if there is none."""
    try:
        from uv import find_uv_bin  # noqa: PLC0415 - may be missing

        return Path(find_uv_bin())
    except (ImportError, FileNotFoundError):
        return None


def bundled_wheels() -> tuple[Path, ...]:
    """The wheels that `python -m venv` installs into a new environment: pip, before Python 3.12 setuptools too.

    Empty if this Python keeps them elsewhere: then `python -m venv` has to install them, or say what is missing.
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


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` without the variables that lead pip and Python elsewhere than into the virtual environment."""
    return {name: text for name, text in environment.items() if name not in DISTURBING}


def pip_settings_command(python: Path, environment: Mapping[str, str]) -> Command:
    """Prints pip's settings; its output is for `uv_settings`."""
    return Command(argv=(str(python), *PIP_SETTINGS), environment=clean_environment(environment))


def uv_settings(listing: str, environment: Mapping[str, str]) -> UvSettings:
    """What uv needs to install from where pip would. `listing` is what `pip_settings_command` printed."""
    return translate(read_pip_settings(listing), environment)


def uv_install(
    uv: Path, python: Path, settings: UvSettings, environment: Mapping[str, str], words: Sequence[str]
) -> Command:
    """`uv pip install` into the environment of `python`; `words` are the options and requirements."""
    variables = {
        name: text
        for name, text in clean_environment(environment).items()
        if not name.startswith("UV_") or name in UV_KEPT
    }
    argv = (str(uv), "pip", "install", "--no-progress", "--python", str(python), *settings.index_options, *words)
    return Command(argv=argv, environment={**variables, **settings.variables})


def uv_seed(uv: Path, python: Path, environment: Mapping[str, str]) -> Command:
    """Install the bundled wheels into the environment of `python`, as `python -m venv` does in ten times the time."""
    argv = (str(uv), "pip", "install", "--quiet", "--no-config", "--no-index", "--python", str(python))
    return Command(argv=(*argv, *map(str, bundled_wheels())), environment=clean_environment(environment))


def create_venv(python: str, folder: Path, environment: Mapping[str, str], *options: str) -> Command:
    """`python -m venv` with its `options`."""
    return Command(argv=(python, "-m", "venv", *options, str(folder)), environment=clean_environment(environment))


def pip_install(
    python: Path, environment: Mapping[str, str], words: Sequence[str], *, pip: Sequence[str] = PIP
) -> Command:
    """`pip install` into the environment of `python`; `words` are the options and requirements."""
    return Command(argv=(str(python), *pip, *PIP_INSTALL, *words), environment=clean_environment(environment))
