"""What all tests share: their speed, a command line that is typed, and golden files with the flag to rewrite them."""

from __future__ import annotations

import collections
import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.loaders
import botocore.session
import pytest
from botocore.client import ClientCreator
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from pushtrain.cli import program, run_command

Typed = Callable[..., tuple[int, str, str]]
INFRA = "tests/infra/"

# The tests start hundreds of interpreters: without bytecode, each of them would compile every module again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Each start of embedded AWS needs a new boto3 session. They share a loader, which parses the JSON of a service once.
botocore.session.create_loader = functools.cache(botocore.loaders.create_loader)
# Each client makes a class of its own, a third of its time: here all clients of a service share one.
_creator: Any = ClientCreator  # its stub lacks the method
_client_classes: dict[str, type] = {}
_create_client_class = _creator._create_client_class


def _find_client_class(self: Any, service_name: str, service_model: Any) -> type:
    if service_name not in _client_classes:
        _client_classes[service_name] = _create_client_class(self, service_name, service_model)
    return _client_classes[service_name]


_creator._create_client_class = _find_client_class


def pytest_configure(config: pytest.Config) -> None:
    """Give each worker, and all that it starts, its own cores.

    PyTorch and OpenMP start a thread for each core that they see. On two cores, two workers would then run four such
    threads, which wait for each other in busy loops: four times the CPU time. macOS cannot limit the cores.
    """
    worker = getattr(config, "workerinput", None)
    if worker and hasattr(os, "sched_setaffinity"):
        cores, workers = sorted(os.sched_getaffinity(0)), worker["workercount"]
        number = int(worker["workerid"].removeprefix("gw"))
        os.sched_setaffinity(0, cores[number % len(cores) :: workers])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With several workers, start the files with the most slow tests first, so that all workers end together."""
    if hasattr(config, "workerinput"):
        slow = collections.Counter(item.path for item in items if item.get_closest_marker("slow"))
        items.sort(key=lambda item: -slow[item.path])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Give each worker whole files, and all of tests/infra to one: its files share a synthesis, which takes 15 s."""

    class Scheduling(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return INFRA if nodeid.startswith(INFRA) else str(super()._split_scope(nodeid))

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
