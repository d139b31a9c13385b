"""Build the Lambda's code into a folder, without Docker, and print its sizes.

In: this checkout, requirements-lambda.lock, and an interpreter of the Lambda's own version for the bytecode.
Out: build/lambda/, which goes into the function as it is: handlers at the root (`on_push.handler`), the library and
the templates with their metadata (templates are found by entry point), what they import, and bytecode for all of it.
It must not hold boto3, which the runtime brings, nor the command line, the local engine and what only they import.
With the extra `sdk` it holds AWS's SDKs too, and boto3: they ask for a newer one than a runtime may have.
Usage: `python -m scripts.bundle [--output FOLDER] [--python python3.13] [--extra sdk] [--wheel FILE]...`.

Same checkout, lock and interpreter (to the patch release: it writes the bytecode): same bytes on every machine.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import io
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts.locks import split

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "build" / "lambda"
LOCK = ROOT / "requirements-lambda.lock"
EXTRAS = {"sdk": ROOT / "requirements-lambda-sdk.lock"}  # name -> the lock file that stands in for LOCK
# stepfunctions asks pkg_resources for its own version when it is imported. The original, of setuptools before 81, would
# look through all that stepfunctions requires, and refuse the runtime's own boto3; neither is needed here.
PKG_RESOURCES = """from importlib.metadata import distribution


def require(name):
    return [distribution(name)]
"""
PYTHON = "3.13"
# x86_64, so that the very bundle that is deployed also runs in an emulator on common machines. Wheels are tagged with
# the oldest glibc they run on, and pip takes no tag for another; Amazon Linux 2023 has glibc 2.34.
MACHINE = "x86_64"
TAGS = ("manylinux_2_28", "manylinux_2_17", "manylinux2014")
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "src", "lambda", "templates")
ROOMS = (
    "cli",
    "doctor",
    "failures",
    "graph",
    "local",
    "starters",
    "__main__.py",
    "access.py",
    "models.py",
)  # no handler's
LEFT_OUT = ("bin", "regex/tests", "**/*.pyi", *(f"pushtrain/{room}" for room in ROOMS))
# Tests, and what compilers alone read: a quarter of numpy and pandas.
LEFT_OUT_OF_EXTRAS = ("**/tests", "**/*.pyx", "**/*.pxd", "**/*.h", "**/*.c")
LIMIT = 262_144_000  # bytes that Lambda takes, unzipped
INSTALLER_NOTES = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")  # untrue of what we keep, or of this machine
TASK_ROOT = "/var/task"  # where Lambda unpacks the code; tracebacks name it
RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
EARLIEST = 315_532_800  # 1980-01-01, the first moment a zip can note
TIMES = 5
IMPORT = """import sys, time
sys.path[:0] = sys.argv[2:]
began = time.perf_counter()
__import__(sys.argv[1])
print(time.perf_counter() - began)"""


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description="Build the Lambda's code and print its sizes.")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder to write (replaced whole)")
    parser.add_argument("--python", default=f"python{PYTHON}", help=f"an interpreter of Python {PYTHON}")
    parser.add_argument("--extra", help=f"bundle this extra too: {', '.join(EXTRAS)}")
    parser.add_argument("--wheel", type=Path, action="append", default=[], help="bundle this wheel of templates too")
    chosen = parser.parse_args()
    python = find_python(chosen.python)
    build(chosen.output, python, lock(chosen.extra), chosen.wheel)
    print(f"{chosen.output}: {len(files_of(chosen.output))} files, content {content_hash(chosen.output)}")
    if (size := unzipped_size(chosen.output)) > LIMIT:
        sys.exit(f"bundle: {size} bytes unzipped; Lambda takes {LIMIT}")
    print(f"unzipped {size / 1e6:.2f} MB, zipped {zipped_size(chosen.output) / 1e6:.2f} MB")
    if not runs_here():
        print(f"import not measured: the bundle is for Linux on {MACHINE}, and this machine is another")
        return
    for handler in handlers(chosen.output):
        print(f"import {handler}: {import_seconds(chosen.output, python, handler):.3f} s (median of {TIMES}, cold)")


def find_python(name: str) -> str:
    """Absolute path of an interpreter of the Lambda's version. Ends the program when `name` is none.

    A pyenv shim runs a version only once it is told which.
    """
    asked = {"PYENV_VERSION": PYTHON} | os.environ
    code = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"
    try:
        said = subprocess.run([name, "-c", code], env=asked, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        sys.exit(f"bundle: {name} does not run. The bytecode needs Python {PYTHON}: install it, or name it by --python")
    version, path = said.strip().split(" ", 1)
    if version != PYTHON:
        sys.exit(f"bundle: {name} is Python {version}; the Lambda runs {PYTHON}. Name another by --python")
    return path


def lock(extra: str | None) -> Path:
    """Lock file of the bundle, with this extra where one is named. Ends the program at an extra that is none."""
    if extra is None:
        return LOCK
    if extra not in EXTRAS:
        sys.exit(f"bundle: no such extra: {extra!r}. There are: {', '.join(EXTRAS)}")
    return EXTRAS[extra]


def build(output: Path, python: str, requirements: Path = LOCK, wheels: Sequence[Path] = ()) -> None:
    """Replace `output` by a new bundle, once that is complete. Ends the program where something else lies there."""
    output = output.resolve()
    if output.exists() and not list(output.glob("pushtrain-*.dist-info")):
        sys.exit(f"bundle: {output} is not an earlier bundle, so it is not replaced. Name another folder by --output")
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".bundle-") as work:
        made = Path(work, "bundle")
        install_locked(made, requirements, Path(work))
        install_project(made, Path(work))
        for wheel in wheels:
            unpack(wheel, made)
        leave_out(made, LEFT_OUT if requirements == LOCK else (*LEFT_OUT, *LEFT_OUT_OF_EXTRAS))
        write_bytecode(made, python)
        forget_machine(made)
        shutil.rmtree(output, ignore_errors=True)
        made.rename(output)


def install_locked(folder: Path, requirements: Path, work: Path) -> None:
    """The locked wheels for Lambda's machine: nothing comes that the lock does not name by hash.

    Nothing is built but what is published as source alone.
    """
    chosen = [f"--platform={tag}_{MACHINE}" for tag in TAGS]
    # An older pip would ask whether they suit its own Python; the lock was resolved for the Lambda's.
    chosen += [f"--python-version={PYTHON}", "--implementation=cp", "--only-binary=:all:", "--ignore-requires-python"]
    wheels, sources = split(requirements.read_text(encoding="utf-8"))
    for name, text, options in (("wheels", wheels, chosen), ("sources", sources, ["--no-build-isolation"])):
        if text:
            asked = work / f"{name}.lock"
            asked.write_text(text, encoding="utf-8")
            exact = ("--no-compile", "--no-deps", "--require-hashes", f"--requirement={asked}")
            _pip("install", f"--target={folder}", *exact, *options)
    if sources:
        (folder / "pkg_resources.py").write_text(PKG_RESOURCES, encoding="utf-8")


def install_project(folder: Path, work: Path) -> None:
    """Our own wheel, from a copy of the sources: an earlier build's leftovers in the checkout must not get in."""
    copy = work / "sources"
    copy.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(ROOT / name, copy)
    _pip("wheel", "--no-deps", "--no-build-isolation", f"--wheel-dir={work}", str(copy))
    unpack(next(work.glob("pushtrain-*.whl")), folder)
    for handler in (folder / "pushtrain_lambda").glob("*.py"):
        handler.rename(folder / handler.name)


def unpack(wheel: Path, folder: Path) -> None:
    """Put a wheel of pure Python into the bundle. Ends the program at any other file."""
    if not wheel.name.endswith("-none-any.whl") or not zipfile.is_zipfile(wheel):
        sys.exit(f"bundle: {wheel} is no wheel of pure Python (NAME-VERSION-py3-none-any.whl). Build one: pip wheel")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)


def leave_out(folder: Path, patterns: Sequence[str]) -> None:
    """Remove what no handler can reach."""
    notes = [f"*.dist-info/{name}" for name in INSTALLER_NOTES]
    for path in [path for pattern in (*patterns, *notes, "pushtrain_lambda") for path in folder.glob(pattern)]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)  # it may have gone with its folder


def write_bytecode(folder: Path, python: str) -> None:
    """Bytecode that is not checked against times (Lambda's files have other ones) and names Lambda's paths."""
    command = [python, "-m", "compileall", "-q", "-f", "--invalidation-mode=unchecked-hash"]
    command += ["-s", str(folder), "-p", TASK_ROOT, str(folder)]
    done = subprocess.run(command, env={"PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"bundle: Python {PYTHON} does not compile all of it:\n{done.stdout}{done.stderr}")


def forget_machine(folder: Path) -> None:
    """One mode and one time for all: Lambda reads the code as another user, so a narrow umask must not show."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (EARLIEST, EARLIEST))


def files_of(folder: Path) -> list[Path]:
    """All files, in the order of their paths inside the folder."""
    return sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.as_posix())


def content_hash(folder: Path) -> str:
    r"""SHA-256 over `<path>\\0<sha256>\\n` of all files: equal for equal bundles, wherever they lie."""
    digest = hashlib.sha256()
    for path in files_of(folder):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def unzipped_size(folder: Path) -> int:
    """Bytes of all files; Lambda takes 262,144,000."""
    return sum(path.stat().st_size for path in files_of(folder))


def zipped_size(folder: Path) -> int:
    """Bytes of the zip that will be uploaded."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files_of(folder):
            archive.write(path, path.relative_to(folder))
    return held.tell()


def handlers(folder: Path) -> list[str]:
    """Names of the modules that Lambda calls."""
    return sorted(path.stem for path in (ROOT / "lambda").glob("*.py") if (folder / path.name).is_file())


def runs_here() -> bool:
    """Whether this machine can import the bundle's compiled parts."""
    return (platform.system(), platform.machine()) == ("Linux", MACHINE)


def import_seconds(folder: Path, python: str, handler: str) -> float:
    """Median time to import a handler in fresh processes that see the bundle, boto3 and nothing else."""
    with runtime() as brought:
        command = [python, "-I", "-S", "-B", "-c", IMPORT, handler, str(folder.resolve()), str(brought)]
        return statistics.median(float(subprocess.check_output(command)) for _ in range(TIMES))


@contextmanager
def runtime() -> Iterator[Path]:
    """A folder with boto3 and what it needs, as the Lambda runtime brings them, linked from this interpreter's."""
    with tempfile.TemporaryDirectory() as folder:
        for name in RUNTIME:
            spec = importlib.util.find_spec(name)
            if spec is None or spec.origin is None:
                sys.exit(f"bundle: {name} is not installed here, so the import cannot be measured")
            origin = Path(spec.origin)
            found = origin.parent if origin.name == "__init__.py" else origin
            Path(folder, found.name).symlink_to(found)
        yield Path(folder)


def _pip(*words: str) -> None:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    done = subprocess.run([sys.executable, "-m", "pip", words[0], *quiet, *words[1:]], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(f"bundle: pip {words[0]} failed; what it said is above")


if __name__ == "__main__":
    main()
