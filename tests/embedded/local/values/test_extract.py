"""The values of a model are read in a sandbox, with the code of its run on the path."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pushtrain.errors import LocalError
from pushtrain.local.container import environments, sandbox
from pushtrain.local.values import extract
from pushtrain.local.values.extract import extract_values
from tests.embedded.local.container.bench import STRATEGIES
from tests.embedded.local.values.models import ENVIRONMENT, NET, Code, write_model

KILL = b"\x80\x04cos\nabort\n)R."
PRINT_AND_LEAVE = b"\x80\x04cos\n_exit\nK\x03\x85R."
READ_KEYS = b"\x80\x04cos\ngetenv\nX\x15\x00\x00\x00AWS_SECRET_ACCESS_KEY\x85R."
HANG = b"\x80\x04ctime\nsleep\nK\x64\x85R."


def read(folder: Path, *members: str, code: Code | None = None, **bodies: object) -> list[dict[str, object]]:
    archive = write_model(folder / "model.tar.gz", **bodies)
    names = list(members or bodies)
    written = extract_values(archive, ENVIRONMENT, names, folder / "box", s3=code or Code(), on_line=print)
    return [json.loads(line) for line in (written / "index.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_classes_of_the_code_are_there_and_only_the_members_are_read(
    tmp_path: Path, strategy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sandbox.VARIABLE, strategy)
    entries = read(tmp_path, "net", code=Code(net="class Net: pass\n"), net=NET, other=KILL)
    assert entries == [
        {"member": "net"},
        {"path": "", "text": "net.Net"},
        {"path": "", "keys": ["width"]},
        {"path": "width", "text": "7"},
        {"end": True},
    ]


def test_the_keys_of_the_person_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert read(tmp_path, model=READ_KEYS)[1] == {"path": "", "text": "None"}


@pytest.mark.parametrize(("body", "code"), [(KILL, 134), (PRINT_AND_LEAVE, 3)])
def test_a_model_that_ends_the_program_is_named(tmp_path: Path, body: bytes, code: int) -> None:
    with pytest.raises(LocalError) as refused:
        read(tmp_path, model=body)
    assert str(refused.value).startswith(f"the program that reads the values ended with exit code {code}")


def test_a_model_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "SECONDS", 0.01)
    with pytest.raises(LocalError) as refused:
        read(tmp_path, model=HANG)
    assert str(refused.value) == "to read the values of the model took longer than 0.01 s"


def test_packages_that_cannot_be_installed_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare_python(*_: object, **__: object) -> Path:
        raise LocalError("the Python environment could not be created (no wheel); leave --match-image out")

    monkeypatch.setattr(environments, "prepare_python", prepare_python)
    with pytest.raises(LocalError) as refused:
        read(tmp_path, model=1)
    assert str(refused.value) == (
        "the packages of step train cannot be installed here: the Python environment could not be created (no wheel)"
    )


def test_a_broken_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.tar.gz").write_bytes(b"no archive")
    with pytest.raises(LocalError, match="is not a tar archive"):
        extract_values(tmp_path / "model.tar.gz", ENVIRONMENT, [], tmp_path / "box", s3=Code(), on_line=print)
