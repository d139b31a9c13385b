"""Build the code of the Lambda functions into a folder, without Docker, and print its sizes.

In: this checkout, requirements-lambda.lock, and a Python of the Lambda's version, which compiles the bytecode.
Out: build/lambda/, the code of the functions: handlers at the root (`on_push.handler`), the library and the templates
with their metadata (templates are found by entry points), their dependencies, and bytecode of everything.
It does not contain boto3 (the Lambda runtime has it), the command line, embedded AWS and what only those import.
With the extra `sdk` it also contains AWS's SDKs and boto3, because they may need a newer boto3 than the runtime's.
Usage: `python -m scripts.bundle [--output FOLDER] [--python python3.13] [--extra sdk] [--wheel FILE]...`.

The same checkout, lock and Python (same patch release, because it compiles) give the same bytes on every computer.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from pushtrain.local.container import installer
from scripts.locks import SEVERAL_WHEELS, SOURCES_ONLY, split
from scripts.measure_bundle import (
    REPETITIONS,
    compute_content_hash,
    list_files,
    list_handlers,
    measure_import_seconds,
    measure_unzipped_size,
    measure_zipped_size,
)

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "build" / "lambda"
LOCK = ROOT / "requirements-lambda.lock"
EXTRAS = {"sdk": ROOT / "requirements-lambda-sdk.lock"}  # extra -> the lock file to use instead of LOCK
# stepfunctions asks pkg_resources for its own version when it is imported. The original (setuptools before 81) would
# check all requirements of stepfunctions and reject the boto3 of the runtime. This replacement only tells the version.
PKG_RESOURCES = """from importlib.metadata import distribution


def require(name):
    return [distribution(name)]
"""
PYTHON = "3.13"
# x86_64: common computers can then run the same bundle in an emulator. The tag of a wheel names the oldest glibc that
# it supports, and pip accepts only the tags in the list; Amazon Linux 2023 has glibc 2.34.
ARCHITECTURE = "x86_64"
TAGS = ("manylinux_2_28", "manylinux_2_17", "manylinux2014")
PIP_FOR_LAMBDA = (
    *(f"--platform={tag}_{ARCHITECTURE}" for tag in TAGS),
    f"--python-version={PYTHON}",
    "--implementation=cp",
    "--only-binary=:all:",
    # An older pip would compare Requires-Python with its own Python; the lock was resolved for the Lambda's.
    "--ignore-requires-python",
)
# The newest tag stands for all older ones.
UV_FOR_LAMBDA = (f"--python-platform={ARCHITECTURE}-{TAGS[0]}", f"--python-version={PYTHON}", "--only-binary=:all:")
# What `pip wheel --no-build-isolation` calls (PEP 517), without the start of pip.
BUILD_WHEEL = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "src")
# Parts of pushtrain that no handler imports.
UNUSED = ("cli", "doctor", "graph", "local", "starters", "__main__.py", "access.py", "models.py")
EXCLUDED = (".lock", "bin", "regex/tests", "**/*.pyi", *(f"pushtrain/{path}" for path in UNUSED))
# Tests, and files that only compilers read: a quarter of numpy and pandas.
EXCLUDED_FROM_EXTRAS = ("**/tests", "**/*.pyx", "**/*.pxd", "**/*.h", "**/*.c")
SIZE_LIMIT = 262_144_000  # bytes, unzipped: the limit of Lambda
# Wrong after the exclusions, or not portable.
INSTALLER_FILES = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")
TASK_ROOT = "/var/task"  # Lambda unpacks the code to this folder; tracebacks show it
EARLIEST_TIME = 315_532_800  # 1980-01-01, the earliest time that a zip file can store


def main() -> None:
    """Build the bundle, measure it and print the figures."""
    parser = argparse.ArgumentParser(description="Build the code of the Lambda functions and print its sizes.")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder to write; an earlier bundle is replaced")
    parser.add_argument("--python", default=f"python{PYTHON}", help=f"a Python {PYTHON} interpreter")
    parser.add_argument("--extra", help=f"also bundle this extra: {', '.join(EXTRAS)}")
    parser.add_argument("--wheel", type=Path, action="append", default=[], help="also bundle this wheel of templates")
    options = parser.parse_args()
    python = find_python(options.python)
    build_bundle(options.output, python, find_lock(options.extra), options.wheel)
    print(f"{options.output}: {len(list_files(options.output))} files, content {compute_content_hash(options.output)}")
    if (size := measure_unzipped_size(options.output)) > SIZE_LIMIT:
        sys.exit(f"bundle: {size} bytes unzipped; Lambda allows {SIZE_LIMIT}")
    print(f"unzipped {size / 1e6:.2f} MB, zipped {measure_zipped_size(options.output) / 1e6:.2f} MB")
    if not can_run_bundle():
        print(f"import not measured: the bundle is for Linux on {ARCHITECTURE}, this computer is different")
        return
    for handler in list_handlers(options.output):
        seconds = measure_import_seconds(options.output, python, handler)
        print(f"import {handler}: {seconds:.3f} s (median of {REPETITIONS}, cold)")


def find_python(name: str) -> str:
    """Return the absolute path of the interpreter `name`. Exits if it is not a Python of the Lambda's version.

    A pyenv shim needs PYENV_VERSION to know which version to run.
    """
    environment = {"PYENV_VERSION": PYTHON} | os.environ
    code = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"
    try:
        output = subprocess.run([name, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        sys.exit(f"bundle: {name} does not run. The bytecode needs Python {PYTHON}: install it, or use --python")
    version, path = output.strip().split(" ", 1)
    if version != PYTHON:
        sys.exit(f"bundle: {name} is Python {version}; the Lambda runs {PYTHON}. Use --python to name another one")
    return path


def find_lock(extra: str | None) -> Path:
    """Return the lock file of the bundle, or that of an extra. Exits if there is no such extra."""
    if extra is None:
        return LOCK
    if extra not in EXTRAS:
        sys.exit(f"bundle: there is no extra {extra!r}. Extras: {', '.join(EXTRAS)}")
    return EXTRAS[extra]


def build_bundle(output: Path, python: str, requirements: Path = LOCK, wheels: Sequence[Path] = ()) -> None:
    """Build a bundle and then replace `output` with it. Exits if `output` exists and is not a bundle."""
    output = output.resolve()
    if output.exists() and not list(output.glob("pushtrain-*.dist-info")):
        sys.exit(f"bundle: {output} is not a bundle, so it is not replaced. Use --output to name another folder")
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".bundle-") as work:
        bundle = Path(work, "bundle")
        install_locked(bundle, requirements, Path(work))
        install_project(bundle, Path(work))
        for wheel in wheels:
            unpack_wheel(wheel, bundle)
        remove_files(bundle, EXCLUDED if requirements == LOCK else (*EXCLUDED, *EXCLUDED_FROM_EXTRAS))
        write_bytecode(bundle, python)
        normalize_modes_and_times(bundle)
        shutil.rmtree(output, ignore_errors=True)
        bundle.rename(output)


def install_locked(folder: Path, requirements: Path, work: Path) -> None:
    """Install the wheels of the lock for Lambda's platform. The lock names every file with its hash.

    uv installs them in a tenth of pip's time; if uv is missing or fails, pip does. pip installs the packages of which
    uv takes another wheel, and those that are published as source alone, which are built.
    """
    others, sources = split(requirements.read_text(encoding="utf-8"), SOURCES_ONLY)
    wheels, several = split(others, SEVERAL_WHEELS)
    if wheels and not _install_with_uv(*_pin(wheels, folder, work / "wheels.lock"), *UV_FOR_LAMBDA):
        several = others
    for name, text, options in (("several", several, PIP_FOR_LAMBDA), ("sources", sources, ("--no-build-isolation",))):
        if text:
            _run_pip("install", "--no-compile", *_pin(text, folder, work / f"{name}.lock"), *options)
    if sources:
        (folder / "pkg_resources.py").write_text(PKG_RESOURCES, encoding="utf-8")


def _pin(text: str, folder: Path, lock: Path) -> tuple[str, ...]:
    """Write the lock, and return the arguments that install exactly it into the folder."""
    lock.write_text(text, encoding="utf-8")
    return f"--target={folder}", "--no-deps", "--require-hashes", f"--requirement={lock}"


def install_project(folder: Path, work: Path) -> None:
    """Install pushtrain from a copy of its sources: files of earlier builds in the checkout must not get in."""
    copy = work / "sources"
    copy.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(ROOT / name, copy)
    command = [sys.executable, "-c", BUILD_WHEEL, str(work)]
    process = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    if process.returncode:
        sys.exit(f"bundle: the wheel of pushtrain cannot be built:\n{process.stderr}")
    unpack_wheel(next(work.glob("pushtrain-*.whl")), folder)
    for handler in (folder / "pushtrain_lambda").glob("*.py"):
        handler.rename(folder / handler.name)


def unpack_wheel(wheel: Path, folder: Path) -> None:
    """Unpack a pure Python wheel into the bundle. Exits if the file is anything else."""
    if not wheel.name.endswith("-none-any.whl") or not zipfile.is_zipfile(wheel):
        sys.exit(f"bundle: {wheel} is not a pure Python wheel (NAME-VERSION-py3-none-any.whl). Build one: pip wheel")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)


def remove_files(folder: Path, patterns: Sequence[str]) -> None:
    """Remove files that match the patterns, and the notes of installers."""
    notes = [f"*.dist-info/{name}" for name in INSTALLER_FILES]
    for path in [path for pattern in (*patterns, *notes, "pushtrain_lambda") for path in folder.glob(pattern)]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)  # it may be removed already, together with its folder


def write_bytecode(folder: Path, python: str) -> None:
    """Compile all files. The bytecode does not depend on file times, which differ on Lambda, and has Lambda's paths."""
    command = [python, "-m", "compileall", "-q", "-f", "--invalidation-mode=unchecked-hash"]
    command += ["-s", str(folder), "-p", TASK_ROOT, str(folder)]
    process = subprocess.run(command, env={"PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False)
    if process.returncode:
        sys.exit(f"bundle: Python {PYTHON} cannot compile all files:\n{process.stdout}{process.stderr}")


def normalize_modes_and_times(folder: Path) -> None:
    """Give all files the same mode and time. Lambda reads them as another user, so a strict umask would hide them."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (EARLIEST_TIME, EARLIEST_TIME))


def can_run_bundle() -> bool:
    """Return whether this computer can import the compiled parts of the bundle."""
    return (platform.system(), platform.machine()) == ("Linux", ARCHITECTURE)


def _install_with_uv(*arguments: str) -> bool:
    """Install with uv from the index that pip is configured for. Return False if uv is missing or cannot do it."""
    python = Path(sys.executable)
    if (uv := installer.find_uv()) is None:
        return False
    show = installer.build_pip_settings_command(python, os.environ)
    listing = subprocess.run(show.argv, env=show.environment, capture_output=True, text=True, check=False).stdout
    settings = installer.read_uv_settings(listing, os.environ)
    if settings.untranslated:
        return False
    install = installer.build_uv_install(uv, python, settings, os.environ, ["--quiet", *arguments])
    return subprocess.run(install.argv, env=install.environment, cwd=ROOT, check=False).returncode == 0


def _run_pip(command: str, *arguments: str) -> None:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    process = subprocess.run([sys.executable, "-m", "pip", command, *quiet, *arguments], cwd=ROOT, check=False)
    if process.returncode:
        sys.exit(f"bundle: pip {command} failed; its error is above")


if __name__ == "__main__":
    main()
