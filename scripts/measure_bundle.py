"""Measures the bundle of the Lambda functions: its files, sizes, content hash, and the import time of each handler."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LAMBDA = Path(__file__).resolve().parent.parent / "lambda"
RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
REPETITIONS = 5
IMPORT = """import sys, time
sys.path[:0] = sys.argv[2:]
start = time.perf_counter()
__import__(sys.argv[1])
print(time.perf_counter() - start)"""


def list_files(folder: Path) -> list[Path]:
    """Return all files, sorted by their paths."""
    return sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.as_posix())


def compute_content_hash(folder: Path) -> str:
    r"""Return the SHA-256 over `<path>\\0<sha256>\\n` of all files. Paths are relative, so equal bundles are equal."""
    digest = hashlib.sha256()
    for path in list_files(folder):
        file_hash = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{file_hash}\n".encode())
    return digest.hexdigest()


def measure_unzipped_size(folder: Path) -> int:
    """Return the bytes of all files. Lambda allows 262,144,000."""
    return sum(path.stat().st_size for path in list_files(folder))


def measure_zipped_size(folder: Path) -> int:
    """Return the bytes of the zip file that the CDK uploads."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in list_files(folder):
            archive.write(path, path.relative_to(folder))
    return buffer.tell()


def list_handlers(folder: Path) -> list[str]:
    """Return the names of the modules that Lambda calls, such as `on_push`."""
    return sorted(path.stem for path in LAMBDA.glob("*.py") if (folder / path.name).is_file())


def measure_import_seconds(folder: Path, python: str, handler: str) -> float:
    """Return the median time to import a handler in new processes that see only the bundle and boto3."""
    with link_runtime() as runtime:
        command = [python, "-I", "-S", "-B", "-c", IMPORT, handler, str(folder.resolve()), str(runtime)]
        return statistics.median(float(subprocess.check_output(command)) for _ in range(REPETITIONS))


@contextmanager
def link_runtime() -> Iterator[Path]:
    """Yield a folder with links to boto3 and its dependencies, which the Lambda runtime contains."""
    with tempfile.TemporaryDirectory() as folder:
        for name in RUNTIME_PACKAGES:
            spec = importlib.util.find_spec(name)
            if spec is None or spec.origin is None:
                sys.exit(f"bundle: {name} is not installed in this Python, so the import cannot be measured")
            origin = Path(spec.origin)
            package = origin.parent if origin.name == "__init__.py" else origin
            Path(folder, package.name).symlink_to(package)
        yield Path(folder)
