"""Run public SageMaker scripts, unmodified, on this computer: a config.yaml and small data are all that is added.

In: a folder with clones, each at OWNER/NAME, that have the commits of the cases in `benchmarks/public_scripts/`.
Out: a line for each case, and exit code 1 if one ends otherwise than its file says. No code of a clone is stored.
Usage: `python -m scripts.public_scripts CLONES [CASE...]`.

A case is a YAML file:

    source: https://github.com/OWNER/NAME
    commit: a1b2…                  # 40 digits
    folder: path/in/the/clone      # it becomes the model repo
    only: [src, data]              # what is taken of the folder; default: all of it
    style: what kind of script it is
    match_image: true              # run with --match-image
    files: {data/x.csv: …}         # data that is added, see `sample_data`
    config: {model: …}             # config.yaml
    outcome: registered            # or not_registered (also without `register:`), fails
    reason: why it fails           # only then
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct, field

from scripts.sample_data import build_file

CASES = Path(__file__).resolve().parent.parent / "benchmarks" / "public_scripts"
PREFIX = "https://github.com/"
FAILS = "fails"
MAX_SECONDS = 600


class Case(Struct, frozen=True, kw_only=True):
    """One case, as its file says. `name` is the name of the file."""

    name: str
    source: str
    commit: str
    style: str
    config: dict[str, Any]
    outcome: str
    folder: str = ""
    only: tuple[str, ...] = ()
    match_image: bool = False
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    reason: str = ""

    @property
    def repository(self) -> str:
        """OWNER/NAME of the source."""
        return self.source.removeprefix(PREFIX)


class Trial(Struct, frozen=True, kw_only=True):
    """What became of a case: its outcome, how long it took, and the last words of pushtrain if it failed."""

    outcome: str
    seconds: float
    error: str = ""


def read_cases(folder: Path = CASES, names: Sequence[str] = ()) -> list[Case]:
    """Return the cases of a folder, by name; only `names` if there are any."""
    files = sorted(folder.glob("*.yaml"))
    documents = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in files}
    chosen = {name: documents[name] for name in names} if names else documents
    return [
        Case(name=name, **{**document, "only": tuple(document.get("only", ()))}) for name, document in chosen.items()
    ]


def write_model_repo(case: Case, clones: Path, target: Path) -> None:
    """Write the scripts of a case, its config.yaml and its data into the folder `target`.

    Raises CalledProcessError if the clone has no such commit or path.
    """
    tree = f"{case.commit}:{case.folder}" if case.folder else case.commit
    command = ["git", "-C", str(clones / case.repository), "archive", tree, *case.only]
    archive = subprocess.run(command, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(target, filter="data")
    for name, recipe in case.files.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(build_file(recipe))
    (target / "config.yaml").write_text(yaml.safe_dump(case.config, sort_keys=False), encoding="utf-8")


def run_case(case: Case, clones: Path, pushtrain: Sequence[str]) -> Trial:
    """Run a case in a folder of its own and return what became of it."""
    with tempfile.TemporaryDirectory(prefix="public-script-") as home:
        write_model_repo(case, clones, Path(home) / "repo")
        options = ["--match-image"] if case.match_image else []
        started = time.monotonic()
        command = [*pushtrain, "run", "repo", "--json", *options]
        try:
            ended = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False, timeout=MAX_SECONDS)
        except subprocess.TimeoutExpired:
            return Trial(outcome=FAILS, seconds=MAX_SECONDS, error=f"no end within {MAX_SECONDS} seconds")
        return Trial(
            outcome=_read_outcome(ended.stdout),
            seconds=time.monotonic() - started,
            error="" if ended.returncode == 0 else f"{ended.stdout[-2000:]}{ended.stderr[-2000:]}",
        )


def _read_outcome(output: str) -> str:
    """Return how a run ended, from the output of `run --json`."""
    try:
        document = json.loads(output)
    except ValueError:
        return FAILS
    return str(document["outcome"]) if document.get("status") == "SUCCEEDED" else FAILS


def list_lines(cases: Sequence[Case], clones: Path, pushtrain: Sequence[str]) -> Iterator[tuple[bool, str]]:
    """Yield for each case whether it ended as expected, and a line about it."""
    for case in cases:
        trial = run_case(case, clones, pushtrain)
        is_expected = trial.outcome == case.outcome
        line = f"{'✓' if is_expected else '✗'} {case.name:32} {trial.outcome:15} {trial.seconds:6.1f} s"
        yield is_expected, line if is_expected else f"{line}  expected: {case.outcome}\n{trial.error}"


def main(arguments: Sequence[str]) -> int:
    """Run the cases and return the exit code."""
    clones, *names = arguments
    pushtrain = [sys.executable, "-m", "pushtrain"]
    results = []
    for is_expected, line in list_lines(read_cases(names=names), Path(clones), pushtrain):
        print(line, flush=True)
        results.append(is_expected)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
