"""What all tests share: their speed, a command line that is typed, and golden files with the flag to rewrite them."""

from __future__ import annotations

import collections
import contextlib
import gc
import importlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from pushtrain.cli import program, run_command
from pushtrain.starters import create_model_repo
from scripts.bundle import build_bundle, find_python
from tests.botocore_models import check_answers, share_handlers, share_models, share_sessions
from tests.trained import Trained, train

Typed = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).parents[1]
STARTERS_RUN = "tests/embedded/test_starters_run.py"
# Tests that run in one worker, because they share what takes long to make or to import: a bundle of the functions,
# a synthesis, AWS's SDKs, trained models.
SHARED = {
    "tests/bundle/test_bundle.py::test_with_the_sdks": "sdk",
    **dict.fromkeys(("tests/bundle/", "tests/e2e/"), "bundle"),
    "tests/infra/": "infra",
    "tests/torture/test_bursts.py": "infra",
    **dict.fromkeys(
        (
            *("tests/judge/", "tests/unit/sdk/", "tests/unit/workflow/test_templates.py"),
            *("tests/embedded/test_plugin_example.py", "tests/embedded/test_train_sdk.py"),
            "tests/embedded/local/states/test_capacity_loop.py",
        ),
        "sdk",
    ),
    **dict.fromkeys(
        ("tests/docs/test_walks.py", STARTERS_RUN, "tests/embedded/test_model_repos.py"),
        "trained",
    ),
}
# What takes longest starts first, so that all workers end together; then the files with the most slow tests.
LONGEST = (
    *("tests/docs/test_walks.py", STARTERS_RUN, "tests/embedded/test_model_repos.py"),
    *("tests/e2e/", "tests/infra/", "tests/setup/", "tests/bundle/", "tests/embedded/cli/commands/test_run.py"),
)

# The tests start hundreds of interpreters: without bytecode, each of them would compile every module again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Python searches for unreachable objects now and then; with every test and all of moto in memory that takes long.
gc.set_threshold(10_000)

# Costs on this computer are those of the region that a shell names.
for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
    os.environ.pop(variable, None)

# A busy computer makes no test fail: hypothesis would give each example 0.2 s.
hypothesis.settings.register_profile("pushtrain", deadline=None)
hypothesis.settings.load_profile("pushtrain")

share_handlers()
share_models()
share_sessions()
check_answers()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Start one worker more than there are cores: tests wait for networks and programs a fifth of the time.

    With two more, on two cores, the tests took a third longer.
    """
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let each worker compile its share of the test files first. In a fresh clone, each would compile all of them."""
    if worker := getattr(session.config, "workerinput", None):
        folders = [Path(argument) for argument in session.config.args]
        files = sorted(file.absolute() for folder in folders for file in folder.rglob("test_*.py"))
        for file in files[int(worker["workerid"].removeprefix("gw")) :: worker["workercount"]]:
            with contextlib.suppress(Exception):  # the collection imports it again, and shows what is wrong
                importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With several workers, start LONGEST first, then the files with the most slow tests."""
    if hasattr(config, "workerinput"):
        slow = collections.Counter(item.path for item in items if item.get_closest_marker("slow"))
        items.sort(key=lambda item: (find_rank(item.nodeid), -slow[item.path]))


def pytest_collection_finish() -> None:
    """Do not search the tests themselves for unreachable objects: they stay until the end."""
    gc.collect()
    gc.freeze()


def find_rank(nodeid: str) -> int:
    """Return the position in LONGEST, or its length."""
    return next((rank for rank, prefix in enumerate(LONGEST) if nodeid.startswith(prefix)), len(LONGEST))


def find_shared_scope(nodeid: str) -> str | None:
    """Return the name of what a test shares with other files. Of the starters, only sklearn has such tests."""
    if nodeid.startswith(STARTERS_RUN) and not nodeid.endswith("[sklearn]"):
        return nodeid.rpartition("[")[2]
    return next((scope for folder, scope in SHARED.items() if nodeid.startswith(folder)), None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Give each worker whole files, all files that share something, or the tests of one starter."""

    class Scheduling(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return find_shared_scope(nodeid) or str(super()._split_scope(nodeid))

    return Scheduling(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files instead of comparing")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """`golden(path, text)` fails where the file holds other text; with --update-golden it writes the file."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is missing: run with --update-golden, then look at what it wrote"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Typed:
    """`typed("models", "list", path)`: exit code, stdout and stderr of that command line. A failed test shows them."""

    def typed(*words: object) -> tuple[int, str, str]:
        code = run_command(lambda: program.main([str(word) for word in words], standalone_mode=False))
        said = capsys.readouterr()
        request.node.add_report_section("call", f"typed: {words[0]}", said.out + said.err)
        return code, said.out, said.err

    return typed


@pytest.fixture(scope="session")
def python() -> str:
    """The Python of the Lambda functions."""
    if not shutil.which("python3.13"):
        pytest.skip("there is no python3.13 here, which the Lambda functions need")
    return find_python("python3.13")


@pytest.fixture(scope="session")
def bundle(python: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of the Lambda functions. Tests only read it. Needs a package registry."""
    output = tmp_path_factory.mktemp("bundle") / "lambda"
    build_bundle(output, python)
    return output


@pytest.fixture(scope="session")
def churn(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The starter sklearn after its first run. Tests only read it."""
    repo = tmp_path_factory.mktemp("trained") / "churn"
    create_model_repo(repo, "sklearn")
    return train(repo)


@pytest.fixture(scope="session")
def breast_cancer(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The example breast-cancer after its first run, outside of git, as the copies are that tests change."""
    folder = tmp_path_factory.mktemp("trained")
    return train(Path(shutil.copytree(ROOT / "model_repos" / "breast-cancer", folder / "breast-cancer")))
