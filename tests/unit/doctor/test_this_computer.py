"""`doctor --local`: its findings on this computer, and on one that cannot run anything."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pushtrain.cli import program, run_command
from pushtrain.doctor import this_computer
from pushtrain.local.container import sandbox
from pushtrain.local.storage.store import Store

Examine = Callable[..., tuple[int, dict[str, dict[str, Any]], str]]


@pytest.fixture
def examine(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Examine:
    """Exit code, the checks by name, and the text for people."""
    monkeypatch.setenv("PUSHTRAIN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(this_computer, "_read_free_bytes", lambda _: 20 * this_computer.GIB)
    sandbox._choose_strategy.cache_clear()

    def examine() -> tuple[int, dict[str, dict[str, Any]], str]:
        arguments = ["doctor", "--local", "--store", str(tmp_path / "store")]
        code = run_command(lambda: program.main([*arguments, "--json"], standalone_mode=False))
        document = json.loads(capsys.readouterr().out)
        run_command(lambda: program.main(arguments, standalone_mode=False))
        assert document["fine"] == (code == 0)
        return code, {check["check"]: check for check in document["checks"]}, capsys.readouterr().out

    return examine


def test_this_computer_runs_models_and_checking_creates_nothing(examine: Examine, tmp_path: Path) -> None:
    code, checks, text = examine()
    assert (code, [*tmp_path.iterdir()]) == (0, [])
    assert text.endswith("nothing must be fixed\n")
    assert checks["venv"]["found"] == "virtual environments for scripts can be created"
    if checks["/opt/ml"]["state"] == "fine":
        strategy, _ = sandbox._choose_strategy("")
        assert checks["/opt/ml"]["found"] == f"mounted separately for each job, in a namespace ({strategy})"
    assert checks["Python"]["found"].startswith(f"Python {sys.version_info.major}.{sys.version_info.minor}.")
    assert checks["embedded AWS"]["found"] == f"moto {metadata.version('moto')}"
    assert checks["store"]["found"] == f"none yet in {tmp_path / 'store'}"
    assert checks["cache"]["found"] == f"0 environments, 0.0 GiB in {tmp_path / 'cache' / 'environments'}"
    assert checks["disk of the store"]["found"] == f"20.0 GiB free at {tmp_path}"


def test_runs_and_environments_are_counted(examine: Examine, tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        store.put("execution", "arn", {"status": "SUCCEEDED"})
    for name in ("one", "half"):
        (tmp_path / "cache" / "environments" / name).mkdir(parents=True)
    (tmp_path / "cache" / "environments" / "one" / "ready").write_text("{}")
    (tmp_path / "cache" / "environments" / "one.lock").touch()
    code, checks, _ = examine()
    assert (code, checks["store"]["found"]) == (0, f"1 runs in {tmp_path / 'store'}")
    assert (checks["cache"]["state"], checks["cache"]["fix"]) == ("fine", "")
    folder = tmp_path / "cache" / "environments"
    assert checks["cache"]["found"] == f"1 environments, 0.0 GiB in {folder}; 1 incomplete, rebuilt when needed"


def absent(_: str) -> str:
    raise metadata.PackageNotFoundError


EXTRA = "install it with the extra: pip install 'pushtrain[local]'"


@pytest.mark.parametrize(
    ("attribute", "value", "check", "message", "fix"),
    [
        ("metadata.version", absent, "embedded AWS", "moto is not installed", EXTRA),
        ("metadata.version", lambda _: "5.1.9", "embedded AWS", "moto 5.1.9, pushtrain needs <5.3,>=5.2", EXTRA),
        (
            "metadata.version",
            lambda _: "5.3.0.dev1",
            "embedded AWS",
            "moto 5.3.0.dev1, pushtrain needs <5.3,>=5.2",
            EXTRA,
        ),
        (
            "importlib.util.find_spec",
            lambda _: None,
            "venv",
            "this Python cannot create virtual environments",
            "install Python's venv and ensurepip modules (Debian, Ubuntu: python3-venv)",
        ),
        (
            "sys",
            SimpleNamespace(version_info=(3, 14, 0), executable="/usr/bin/python3"),
            "Python",
            "Python 3.14.0, pushtrain needs <3.14,>=3.11.4",
            "install pushtrain with another Python",
        ),
    ],
)
def test_a_wrong_finding_says_what_to_do(
    examine: Examine, monkeypatch: pytest.MonkeyPatch, attribute: str, value: object, check: str, message: str, fix: str
) -> None:
    monkeypatch.setattr(f"pushtrain.doctor.this_computer.{attribute}", value)
    code, checks, text = examine()
    assert (code, checks[check]["state"], checks[check]["found"], checks[check]["fix"]) == (1, "wrong", message, fix)
    assert f"  ✗ {check:<18}{message}\n{'':22}fix: {fix}\n" in text
    assert text.endswith("1 of 8 checks: something must be fixed\n")


@pytest.mark.parametrize(
    ("free", "state", "fix"),
    [
        (0, "wrong", "free some space, or choose another folder: --store, PUSHTRAIN_CACHE"),
        (3, "note", "an environment with PyTorch takes 2 to 6 GB"),
        (6, "fine", ""),
    ],
)
def test_a_disk_that_is_nearly_full(
    examine: Examine, monkeypatch: pytest.MonkeyPatch, free: int, state: str, fix: str
) -> None:
    monkeypatch.setattr(this_computer, "_read_free_bytes", lambda _: free * this_computer.GIB)
    code, checks, _ = examine()
    for disk in ("disk of the store", "disk of the cache"):
        assert (code, checks[disk]["state"], checks[disk]["fix"]) == (int(state == "wrong"), state, fix)


def test_without_namespaces_paths_are_rewritten(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHTRAIN_SANDBOX", "paths")
    code, checks, _ = examine()
    assert (code, checks["/opt/ml"]["state"]) == (0, "note")
    message = (
        "this computer allows no namespaces: paths are rewritten instead, and scripts that contain /opt/ml are refused"
    )
    assert checks["/opt/ml"]["found"] == message
    assert checks["/opt/ml"]["fix"] == "on Linux, allow unprivileged user namespaces; or read paths from arguments"
    monkeypatch.setenv("PUSHTRAIN_SANDBOX", "docker")
    code, checks, _ = examine()
    assert (code, checks["/opt/ml"]["found"]) == (1, "PUSHTRAIN_SANDBOX=docker: expected one of root, user, paths")
    assert checks["/opt/ml"]["fix"] == "unset PUSHTRAIN_SANDBOX"


def test_a_store_that_cannot_be_read(examine: Examine, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "store.db").write_bytes(b"no database" * 100)
    code, checks, _ = examine()
    assert (code, checks["store"]["state"]) == (1, "wrong")
    assert str(tmp_path / "store") in checks["store"]["found"]
    assert checks["store"]["fix"] == "choose another folder with --store, or move this store away"


@pytest.mark.parametrize(
    ("version", "inside"),
    [((5, 2), True), ((5, 2, 9), True), ((5, 1, 9), False), ((5, 3), False), ((5, 3, 0), False), ((5, 10), False)],
)
def test_bounds(version: tuple[int, ...], inside: bool) -> None:
    assert this_computer.is_within(version, "<5.3,>=5.2") is inside
